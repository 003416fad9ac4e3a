-- name: all
-- Lists a person's sub-groups in their order, with how many of their pictures may be seen now ($2 rolls, $3 states), and
-- the first few of them. What may be seen is found by its rolls, once: looked up picture by picture it takes five times
-- as long for somebody with ten thousand.
with seen as materialized (
    select image.id
    from images.image
    where image.roll = any($2::text[]) and image.state = any($3::text[])
),
counted as (
    select grouped.sub_group, count(*) as pictures
    from people.grouped
    join seen on seen.id = grouped.image
    where grouped.person = $1
    group by grouped.sub_group
)
select sub_group.id, sub_group.name, sub_group.place, sub_group.made_at, sub_group.changed_at,
       coalesce(counted.pictures, 0) as pictures,
       array(select grouped.image
             from people.grouped join images.image on image.id = grouped.image
             where grouped.sub_group = sub_group.id and image.state = any($3::text[])
               and (image.roll in (select unnest($2::text[]))) is true
             order by grouped.place limit $4) as first
from people.sub_group
left join counted on counted.sub_group = sub_group.id
where sub_group.person = $1
order by sub_group.place, sub_group.id;

-- name: names
-- Lists a person's sub-groups by name, in their order, without a look at any picture.
select id, name from people.sub_group where person = $1 order by place, id;

-- name: find
-- Returns a sub-group of a person, with how many of its pictures may be seen now.
select sub_group.id, sub_group.name, sub_group.place, sub_group.made_at, sub_group.changed_at,
       (select count(*) from images.image
        where image.roll = any($3::text[]) and image.state = any($4::text[])
          and (image.id in (select grouped.image from people.grouped where grouped.sub_group = $2)) is true)
       as pictures, '{}'::text[] as first
from people.sub_group where sub_group.person = $1 and sub_group.id = $2;

-- name: rest_in_short
-- Counts the pictures a person may see that are in none of their sub-groups, and names the first few of them ($4).
select (select count(*) from images.image
        where roll = any($2::text[]) and state = any($3::text[])
          and id not in (select grouped.image from people.grouped where grouped.person = $1))
       as pictures,
       array(select image.id from images.image
             where roll = any($2::text[]) and state = any($3::text[])
               and id not in (select grouped.image from people.grouped where grouped.person = $1)
             order by image.roll, image.frame_order, image.id limit $4) as first;

-- name: count_rest
-- Counts the pictures a person may see that are in none of their sub-groups.
select count(*) from images.image
where roll = any($2::text[]) and state = any($3::text[])
  and id not in (select grouped.image from people.grouped where grouped.person = $1);

-- name: count
-- Counts a person's sub-groups.
select count(*) from people.sub_group where person = $1;

-- name: of_name
-- Finds a person's sub-group of this name, whatever its capitals.
select id from people.sub_group where person = $1 and lower(name) = lower($2) order by place, id limit 1;

-- name: insert
-- Adds a sub-group behind a person's others.
insert into people.sub_group (id, person, name, place, made_at, changed_at)
select $1, $2, $3, coalesce(max(place) + 1, 1), $4, $4 from people.sub_group where person = $2;

-- name: rename
-- Gives a person's sub-group another name.
update people.sub_group set name = $3, changed_at = $4 where person = $1 and id = $2;

-- name: order
-- Numbers a person's sub-groups in the order of $2.
update people.sub_group set place = wanted.place
from unnest($2::text[]) with ordinality as wanted (id, place)
where sub_group.person = $1 and sub_group.id = wanted.id and sub_group.place <> wanted.place;

