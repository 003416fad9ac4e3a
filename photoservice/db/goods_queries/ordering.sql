-- name: of_origin
-- Finds the order that stands for an origin.
select id from goods.customer_order where origin = $1;

-- name: count_open
-- Counts a person's open orders by hand, up to $2; what guests of their shares ordered does not count.
select count(*) from (
    select from goods.customer_order where person = $1 and kind = 'hand' and share is null and is_open limit $2) as found;

-- name: credits
-- Holds what a package has prepaid until the transaction ends, in one order for everybody.
select place, item, options, most_units, pieces - used as free from goods.credit where root = $1 order by place for update;

-- name: take_credit
-- Takes pieces of a credit, or gives them back (negative).
update goods.credit set used = greatest(0, used + $3) where root = $1 and place = $2;

-- name: make
-- Makes an order with its lines ($24..) and their images ($38..), unless one stands for its origin or under its name.
with made as (
    insert into goods.customer_order (
        id, origin, kind, person, root, plan, firing, roll, share, guest, why, catalogue, currency, price, tax, pays,
        cooling_until, needs_confirmation, language, look_at, confirmed_at, made_at, changed_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
    on conflict do nothing
    returning id
), lines as (
    insert into goods.order_line (
        order_id, number, item, kind, titles, options, option_titles, quantity, images, units, piece, gross, tax, rate,
        is_shipped, credit)
    select made.id, line.number, item, kind, titles::jsonb, options::jsonb, option_titles::jsonb, quantity, images,
           units, piece, gross, tax, rate, is_shipped, credit
    from made, unnest(
        $24::integer[], $25::text[], $26::text[], $27::text[], $28::text[], $29::text[], $30::integer[], $31::integer[],
        $32::integer[], $33::bigint[], $34::bigint[], $35::bigint[], $36::integer[], $37::boolean[], $38::integer[]
    ) as line (number, item, kind, titles, options, option_titles, quantity, images, units, piece, gross, tax, rate,
               is_shipped, credit)
), pictures as (
    insert into goods.line_image (order_id, line, place, image, edit)
    select made.id, image.line, image.place, image.image, image.edit
    from made, unnest($39::integer[], $40::integer[], $41::text[], $42::integer[]) as image (line, place, image, edit)
)
select id from made;

-- name: remake
-- Makes lines ($4) of an order ($3) once more, for nothing, as $6 decided, under a new name and origin, unless done.
with made as (
    insert into goods.customer_order (
        id, origin, kind, person, root, plan, firing, roll, share, guest, why, catalogue, currency, price, tax, pays,
        address, language, look_at, made_at, changed_at)
    select $1, $2, 'remake', person, root, plan, firing, roll, share, guest,
           jsonb_build_object('remake_of', id, 'by', $6::text), catalogue, currency, 0, 0, 'nothing', null, language, $5, $5, $5
    from goods.customer_order where id = $3
    on conflict do nothing
    returning id
), lines as (
    insert into goods.order_line (
        order_id, number, item, kind, titles, options, option_titles, quantity, images, units, piece, gross, tax, rate,
        is_shipped, credit)
    select made.id, number, item, kind, titles, options, option_titles, quantity, images, units, 0, 0, 0, rate,
           is_shipped, null
    from made, goods.order_line as line where line.order_id = $3 and line.number = any($4::integer[])
), pictures as (
    insert into goods.line_image (order_id, line, place, image, edit)
    select made.id, line, place, image, edit
    from made, goods.line_image as picture
    where picture.order_id = $3 and picture.line = any($4::integer[]) and picture.dropped = ''
)
select id from made;

-- name: set_address
-- Keeps where an order goes, boxed, and whose it is.
update goods.customer_order set address = $2, person = coalesce(person, $3) where id = $1;

-- name: lock
-- Holds an order until the transaction ends.
select * from goods.customer_order where id = $1 for update;

-- name: ids_of
-- Lists a person's orders, and those of nobody of packages they hold ($2), the newest first, behind ($3, $4).
select id, made_at from goods.customer_order
where (person = $1 or (person is null and root = any($2::text[])))
  and (made_at, id) < ($3, $4)
order by made_at desc, id desc limit $5;

-- name: orders
-- Reads orders, with what came in for them less what was given back.
select o.*, coalesce((select sum(minor) from goods.payment where payment.order_id = o.id), 0)::bigint as paid
from goods.customer_order as o where o.id = any($1::text[]);

-- name: lines
-- Reads the lines of orders.
select * from goods.order_line where order_id = any($1::text[]) order by order_id, number;

-- name: images
-- Reads the images of orders' lines.
select * from goods.line_image where order_id = any($1::text[]) order by order_id, line, place;

-- name: steps
-- Reads the steps of orders' lines, in the order in which they were told.
select * from goods.line_step where order_id = any($1::text[]) order by order_id, line, told_at, step;

-- name: disputed
-- Lists which of these orders are of films whose owner is not settled: contested, or registered no more.
select picked.order_id
from (
    select line_image.order_id, image.roll
    from goods.line_image join images.image on image.id = line_image.image
    where line_image.order_id = any($1::text[]) and line_image.dropped = ''
      and not exists (
          select from goods.line_step
          where line_step.order_id = line_image.order_id and line_step.line = line_image.line
            and line_step.step = 'cancelled')
    group by line_image.order_id, image.roll
) as picked
where not exists (
    select from registration
    where registration.subject = picked.roll and registration.word = 'registered')
  and not exists (
    select from manifest_roll join registration on registration.subject = manifest_roll.package
    where manifest_roll.roll = picked.roll and registration.word = 'registered')
union
select id from goods.customer_order
where id = any($1::text[]) and root is not null
  and not exists (select from registration where registration.root = customer_order.root and word = 'registered');

-- name: cancel_lines
-- Notes that lines of an order are cancelled, unless they were.
insert into goods.line_step (order_id, line, step, at, told_at, by, note)
select $1, line, 'cancelled', $3, $3, $4, $5 from unnest($2::integer[]) as line
on conflict (order_id, line, step) do nothing;

-- name: sum_up
-- Sums an order up from its lines: what is to be paid, how, and whether it is open; a new version of it.
with live as (
    select line.*, coalesce(done.steps, '{}') as steps
    from goods.order_line as line
    left join lateral (
        select array_agg(step) as steps from goods.line_step
        where line_step.order_id = line.order_id and line_step.line = line.number) as done on true
    where line.order_id = $1
), summed as (
    select coalesce(sum(gross) filter (where credit is null and not 'cancelled' = any(steps)), 0) as price,
           coalesce(sum(tax) filter (where credit is null and not 'cancelled' = any(steps)), 0) as tax,
           coalesce(bool_or(credit is not null and not 'cancelled' = any(steps)), false) as has_credit,
           coalesce(bool_or(not steps && array['cancelled', 'sent', 'handed']), false) as is_open
    from live
)
update goods.customer_order as o
set price = summed.price, tax = summed.tax, is_open = summed.is_open, version = version + 1, changed_at = $2::timestamptz,
    pays = case when not summed.is_open then o.pays
                when summed.price = 0 and summed.has_credit then 'prepaid'
                when summed.price = 0 then 'nothing'
                when o.pays in ('nothing', 'prepaid') then 'till'
                else o.pays end,
    look_at = case when summed.is_open and released_at is null then $2::timestamptz end,
    waits_since = case when summed.is_open and released_at is null then o.waits_since end
from summed where o.id = $1
returning o.price, o.is_open;

-- name: change_line
-- Gives a line other options, another quantity and price.
update goods.order_line
set options = $3::jsonb, option_titles = $4::jsonb, quantity = $5, images = $6, units = $7, piece = $8, gross = $9,
    tax = $10, rate = $11, credit = $12
where order_id = $1 and number = $2;

-- name: drop_images
-- Takes all images off a line.
delete from goods.line_image where order_id = $1 and line = $2;

-- name: add_images
-- Gives a line its images.
insert into goods.line_image (order_id, line, place, image, edit)
select $1, $2, place, image, edit from unnest($3::integer[], $4::text[], $5::integer[]) as picked (place, image, edit);

-- name: rolls_of_images
-- Returns of which rolls these images are, those that stand.
select id, roll from images.image where id = any($1::text[]) and state = 'standing';

-- name: confirm
-- Notes that an order is confirmed.
update goods.customer_order set confirmed_at = coalesce(confirmed_at, $2) where id = $1;

-- name: end_cooling
-- Ends an order's cooling-off.
update goods.customer_order set cooling_until = $2 where id = $1;

-- name: look_again
-- Has an order looked at; a new version of it.
update goods.customer_order set look_at = $2, version = version + 1, changed_at = $2 where id = $1;

-- name: holders
-- Lists who holds a registration of these packages; whether it is theirs is asked elsewhere. `tied` are the accounts that
-- merges tie to a registration's: who holds one holds all.
with recursive named as (
    select claim.root, claim.station, claim.id, claim.account
    from registration
    join claim on claim.root = registration.root and claim.station || '/' || claim.id = any(registration.claims)
    where registration.root = any($1::text[]) and registration.word = 'registered'
), tied (account, other) as (
    select account, account from named
    union
    select tied.account, case when old = tied.other then into_account else old end
    from tied join account_merge on tied.other in (old, into_account)
)
select holding.person, named.root
from named join people.holding on holding.station = named.station and holding.claim = named.id
union
select account_holding.person, named.root
from named join tied on tied.account = named.account
join people.account_holding on account_holding.account = tied.other
order by 1, 2;

-- name: goods_of
-- Returns what is said of an order where people are told of it: its lines' titles, those that live first.
select line.titles, not exists (
    select from goods.line_step
    where line_step.order_id = line.order_id and line_step.line = line.number and step = 'cancelled') as is_live
from goods.order_line as line where order_id = $1 order by is_live desc, number;

-- name: note_step
-- Notes a step of a line, unless it was noted.
insert into goods.line_step (order_id, line, step, at, told_at, by, key, note)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (order_id, line, step) do nothing;

-- name: price_line
-- Prices a line anew for the pictures that are left of it.
update goods.order_line set images = $3, units = $4, piece = $5, gross = $6, tax = $7
where order_id = $1 and number = $2;

-- name: addressed
-- Lists a person's orders with an address of their own.
select id, address from goods.customer_order where person = $1 and address is not null order by id for update;

-- name: move
-- Moves orders to another person.
update goods.customer_order set person = $2, version = version + 1 where person = $1;
