-- name: at_frames
-- Returns the pictures of these frames of a roll that are not withdrawn.
select id, frame, sha256, tenant, state from images.image
where roll = $1 and frame = any($2::text[]) and state <> 'withdrawn' order by filed_at, id;

-- name: insert_original
-- Writes that the bytes of an original are kept, and tells whether they were not before; damage to them is healed.
insert into images.original (sha256, size, media, width, height, kept_at) values ($1, $2, $3, $4, $5, $6)
on conflict (sha256) do update set damage = '', scrubbed_at = null
returning (xmax = 0) as fresh;

-- name: insert
-- Writes that a picture is filed.
insert into images.image (id, roll, frame, frame_order, sha256, tenant, file_name, state, filed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: any_of
-- Tells whether these bytes count in a tenant's share: it filed them, and if it withdrew them they are not collected yet.
select exists (select from images.image where sha256 = $1 and tenant = $2);

-- name: of_tenant
-- Returns one of a tenant's pictures that is not withdrawn.
select i.*, o.size from images.image as i join images.original as o on o.sha256 = i.sha256
where i.id = $1 and i.tenant = $2 and i.state <> 'withdrawn';

-- name: set_state
-- Changes what a picture is to its frame.
update images.image set state = $2 where id = $1;

-- name: note_roll
-- Writes that a tenant files of a roll, making the roll known where it is not, and locks first the roll, then what the
-- tenant has of it; tells whether it is the first time.
with roll as (
    insert into images.filed_roll (id, first_at, changed_at) values ($2, $3, $3)
    on conflict (id) do update set changed_at = excluded.changed_at
    returning id
)
insert into images.tenant_roll (tenant, roll, first_at, changed_at) select $1, id, $3, $3 from roll
on conflict (tenant, roll) do update set changed_at = excluded.changed_at
returning (xmax = 0) as fresh;

-- name: describe
-- Writes what a tenant says of a roll; what it does not say stays.
update images.tenant_roll set
    stock = coalesce(nullif($3, ''), stock), process = coalesce(nullif($4, ''), process), iso = coalesce($5::integer, iso),
    lab = coalesce(nullif($6, ''), lab), developed_on = coalesce($7::date, developed_on),
    scanned_on = coalesce($8::date, scanned_on), note = coalesce(nullif($9, ''), note)
where tenant = $1 and roll = $2;

-- name: index_words
-- Brings the words by which a tenant's roll is found up to date.
update images.tenant_roll set
    words = to_tsvector('simple', concat_ws(' ', roll, stock, lab, process, note))
        || array_to_tsvector(array['=' || tenant])
where tenant = $1 and roll = $2;

-- name: count
-- Counts a roll's pictures of a tenant anew.
update images.tenant_roll set
    images = (select count(*) from images.image as i
              where i.roll = tenant_roll.roll and i.tenant = tenant_roll.tenant and i.state = 'standing'),
    rivals = (select count(*) from images.image as i
              where i.roll = tenant_roll.roll and i.tenant = tenant_roll.tenant and i.state = 'rival'),
    changed_at = $3
where roll = $2 and tenant = $1;

-- name: film
-- Returns the product of a roll's film: of the roll's own GTIN ($2), or of its package's; $3 are names that say nothing.
select name, process, iso from product
where name <> all($3::text[]) and gtin in (
    $2, (select m.product from manifest_roll as r join manifest as m on m.package = r.package where r.roll = $1))
order by process = '' and iso = 0, level desc limit 1;

-- name: tenant_roll
-- Returns what a tenant filed of a roll.
select * from images.tenant_roll where tenant = $1 and roll = $2;

-- name: note_roll_again
-- Writes that something of a known roll changes, and keeps others from changing it until the transaction ends.
update images.filed_roll set changed_at = $2 where id = $1;
