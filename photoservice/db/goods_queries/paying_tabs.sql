-- name: of
-- Lists somebody's tabs, with what is open on each.
select tab.currency, tab.most, coalesce((
    select sum(greatest(0, bought.price - coalesce(
        (select sum(payment.minor) from goods.payment
         where payment.order_id = bought.id
           and (payment.minor > 0 or coalesce(bought.handing_at, bought.released_at) is null)), 0)))
    from goods.customer_order as bought
    where bought.person = tab.person and bought.pays = 'account' and bought.currency = tab.currency), 0)::bigint as open
from goods.tab where tab.person = $1 order by tab.currency;

-- name: hold
-- Holds a tab, so that orders on it come one after the other.
select most from goods.tab where person = $1 and currency = $2 for update;

-- name: open
-- Sums up what is open on a tab: what orders on account cost, less what was paid of them. What was
-- given back of goods that were made is not open again.
select coalesce(sum(greatest(0, bought.price - coalesce(
    (select sum(payment.minor) from goods.payment
         where payment.order_id = bought.id
           and (payment.minor > 0 or coalesce(bought.handing_at, bought.released_at) is null)), 0))), 0)::bigint
from goods.customer_order as bought
where bought.person = $1 and bought.pays = 'account' and bought.currency = $2 and bought.id <> $3;

-- name: give
-- Lets somebody order on account, or changes how much.
insert into goods.tab (person, currency, most, given_by, given_at) values ($1, $2, $3, $4, $5)
on conflict (person, currency)
do update set most = excluded.most, given_by = excluded.given_by, given_at = excluded.given_at;

-- name: has_person
-- Says whether there is such a person.
select exists (select from people.person where id = $1);
