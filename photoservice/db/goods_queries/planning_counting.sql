-- name: take
-- Takes rows about images and rolls that nobody counts yet, the oldest first.
delete from goods.uncounted where place = any(array(
    select place from goods.uncounted where image <> '' or person = ''
    order by place limit $1 for update skip locked))
returning image, roll, sub_group, at;

-- name: take_held
-- Takes a row about what somebody holds that nobody counts yet, the oldest first.
delete from goods.uncounted where place = any(array(
    select place from goods.uncounted where image = '' and person <> ''
    order by place limit 1 for update skip locked))
returning person, roll, at;

-- name: unbegun
-- Lists packages that are registered and have terms that were not applied yet, of these rolls and packages.
select distinct registration.root
from unnest($1::text[]) as asked (item)
left join manifest_roll on manifest_roll.roll = asked.item
join manifest on manifest.package = coalesce(manifest_roll.package, asked.item)
join goods.terms on terms.gtin = manifest.product
join registration on registration.subject = manifest.package and registration.word = 'registered'
where not exists (select from goods.begun_package where begun_package.root = registration.root);

-- name: count
-- Counts the images $1 (since $2), what was sorted ($3, since $4) and all of the rolls or packages $5 toward every plan
-- that covers them now, and has those plans looked at ($6 is now). An image of a plan is counted once: a key. A package's
-- plan covers the rolls that are registered with it; an account's what its person holds (as persons.rolls has it: codes
-- older than $7 hold nothing); a sub-group's what is in it. Plans are locked in their order, and whether one is to be
-- looked at already is read under its lock: who evaluates it now has not seen these. What is looked up is few among many,
-- whatever the planner thinks: one by one, by an index (offset 0).
with recursive named (image, at) as (
    select image, min(at) from unnest($1::text[], $2::timestamptz[]) as noted (image, at) group by image
), asked (roll) as (
    select unnest($5::text[])
    union
    select roll from manifest_roll where package = any($5::text[])
), looked as materialized (
    select image.id as image, image.roll, named.at
    from named
    cross join lateral (
        select id, roll from images.image where id = named.image and state = 'standing' offset 0) as image
    union all
    select image.id, image.roll, image.filed_at
    from asked join images.image on image.roll = asked.roll
    where image.state = 'standing'
), owned as materialized (
    select looked.roll, registration.root, registration.since, registration.claims
    from (select distinct roll from looked) as looked
    left join lateral (
        select package from manifest_roll where manifest_roll.roll = looked.roll offset 0) as packed on true
    cross join lateral (
        select root, since, claims from registration
        where subject in (looked.roll, packed.package) and word = 'registered' offset 0) as registration
), held as (
    select owned.roll, owned.since, claim.station, claim.id, claim.account
    from owned
    join claim on claim.root = owned.root and claim.station || '/' || claim.id = any(owned.claims)
    join account_key on account_key.account = claim.account
), tied (account, other) as (
    select account, account from held
    union
    select tied.account, case when old = tied.other then into_account else old end
    from tied join account_merge on tied.other in (old, into_account)
), holder as (
    select held.roll, held.since, holding.person
    from held join people.holding on holding.station = held.station and holding.claim = held.id
    where holding.code is null or exists (
        select from access_code
        where access_code.mac = holding.code and access_code.voided_at is null and access_code.made_at > $7)
    union
    select held.roll, held.since, account_holding.person
    from held
    join tied on tied.account = held.account
    join people.account_holding on account_holding.account = tied.other
), covered as (
    select plan.id as plan, owned.roll, plan.begun_at, owned.since
    from owned
    cross join lateral (
        select id, begun_at from goods.plan
        where root = owned.root and scope = 'package' and kind = 'goods' and state <> 'ended' offset 0) as plan
    union all
    select plan.id, holder.roll, plan.begun_at, holder.since
    from holder
    cross join lateral (
        select id, begun_at from goods.plan
        where person = holder.person and scope = 'account' and kind = 'goods' and state <> 'ended' offset 0) as plan
), hits as materialized (
    select plan, image, min(roll) as roll, min(at) as at
    from (
        select covered.plan, looked.image, looked.roll, greatest(looked.at, covered.since, covered.begun_at) as at
        from covered join looked on looked.roll = covered.roll
        union all
        select plan.id, image.id, image.roll, greatest(sorted.at, plan.begun_at)
        from (
            select image, at from looked
            union all
            select image, at from unnest($3::text[], $4::timestamptz[]) as sorted (image, at)
        ) as sorted
        join people.grouped on grouped.image = sorted.image
        join goods.plan on plan.sub_group = grouped.sub_group
        join images.image on image.id = sorted.image
        where image.state = 'standing' and plan.kind = 'goods' and plan.state <> 'ended'
    ) as hit
    group by plan, image
), rolls as (
    insert into goods.whole_roll (roll) select distinct roll from hits order by roll on conflict do nothing
), counted as (
    insert into goods.plan_image (plan, image, roll, at)
    select plan, image, roll, at from hits order by plan, image
    on conflict do nothing
    returning image
), locked as materialized (
    select id, look_at from goods.plan where id = any(array(select distinct plan from hits)) order by id for no key update
), woken as (
    update goods.plan set look_at = $6
    where id = any(array(select id from locked where look_at is null or look_at > $6))
)
select count(*) from counted;

-- name: count_held
-- Counts all images of rolls that a person holds toward the plans of their account, as the count above does.
with hits as materialized (
    select plan.id as plan, image.id as image, image.roll, greatest($3, image.filed_at, plan.begun_at) as at
    from goods.plan cross join images.image
    where plan.person = $1 and plan.scope = 'account' and plan.kind = 'goods' and plan.state <> 'ended'
      and image.roll = any($2::text[]) and image.state = 'standing'
), rolls as (
    insert into goods.whole_roll (roll) select distinct roll from hits order by roll on conflict do nothing
), counted as (
    insert into goods.plan_image (plan, image, roll, at)
    select plan, image, roll, at from hits order by plan, image
    on conflict do nothing
    returning image
), locked as materialized (
    select id, look_at from goods.plan where id = any(array(select distinct plan from hits)) order by id for no key update
), woken as (
    update goods.plan set look_at = $4
    where id = any(array(select id from locked where look_at is null or look_at > $4))
)
select count(*) from counted;

-- name: has_account_plan
-- Tells whether a person has a plan of their account that is not over.
select exists (
    select from goods.plan where person = $1 and scope = 'account' and kind = 'goods' and state <> 'ended');

-- name: find_whole
-- Finds rolls that became whole: nothing of them changed for so long ($2 is now less that, $3 how long). A change that is
-- said to lie in the future was noted by a clock that was ahead. Has them looked at.
with whole as (
    update goods.whole_roll set whole_at = least(filed_roll.changed_at + $3::interval, $1)
    from images.filed_roll
    where whole_roll.roll = any(array(
        select open.roll from goods.whole_roll as open
        join images.filed_roll on filed_roll.id = open.roll
        where open.whole_at is null
          and (filed_roll.changed_at <= $2 or filed_roll.changed_at > $1::timestamptz + $3::interval)
        order by open.roll limit $4
        for update of open skip locked))
      and filed_roll.id = whole_roll.roll
    returning whole_roll.roll, whole_roll.whole_at
)
insert into goods.uncounted (roll, at) select roll, whole_at from whole order by roll;
