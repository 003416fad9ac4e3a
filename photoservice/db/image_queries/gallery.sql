-- name: rolls
-- Lists the rolls a tenant filed images of, from the last day backwards: behind the place ($2, $3), not before $4.
select * from images.tenant_roll
where tenant = $1 and (day, roll) < ($2::date, $3) and day >= $4::date and images + rivals > 0
order by day desc, roll desc limit $5;

-- name: rolls_of_stock
-- Lists those of one stock ($6), or of all stocks whose names begin so ($7). Each stock's newest are looked up in the
-- index by themselves, however many rolls a stock has.
with recursive stocks (stock) as (
    (select lower(stock) collate "C" from images.tenant_roll
     where tenant = $1 and lower(stock) collate "C" >= lower($6) collate "C"
     order by lower(stock) collate "C" limit 1)
    union all
    select (select lower(next.stock) collate "C" from images.tenant_roll as next
            where next.tenant = $1 and lower(next.stock) collate "C" > stocks.stock
            order by lower(next.stock) collate "C" limit 1)
    from stocks where $7 and starts_with(stocks.stock, lower($6))
)
select found.* from stocks
cross join lateral (
    select * from images.tenant_roll as of_stock
    where of_stock.tenant = $1 and lower(of_stock.stock) collate "C" = stocks.stock
      and (day, roll) < ($2::date, $3) and day >= $4::date and images + rivals > 0
    order by day desc, roll desc limit $5
) as found
where case when $7 then starts_with(stocks.stock, lower($6)) else stocks.stock = lower($6) end
order by day desc, roll desc limit $5;

-- name: rolls_in_window
-- Searches a text among the next $9 rolls alone; `looked` says how many there were. A common word fills its page here.
with near as materialized (
    select * from images.tenant_roll
    where tenant = $1 and (day, roll) < ($2::date, $3) and day >= $4::date
    order by day desc, roll desc limit $9
)
select near.*, (select count(*) from near) as looked from near
where words @@ websearch_to_tsquery('simple', $6) and images + rivals > 0
  and ($7::text is null or case when $8 then starts_with(lower(stock), lower($7)) else lower(stock) = lower($7) end)
order by day desc, roll desc limit $5;

-- name: rolls_of_words
-- Searches a text in the index of words, for what is rare: all that fit are sorted.
with found as materialized (
    select * from images.tenant_roll
    where words @@ (websearch_to_tsquery('simple', $6) && ('''=' || $1::text || '''')::tsquery)
)
select * from found
where tenant = $1 and (day, roll) < ($2::date, $3) and day >= $4::date and images + rivals > 0
  and ($7::text is null or case when $8 then starts_with(lower(stock), lower($7)) else lower(stock) = lower($7) end)
order by day desc, roll desc limit $5;

-- name: says_something
-- Tells whether a text to search for holds a word at all.
select numnode(websearch_to_tsquery('simple', $1)) > 0;

-- name: rolls_of_viewer
-- Lists, of the few rolls of one registration ($1), those with images that stand. What is said of a roll is said by who
-- filed most of them.
with told as (
    select distinct on (roll) *, sum(images) over (partition by roll) as standing
    from images.tenant_roll where roll = any($1::text[]) and images > 0
    order by roll, images desc, first_at, tenant
)
select * from told
where (day, roll) < ($2::date, $3) and day >= $4::date
  and ($6::text is null or words @@ websearch_to_tsquery('simple', $6))
  and ($7::text is null or case when $8 then starts_with(lower(stock), lower($7)) else lower(stock) = lower($7) end)
order by day desc, roll desc limit $5;

-- name: roll
-- Returns what a tenant says of a roll that it filed images of.
select * from images.tenant_roll where tenant = $1 and roll = $2 and images + rivals > 0;

-- name: frames
-- Lists a roll's images in the order of its frames, behind the place ($2, $3): in these states ($4), and of this tenant
-- unless it is null.
select image.id, image.roll, image.frame, image.frame_order, image.tenant, image.file_name, image.state, image.trouble,
       image.filed_at, original.size, original.media, original.width, original.height, original.placeholder,
       small.width as small_width, small.height as small_height, small.etag as small_etag,
       large.width as large_width, large.height as large_height, large.etag as large_etag
from images.image
join images.original on original.sha256 = image.sha256
left join images.rendition as small on small.sha256 = image.sha256 and small.tier = '256'
left join images.rendition as large on large.sha256 = image.sha256 and large.tier = '2048'
where image.roll = $1 and (image.frame_order, image.id) > ($2, $3)
  and image.state = any($4::text[]) and ($5::text is null or image.tenant = $5)
order by image.frame_order, image.id limit $6;

-- name: frame
-- Returns the images of one frame, with all that a list tells of them.
select image.id, image.roll, image.frame, image.frame_order, image.tenant, image.file_name, image.state, image.trouble,
       image.filed_at, original.size, original.media, original.width, original.height, original.placeholder,
       small.width as small_width, small.height as small_height, small.etag as small_etag,
       large.width as large_width, large.height as large_height, large.etag as large_etag
from images.image
join images.original on original.sha256 = image.sha256
left join images.rendition as small on small.sha256 = image.sha256 and small.tier = '256'
left join images.rendition as large on large.sha256 = image.sha256 and large.tier = '2048'
where image.roll = $1 and image.frame_order = $2
  and image.state = any($3::text[]) and ($4::text is null or image.tenant = $4)
order by image.state desc, image.id;

-- name: original
-- Returns whose an image is, and its original.
select image.roll, image.frame, image.tenant, image.state, image.file_name, original.sha256, original.size,
       original.media, original.damage
from images.image join images.original on original.sha256 = image.sha256
where image.id = $1;

-- name: rendition
-- Returns whose an image is, and one of its renditions; of one that is not made its columns are null.
select image.roll, image.frame, image.tenant, image.state, image.trouble, image.sha256,
       rendition.recipe, rendition.header, rendition.size, rendition.etag, rendition.width, rendition.height
from images.image
left join images.rendition on rendition.sha256 = image.sha256 and rendition.tier = $2
where image.id = $1;

-- name: is_contested
-- Tells whether a person must decide whose a roll is: nothing of it is shown by an address alone.
select exists (
    select from registration
    where word = 'contested'
      and subject in (select $1 union all select package from manifest_roll where manifest_roll.roll = $1)
);

-- name: header
-- Returns a header that is common to many renditions.
select bytes from images.jpeg_header where id = $1;
