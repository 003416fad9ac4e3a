-- name: order
-- Returns an order for its receipt.
select id, origin, kind, person, root, currency, price, pays, made_at from goods.customer_order where id = $1;

-- name: lines
-- Lists an order's lines as they were priced, and whether each was cancelled.
select line.number, line.titles::text as titles, line.option_titles::text as option_titles, line.quantity, line.images,
       line.gross, line.tax, line.rate, line.credit,
       exists (select from goods.line_step as step where step.order_id = line.order_id and step.line = line.number
               and step.step = 'cancelled') as is_cancelled
from goods.order_line as line where line.order_id = $1 order by line.number;

-- name: remakes
-- Lists the orders that make something of this one again.
select id from goods.customer_order
where kind = 'remake' and why ->> 'remake_of' = $1::text
order by made_at, id;

-- name: seen
-- Returns an order that this person steers: theirs, or one of a package they hold that is nobody's yet.
select id from goods.customer_order
where id = $1 and (person = $2 or (person is null and root = any($3::text[])));
