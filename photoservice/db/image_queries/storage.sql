-- name: open
-- Makes a tenant's share known, with the quota that is usual here; null is none.
insert into images.tenant_storage (tenant, quota) values ($1, $2) on conflict do nothing;

-- name: count_open
-- Counts what a tenant has open, up to $2 of each: uploads, and promises of room.
select (select count(*) from (
            select from images.upload where tenant = $1 and state = 'open' limit $2) as listed) as uploads,
       (select count(*) from (
            select from images.reservation where tenant = $1 and ended_at is null limit $2) as listed) as reservations;

-- name: hold_share
-- Keeps others from changing what a tenant has promised and used, until the transaction ends.
select reserved, used from images.tenant_storage where tenant = $1 for update;

-- name: reserve_share
-- Promises bytes out of a tenant's quota; touches nothing where they are not to be had.
update images.tenant_storage set reserved = reserved + $2
where tenant = $1 and (quota is null or reserved + used + $2 <= quota);

-- name: reserve
-- Promises $1 bytes out of the capacity ($2) and of what the disk can still take ($3), null where there is no such limit;
-- touches nothing where they are not to be had.
update images.storage set reserved = reserved + $1, capacity = $2
where name = 'objects'
  and ($2::bigint is null or reserved + used + $1 <= $2::bigint)
  and ($3::bigint is null or reserved + $1 <= $3::bigint);

-- name: settle_share
-- Takes bytes of a tenant out of what is promised, and adds those that are used now.
update images.tenant_storage set reserved = reserved - $2, used = used + $3 where tenant = $1;

-- name: settle
-- Takes bytes out of what is promised, and adds those that are used now.
update images.storage set reserved = reserved - $1, used = used + $2 where name = 'objects';

-- name: set_quota
-- Sets the quota of a tenant, by name or ID, never below what it has already; null is none.
insert into images.tenant_storage as share (tenant, quota)
select id, $2::bigint from tenant where name = $1 or id = $1
on conflict (tenant) do update set
    quota = case when $2::bigint is null then null else greatest($2::bigint, share.reserved + share.used) end;

-- name: share
-- Tells what a tenant's images take, by name or ID of the tenant, and whether it has ever filed or been bounded.
select coalesce(share.used, 0) as used, coalesce(share.reserved, 0) as reserved,
       share.quota, share.tenant is not null as is_known
from tenant left join images.tenant_storage as share on share.tenant = tenant.id
where tenant.name = $1 or tenant.id = $1;
