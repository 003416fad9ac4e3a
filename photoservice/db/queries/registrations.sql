-- name: manifests
-- Returns the rolls of each package in the order its maker named them.
select package, array_agg(roll order by place) as rolls from manifest_roll
where package = any($1::text[]) group by package;

-- name: unpackings
-- Returns who opened these packages, and which claims stood before.
select package, id, saw from unpacking where package = any($1::text[]);

-- name: codes
-- Returns the live claim codes of these packages; once a list is known, those of whose list it is.
select package, mac, arrival from claim_code
where package = any($1::text[]) and voided_at is null
  and case when store is null
           then tenant = coalesce((select tenant from manifest where manifest.package = claim_code.package), tenant)
           else exists (select from manifest join manifest_roll using (package)
                        where manifest.package = claim_code.package and manifest.store = claim_code.store
                          and manifest_roll.roll = claim_code.roll) end;

-- name: claims
-- Returns the claims on these roots, withdrawn and confirmed ones marked.
select claim.*, withdrawal.claim is not null as withdrawn, confirmation.claim is not null as confirmed
from claim
left join withdrawal on withdrawal.station = claim.station and withdrawal.claim = claim.id
left join confirmation on confirmation.station = claim.station and confirmation.claim = claim.id
where root = any($1::text[]);

-- name: confirm
-- Writes the Confirmation fact of a claim.
insert into confirmation (station, claim, why, at) values ($1, $2, $3, $4) on conflict do nothing;

-- name: of_roots
-- Returns the projection of these roots as it stands.
select * from registration where root = any($1::text[]);

-- name: clear
-- Drops the projection of these roots, to be written anew.
delete from registration where root = any($1::text[]);

-- name: insert
-- Writes what the owner rule says of one subject.
insert into registration (subject, root, word, owner, proof, has_case, claims, since)
values ($1, $2, $3, $4, $5, $6, $7, $8);

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
