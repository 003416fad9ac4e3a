-- name: pictures
-- Returns, in the order they are named ($1), those standing images that are of the rolls $2, with where the bytes of
-- their originals and of their large renditions are. What is said of a roll is said by who filed the image.
select image.id, image.roll, image.frame, image.filed_at, image.trouble, image.sha256, tenant_roll.stock,
       original.size, original.media, original.damage,
       rendition.recipe, rendition.header, rendition.size as body_size, rendition.etag
from unnest($1::text[]) with ordinality as asked (id, place)
join images.image on image.id = asked.id
join images.original on original.sha256 = image.sha256
left join images.tenant_roll on tenant_roll.tenant = image.tenant and tenant_roll.roll = image.roll
left join images.rendition on rendition.sha256 = image.sha256 and rendition.tier = '2048'
where image.state = 'standing' and image.roll = any($2::text[])
order by asked.place;

-- name: stock
-- Tells which film the roll of an image is, as who filed it said.
select tenant_roll.stock
from images.image join images.tenant_roll on tenant_roll.tenant = image.tenant and tenant_roll.roll = image.roll
where image.id = $1;
