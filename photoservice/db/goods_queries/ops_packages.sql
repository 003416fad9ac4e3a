-- name: package
-- Returns what is known of a package: who forwarded it, its product, the store that made it up.
select $1::text as root, manifest.tenant, tenant.name as tenant_name, manifest.source, manifest.product,
       product.name as product_name, manifest.made_at, manifest.store, store.name as store_name
from (select $1::text as root) as asked
left join manifest on manifest.package = asked.root
left join tenant on tenant.id = manifest.tenant
left join product on product.gtin = manifest.product
left join store on store.gln = manifest.store
where manifest.package is not null
   or exists (select from claim where claim.root = $1)
   or exists (select from images.image where image.roll = $1);

-- name: is_of
-- Says whether a package, or a picture of its rolls, is a tenant's.
select ops.is_root_of($1, $2) or exists (
    select from images.image
    where image.tenant = $2
      and (image.roll = $1 or image.roll in (select roll from manifest_roll where package = $1)));

-- name: rolls
-- Lists the rolls of a package with their pictures that stand, and where each was seen last.
select roll.roll, count(image.id) as images, max(image.filed_at) as filed_at,
       (select custody.step from images.custody
        where custody.roll = roll.roll and custody.taken_back_at is null order by custody.at desc limit 1) as step
from (
    select roll, place from manifest_roll where package = $1
    union all
    select $1, 0 where not exists (select from manifest_roll where package = $1)
        and exists (select from images.image where image.roll = $1)
) as roll
left join images.image on image.roll = roll.roll and image.state = 'standing'
group by roll.roll, roll.place order by roll.place, roll.roll;

-- name: registrations
-- Returns what the owner rule says of a package.
select subject, word, proof, owner, has_case, since from registration where root = $1 order by subject limit 50;

-- name: claims
-- Lists the registrations made of a package, the newest first.
select claim.number, claim.station, claim.id, claim.store, claim.account, claim.received_at,
       store.name as store_name,
       exists (select from withdrawal where withdrawal.station = claim.station and withdrawal.claim = claim.id)
           as is_withdrawn
from claim left join store on store.gln = claim.store
where claim.root = $1 order by claim.received_at desc limit 50;

-- name: orders
-- Lists orders of a package's pictures, the newest first.
select o.id, o.kind, o.made_at, o.is_open from goods.customer_order as o where o.root = $1
order by o.made_at desc limit 20;

-- name: plans
-- Lists plans that hang on a package.
select p.id, p.name, p.kind, p.state from goods.plan as p where p.root = $1 order by p.made_at desc limit 20;
