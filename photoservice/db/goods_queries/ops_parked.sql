-- name: list
-- Lists what stations sent and was not applied, the newest first, behind a place ($1, $2): of a station ($3), for a cause
-- ($4), of a tenant ($5); what was corrected or closed only where asked for ($6).
select event.station, event.id, event.seq, event.kind, event.verdict, event.reason, event.cause, event.received_at,
       c.corrected_by, station.name as station_name, store.name as store_name
from event
left join station on station.id = event.station
left join store on store.gln = station.store
left join event_correction as c on c.station = event.station and c.event = event.id and event.verdict = 'parked'
where event.verdict <> 'applied'
  and (event.received_at, event.station || ' ' || event.id) < ($1, $2)
  and ($3 = '' or event.station = $3)
  and ($4 = '' or event.cause = $4)
  and ($5::text is null or store.retailer = $5)
  and ($6 or c.corrected_by is null)
order by event.received_at desc, event.station || ' ' || event.id desc limit $7;

-- name: causes
-- Counts what is open by its cause, the most first; of a tenant ($1).
select event.cause, count(*) as n
from event left join station on station.id = event.station left join store on store.gln = station.store
where event.verdict <> 'applied'
  and not exists (select from event_correction as c where c.station = event.station and c.event = event.id)
  and ($1::text is null or store.retailer = $1)
group by event.cause order by count(*) desc, event.cause;

-- name: event
-- Returns one event that was not applied, with what settled it.
select event.*, c.corrected_by, station.name as station_name, station.held_at, station.revoked_at,
       store.gln as store, store.name as store_name, store.retailer, closer.name as closer_name,
       fix.kind as fix_kind, fix.verdict as fix_verdict, fix.received_at as fix_at
from event
left join station on station.id = event.station
left join store on store.gln = station.store
left join event_correction as c on c.station = event.station and c.event = event.id
left join event as fix on fix.station = event.station and fix.id = c.corrected_by
left join ops.operator as closer on closer.id = c.corrected_by
where event.station = $1 and event.id = $2 and event.verdict <> 'applied';

-- name: lists
-- Lists what makers and retailers forwarded and was parked, the newest first, behind a place ($1, $2), of a tenant ($3);
-- closed ones only where asked for ($4).
select e.tenant, e.event_id, e.content_hash, e.kind, e.reason, e.recorded_at, e.capture, tenant.name as tenant_name,
       closed.at as closed_at
from epcis_event as e
join tenant on tenant.id = e.tenant
left join ops.closed_list as closed
  on closed.tenant = e.tenant and closed.event_id = e.event_id and closed.content_hash = e.content_hash
where e.verdict = 'parked'
  and (e.recorded_at, e.content_hash) < ($1, $2)
  and ($3::text is null or e.tenant = $3)
  and ($4 or closed.at is null)
order by e.recorded_at desc, e.content_hash desc limit $5;

-- name: listed
-- Returns one parked event that a tenant forwarded, with who closed it.
select e.tenant, e.event_id, e.content_hash, e.kind, e.reason, e.recorded_at, e.event_time, e.capture,
       e.body::text as body, tenant.name as tenant_name, closed.at as closed_at, closed.why as closed_why,
       closer.name as closer_name
from epcis_event as e
join tenant on tenant.id = e.tenant
left join ops.closed_list as closed
  on closed.tenant = e.tenant and closed.event_id = e.event_id and closed.content_hash = e.content_hash
left join ops.operator as closer on closer.id = closed.operator
where e.verdict = 'parked' and e.content_hash = $1 and ($2::text is null or e.tenant = $2) limit 1;

-- name: close_list
-- Notes that a person looked at what a tenant forwarded, and that nothing is to be done about it.
insert into ops.closed_list (tenant, event_id, content_hash, operator, why, at) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing;
