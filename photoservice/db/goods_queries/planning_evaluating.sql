-- name: anything
-- Tells whether there is something to count, to find whole, or to look at.
select exists (select from goods.uncounted) as to_count,
       exists (select from goods.whole_roll where whole_at is null) as to_find,
       exists (select from goods.plan where state = 'live' and look_at <= $1) as to_look;

-- name: clock
-- Returns the latest moment that was seen.
select at from goods.plan_clock;

-- name: set_clock
-- Keeps the latest moment that was seen, unless somebody kept another one than $2 meanwhile.
insert into goods.plan_clock (at) values ($1)
on conflict (is_only) do update set at = excluded.at where plan_clock.at is not distinct from $2;

-- name: look_again
-- Has every plan looked at whose moments were set by a clock that was ahead: none of them lies behind $1.
update goods.plan set look_at = $1, since = least(since, $1), begun_at = least(begun_at, $1)
where state <> 'ended' and (look_at > $1 or since > $1 or begun_at > $1);

-- name: due
-- Takes plans that are to be looked at by now, the longest waiting first.
select * from goods.plan where state = 'live' and look_at <= $1
order by look_at limit $2 for no key update skip locked;

-- name: hold
-- Holds a live plan; whoever else does so is waited for.
select * from goods.plan where id = $1 and state = 'live' for no key update;

-- name: set_look
-- Sets when each of these plans is to be looked at next.
update goods.plan set look_at = wanted.look_at
from unnest($1::text[], $2::timestamptz[]) as wanted (id, look_at)
where plan.id = wanted.id;

-- name: pending
-- Lists what plans have counted and not used: images that stand, in the order in which they came, with the moment since
-- which their roll is whole, and whether it was counted. What a clock that was ahead ($2 is now) noted came by now.
select plan_image.plan, plan_image.image, plan_image.roll, least(plan_image.at, $2) as at,
       case when whole_roll.whole_at is not null then least(whole_roll.whole_at, $2) end as whole_at, plan_roll.plan is not null as is_counted
from goods.plan
join goods.plan_image on plan_image.plan = plan.id and plan_image.firing is null
join images.image on image.id = plan_image.image and image.state = 'standing'
left join goods.whole_roll on whole_roll.roll = plan_image.roll
left join goods.plan_roll on plan_roll.plan = plan.id and plan_roll.roll = plan_image.roll
where plan.id = any($1::text[])
  and (plan.scope <> 'sub_group' or exists (
      select from people.grouped
      where grouped.person = plan.person and grouped.image = plan_image.image and grouped.sub_group = plan.sub_group))
order by plan_image.plan, least(plan_image.at, $2), plan_image.roll, image.frame_order, plan_image.image;

-- name: rolls_of
-- Lists the rolls that are registered with these packages or items now. What was unpacked and sold one by one is several
-- customers': what hangs on the package is none of them's.
select registration.root, coalesce(manifest_roll.roll, registration.subject) as roll
from registration
left join manifest_roll on manifest_roll.package = registration.subject
where registration.root = any($1::text[]) and registration.subject = registration.root
  and registration.word = 'registered';

-- name: films
-- Returns the film of each roll, as whoever filed it says.
select roll, max(stock) as film from images.tenant_roll where roll = any($1::text[]) group by roll;

-- name: insert_firing
-- Writes that a plan has fired; its number is a key.
insert into goods.firing (plan, number, crossed_at, fired_at, why, order_id) values ($1, $2, $3, $4, $5::jsonb, $6);

-- name: use_images
-- Gives pending images to a crossing.
update goods.plan_image set firing = $2 where plan = $1 and image = any($3::text[]) and firing is null;

-- name: use_rolls
-- Writes that rolls were counted as rolls by a crossing.
insert into goods.plan_roll (plan, roll, whole_at, firing)
select $1, roll, whole_at, $2 from unnest($3::text[], $4::timestamptz[]) as used (roll, whole_at);

-- name: move_on
-- Moves a plan on behind a crossing.
update goods.plan
set number = $2, since = $3, look_at = $4, state = $5, version = version + 1, changed_at = $6
where id = $1;

-- name: pause
-- Pauses a plan whose goods cannot be had, and says why in a word.
update goods.plan set state = 'paused', trouble = $2, look_at = null, version = version + 1, changed_at = $3
where id = $1;
