-- name: manifests
-- Returns the rolls of each package in the order its maker named them.
select package, array_agg(roll order by place) as rolls from manifest_roll
where package = any($1::text[]) group by package;

-- name: facts
-- Returns all that the owner rule asks about these roots: the rolls of each package in the order its maker named them;
-- who opened packages, and which claims stood before; live claim codes, once a list is known those of whose list it is;
-- claims, withdrawn and confirmed ones marked, and rulings, with those whose account is another's as well
-- (merges.of_accounts); a ruling's item is the one roll it is about. Sales and refunds, corrected ones marked as
-- withdrawn: the unit, the store, and whose store it is.
select 'manifest' as kind, package as root, null::text as id, null::text as station, null::text as item,
       null::text as account, null::text as activation, null::bytea as mac, null::bigint as arrival,
       false as withdrawn, false as confirmed, array_agg(roll order by place) as names, false as merged
from manifest_roll where package = any($1::text[]) group by package
union all
select 'unpacking', package, id, null, null, null, null, null, null, false, false, saw, false
from unpacking where package = any($1)
union all
select 'code', package, null, null, null, null, null, mac, arrival, false, false, null, false
from claim_code
where package = any($1) and voided_at is null
  and case when store is null
           then tenant = coalesce((select tenant from manifest where manifest.package = claim_code.package), tenant)
           else exists (select from manifest join manifest_roll using (package)
                        where manifest.package = claim_code.package and manifest.store = claim_code.store
                          and manifest_roll.roll = claim_code.roll) end
union all
select 'claim', root, claim.id, claim.station, item, account, activation, code_mac, arrival,
       withdrawal.claim is not null, confirmation.claim is not null, null,
       exists (select from account_merge where old = claim.account)
       or exists (select from account_merge where into_account = claim.account)
from claim
left join withdrawal on withdrawal.station = claim.station and withdrawal.claim = claim.id
left join confirmation on confirmation.station = claim.station and confirmation.claim = claim.id
where root = any($1)
union all
select 'ruling', root, id, null, roll, account, null, null, null, false, false, saw,
       exists (select from account_merge where old = ruling.account)
       or exists (select from account_merge where into_account = ruling.account)
from ruling where root = any($1)
union all
select 'sale', root, sale.event, sale.station, item, account, null, null, null, correction.told is not null, false,
       array[unit, sale.store, coalesce(store.retailer, ''), till, business_day, sequence, line::text],
       account is not null and (exists (select from account_merge where old = sale.account)
                                or exists (select from account_merge where into_account = sale.account))
from sale
left join sale_correction as correction on correction.station = sale.station and correction.told = sale.event
left join store on store.gln = sale.store
where root = any($1)
union all
select 'refund', root, sale_refund.event, sale_refund.station, item, null, null, null, null, correction.told is not null,
       false, array[unit, sale_refund.store, coalesce(store.retailer, '')], false
from sale_refund
left join sale_correction as correction
    on correction.station = sale_refund.station and correction.told = sale_refund.event
left join store on store.gln = sale_refund.store
where root = any($1);

-- name: rule
-- Writes a person's ruling on a root, or on one roll of an unpacked package.
insert into ruling (root, id, roll, account, saw, operator, why, at) values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: move_rulings
-- Lets the rulings made of these roots, before their list came, count for their package.
update ruling set root = $2 where root = any($1::text[]) and root <> $2;

-- name: confirm
-- Writes the Confirmation fact of a claim.
insert into confirmation (station, claim, why, at) values ($1, $2, $3, $4) on conflict do nothing;

-- name: of_roots
-- Returns the projection of these roots as it stands.
select * from registration where root = any($1::text[]);

-- name: write
-- Writes what the owner rule says of these roots, and drops what it said of other subjects of theirs. A registration
-- stands since the moment its word and owner last changed; one that stands as it stood is left alone.
with gone as (
    delete from registration where root = any($1::text[]) and subject <> all($3::text[])
)
insert into registration as old (subject, root, word, owner, proof, has_case, claims, since)
select subject, root, word, owner, proof, has_case,
       array(select jsonb_array_elements_text(claims::jsonb)), $2::timestamptz
from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::text[])
     as says (subject, root, word, owner, proof, has_case, claims)
on conflict (subject) do update
set root = excluded.root, word = excluded.word, owner = excluded.owner, proof = excluded.proof,
    has_case = excluded.has_case, claims = excluded.claims,
    since = case when (old.word, old.owner) is not distinct from (excluded.word, excluded.owner)
                 then old.since else excluded.since end
where (old.root, old.word, old.owner, old.proof, old.has_case, old.claims)
      is distinct from (excluded.root, excluded.word, excluded.owner, excluded.proof, excluded.has_case, excluded.claims);

-- name: unsettled
-- Finds registrations that have stood unopposed since before a moment.
select distinct root from registration where word = 'registered' and proof = 'unopposed' and since <= $1 limit $2;

-- name: still_unsettled
-- Asks the same of one root, once its lock is held.
select claims from registration
where root = $1 and word = 'registered' and proof = 'unopposed' and since <= $2;

-- name: roots_of
-- Tells which package each item is known to belong to; a package belongs to itself.
select roll as item, package from manifest_roll where roll = any($1::text[])
union all select package, package from manifest where package = any($1::text[]);
