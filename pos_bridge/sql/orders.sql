-- Order codes given out, and what came back for them.

-- name: by_order
-- The newest code that still charges for this order, for this amount.
select number, form, reference, code, minor, currency, store, about, is_order, order_code, issued_at, expires_at
from order_code
where order_code = :order_code and minor = :minor and currency = :currency and expires_at > :usable_at
order by number desc limit 1;

-- name: taken_in
-- A charge of this order that the photoservice is still to be told of.
select charge.line from order_charge as charge join order_code as code using (number)
where code.order_code = :order_code and charge.state = 'owed' and charge.is_taken_back = 0 limit 1;

-- name: paid_at_till
-- A line of a sale that carried this code, and was not taken back.
select line from order_charge where number = :number and is_taken_back = 0 limit 1;

-- name: by_wish
-- The code given out for this wish.
select number, form, reference, code, minor, currency, store, about, is_order, order_code, issued_at, expires_at
from order_code where wish = :wish;

-- name: count_resting
-- How many references of a form cannot be given out now.
select count(distinct reference) from order_code where form = :form and rests_until > :now;

-- name: first_free
-- The first of these references that may be given out now.
select wanted.value from json_each(:candidates) as wanted
where not exists (
    select 1 from order_code as given
    where given.form = :form and given.reference = wanted.value and given.rests_until > :now
)
order by wanted.key limit 1;

-- name: next_free
-- The first free reference of so many digits, looked for from a number on and round.
with recursive place (step) as (select 0 union all select step + 1 from place where step < :count - 1)
select printf('%0*d', :digits, (:start + step) % :count) as wanted from place
where not exists (
    select 1 from order_code as given
    where given.form = 'ean13' and given.reference = printf('%0*d', :digits, (:start + step) % :count)
      and given.rests_until > :now
)
limit 1;

-- name: issue
-- Give a code out.
insert into order_code (
    form, reference, code, minor, currency, store, about, is_order, order_code, wish, issued_at, expires_at, rests_until
)
values (
    :form, :reference, :code, :minor, :currency, :store, :about, :is_order, :order_code, :wish, :issued_at,
    :expires_at, :rests_until
)
returning number, form, reference, code, minor, currency, store, about, is_order, order_code, issued_at, expires_at;

-- name: by_reference
-- All codes that ever bore this reference, the newest first.
select number, form, reference, code, minor, currency, store, about, is_order, order_code, issued_at, expires_at
from order_code where form = :form and reference = :reference order by number desc limit 20;

-- name: by_number
-- One code.
select number, form, reference, code, minor, currency, store, about, is_order, order_code, issued_at, expires_at
from order_code where number = :number;

-- name: newest
-- The codes given out last.
select number, form, reference, code, minor, currency, store, about, is_order, order_code, issued_at, expires_at
from order_code order by number desc limit :limit;

-- name: charge
-- One charge by its line.
select line, place, number, minor, currency, state, is_taken_back, is_asked, tries, why, order_id
from order_charge where line = :line;

-- name: note_charge
-- A line of a sale carried a code.
insert into order_charge (line, place, number, minor, currency, state, next_at, noted_at)
values (:line, :place, :number, :minor, :currency, :state, :now, :now)
on conflict (line) do nothing;

-- name: change_charge
-- Change where a charge stands.
update order_charge
set state = :state, is_taken_back = :is_taken_back, is_closed = 0, next_at = :now,
    settled_at = iif(:state = 'owed', null, :now)
where line = :line;

-- name: due
-- Charges that the photoservice is to be told of now, the oldest first.
select line, place, number, minor, currency, state, is_taken_back, is_asked, tries, why, order_id
from order_charge where state = 'owed' and next_at <= :now order by noted_at, line limit :limit;

-- name: note_try
-- A redemption is about to go out.
update order_charge set is_asked = 1, tries = tries + 1, next_at = :next_at where line = :line and state = 'owed'
returning line;

-- name: put_off
-- No answer; asked again later.
update order_charge set why = :why, next_at = :next_at where line = :line and state = 'owed';

-- name: settle
-- The photoservice answered.
update order_charge set state = :state, why = :why, order_id = :order_id, settled_at = :now
where line = :line and state = 'owed';

-- name: troubles
-- Charges that a person must look at. A code pays once: of the lines that count, one is covered by its redemption,
-- whichever line that was of, and the others took money for nothing. If none counts, the redemption is too much.
with counting as (
    select line, number, row_number() over (partition by number order by state = 'redeemed' desc, noted_at, line) as place
    from order_charge where state in ('redeemed', 'owed', 'refused') and is_taken_back = 0
),
paid as (select number, line from order_charge where state = 'redeemed')
select charge.line, charge.place, code.code, charge.minor, charge.currency,
    iif(charge.is_taken_back, 'order_code_taken_back', 'order_code_refused'), charge.why, charge.order_id,
    charge.settled_at
from order_charge as charge join order_code as code using (number)
where charge.is_closed = 0 and (
    charge.state = 'refused' and charge.line in (
        select counting.line from counting
        where counting.place > (select count(*) from paid where paid.number = counting.number)
    )
    or (charge.is_taken_back = 1 and charge.line in (select line from paid)
        and not exists (select 1 from counting where counting.number = charge.number))
)
order by charge.noted_at, charge.line;

-- name: close_trouble
-- A person has looked at it.
update order_charge set is_closed = 1 where line = :line returning line;

-- name: figures
-- How many charges wait for the photoservice, and since when; how many codes charge now.
select
    (select count(*) from order_charge where state = 'owed'),
    (select min(noted_at) from order_charge where state = 'owed'),
    (select count(*) from order_code where expires_at > :now);

-- name: forget_orders
-- Drop the photoservice's own codes where they can be needed no more.
update order_code set order_code = null
where order_code is not null and rests_until < :now
  and not exists (select 1 from order_charge as charge where charge.number = order_code.number and charge.state = 'owed')
returning number;
