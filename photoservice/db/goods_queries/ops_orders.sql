-- name: list
-- Lists orders behind a place, the newest first, of a stage ($3: all, open, cooling, waiting, unpaid, owed, released, refused,
-- asked, done, cancelled), of a tenant ($4), made by whom ($5: a kind), before a moment ($6). `waiting` is what has cooled off.
select o.id, o.made_at from goods.customer_order as o
where (o.made_at, o.id) < ($1, $2)
  and ($4::text is null or ops.is_order_of(o.id, $4))
  and ($5 = '' or o.kind = $5)
  and ($6::timestamptz is null or o.made_at < $6)
  and case $3
      when 'open' then o.is_open and o.released_at is null
      when 'cooling' then o.is_open and o.released_at is null and o.cooling_until > $7
      when 'waiting' then o.is_open and o.released_at is null and (o.cooling_until is null or o.cooling_until <= $7)
      when 'unpaid' then o.is_open and o.pays in ('till', 'checkout', 'account') and o.price > coalesce(
          (select sum(minor) from goods.payment where payment.order_id = o.id), 0)
      when 'owed' then exists (
          select from goods.payment as p where p.order_id = o.id and p.settled_at is null
          and (p.way <> 'checkout' or p.trouble <> ''))
      when 'released' then o.is_open and o.released_at is not null
      when 'refused' then exists (
          select from goods.line_step as s where s.order_id = o.id and s.step = 'refused' and not exists (
              select from goods.line_step as later where later.order_id = s.order_id and later.line = s.line
              and later.step in ('made', 'sent', 'ready', 'handed', 'cancelled')))
      when 'asked' then exists (
          select from goods.order_line as line where line.order_id = o.id and line.again_at is not null
          and not goods.is_answered(line))
      when 'done' then not o.is_open and o.released_at is not null
      when 'cancelled' then not o.is_open and o.released_at is null
      else true end
order by o.made_at desc, o.id desc limit $8;

-- name: asked
-- Lists the lines of these orders that their customers asked to have made again, why, and whether that was answered.
select order_id, number, again_at, again_why, goods.is_answered(line) as is_answered
from goods.order_line as line where order_id = any($1::text[]) and again_at is not null
order by order_id, number;

-- name: is_of
-- Says whether an order is a tenant's.
select ops.is_order_of($1, $2);

-- name: release
-- Tells when an order was handed over, and whether it is just being handed over.
select released_at, handing_at, look_at, reminded, cooling_until from goods.customer_order where id = $1;

-- name: promises
-- Lists what an order's people were promised back and somebody has to give: not by a provider, or it would not.
select promise, sum(-minor)::bigint as minor, currency, max(trouble) as trouble from goods.payment
where order_id = $1 and settled_at is null and (way <> 'checkout' or trouble <> '')
group by promise, currency order by promise;
