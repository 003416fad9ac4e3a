-- What came down: the roster in force, and single packages learned from upstream.

-- name: read_roster
-- The roster in force.
select version, etag, head from roster where one = 1;

-- name: put_roster
-- Switch the roster's head.
insert into roster (one, version, etag, head) values (1, :version, :etag, :head)
on conflict (one) do update set version = :version, etag = :etag, head = :head;

-- name: clear_manifest_items
-- The old snapshot goes whole.
delete from manifest_item where origin = 'roster';

-- name: clear_manifests
-- The old snapshot goes whole.
delete from manifest where origin = 'roster';

-- name: clear_revoked
-- The old snapshot goes whole.
delete from revoked;

-- name: add_manifest
-- One package with its rolls.
insert or replace into manifest (origin, package, body) values (:origin, :package, :body);

-- name: add_manifest_item
-- An ID by which a package is found: its own, or any one roll's (O11).
insert or ignore into manifest_item (item, origin, package) values (:item, :origin, :package);

-- name: add_revoked
-- A package or roll that must not be registered.
insert or ignore into revoked (item) values (:item);

-- name: find_manifest
-- The package an ID belongs to; what the roster says goes before what was learned.
select manifest.body, manifest.origin
from manifest_item join manifest using (origin, package)
where manifest_item.item = :item
order by manifest.origin = 'roster' desc
limit 1;

-- name: count_revoked
-- How many of some IDs are revoked.
select count(*) from revoked where item in (select value from json_each(:items));
