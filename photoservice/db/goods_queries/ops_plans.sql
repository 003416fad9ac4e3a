-- name: due
-- Lists live plans that are looked at soon, the next first: by the time their criterion names, or because something
-- came. Of a tenant ($1), those of its packages.
select plan.*, coalesce(sub_group.name, '') as group_name
from goods.plan left join people.sub_group on sub_group.id = plan.sub_group
where plan.state = 'live' and plan.look_at is not null
  and ($1::text is null or ops.is_root_of(plan.root, $1))
order by plan.look_at, plan.id limit $2;

-- name: fullest
-- Lists plans by how much they have counted and not used, the fullest first.
select plan.*, coalesce(sub_group.name, '') as group_name
from goods.plan
join (
    select plan_image.plan, count(*) as pending from goods.plan_image where plan_image.firing is null
    group by plan_image.plan order by count(*) desc limit 5000
) as counted on counted.plan = plan.id
left join people.sub_group on sub_group.id = plan.sub_group
where plan.state <> 'ended' and ($1::text is null or ops.is_root_of(plan.root, $1))
order by counted.pending desc, plan.id limit $2;

-- name: troubled
-- Lists plans that the house paused, the last changed first: what they make cannot be had any more.
select plan.*, coalesce(sub_group.name, '') as group_name
from goods.plan left join people.sub_group on sub_group.id = plan.sub_group
where plan.state = 'paused' and ($3 = '' or plan.trouble <> '')
  and ($1::text is null or ops.is_root_of(plan.root, $1))
order by plan.changed_at desc, plan.id limit $2;

-- name: plan
-- Returns one plan; of another tenant nothing.
select plan.*, coalesce(sub_group.name, '') as group_name
from goods.plan left join people.sub_group on sub_group.id = plan.sub_group
where plan.id = $1 and ($2::text is null or ops.is_root_of(plan.root, $2));

-- name: hold
-- Returns a plan's state and version, and keeps others from changing or firing it until the transaction ends.
select state, version from goods.plan
where id = $1 and ($2::text is null or ops.is_root_of(root, $2)) for no key update;
