-- name: hold
-- Waits until nobody else is about to write an entry; until this transaction ends, nobody else will.
select pg_advisory_xact_lock(29796, 1);

-- name: head
-- Returns the newest entry's number and hash.
select number, hash from ops.audit order by number desc limit 1;

-- name: insert
-- Writes an entry.
insert into ops.audit (number, at, operator, tenant, kind, subject, about, prev, hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: from
-- Returns entries as they are chained, from a number on.
select number, at, operator, tenant, kind, subject, about, prev, hash from ops.audit
where number >= $1 order by number limit $2;

-- name: entry
-- Returns one entry.
select number, at, operator, tenant, kind, subject, about, prev, hash from ops.audit where number = $1;

-- name: read
-- Lists entries, the newest first: below a number, of an operator, a kind, a subject, a tenant, within some days; what
-- is null or empty bounds nothing.
select audit.number, audit.at, audit.operator, audit.tenant, audit.kind, audit.subject, audit.about, audit.hash,
       operator.name as operator_name, tenant.name as tenant_name
from ops.audit
left join ops.operator on operator.id = audit.operator
left join tenant on tenant.id = audit.tenant
where ($1::bigint is null or audit.number < $1)
  and ($2 = '' or audit.operator = $2)
  and ($3 = '' or audit.kind = $3)
  and ($4 = '' or audit.subject = $4)
  and ($5::text is null or audit.tenant = $5)
  and ($6::timestamptz is null or audit.at >= $6)
  and ($7::timestamptz is null or audit.at < $7)
order by audit.number desc limit $8;
