-- name: last
-- Returns a store's last roster.
select version, content_hash, signed from store_roster where store = $1;

-- name: put
-- Keeps a store's new roster.
insert into store_roster (store, version, content_hash, signed) values ($1, $2, $3, $4)
on conflict (store) do update set version = excluded.version, content_hash = excluded.content_hash, signed = excluded.signed;

-- name: manifests
-- Returns the whole packages destined to a store: sent there last; else, sent to no store, its retailer's. Begins with
-- those that may be, so that it takes what the store has and not what the whole world has.
with candidate as (
    select item as package from destination where gln = $1
    union
    select package from manifest where tenant = $2
    union
    select item from destination join tenant using (gln) where tenant.id = $2
), chosen as (
    select m.package, m.source, m.product, m.made_at, goes.gln as destination
    from candidate join manifest as m using (package)
    left join lateral (
        select gln from destination join store using (gln)
        where item = m.package order by said_at desc, rank, gln limit 1) as goes on true
    where exists (select from manifest_roll where manifest_roll.package = m.package)
      and not exists (select from unpacking where unpacking.package = m.package)
      and (goes.gln = $1
           or (goes.gln is null and $2::text is not null
               and (m.tenant = $2 or exists (select from destination join tenant using (gln)
                                             where item = m.package and tenant.id = $2))))
    order by m.made_at desc, m.package limit $3
)
select chosen.package, source, product, destination, rolls, roll_gtins
from chosen
cross join lateral (
    select array_agg(roll order by place) as rolls,
           array_agg(distinct substring(roll from '^\(01\)(\d{14})')) as roll_gtins
    from manifest_roll where manifest_roll.package = chosen.package) as r
order by made_at desc, chosen.package;

-- name: revoked
-- Returns what must not be sold any more among these packages and their rolls.
select item from revoked_item where item = any($1::text[])
union
select item from revoked_item join manifest_roll on manifest_roll.roll = item where package = any($1::text[])
order by item;
