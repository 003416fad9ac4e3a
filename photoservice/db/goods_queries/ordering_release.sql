-- name: take
-- Takes an order that is to be looked at by now, and is not before $2 again, whatever becomes of whoever took it.
update goods.customer_order set look_at = $2
where id = (
    select id from goods.customer_order where look_at <= $1 order by look_at, id limit 1 for update skip locked)
returning id, person, root, handing_at, released_at, left_at, waits_since, is_open, kind;

-- name: again
-- Has an order looked at later, and notes that it waits for its people since $3 or before; null: it does not.
update goods.customer_order
set look_at = $2, waits_since = case when $3::timestamptz is not null then coalesce(waits_since, $3) end
where id = $1;

-- name: set_aside
-- Has an order that could not be looked at not looked at before $2.
update goods.customer_order set look_at = $2 where id = $1 and look_at < $2;

-- name: look_again
-- Has every order looked at that a clock which was ahead set aside, and nothing of it lie in the future of $1: what was
-- made meanwhile cools off from now on, what had cooled off by then has.
update goods.customer_order
set look_at = $1, waits_since = least(waits_since, $1), reminded_at = least(reminded_at, $1),
    cooling_until = case when changed_at > $1 and cooling_until <= changed_at then $1
                         when made_at > $1 then $1 + (cooling_until - made_at)
                         else cooling_until end,
    made_at = least(made_at, $1), changed_at = least(changed_at, $1)
where look_at > $1 and released_at is null
  and (made_at > $1 or changed_at > $1 or look_at > greatest(cooling_until, $1 + interval '1 day'));

-- name: hold_people
-- Holds these people's orders until the transaction ends: what is being done with one is done first.
select id from goods.customer_order where person = any($1::text[]) order by id for update;

-- name: never
-- Has an order not looked at any more.
update goods.customer_order set look_at = null, waits_since = null where id = $1;

-- name: follow_rivals
-- Lets lines of an order show the picture that was chosen for a frame instead of theirs, where they do not already.
update goods.line_image as picture set image = standing.id
from images.image as old
join images.image as standing
    on standing.roll = old.roll and standing.frame = old.frame and standing.state = 'standing'
where picture.order_id = $1 and picture.image = old.id and old.state = 'rival' and picture.dropped = ''
  and not exists (
      select from goods.line_image as twin
      where twin.order_id = picture.order_id and twin.line = picture.line and twin.image = standing.id);

-- name: pictures
-- Returns the pictures of an order's lines that are not cancelled: what they are of, and their state or null.
select picture.line, picture.place, picture.image, picture.edit, picture.dropped, image.roll, image.frame, image.sha256,
       image.state
from goods.line_image as picture left join images.image on image.id = picture.image
where picture.order_id = $1
order by picture.line, picture.place;

-- name: contributors
-- Lists whose pictures stand in sub-groups of others, of these pictures.
select distinct person from people.contribution where image = any($1::text[]) order by person;

-- name: owner_of_share
-- Returns whose share it is.
select person from people.share where id = $1;

-- name: drop
-- Notes why pictures of a line are not made.
update goods.line_image set dropped = picked.word
from unnest($3::integer[], $4::text[]) as picked (place, word)
where order_id = $1 and line = $2 and line_image.place = picked.place;

-- name: pin
-- Pins the versions of edits that pictures of an order are made with, where none was pinned before.
update goods.line_image set edit = picked.edit
from unnest($2::text[], $3::integer[]) as picked (image, edit)
where order_id = $1 and line_image.image = picked.image and line_image.edit is null;

-- name: edits
-- Returns versions of a person's edits.
select edit.image, edit.version, edit.instructions
from unnest($2::text[], $3::integer[]) as picked (image, version)
join people.edit on edit.person = $1 and edit.image = picked.image and edit.version = picked.version;

