-- name: of_roll
-- Lists a roll's standing images as person $1 sees them, in the order of its frames, behind the place ($3, $4).
select picture.*, coalesce(head.version, 0) as version, edit.instructions, favourite.at is not null as is_favourite,
       coalesce(note.text, '') as note, coalesce(grouped.sub_group, '') as sub_group
from images.picture
left join people.edit_head as head on head.person = $1 and head.image = picture.id and head.version > 0
left join people.edit on edit.person = $1 and edit.image = picture.id and edit.version = head.version
left join people.favourite on favourite.person = $1 and favourite.image = picture.id
left join people.note on note.person = $1 and note.image = picture.id
left join people.grouped on grouped.person = $1 and grouped.image = picture.id
where picture.roll = $2 and (picture.frame_order, picture.id) > ($3, $4) and picture.state = 'standing'
order by picture.frame_order, picture.id limit $5;

-- name: of_images
-- Returns these standing images ($2) as person $1 sees them, in the order they are named, of the rolls $3.
select picture.*, coalesce(head.version, 0) as version, edit.instructions, favourite.at is not null as is_favourite,
       coalesce(note.text, '') as note, coalesce(grouped.sub_group, '') as sub_group
from unnest($2::text[]) with ordinality as asked (id, place)
join images.picture on picture.id = asked.id
left join people.edit_head as head on head.person = $1 and head.image = picture.id and head.version > 0
left join people.edit on edit.person = $1 and edit.image = picture.id and edit.version = head.version
left join people.favourite on favourite.person = $1 and favourite.image = picture.id
left join people.note on note.person = $1 and note.image = picture.id
left join people.grouped on grouped.person = $1 and grouped.image = picture.id
where picture.state = 'standing' and picture.roll = any($3::text[])
order by asked.place;

-- name: of_favourites
-- Lists the favourites of person $1 among the rolls $2, the newest first, behind the place ($3, $4).
select picture.*, coalesce(head.version, 0) as version, edit.instructions, true as is_favourite,
       coalesce(note.text, '') as note, coalesce(grouped.sub_group, '') as sub_group, favourite.at as marked_at
from people.favourite
join images.picture on picture.id = favourite.image
left join people.edit_head as head on head.person = $1 and head.image = picture.id and head.version > 0
left join people.edit on edit.person = $1 and edit.image = picture.id and edit.version = head.version
left join people.note on note.person = $1 and note.image = picture.id
left join people.grouped on grouped.person = $1 and grouped.image = picture.id
where favourite.person = $1 and (favourite.at, favourite.image) < ($3, $4)
  and picture.state = 'standing' and picture.roll = any($2::text[])
order by favourite.at desc, favourite.image desc limit $5;

-- name: count_favourites
-- Counts the favourites of person $1 among the rolls $2.
select count(*) from people.favourite join images.image on image.id = favourite.image
where favourite.person = $1 and image.state = 'standing' and image.roll = any($2::text[]);

-- name: covers
-- Returns the first few ($3) images of each of these rolls ($2) as person $1 sees them.
select picture.*, coalesce(head.version, 0) as version, edit.instructions, false as is_favourite, '' as note,
       '' as sub_group
from unnest($2::text[]) with ordinality as asked (roll, place)
cross join lateral (
    select * from images.picture
    where picture.roll = asked.roll and picture.state = 'standing'
    order by picture.frame_order, picture.id limit $3
) as picture
left join people.edit_head as head on head.person = $1 and head.image = picture.id and head.version > 0
left join people.edit on edit.person = $1 and edit.image = picture.id and edit.version = head.version
order by asked.place, picture.frame_order, picture.id;

-- name: neighbours
-- Returns the standing images before and after a place ($2, $3) of a roll.
select (select id from images.image where roll = $1 and state = 'standing' and (frame_order, id) < ($2, $3)
        order by frame_order desc, id desc limit 1) as before,
       (select id from images.image where roll = $1 and state = 'standing' and (frame_order, id) > ($2, $3)
        order by frame_order, id limit 1) as after;

-- name: registered
-- Returns where and when each roll ($1) was registered by its claim ($2, $3), and what its package ($4) is; the store
-- is null of a registration at home, the film where nobody named it ($5 are names that say nothing).
select asked.roll, store.name as store, store.timezone, claim.received_at, product.name as film
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as asked (roll, station, claim, package)
join claim on claim.station = asked.station and claim.id = asked.claim
left join store on store.gln = claim.store
left join manifest on manifest.package = asked.package
left join product on product.gtin = manifest.product and product.name <> all($5::text[]);

-- name: without_any
-- Returns those of these rolls ($1) that no picture stands of, by their claims ($2, $3) the latest registered first.
select asked.roll
from unnest($1::text[], $2::text[], $3::text[]) as asked (roll, station, claim)
join claim on claim.station = asked.station and claim.id = asked.claim
where not exists (select from images.image where image.roll = asked.roll and image.state = 'standing')
order by claim.received_at desc, asked.roll;
