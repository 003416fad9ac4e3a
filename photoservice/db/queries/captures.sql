-- name: insert
-- Keeps a document to be carried out.
insert into capture (id, tenant, made_at, behaviour, document) values ($1, $2, $3, $4, $5);

-- name: of_tenant
-- Returns one capture of a tenant.
select * from capture where id = $1 and tenant = $2;

-- name: list
-- Returns a tenant's captures after one of them, in the order they were made.
select * from capture
where tenant = $1
  and ($2 = '' or (made_at, id) > (select made_at, id from capture as last where last.id = $2 and last.tenant = $1))
order by made_at, id limit $3;

-- name: claim
-- Takes one waiting document for this transaction; another process takes another.
select * from capture where finished_at is null order by attempts, made_at limit 1 for update skip locked;

-- name: finish
-- Writes what became of a document.
update capture set finished_at = $2, success = $3, errors = $4::jsonb, parked = $5 where id = $1;

-- name: try_again
-- Counts a failed attempt.
update capture set attempts = attempts + 1 where id = $1;

-- name: event_hashes
-- Returns what is held under a tenant's event ID.
select content_hash from epcis_event where tenant = $1 and event_id = $2;

-- name: insert_event
-- Keeps an EPCIS event with its verdict, and tells where it stands in the order they were recorded.
insert into epcis_event (tenant, event_id, content_hash, capture, kind, verdict, reason, body, recorded_at, event_time,
                         context)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11::jsonb)
returning place;

-- name: parked
-- Lists a tenant's parked events, the newest first.
select event_id, capture, kind, reason, body::text as body, recorded_at from epcis_event
where tenant = $1 and verdict = 'parked' order by recorded_at desc, event_id limit $2;

-- name: hold_tenant
-- Lets one document of a tenant at a time be carried out, until the transaction ends: its events get their places in
-- the order they commit, so that who reads them page by page misses none. A class of its own (0x7464) beside locks.take.
select pg_advisory_xact_lock(29796, hashtext($1));
