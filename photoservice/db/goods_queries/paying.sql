-- name: hold
-- Holds an order until the transaction ends, and returns what paying needs of it.
select id, person, root, currency, price, pays, language, made_at,
       handing_at is not null or released_at is not null as is_handed_over
from goods.customer_order where id = $1 for update;

-- name: look
-- Returns the same without holding it.
select id, person, root, currency, price, pays, language, made_at,
       handing_at is not null or released_at is not null as is_handed_over
from goods.customer_order where id = $1;

-- name: insert
-- Notes money that came in (settled with its coming), or a part of a promise to give some back.
insert into goods.payment (way, key, order_id, minor, currency, at, by, about, of_key, promise, settled_at, try_at)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12)
on conflict (way, key) do nothing;

-- name: by_key
-- Returns a payment by the way and key it came under.
select way, key, order_id, minor, currency, at, by, about::text as about, settled_at
from goods.payment where way = $1 and key = $2;

-- name: paid
-- Sums up what came in for an order less what was given back or is promised to be, and what came in alone.
select coalesce(sum(minor), 0)::bigint as paid, coalesce(sum(minor) filter (where minor > 0), 0)::bigint as received
from goods.payment where order_id = $1;

-- name: of_order
-- Lists payments and refunds of an order, the oldest first.
select way, key, minor, currency, at, by, settled_at from goods.payment
where order_id = $1 order by at, (minor < 0), key;

-- name: promised
-- Sums up what was promised under a key; null when nothing was.
select -sum(minor)::bigint from goods.payment where order_id = $1 and promise = $2;

-- name: returnable
-- Lists what came in for an order, less what was promised back of each; what goes back by itself first, the last first.
select paid.way, paid.key, paid.about::text as about,
       paid.minor + coalesce((select sum(back.minor) from goods.payment as back
                              where back.order_id = paid.order_id and back.way = paid.way
                                and back.of_key = paid.key and back.minor < 0), 0)::bigint as left
from goods.payment as paid
where paid.order_id = $1 and paid.minor > 0
order by paid.way <> 'checkout', paid.at desc, paid.key;

-- name: settle
-- Notes that what was promised under a key, and does not go back by itself, is in its customer's hands.
update goods.payment set settled_at = $3, by = $4
where order_id = $1 and promise = $2 and settled_at is null and (try_at is null or trouble <> '');

-- name: has_promise
-- Says whether anything was promised under a key.
select exists (select from goods.payment where order_id = $1 and promise = $2);

-- name: owed
-- Lists what was promised and is not given back yet, the oldest first.
select order_id, way, promise, -minor as minor, currency, at, trouble, coalesce(about ->> 'why', 'refund') as why
from goods.payment where settled_at is null
order by at, way, key limit $1;

-- name: look_at
-- Has an order looked at now: its money may be there.
update goods.customer_order set look_at = $2 where id = $1;

-- name: choose
-- Keeps by which way an order is to be paid, where it waits for its money.
update goods.customer_order set pays = $2, changed_at = $3, look_at = $3 where id = $1;

-- name: take_person
-- Gives an order of a package to who pays for it.
update goods.customer_order set person = $2, changed_at = $3 where id = $1 and person is null;
