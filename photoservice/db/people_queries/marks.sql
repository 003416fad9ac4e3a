-- name: favour
-- Makes favourites of a person of those of these images ($2) that stand in the rolls $3.
insert into people.favourite (person, image, at)
select $1, id, $4 from images.image where id = any($2::text[]) and state = 'standing' and roll = any($3::text[])
on conflict do nothing;

-- name: unfavour
-- Takes these images ($2) out of a person's favourites.
delete from people.favourite where person = $1 and image = any($2::text[]);

-- name: note
-- Keeps a person's note on an image.
insert into people.note (person, image, text, at) values ($1, $2, $3, $4)
on conflict (person, image) do update set text = excluded.text, at = excluded.at;

-- name: unnote
-- Drops a person's note on an image.
delete from people.note where person = $1 and image = $2;

-- name: seen
-- Tells whether an image ($1) stands in one of the rolls $2.
select exists (select from images.image where id = $1 and state = 'standing' and roll = any($2::text[]));
