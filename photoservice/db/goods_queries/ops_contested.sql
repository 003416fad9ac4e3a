-- name: list
-- Lists what somebody must look at, the oldest first, behind a place ($1, $2): contested registrations, or those with a
-- case, or both ($3: contested, case, all); of a tenant ($4), since before a moment ($5).
select r.root, r.subject, r.word, r.has_case, r.since, product.name as product,
       (select count(*) from claim where claim.root = r.root and not exists (
            select from withdrawal where withdrawal.station = claim.station and withdrawal.claim = claim.id)
            and not exists (
            select from ended_claim where ended_claim.station = claim.station and ended_claim.claim = claim.id)) as claims,
       (select count(*) from ruling where ruling.root = r.root) as rulings,
       array(select distinct coalesce(store.name, '') from claim left join store on store.gln = claim.store
             where claim.root = r.root order by 1 limit 5) as stores,
       (select count(*) from images.image
        where image.state = 'standing' and (image.roll = r.subject
              or image.roll in (select roll from manifest_roll where package = r.subject))) as images
from registration as r
left join manifest on manifest.package = r.root
left join product on product.gtin = manifest.product
where (r.since, r.subject) > ($1, $2)
  and (r.word = 'contested' or r.has_case)
  and ($3 = 'all' or (r.word = 'contested') = ($3 = 'contested'))
  and ($4::text is null or ops.is_root_of(r.root, $4))
  and ($5::timestamptz is null or r.since < $5)
order by r.since, r.subject limit $6;

-- name: is_of
-- Says whether a package, or an item whose package is not known yet, is a tenant's.
select ops.is_root_of($1, $2);

-- name: case
-- Returns what is known of the list behind a case, and when the newest of its registrations changed.
select root.root, manifest.tenant, tenant.name as tenant_name, manifest.source, manifest.made_at, manifest.store,
       product.name as product,
       (select count(*) from manifest_roll where manifest_roll.package = root.root) as rolls,
       (select count(*) from images.image
        where image.state = 'standing' and (image.roll = root.root
              or image.roll in (select roll from manifest_roll where package = root.root))) as images
from (select distinct root from registration where root = $1) as root
left join manifest on manifest.package = root.root
left join tenant on tenant.id = manifest.tenant
left join product on product.gtin = manifest.product;

-- name: since
-- Tells since when each registration of a root stands as it stands.
select subject, since from registration where root = $1;

-- name: claims
-- Returns the claims made on a root in the order they came, withdrawn and confirmed ones marked.
select claim.station, claim.id, claim.item, claim.number, claim.account, claim.activation, claim.received_at,
       claim.store, store.name as store_name, store.retailer, station.name as station_name,
       claim.code_mac is not null or claim.code_held is not null as has_code,
       exists (select from withdrawal where withdrawal.station = claim.station and withdrawal.claim = claim.id)
           as is_withdrawn,
       confirmation.why as confirmed_why, confirmation.at as confirmed_at,
       exists (select from account_key where account_key.account = claim.account) as has_key
from claim
left join store on store.gln = claim.store
left join station on station.id = claim.station
left join confirmation on confirmation.station = claim.station and confirmation.claim = claim.id
where claim.root = $1 order by claim.arrival;

-- name: sales
-- Lists what tills told of a root, sales and what was given back, in the order it came; what they took back is marked.
select told.*, store.name as store_name, store.retailer,
       exists (select from sale_correction where sale_correction.station = told.station
               and sale_correction.told = told.event) as is_corrected
from (
    select 'sold' as what, station, event, item, unit, account, store, till, business_day, sequence, how, amount, currency,
           received_at
    from sale where root = $1
    union all
    select 'refunded', station, event, item, unit, null, store, null, null, null, how, null, null, received_at
    from sale_refund where root = $1
) as told left join store on store.gln = told.store
order by told.received_at, told.what desc, told.event;

-- name: codes
-- Lists the claim codes made for a package, without the codes: when, for which roll, by whom, and whether they live.
select claim_code.roll, claim_code.minted_at, claim_code.after_claims, claim_code.voided_at,
       coalesce(store.name, tenant.name) as by_name
from claim_code left join tenant on tenant.id = claim_code.tenant left join store on store.gln = claim_code.store
where claim_code.package = $1 order by claim_code.arrival;

-- name: merges
-- Lists the merges of these accounts: why, and when and where staff said so.
select account_merge.old, account_merge.into_account, account_merge.why, account_merge.at, account_merge.store,
       store.name as store_name
from account_merge left join store on store.gln = account_merge.store
where account_merge.old = any($1::text[]) or account_merge.into_account = any($1::text[])
order by account_merge.at, account_merge.event;

-- name: rulings
-- Lists the rulings made of a root, by whom.
select ruling.id, ruling.roll, ruling.account, ruling.why, ruling.at, ruling.operator, operator.name as operator_name
from ruling left join ops.operator on operator.id = ruling.operator
where ruling.root = $1 order by ruling.at, ruling.id;

-- name: unpackings
-- Lists when a package was opened for single sale, as its maker said.
select unpacking.id, cardinality(unpacking.saw) as before from unpacking where unpacking.package = $1
order by unpacking.id;

-- name: custody
-- Lists where the rolls of a root were seen, the newest first.
select custody.roll, custody.step, custody.at, tenant.name as tenant_name
from images.custody left join tenant on tenant.id = custody.tenant
where custody.taken_back_at is null
  and (custody.roll = $1 or custody.roll in (select roll from manifest_roll where package = $1))
order by custody.at desc limit 20;
