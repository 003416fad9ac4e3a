-- name: take
-- Takes the advisory lock of each name's bucket until the transaction ends, in the order of the buckets.
-- There are 2048 buckets (class 0x7463), so that no transaction can exhaust the server's lock table; two names in one
-- bucket only wait for each other.
select pg_advisory_xact_lock(29795, bucket)
from (select distinct (hashtextextended(name, 0) & 2047)::integer as bucket from unnest($1::text[]) as name
      order by bucket) as buckets;

-- name: ping
-- Answers when the database does.
select 1;
