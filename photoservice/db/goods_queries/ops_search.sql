-- name: ids
-- Finds what has one of these names: orders, plans, people, accounts, tenants, stations, operators, stores. Of one tenant
-- ($2), what is that one's; who the customers and operators are is not.
select 'order' as kind, o.id, o.root as about from goods.customer_order as o
where o.id = any($1::text[]) and ($2::text is null or ops.is_order_of(o.id, $2))
union all
select 'plan', p.id, p.name from goods.plan as p
where p.id = any($1::text[]) and ($2::text is null or ops.is_root_of(p.root, $2))
union all
select 'person', id, '' from people.person where id = any($1::text[]) and $2::text is null
union all
select 'account', id, '' from account where id = any($1::text[]) and $2::text is null
union all
select 'tenant', id, name from tenant where id = any($1::text[]) and ($2::text is null or id = $2)
union all
select 'station', station.id, station.name from station
where station.id = any($1::text[]) and ($2::text is null or ops.is_station_of(station.id, $2))
union all
select 'store', gln, name from store where gln = any($1::text[]) and ($2::text is null or retailer = $2)
union all
select 'tenant', id, name from tenant where gln = any($1::text[]) and ($2::text is null or id = $2)
union all
select 'operator', id, name from ops.operator where id = any($1::text[]) and $2::text is null;

-- name: item
-- Finds the package an item is, or is in: by the list of its maker, by what was registered, by what was filed.
select root from (
    select package as root, 1 as place from manifest where package = $1
    union all select package, 2 from manifest_roll where roll = $1
    union all select root, 3 from registration where subject = $1 or root = $1
    union all select root, 4 from claim where root = $1
    union all (select roll, 5 from images.image where roll = $1 limit 1)
) as found
where $2::text is null or ops.is_root_of(root, $2)
   or exists (select from images.image where image.roll = $1 and image.tenant = $2)
order by place limit 1;

-- name: numbered
-- Finds the packages registered under a number, each once.
select distinct claim.root, claim.number from claim
where claim.number = $1 and ($2::text is null or ops.is_root_of(claim.root, $2)) limit 10;

-- name: named
-- Finds tenants, stores and stations whose name holds these letters.
(select 'tenant' as kind, id, name as about from tenant
 where name ilike $1 and ($2::text is null or id = $2) order by name limit 10)
union all
(select 'store', gln, name from store
 where name ilike $1 and ($2::text is null or retailer = $2) order by name limit 10)
union all
(select 'station', station.id, station.name from station
 where station.name ilike $1 and ($2::text is null or ops.is_station_of(station.id, $2))
 order by station.name limit 10);
