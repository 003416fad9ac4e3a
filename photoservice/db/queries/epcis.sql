-- name: insert_name
-- Writes by which names an event can be found.
insert into epcis_name (tenant, role, name, place) values ($1, $2, $3, $4) on conflict do nothing;

-- name: find
-- Returns where the events of a tenant stand that pass all filters, in the order they were recorded.
select e.place, octet_length(e.body::text) as size from epcis_event as e
where e.tenant = $1 and e.verdict = 'applied' and e.place > $2
  and ($4::text[] is null or e.kind = any($4))
  and ($5::timestamptz is null or e.event_time >= $5) and ($6::timestamptz is null or e.event_time < $6)
  and ($7::timestamptz is null or e.recorded_at >= $7) and ($8::timestamptz is null or e.recorded_at < $8)
  and ($9::text[] is null or e.body->>'bizStep' = any($9))
  and ($10::text[] is null or e.body->>'disposition' = any($10))
  and ($11::text[] is null or e.body->>'action' = any($11))
  and ($12::text[] is null or e.event_id = any($12))
  and $16 = (select count(distinct f.n) from unnest($13::text[], $14::text[], $15::integer[]) as f (name, role, n)
             join epcis_name as named on named.tenant = $1 and named.name = f.name and named.role = f.role
             where named.place = e.place)
order by e.place limit $3;

-- name: find_named
-- Does the same, beginning with the events that bear one of these names.
select e.place, octet_length(e.body::text) as size
from (select distinct place from epcis_name
      where tenant = $1 and place > $2 and name = any($17::text[]) and role = any($18::text[])) as bearing
join epcis_event as e on e.tenant = $1 and e.place = bearing.place
where e.verdict = 'applied'
  and ($4::text[] is null or e.kind = any($4))
  and ($5::timestamptz is null or e.event_time >= $5) and ($6::timestamptz is null or e.event_time < $6)
  and ($7::timestamptz is null or e.recorded_at >= $7) and ($8::timestamptz is null or e.recorded_at < $8)
  and ($9::text[] is null or e.body->>'bizStep' = any($9))
  and ($10::text[] is null or e.body->>'disposition' = any($10))
  and ($11::text[] is null or e.body->>'action' = any($11))
  and ($12::text[] is null or e.event_id = any($12))
  and $16 = (select count(distinct f.n) from unnest($13::text[], $14::text[], $15::integer[]) as f (name, role, n)
             join epcis_name as named on named.tenant = $1 and named.name = f.name and named.role = f.role
             where named.place = e.place)
order by e.place limit $3;

-- name: events
-- Returns events of a tenant by where they stand.
select event_id, body::text as body, context::text as context, recorded_at from epcis_event
where tenant = $1 and place = any($2::bigint[]) order by place;

-- name: epcs
-- Returns the pieces a tenant's events name, after one of them: from name to name along the index, no further than the
-- page goes. Asking for distinct names would sort all there are, for each page.
with recursive named as (
    select (select name from epcis_name where tenant = $1 and name > $2 order by name limit 1) as name
    union all
    select (select n.name from epcis_name as n where n.tenant = $1 and n.name > named.name order by n.name limit 1)
    from named where named.name is not null
), page as (
    select name from named
    where exists (select from epcis_name as n join epcis_event as e on e.tenant = n.tenant and e.place = n.place
                  where n.tenant = $1 and n.name = named.name and n.role = any($3::text[]) and e.verdict = 'applied')
    limit $4
)
select name from page order by name;
