-- name: note_image
-- Notes that an image stands for its frame since $3.
insert into goods.uncounted (image, roll, at) values ($1, $2, $3);

-- name: note_sorted
-- Notes that a person put images into a sub-group, if a plan is its that is not over.
insert into goods.uncounted (image, roll, person, sub_group, at)
select image.id, image.roll, $1, $2, $4 from images.image
where image.id = any($3::text[])
  and exists (select from goods.plan where plan.sub_group = $2 and plan.state <> 'ended');

-- name: note_held
-- Notes that a person came to hold these rolls, or, for an empty one, something.
insert into goods.uncounted (roll, person, at) select roll, $1, $3 from unnest($2::text[]) as roll;