-- name: begin
-- Notes that an order is being handed over from now on, with the text of its manifest.
with handing as (
    update goods.customer_order set handing_at = $2, waits_since = null where id = $1 and handing_at is null)
insert into goods.order_manifest (order_id, text, made_at) values ($1, $3, $2) on conflict (order_id) do nothing;

-- name: text
-- Returns the text of an order's manifest.
select text, made_at from goods.order_manifest where order_id = $1;

-- name: end
-- Notes that an order was handed over at $2; a new version of it, unless it was noted before.
update goods.customer_order
set released_at = $2, handing_at = coalesce(handing_at, $2), look_at = null, waits_since = null,
    version = version + 1, changed_at = $3
where id = $1 and released_at is null;

-- name: release_lines
-- Notes of the lines of an order that they were handed over, but of those that were cancelled.
insert into goods.line_step (order_id, line, step, at, told_at, by, note)
select line.order_id, line.number, 'released', $2, $3, 'service', $4
from goods.order_line as line
where line.order_id = $1 and not exists (
    select from goods.line_step as step
    where step.order_id = line.order_id and step.line = line.number and step.step = 'cancelled')
on conflict (order_id, line, step) do nothing;

-- name: unreleased
-- Has those of these orders looked at now that were not handed over, as this database believes.
update goods.customer_order set look_at = $2, cooling_until = null where id = any($1::text[]) and released_at is null;

-- name: to_remind
-- Takes an order that waits for its people since before $2 and was reminded of less than $3 times, the last before $4.
select id, person, root, reminded from goods.customer_order
where waits_since <= $2 and reminded = $3 and (reminded_at is null or reminded_at <= $4)
  and released_at is null and handing_at is null and is_open and id > $1
order by id limit 1 for update skip locked;

-- name: reminded
-- Notes that people were reminded of an order once more.
update goods.customer_order set reminded = $2, reminded_at = $3 where id = $1;

-- name: forget_people
-- Takes these people off their orders: handed over or ended ones lose who and where; others are not going to be, and what
-- they had taken of a package's credits goes back.
with taken as (
    select o.root, line.credit as place, sum(line.quantity) as pieces
    from goods.customer_order as o join goods.order_line as line on line.order_id = o.id
    where o.person = any($1::text[]) and o.handing_at is null and o.is_open and line.credit is not null
      and not exists (
          select from goods.line_step
          where line_step.order_id = o.id and line_step.line = line.number and step = 'cancelled')
    group by o.root, line.credit
), back as (
    update goods.credit set used = greatest(0, used - taken.pieces)
    from taken where credit.root = taken.root and credit.place = taken.place
)
update goods.customer_order
set person = null, root = null, share = null, guest = null, roll = null, address = null, why = '{}',
    left_at = case when handing_at is null and is_open then $2::timestamptz end,
    look_at = case when released_at is null and is_open then $2::timestamptz end
where person = any($1::text[]);

-- name: released
-- Lists orders that were handed over, behind ($2, $3), the first ones first; those that are open ($1), or that ended;
-- none that another lab than $5 makes.
select id, released_at, is_open, version from goods.customer_order
where released_at is not null and is_open = $1 and (released_at, id) > ($2, $3)
  and not exists (
      select from goods.line_step join tenant on tenant.id = line_step.by and tenant.kind = 'lab'
      where line_step.order_id = customer_order.id and line_step.by <> $5
        and line_step.step in ('making', 'made', 'sent', 'ready', 'handed'))
order by released_at, id limit $4;

-- name: is_others
-- Says whether another lab than $2 makes an order.
select exists (
    select from goods.line_step join tenant on tenant.id = line_step.by and tenant.kind = 'lab'
    where line_step.order_id = $1 and line_step.by <> $2
      and line_step.step in ('making', 'made', 'sent', 'ready', 'handed'));

-- name: step_of_key
-- Returns which step somebody noted of an order under a key.
select line, step from goods.line_step where order_id = $1 and by = $2 and key = $3 and key <> '' limit 1;
