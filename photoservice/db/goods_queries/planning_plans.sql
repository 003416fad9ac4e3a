-- name: insert
-- Adds a plan, unless one stands for its origin.
insert into goods.plan (id, kind, scope, person, root, sub_group, origin, name, criterion, make, repeats, cooling, pays,
                        currency, state, begun_at, since, counts_all, made_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11, $12, $13, $14, 'live', $15, $15, $16, $17, $17)
on conflict do nothing;

-- name: of
-- Lists the plans a person sees: their own, and of packages they hold those that came with them; the newest first, those
-- that are over last.
select plan.*, coalesce(sub_group.name, '') as group_name
from goods.plan left join people.sub_group on sub_group.id = plan.sub_group
where plan.id in (
    select id from goods.plan where person = $1
    union
    select id from goods.plan where root = any($2::text[]) and person is null)
order by plan.state = 'ended', plan.made_at desc, plan.id
limit $3;

-- name: find
-- Returns a plan that a person sees.
select plan.*, coalesce(sub_group.name, '') as group_name
from goods.plan left join people.sub_group on sub_group.id = plan.sub_group
where plan.id = $3 and (plan.person = $1 or plan.person is null and plan.root = any($2::text[]));

-- name: hold
-- Returns a plan that a person sees, and keeps others from changing or firing it until the transaction ends.
select * from goods.plan
where id = $3 and (person = $1 or person is null and root = any($2::text[]))
for no key update;

-- name: count
-- Counts the plans of a person that are not over.
select count(*) from goods.plan where person = $1 and state <> 'ended';

-- name: of_origin
-- Finds the plan that stands for an origin.
select id from goods.plan where origin = $1;

-- name: fired
-- Lists the last crossings of a plan that were fired.
select number, crossed_at, fired_at, order_id, why from goods.firing where plan = $1 order by number desc limit $2;

-- name: change
-- Changes a plan; it is looked at again, and one that the house paused goes on.
update goods.plan
set state = case when state = 'paused' and trouble <> '' then 'live' else state end, name = $2, criterion = $3::jsonb, make = $4::jsonb, repeats = $5, cooling = $6, pays = $7, currency = $8,
    trouble = '', look_at = $9, version = version + 1, changed_at = $9
where id = $1;

-- name: set_state
-- Pauses, resumes or ends a plan; a live one is looked at again.
update goods.plan
set state = $2, trouble = '', look_at = case when $2 = 'live' then $3::timestamptz end, version = version + 1, changed_at = $3
where id = $1;

-- name: leave_out
-- Writes that what a plan of these rolls ($2) or this sub-group ($3) covers already does not count.
insert into goods.plan_image (plan, image, roll, at, firing)
select $1, image.id, image.roll, $4, 0 from images.image
where image.state = 'standing' and ($3 = '' and image.roll = any($2::text[]) or image.id in (
    select grouped.image from people.grouped where grouped.sub_group = $3))
order by image.id;

-- name: count_rolls
-- Has everything of these rolls looked at.
insert into goods.uncounted (roll, at) select roll, $2 from unnest($1::text[]) as roll;

-- name: count_group
-- Has everything of a sub-group looked at.
insert into goods.uncounted (image, roll, person, sub_group, at)
select grouped.image, '', grouped.person, grouped.sub_group, $2 from people.grouped where grouped.sub_group = $1;

-- name: has_group
-- Tells whether a sub-group is a person's.
select exists (select from people.sub_group where person = $1 and id = $2);
