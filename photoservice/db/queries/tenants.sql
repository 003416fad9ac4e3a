-- name: insert
-- Adds a tenant; only the HMAC of its key is kept.
insert into tenant (id, name, kind, gln, key_mac, made_at) values ($1, $2, $3, $4, $5, $6);

-- name: insert_prefix
-- Gives a tenant a GS1 company prefix.
insert into tenant_prefix (prefix, tenant) values ($1, $2);

-- name: by_name
-- Finds a tenant by its name.
select id from tenant where name = $1;

-- name: retailer
-- Finds a retailer by name or ID.
select id from tenant where kind = 'retailer' and revoked_at is null and (name = $1 or id = $1);

-- name: by_key
-- Finds the tenant whose key has this HMAC, unless it was revoked.
select id, name, kind,
       array(select prefix from tenant_prefix where tenant_prefix.tenant = tenant.id order by prefix) as prefixes
from tenant where key_mac = $1 and revoked_at is null;

-- name: by_id
-- Returns one tenant with its prefixes.
select id, name, kind,
       array(select prefix from tenant_prefix where tenant_prefix.tenant = tenant.id order by prefix) as prefixes
from tenant where id = $1;

-- name: overlapping_makers
-- Finds makers whose prefix begins one of these, or is begun by one.
select prefix, name from tenant_prefix join tenant on tenant.id = tenant_prefix.tenant
where kind = 'maker'
  and exists (select from unnest($1::text[]) as new where starts_with(new, prefix) or starts_with(prefix, new));

-- name: revoke
-- Ends a tenant's key, by name or ID.
update tenant set revoked_at = $2 where (name = $1 or id = $1) and revoked_at is null;
