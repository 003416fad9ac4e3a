-- name: heads
-- Returns the edits that hold, of those of some images ($2) that a person edited.
select head.image, head.version, edit.instructions
from people.edit_head as head
join people.edit using (person, image, version)
where head.person = $1 and head.image = any($2::text[]);

-- name: opened
-- Lists what was kept of one image, the last first, and which version holds: 0, the original, where it is not among them.
select edit.version, edit.after, edit.instructions, edit.at, coalesce(head.version, 0) as head
from people.edit
left join people.edit_head as head on head.person = edit.person and head.image = edit.image
where edit.person = $1 and edit.image = $2 order by edit.version desc;

-- name: versions
-- Lists what was kept of one image, the last first.
select version, after, instructions, at from people.edit
where person = $1 and image = $2 order by version desc;

-- name: lasts
-- Returns the last version of each of some images ($2).
select image, max(version) as version from people.edit
where person = $1 and image = any($2::text[]) group by image;

-- name: keep
-- Keeps a version ($3), made after another ($4).
insert into people.edit (person, image, version, after, instructions, at) values ($1, $2, $3, $4, $5::jsonb, $6);

-- name: set_head
-- Lets a version hold.
insert into people.edit_head (person, image, version, changed_at) values ($1, $2, $3, $4)
on conflict (person, image) do update set version = excluded.version, changed_at = excluded.changed_at;

-- name: before
-- Returns the version that one was made after, if that is kept still.
select earlier.version from people.edit
join people.edit as earlier on earlier.person = edit.person and earlier.image = edit.image
    and earlier.version = edit.after
where edit.person = $1 and edit.image = $2 and edit.version = $3;

-- name: behind
-- Returns the last version that was made after one.
select max(version) from people.edit where person = $1 and image = $2 and after = $3;

-- name: forget_oldest
-- Drops the versions up to $3, but the one that holds and those that open orders are made with.
delete from people.edit
where person = $1 and image = $2 and version <= $3
  and version <> (select version from people.edit_head where person = $1 and image = $2)
  and not exists (
      select from goods.line_image join goods.customer_order as o on o.id = line_image.order_id
      where line_image.image = $2 and line_image.edit = people.edit.version and o.is_open);

-- name: shapes
-- Returns how wide and high some images are, upright; of those that cannot be shown nothing.
select image.id, image.roll, image.tenant, image.state, rendition.width, rendition.height
from images.image
join images.rendition on rendition.sha256 = image.sha256 and rendition.tier = '2048'
where image.id = any($1::text[]);

-- name: of_earlier_scan
-- Returns the edit a person made of another scan of the same frame, the last that was changed.
select head.image, edit.instructions, rendition.width, rendition.height
from images.image
join images.image as earlier on earlier.roll = image.roll and earlier.frame_order = image.frame_order
    and earlier.id <> image.id
join people.edit_head as head on head.image = earlier.id and head.person = $1
join people.edit on edit.person = head.person and edit.image = head.image and edit.version = head.version
left join images.rendition on rendition.sha256 = earlier.sha256 and rendition.tier = '2048'
where image.id = $2
order by head.changed_at desc limit 1;

-- name: renumber_for
-- Takes one person's ($1) versions over to another ($2), behind those that they have already.
with theirs as (
    select image, max(version) as last from people.edit where person = $2 group by image
)
insert into people.edit (person, image, version, after, instructions, at)
select $2, edit.image, edit.version + coalesce(theirs.last, 0),
       case when edit.after = 0 then 0 else edit.after + coalesce(theirs.last, 0) end, edit.instructions, edit.at
from people.edit left join theirs on theirs.image = edit.image
where edit.person = $1;

-- name: heads_for
-- Lets what one person ($1) changed later than another ($2) hold for the other; before `renumber_for`.
with theirs as (
    select image, max(version) as last from people.edit where person = $2 group by image
)
insert into people.edit_head (person, image, version, changed_at)
select $2, head.image, case when head.version = 0 then 0 else head.version + coalesce(theirs.last, 0) end,
       head.changed_at
from people.edit_head as head left join theirs on theirs.image = head.image
where head.person = $1
on conflict (person, image) do update set version = excluded.version, changed_at = excluded.changed_at
where edit_head.changed_at < excluded.changed_at;

-- name: forget
-- Drops what a person edited.
with heads as (delete from people.edit_head where person = $1)
delete from people.edit where person = $1;

-- name: undo_at
-- Lets the version before hold of all whose edit was changed at one time ($2), and not since.
update people.edit_head as head set version = coalesce(earlier.version, 0)
from people.edit
left join people.edit as earlier on earlier.person = edit.person and earlier.image = edit.image
    and earlier.version = edit.after
where head.person = $1 and head.changed_at = $2 and edit.person = head.person and edit.image = head.image
  and edit.version = head.version and edit.at = $2
returning head.image;
