-- name: reusable
-- Returns an order's open checkout for exactly this much that lasts long enough.
select id, url, back, language, expires_at from goods.checkout
where order_id = $1 and provider = $2 and minor = $3 and currency = $4 and back = $5
  and state = 'open' and expires_at > $6
order by made_at desc limit 1;

-- name: insert
-- Keeps a checkout that is about to begin.
insert into goods.checkout (id, order_id, provider, back, language, minor, currency, state, made_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9);

-- name: begun
-- Keeps what the provider calls it, and where its page is.
update goods.checkout set reference = $2, url = $3 where id = $1;

-- name: not_begun
-- Ends a checkout that the provider did not begin.
update goods.checkout set state = 'failed', ended_at = $2 where id = $1 and state = 'open' and reference is null;

-- name: last
-- Returns the last checkout of an order.
select id, order_id, provider, reference, back, language, minor, currency, state, made_at, expires_at
from goods.checkout where order_id = $1 order by made_at desc, id desc limit 1;

-- name: by_reference
-- Returns a checkout as its provider calls it.
select id, order_id, provider, reference, back, minor, currency, state, made_at, expires_at, language
from goods.checkout where provider = $1 and reference = $2;

-- name: payment_of
-- Returns what was paid on a provider's page.
select key, minor, currency from goods.payment
where order_id = $1 and way = 'checkout' and minor > 0
  and about ->> 'provider' = $2 and about ->> 'reference' = $3 limit 1;

-- name: end
-- Notes what became of a checkout; what was paid stays so, whatever is told late.
update goods.checkout set state = $2, ended_at = $3
where id = $1 and (state in ('open', 'failed', 'expired') or $2 = 'refunded') and state <> $2;

-- name: expire
-- Ends checkouts whose time is over.
update goods.checkout set state = 'expired', ended_at = $1 where state = 'open' and expires_at <= $1;

-- name: keep_event
-- Keeps what a provider told, once.
insert into goods.checkout_event (provider, id, body, came_at) values ($1, $2, $3, $4)
on conflict (provider, id) do nothing;

-- name: due_events
-- Returns what was kept and not carried out, the oldest first.
select provider, id from goods.checkout_event where done_at is null and provider = $1 order by came_at, id limit $2;

-- name: event
-- Holds a message that was not carried out.
select provider, id, body, came_at from goods.checkout_event
where provider = $1 and id = $2 and done_at is null for update skip locked;

-- name: done
-- Notes what became of a message.
update goods.checkout_event set done_at = $3, outcome = $4, order_id = $5 where provider = $1 and id = $2;

-- name: to_look_at
-- Lists messages somebody has to look at, the oldest first.
select provider, id, came_at, outcome, order_id from goods.checkout_event
where outcome not in ('', 'done') order by came_at limit $1;

-- name: looked_at
-- Takes a message off the list of those to be looked at, and returns why it stood there.
update goods.checkout_event as told set outcome = 'done'
from (select provider, id, outcome from goods.checkout_event
      where provider = $1 and id = $2 and outcome not in ('', 'done') for update) as before
where told.provider = before.provider and told.id = before.id
returning before.outcome;

-- name: refunds_due
-- Lists refunds a provider is to be asked for.
select key, minor, currency, about ->> 'reference' as reference, order_id from goods.payment
where try_at <= $1 and way = 'checkout' and about ->> 'provider' = $2
order by try_at limit $3;

-- name: try_later
-- Has a provider asked later.
update goods.payment set try_at = $2 where way = 'checkout' and key = $1 and settled_at is null;

-- name: look_again
-- Has a provider asked now ($1) for what a clock that was ahead put off.
update goods.payment set try_at = $1 where try_at > $1::timestamptz + interval '1 hour';

-- name: in_trouble
-- Notes that a provider will not give something back.
update goods.payment set try_at = null, trouble = $2 where way = 'checkout' and key = $1 and settled_at is null;

-- name: refunded
-- Notes that a provider gave something back.
update goods.payment set settled_at = $2, try_at = null, trouble = '', about = about || jsonb_build_object('refund', $3::text)
where way = 'checkout' and key = $1 and settled_at is null;
