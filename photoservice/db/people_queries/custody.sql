-- name: of_rolls
-- Lists what was told of these rolls, and what follows from other facts: from their pictures, when they were developed
-- and scanned; from their registration, by which claim, when that came, and by which clocks its store lives; from what
-- tills and counters told, the day they were sold, when they were dropped off, and when their bag was taken away; none of
-- it if it was taken back. Roll by roll, so that it is never worth a second process of the database's.
select asked.roll, seen.step, seen.at, seen.place, seen.is_told, seen.is_day, seen.claim, seen.timezone
from unnest($1::text[]) as asked (roll)
cross join lateral (
    select custody.step, custody.at, coalesce(nullif(custody.place, ''), tenant.name) as place, true as is_told,
           false as is_day, null as claim, null as timezone
    from images.custody join tenant on tenant.id = custody.tenant
    where custody.roll = asked.roll and custody.taken_back_at is null
    union all
    select known.step, known.at, tenant_roll.lab, false, known.is_day, null, null
    from images.tenant_roll
    cross join lateral (values
        ('developed', tenant_roll.developed_on::timestamp at time zone 'UTC', true),
        ('scanned', tenant_roll.first_at, false)) as known (step, at, is_day)
    where tenant_roll.roll = asked.roll and tenant_roll.images > 0 and known.at is not null
    union all
    select 'registered', claim.received_at, '', false, false, claim.id, store.timezone
    from registration
    join claim on claim.station = split_part(registration.claims[1], '/', 1)
        and claim.id = split_part(registration.claims[1], '/', 2)
    left join store on store.gln = claim.store
    where registration.word = 'registered' and registration.subject = any(array(
        select asked.roll union all select package from manifest_roll where manifest_roll.roll = asked.roll))
    union all
    select 'sold', least(sale.business_day::timestamp at time zone 'UTC', sale.received_at + interval '14 hours'),
           store.name, true, true, null, null
    from sale join store on store.gln = sale.store
    where sale.root = any(array(
            select asked.roll union all select package from manifest_roll where manifest_roll.roll = asked.roll))
        and (sale.item in (asked.roll, sale.root)
             or not exists (select from unpacking where unpacking.package = sale.root))
        and not exists (select from sale_correction as taken
                        where taken.station = sale.station and taken.told = sale.event)
        and not exists (
            select from sale_refund as refund where refund.root = sale.root and refund.unit = sale.unit
                and not exists (select from sale_correction as taken
                                where taken.station = refund.station and taken.told = refund.event))
    union all
    select bag.step, bag.at, bag.store, true, false, null, null
    from dropped_roll
    join drop_off using (station, event)
    cross join lateral (
        select 'dropped' as step, drop_off.at, store.name as store from store where store.gln = drop_off.store
        union all
        select 'picked_up', pick_up.at, store.name from pick_up join store on store.gln = pick_up.store
        where pick_up.bag = drop_off.bag and pick_up.store = drop_off.store
    ) as bag
    where dropped_roll.roll = asked.roll
        and not exists (select from drop_off_withdrawal as undone
                        where undone.station = drop_off.station and undone.dropped = drop_off.event)
) as seen;

-- name: insert
-- Keeps a tenant's sightings whose keys it did not use before, of two with one key the first; returns those keys.
insert into images.custody (tenant, told_at, roll, step, key, at, place)
select $1, $2, roll, step, key, at, place
from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
     with ordinality as sent (roll, step, key, at, place, n)
order by key, n
on conflict (tenant, key) do nothing
returning key;

-- name: find_all
-- Returns what a tenant told under these keys.
select roll, step, key, at, place from images.custody where tenant = $1 and key = any($2::text[]);

-- name: find
-- Returns of which roll a tenant told something under a key.
select roll from images.custody where tenant = $1 and key = $2;

-- name: take_back
-- Takes a sighting back; the first time counts.
update images.custody set taken_back_at = coalesce(taken_back_at, $3) where tenant = $1 and key = $2;

-- name: next_roll
-- Notes rolls that came in for development, each once; one that was noted before and led to nothing is looked at again.
insert into goods.next_roll (roll, received_at, state)
select roll, min(at), 'due' from unnest($1::text[], $2::timestamptz[]) as came (roll, at) group by roll order by roll
on conflict (roll) do update
set state = case next_roll.state when 'undone' then 'ordered' else 'due' end
where next_roll.state in ('undone', 'not_wanted');

-- name: next_roll_undone
-- Notes that nobody says of a roll any more that it came in, where something was ordered for it.
update goods.next_roll set state = 'undone'
where roll = $1 and state = 'ordered' and not exists (
    select from images.custody where custody.roll = $1 and step = 'received' and taken_back_at is null);

-- name: mark_open
-- Marks of each of these rolls the furthest step that was told, in the order of $2, and no other.
with ranked as (
    select tenant, key,
           taken_back_at is null and row_number() over (
               partition by roll
               order by taken_back_at is null desc, array_position($2::text[], step) desc, at, tenant, key) = 1
               as is_furthest
    from images.custody where roll = any($1::text[])
)
update images.custody set is_open = ranked.is_furthest
from ranked
where custody.tenant = ranked.tenant and custody.key = ranked.key and custody.is_open <> ranked.is_furthest;

-- name: told_by
-- Lists what a tenant told of a roll, the oldest step first.
select step, at, key, place, told_at, taken_back_at from images.custody
where roll = $1 and tenant = $2 order by at, key limit 1000;

-- name: overdue
-- Lists rolls at a step since before $2 of which nothing later was told, and no picture filed if it is before scanning.
select custody.roll, custody.at, custody.place, tenant.name
from images.custody join tenant on tenant.id = custody.tenant
where custody.is_open and custody.step = $1 and custody.at < $2
  and (custody.step in ('scanned', 'finished') or not exists (
      select from images.tenant_roll where tenant_roll.roll = custody.roll and tenant_roll.images > 0))
order by custody.at, custody.roll limit $3;

-- name: count_overdue
-- Counts rolls at a step since before $2, as `overdue` lists them once `close_scanned` was run.
select count(*) from images.custody where is_open and step = $1 and at < $2;

-- name: close_scanned
-- Closes steps before scanning ($1) of rolls that have pictures by now: nothing is waited for there.
update images.custody set is_open = false
from (
    select tenant, key from images.custody
    where is_open and step = any($1::text[]) and exists (
        select from images.tenant_roll where tenant_roll.roll = custody.roll and tenant_roll.images > 0)
    for update skip locked
) as answered
where custody.tenant = answered.tenant and custody.key = answered.key;
