-- name: live
-- Returns an order's live code, whether or not its time is over.
select serial, minor, currency, expires_at from goods.order_code
where order_id = $1 and used_at is null and voided_at is null;

-- name: last
-- Returns how many codes an order had.
select coalesce(max(serial), 0) from goods.order_code where order_id = $1;

-- name: insert
-- Keeps a code by its HMAC.
insert into goods.order_code (mac, order_id, serial, minor, currency, made_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7);

-- name: void
-- Ends an order's live code.
update goods.order_code set voided_at = $2
where order_id = $1 and used_at is null and voided_at is null;

-- name: order_of
-- Returns which order a code is of, whatever became of it.
select order_id from goods.order_code where mac = $1;

-- name: usable
-- Returns a code that may be used now. Asked with its order held.
select order_id, minor, currency, expires_at from goods.order_code
where mac = $1 and used_at is null and voided_at is null and expires_at > $2;

-- name: use
-- Ends a code that was used.
update goods.order_code set used_at = $2 where mac = $1 and used_at is null and voided_at is null;

-- name: retailer_of
-- Returns whose store it is.
select retailer from store where gln = $1;
