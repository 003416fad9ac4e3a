-- name: packages_of
-- Tells which packages a roll may be in: its manifest's, else those whose claim codes came before the manifest.
select package from manifest_roll where roll = $1
union
select package from claim_code
where roll = $1 and voided_at is null and not exists (select from manifest_roll where manifest_roll.roll = $1)
order by package limit 4;

-- name: code
-- Returns the live claim code of a package that has this HMAC.
select roll, arrival from claim_code where package = $1 and mac = $2 and voided_at is null;

-- name: is_revoked
-- Tells whether one of these must not be sold any more.
select exists (select from revoked_item where item = any($1::text[]));

-- name: insert_claim
-- Writes a claim made in a browser; the pseudo-station's name is $1.
insert into claim (station, id, item, root, account, store, number, activation, code_mac, received_at,
                   notice)
values ($1, $2, $3, $4, $5, '', $6, 'registration', $7, $8, $9);

-- name: insert_access
-- Writes the HMAC of the access code a claim was answered with.
insert into access_code (mac, station, claim, event, made_at) values ($1, $2, $3, $3, $4);

-- name: bearer
-- Returns the registration an access code opens, by its HMAC, unless the code was voided or is older than $2, or the
-- film was given back; and whether the customer was erased whose it was.
select claim.station, claim.id, claim.root, claim.number, claim.received_at, store.name as store_name, store.timezone,
       (select line from event where event.station = claim.station and event.id = claim.id) as line,
       not exists (select from account_key where account_key.account = claim.account) as is_erased
from access_code
join claim on claim.station = access_code.station and claim.id = access_code.claim
left join store on store.gln = claim.store
where access_code.mac = $1 and access_code.voided_at is null and access_code.made_at > $2
  and not exists (select from ended_claim where ended_claim.station = claim.station and ended_claim.claim = claim.id);

-- name: product
-- Returns what the film of a package is, as far as its list and its maker told.
select product.* from manifest join product on product.gtin = manifest.product where manifest.package = $1;

-- name: answer
-- Returns what was answered under an Idempotency-Key.
select fingerprint, claim, answer from home_answer where key_mac = $1;

-- name: insert_answer
-- Keeps what is answered under an Idempotency-Key.
insert into home_answer (key_mac, fingerprint, claim, answer, made_at) values ($1, $2, $3, $4, $5);

-- name: forget_answers
-- Drops answers nobody asks for again.
delete from home_answer where made_at < $1;
