-- name: begin
-- Makes the note of until when hours were counted, before the first time.
insert into images.upkeep (name, at) values ('hourly', '-infinity') on conflict (name) do nothing;

-- name: counted_until
-- Tells until when hours were counted, null before the first time; whoever counts at the same time waits here.
select nullif(at, '-infinity') from images.upkeep where name = 'hourly' for update;

-- name: note_counted
-- Notes that hours were counted at $1.
update images.upkeep set at = $1 where name = 'hourly';

-- name: count
-- Counts what the tables say happened since $1 (null: ever) by the hour, for the whole house and for the tenants it
-- belongs to: a registration to its store's retailer, an image to who filed it, an order to the retailers where its
-- package was registered. An hour never counts less than before: what went since was there.
with counted (measure, tenants, at) as (
    select 'registrations', array[store.retailer], claim.received_at
    from claim left join store on store.gln = claim.store
    where claim.received_at >= coalesce($1::timestamptz, '-infinity')
    union all
    select 'confirmed', array[store.retailer], confirmation.at
    from confirmation
    left join claim on claim.station = confirmation.station and claim.id = confirmation.claim
    left join store on store.gln = claim.store
    where confirmation.at >= coalesce($1::timestamptz, '-infinity')
    union all
    select 'contested',
           array(select distinct store.retailer from claim join store on store.gln = claim.store
                 where claim.root = registration.root),
           registration.since
    from registration
    where registration.word = 'contested' and registration.since >= coalesce($1::timestamptz, '-infinity')
    union all
    select 'parked', array[store.retailer], event.received_at
    from event
    left join station on station.id = event.station
    left join store on store.gln = station.store
    where event.verdict <> 'applied' and event.received_at >= coalesce($1::timestamptz, '-infinity')
    union all
    select 'images', array[tenant], filed_at from images.image
    where filed_at >= coalesce($1::timestamptz, '-infinity')
    union all
    select 'renditions', '{}', kept_at from images.rendition
    where tier = '2048' and kept_at >= coalesce($1::timestamptz, '-infinity')
    union all
    select 'orders_made',
           array(select distinct store.retailer from claim join store on store.gln = claim.store
                 where claim.root = customer_order.root),
           made_at
    from goods.customer_order where made_at >= coalesce($1::timestamptz, '-infinity')
    union all
    select 'orders_released',
           array(select distinct store.retailer from claim join store on store.gln = claim.store
                 where claim.root = customer_order.root),
           released_at
    from goods.customer_order where released_at >= coalesce($1::timestamptz, '-infinity')
    union all
    select 'payments', '{}', at from goods.payment
    where minor > 0 and at >= coalesce($1::timestamptz, '-infinity')
    union all
    select case when sent_at is not null then 'messages_sent' else 'messages_failed' end, '{}',
           coalesce(sent_at, failed_at)
    from people.message
    where (sent_at is not null or failed_at is not null)
      and coalesce(sent_at, failed_at) >= coalesce($1::timestamptz, '-infinity')
), summed as (
    select measure, '' as tenant, date_trunc('hour', at, 'UTC') as hour, count(*) as n
    from counted group by measure, date_trunc('hour', at, 'UTC')
    union all
    select measure, whose.tenant, date_trunc('hour', at, 'UTC'), count(*)
    from counted, unnest(counted.tenants) as whose (tenant)
    where whose.tenant is not null group by measure, whose.tenant, date_trunc('hour', at, 'UTC')
)
insert into ops.hourly as known (measure, tenant, hour, n)
select measure, tenant, hour, n from summed order by measure, tenant, hour
on conflict (measure, tenant, hour) do update set n = excluded.n where known.n < excluded.n;

-- name: sum_days
-- Sums the days since $1 (null: ever) of what was counted from the tables ($2) anew.
insert into ops.daily as known (measure, tenant, day, n)
select measure, tenant, (hour at time zone 'UTC')::date, sum(n)
from ops.hourly
where hour >= date_trunc('day', coalesce($1::timestamptz, '-infinity'), 'UTC') and measure = any($2::text[])
group by measure, tenant, (hour at time zone 'UTC')::date
on conflict (measure, tenant, day) do update set n = excluded.n where known.n < excluded.n;

-- name: add
-- Adds what a process saw: so many ($3) of each measure ($1) in an hour ($2), of the whole house.
with given as (
    select measure, hour, n from unnest($1::text[], $2::timestamptz[], $3::bigint[]) as said (measure, hour, n)
), hours as (
    insert into ops.hourly as known (measure, tenant, hour, n)
    select measure, '', hour, n from given order by measure, hour
    on conflict (measure, tenant, hour) do update set n = known.n + excluded.n
)
insert into ops.daily as known (measure, tenant, day, n)
select measure, '', (hour at time zone 'UTC')::date, sum(n)
from given group by measure, (hour at time zone 'UTC')::date order by measure, (hour at time zone 'UTC')::date
on conflict (measure, tenant, day) do update set n = known.n + excluded.n;

-- name: hours
-- Sums measures ($1) of a tenant ($2) in steps of so many hours ($5) from $3 to before $4.
select measure, (extract(epoch from hour - $3::timestamptz)::bigint / ($5::bigint * 3600))::integer as step,
       sum(n)::bigint as n
from ops.hourly
where measure = any($1::text[]) and tenant = $2 and hour >= $3 and hour < $4::timestamptz
group by 1, 2;

-- name: days
-- Sums measures ($1) of a tenant ($2) in steps of so many days ($5) from the day $3 to before $4.
select measure, (day - $3::date) / $5::integer as step, sum(n)::bigint as n
from ops.daily
where measure = any($1::text[]) and tenant = $2 and day >= $3 and day < $4::date
group by 1, 2;
