-- name: insert
-- Keeps the HMAC of a claim code; the same code again is no news. A voided one comes back as long as nobody claimed.
insert into claim_code (package, mac, roll, tenant, minted_at, after_claims) values ($1, $2, $3, $4, $5, $6)
on conflict (package, mac) do update set voided_at = null
where claim_code.tenant = excluded.tenant and not excluded.after_claims;

-- name: void_older
-- Voids a tenant's codes of these rolls: their labels were printed again before the sale.
update claim_code set voided_at = $3
where package = $1 and roll = any($2::text[]) and tenant = $4 and voided_at is null;
