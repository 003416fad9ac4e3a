-- name: take
-- Takes the advisory lock of each name's bucket until the transaction ends, in the order of the buckets.
-- There are 2048 buckets (class 0x7463), so that no transaction can exhaust the server's lock table; two names in one
-- bucket only wait for each other.
select pg_advisory_xact_lock(29795, bucket)
from (select distinct (hashtextextended(name, 0) & 2047)::integer as bucket from unnest($1::text[]) as name
      order by bucket) as buckets;

-- name: take_of_items
-- Takes the locks of names and, in the same order with them, of the packages that items are known to belong to; returns
-- those packages as they were known before the locks were had.
with known as materialized (
    select roll as item, package from manifest_roll where roll = any($2::text[])
    union all select package, package from manifest where package = any($2::text[])
), taken as materialized (
    select pg_advisory_xact_lock(29795, bucket)
    from (select distinct (hashtextextended(name, 0) & 2047)::integer as bucket
          from (select unnest($1::text[]) as name union all select 'item:' || package from known) as names
          order by bucket) as buckets
)
select item, package from known where (select count(*) from taken) > 0;

-- name: ping
-- Answers when the database does.
select 1;
