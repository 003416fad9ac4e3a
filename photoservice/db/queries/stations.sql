-- name: insert
-- Adds an enrolled station.
insert into station (id, store, role, name, public_key, enrolled_at) values ($1, $2, $3, $4, $5, $6);

-- name: enrolled
-- Returns all stations, as the ledger beside the keys must have them.
select id, store, role, name, public_key, enrolled_at, revoked_at from station order by enrolled_at, id;

-- name: by_id
-- Returns one station.
select * from station where id = $1;

-- name: by_key
-- Returns the station that has this public key.
select id from station where public_key = $1;

-- name: hold
-- Returns one station and holds its row, so that its batches are applied one after the other.
select * from station where id = $1 for update;

-- name: open_batch
-- Does the same, and returns with it the mark of an epoch, beginning the epoch when it is new. From here on the
-- transaction's statements are planned once and not for every batch, and by their indexes: planning took longer than
-- the work of a small batch, and a plan made while a table was small must not read all of it when it has grown.
with held as materialized (
    select * from station where id = $1 for update
), opened as (
    insert into station_epoch (station, epoch) select id, $2 from held
    on conflict (station, epoch) do update set high_seq = station_epoch.high_seq
    returning high_seq, high_hash
)
select held.*, high_seq, high_hash,
       set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)
from held, opened;

-- name: seen
-- Notes that a station spoke, and how far its clock is off.
update station set seen_at = $2, skew_s = $3 where id = $1;

-- name: software
-- Notes which software a station runs.
update station set software = $2 where id = $1;

-- name: revoke
-- Ends a station's key.
update station set revoked_at = $2 where id = $1 and revoked_at is null;

-- name: stop
-- Holds a station after a fork: somebody must look before its events count.
update station set held_at = $2, held_why = $3 where id = $1 and held_at is null;

-- name: release
-- Lets a held station go on.
update station set held_at = null, held_why = '' where id = $1 and held_at is not null;

-- name: list
-- Lists all stations with what is parked of each.
select station.*, store.name as store_name,
       (select count(*) from event where event.station = station.id and verdict = 'applied') as applied,
       (select count(*) from event where event.station = station.id and verdict <> 'applied'
        and not (verdict = 'parked' and exists (select from event_correction as c
                                                where c.station = event.station and c.event = event.id))) as parked
from station join store on store.gln = station.store order by store.name, station.name, station.id;