-- name: put
-- Puts those of the pictures $3 that the person may see now into one of their sub-groups, in this order, behind those
-- that are there; what is in it already stays where it is. The key keeps each picture in one. Returns all that are in it
-- now, of those.
with moved as (
    insert into people.grouped (person, image, sub_group, at)
    select $1, image.id, $2, $6
    from unnest($3::text[]) with ordinality as wanted (image, place)
    join images.image on image.id = wanted.image
    where image.roll = any($4::text[]) and image.state = any($5::text[])
    order by wanted.place
    on conflict (person, image) do update set sub_group = excluded.sub_group, place = default, at = excluded.at
    where grouped.sub_group <> excluded.sub_group
    returning image
)
select image.id from images.image
where image.id = any($3::text[]) and image.roll = any($4::text[]) and image.state = any($5::text[]);

-- name: seen
-- Tells which of these pictures may be seen now.
select id from images.image where id = any($1::text[]) and roll = any($2::text[]) and state = any($3::text[]);

-- name: take_out
-- Takes pictures out of whichever sub-group of a person they are in.
delete from people.grouped where person = $1 and image = any($2::text[]);

-- name: touch
-- Notes that a sub-group changed; none when it is not this person's, or gone.
update people.sub_group set changed_at = $3 where person = $1 and id = $2;

-- name: keep_removed
-- Keeps what a sub-group was, so that removing it can be undone.
insert into people.removed_group (id, person, name, place, made_at, images, removed_at)
select id, person, name, place, made_at,
       array(select image from people.grouped where grouped.sub_group = sub_group.id order by grouped.place), $3
from people.sub_group where person = $1 and id = $2;

-- name: remove
-- Removes a sub-group of a person; its pictures are in none then.
delete from people.sub_group where person = $1 and id = $2;

-- name: removed
-- Returns a sub-group that was removed.
select id, name, place, made_at, images from people.removed_group where person = $1 and id = $2;

-- name: bring_back
-- Makes a sub-group anew, as it was.
insert into people.sub_group (id, person, name, place, made_at, changed_at) values ($1, $2, $3, $4, $5, $6);

-- name: put_back
-- Puts the pictures of a sub-group back that nobody moved elsewhere meanwhile.
insert into people.grouped (person, image, sub_group, at)
select $1, image.id, $2, $4
from unnest($3::text[]) with ordinality as wanted (image, place)
join images.image on image.id = wanted.image
order by wanted.place
on conflict (person, image) do nothing;

-- name: forget_removed
-- Drops what was kept of one sub-group that was removed.
delete from people.removed_group where person = $1 and id = $2;

-- name: forget_old
-- Drops what was kept of a person's sub-groups that were removed long ago, and of all but the last $3 of them.
delete from people.removed_group
where person = $1 and (removed_at < $2 or id not in (
    select id from people.removed_group where person = $1 order by removed_at desc, id limit $3));

-- name: pictures
-- Lists the pictures of a sub-group that its person may see now, behind the place $5. They are looked up one by one in
-- their order, so that a page of a large one costs what a page of a small one does.
select grouped.image, grouped.place
from (
    select image, place from people.grouped
    where sub_group = $2 and person = $1 and place > $5
    order by place offset 0
) as grouped
cross join lateral (
    select from images.image
    where image.id = grouped.image and image.state = any($4::text[])
      and (image.roll in (select unnest($3::text[]))) is true offset 0
) as seen
order by grouped.place limit $6;

-- name: rest
-- Lists the pictures a person may see that are in none of their sub-groups, by roll and frame, behind a place ($4, $5, $6).
select image.id as image, image.roll, image.frame_order
from images.image
where image.roll = any($2::text[]) and image.state = any($3::text[])
  and (image.roll, image.frame_order, image.id) > ($4, $5, $6)
  and id not in (select grouped.image from people.grouped where grouped.person = $1)
order by image.roll, image.frame_order, image.id limit $7;

-- name: groups_of
-- Tells in which sub-group each of these pictures is, of those that are in one.
select grouped.image, sub_group.id, sub_group.name
from people.grouped join people.sub_group on sub_group.id = grouped.sub_group
where grouped.person = $1 and grouped.image = any($2::text[]);
