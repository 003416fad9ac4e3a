-- name: of_rolls
-- Lists the standing images of the rolls $1, in the order of rolls and frames.
select id from images.image where roll = any($1::text[]) and state = 'standing' order by roll, frame_order, id limit $2;

-- name: of_group
-- Lists the standing images of a person's sub-group that are of the rolls $3, in their order.
select image.id
from people.grouped join images.image on image.id = grouped.image
where grouped.person = $1 and grouped.sub_group = $2 and image.roll = any($3::text[]) and image.state = 'standing'
order by grouped.place limit $4;

-- name: of_rest
-- Lists the standing images of the rolls $2 that are in none of a person's sub-groups.
select id from images.image
where roll = any($2::text[]) and state = 'standing'
  and not exists (select from people.grouped where grouped.person = $1 and grouped.image = image.id)
order by roll, frame_order, id limit $3;

-- name: of_favourites
-- Lists the standing images of the rolls $2 that are favourites of a person, in the order of rolls and frames.
select image.id
from people.favourite join images.image on image.id = favourite.image
where favourite.person = $1 and image.roll = any($2::text[]) and image.state = 'standing'
order by image.roll, image.frame_order, image.id limit $3;

-- name: kept
-- Returns those of the images $1 that stand and are of the rolls $2, in the order they are named.
select image.id
from unnest($1::text[]) with ordinality as asked (id, place) join images.image on image.id = asked.id
where image.roll = any($2::text[]) and image.state = 'standing' order by asked.place limit $3;
