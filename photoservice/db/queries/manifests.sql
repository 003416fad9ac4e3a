-- name: insert
-- Writes that a package is known.
insert into manifest (package, tenant, source, product, made_at) values ($1, $2, $3, $4, $5);

-- name: insert_made_up
-- Writes that a store made a package up itself, for its retailer if it has one.
insert into manifest (package, tenant, source, store, product, made_at) values ($1, $2, 'retailer', $3, $4, $5);

-- name: rolls
-- Returns the rolls of a package in their order.
select roll from manifest_roll where package = $1 order by place;

-- name: take_over
-- Writes that a list is its maker's own, though a retailer sent it first.
update manifest set tenant = $2, source = 'maker' where package = $1;

-- name: insert_roll
-- Writes that a roll is in a package, at its place.
insert into manifest_roll (roll, package, place) values ($1, $2, $3);

-- name: last_place
-- Returns the highest place taken in a package.
select coalesce(max(place), 0) from manifest_roll where package = $1;

-- name: by_package
-- Returns one manifest.
select * from manifest where package = $1;

-- name: by_packages
-- Returns which of these are packages.
select package from manifest where package = any($1::text[]) order by package;

-- name: homes
-- Tells which package each of these rolls is in.
select roll, package from manifest_roll where roll = any($1::text[]) order by roll;

-- name: roll
-- Tells whether this is a roll of some package.
select package from manifest_roll where roll = $1;

-- name: insert_unpacking
-- Writes that a package was opened, and which claims stood before.
insert into unpacking (package, id, saw) values ($1, $2, $3) on conflict do nothing;

-- name: of_item
-- Returns the whole manifest of the package an item is or belongs to, unless the package was opened.
select m.package, m.source, m.product,
       (select gln from destination as d where d.item = m.package order by said_at desc, rank, gln limit 1) as destination,
       array(select roll from manifest_roll where manifest_roll.package = m.package order by place) as rolls
from manifest as m
where m.package = coalesce((select package from manifest_roll where roll = $1), $1)
  and not exists (select from unpacking where unpacking.package = m.package);

-- name: put_destination
-- Writes that an item goes to a location; older news of it that comes late changes nothing.
insert into destination (item, gln, said_at, rank) values ($1, $2, $3, $4)
on conflict (item, gln) do update set said_at = excluded.said_at, rank = excluded.rank
where excluded.said_at >= destination.said_at;

-- name: revoke
-- Writes that an item must not be sold any more.
insert into revoked_item (item, tenant, why, at) values ($1, $2, $3, $4) on conflict do nothing;
