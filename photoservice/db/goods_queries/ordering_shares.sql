-- name: hold
-- Holds a share until the transaction ends, so that orders by it pass one by one.
select * from people.share where id = $1 for update;

-- name: ids_of
-- Lists the orders by a share.
select id from goods.customer_order where share = $1 order by made_at, id;

-- name: ids_of_guest
-- Lists a guest's orders by a share, the newest first.
select id from goods.customer_order where share = $1 and guest = $2 order by made_at desc, id desc limit $3;

-- name: ids_by_shares
-- Lists what guests order for themselves by a person's shares, the newest first.
select customer_order.id from goods.customer_order
join people.share on share.id = customer_order.share
where share.person = $1 and customer_order.person is distinct from $1
order by customer_order.made_at desc, customer_order.id desc limit $2;

-- name: named
-- Returns by which share, of which title, and of which guest orders are; of a share that was deleted nothing.
select customer_order.id, share.id as share, share.title, share.person as owner, coalesce(guest.name, '') as guest
from goods.customer_order
join people.share on share.id = customer_order.share
left join people.guest on guest.id = customer_order.guest
where customer_order.id = any($1::text[]);

-- name: open_of
-- Lists a person's open orders, and those of nobody of packages they hold ($2), the newest first.
select id from goods.customer_order
where is_open and (person = $1 or (person is null and root = any($2::text[])))
order by made_at desc, id desc limit $3;

-- name: count_waiting
-- Counts a person's orders that wait for them, and those of nobody of packages they hold ($2).
select count(*) from goods.customer_order
where is_open and waits_since is not null and released_at is null
  and (person = $1 or (person is null and root = any($2::text[])));

-- name: ask_again
-- Keeps that a customer asks to have a line made again, and why in one word; once.
update goods.order_line set again_at = $4, again_why = $3
where order_id = $1 and number = $2 and again_at is null;

-- name: asked_again
-- Lists which lines of these orders somebody asked to have made again, since when, and why.
select order_id, number, again_at, again_why from goods.order_line
where order_id = any($1::text[]) and again_at is not null;
