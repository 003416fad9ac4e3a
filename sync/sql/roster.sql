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
-- What is known of the package an ID belongs to, with its rank: what the roster says, else what was made up here, else
-- what was learned. Three rows at most: whoever asks takes the first by rank. Neither sorted nor joined here, as both
-- take SQLite three times as long.
select (select body from manifest where package = manifest_item.package and origin = manifest_item.origin),
       origin, case origin when 'roster' then 1 else 3 end
from manifest_item
where item = :item
union all
select (select body from made_up where event = made_up_item.event), 'roster', 2
from made_up_item
where item = :item;

-- name: count_revoked
-- How many of some IDs are revoked, or are of a package that was made up here and undone.
select (select count(*) from revoked where item in (select value from json_each(:items)))
     + (select count(*) from made_up_item
        where item in (select value from json_each(:items))
          and (select withdrawn from made_up where event = made_up_item.event) = 1);

-- name: has_pieces
-- Whether any ID from one to another is known: they are in order, so this reads one row.
select exists (select 1 from manifest_item where item >= :first and item < :beyond);
