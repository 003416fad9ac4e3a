-- name: server
-- Tells the server's version, its clock, how many connections it allows and how many are open.
select current_setting('server_version_num')::integer as version, clock_timestamp() as at,
       current_setting('max_connections')::integer as allowed, (select count(*) from pg_stat_activity) as open;

-- name: migrations
-- Lists what has run, if the book of it is there.
select number, sha256 from schema_migration order by number;

-- name: has_book
-- Says whether this database was ever migrated.
select to_regclass('schema_migration') is not null;

-- name: keyring_mark
-- Returns the mark of the keys this database was made with, null before the first start.
select mark from keyring_mark;

-- name: house
-- Counts what a service that is set up has: a catalogue, operators, an owner among them, tenants, and stations held.
select exists (select from goods.catalogue) as has_catalogue,
       (select count(*) from ops.operator where ended_at is null) as operators,
       (select count(*) from ops.operator where ended_at is null and role = 'owner') as owners,
       (select count(*) from tenant where revoked_at is null) as tenants,
       (select count(*) from station where held_at is not null and revoked_at is null) as held,
       (select count(*) from images.original where damage <> '') as damaged;

-- name: messages
-- Tells what mail waits and since when, and what was given up in the last day.
select count(*) filter (where sent_at is null and failed_at is null) as waiting,
       min(made_at) filter (where sent_at is null and failed_at is null) as oldest,
       count(*) filter (where failed_at > $1::timestamptz - interval '1 day') as failed
from people.message
where (sent_at is null and failed_at is null)
   or coalesce(sent_at, failed_at) > $1::timestamptz - interval '1 day';

-- name: storage
-- Tells how much of what may be kept is kept and promised.
select capacity, reserved, used from images.storage where name = 'objects';

-- name: upkeep
-- Tells when something was last seen to.
select at from images.upkeep where name = $1;
