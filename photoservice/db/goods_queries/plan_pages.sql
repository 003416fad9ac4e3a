-- name: last_orders
-- Returns the last order of each of these plans that a person ($2) may see.
select distinct on (plan) plan, id, made_at
from goods.customer_order
where plan = any($1::text[]) and (person = $2 or person is null)
order by plan, made_at desc, id;

-- name: orders
-- Lists the last orders of a plan that a person ($2) may see.
select id, roll, made_at
from goods.customer_order
where plan = $1 and (person = $2 or person is null)
order by made_at desc, id limit $3;

-- name: prepaid
-- Lists what these packages have prepaid and not used, without holding it.
select root, item, options, most_units, pieces - used as free
from goods.credit where root = any($1::text[]) order by root, place;
