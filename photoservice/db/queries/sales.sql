-- name: insert_all
-- Writes units of sales as a till told them, in their order, each with the card of its basket under its account's key
-- (none without a card, and none of an erased one).
with said as (
    select * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                         $10::text[], $11::bigint[], $12::text[], $13::bigint[], $14::text[], $15::bytea[])
        with ordinality
        as said (event, item, root, unit, account, store, till, business_day, sequence, line, how, amount, currency, box, n)
), personal as (
    insert into event_personal (station, event, account, box) select $1, event, account, box from said
    where box is not null
)
insert into sale (station, event, item, root, unit, account, store, till, business_day, sequence, line, how, amount,
                  currency, received_at)
select $1, event, item, root, unit, account, store, till, business_day, sequence, line, how, amount, currency, $16
from said order by n;

-- name: insert_refund
-- Writes that a unit was given back or voided.
insert into sale_refund (station, event, item, root, unit, refund, store, how, received_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: insert_correction
-- Writes that what a till told of a sale was not so.
insert into sale_correction (station, told, event, received_at) values ($1, $2, $3, $4) on conflict do nothing;

-- name: roots
-- Returns what these events of a station, sales and refunds, count for.
select root from sale where station = $1 and event = any($2::text[])
union
select root from sale_refund where station = $1 and event = any($2::text[]);

-- name: of_accounts
-- Returns the sales in whose baskets a card of these accounts lay, the earliest first.
select account, station, event, store, business_day, item, amount, currency, received_at,
       exists (select from sale_correction where sale_correction.station = sale.station
               and sale_correction.told = sale.event) as is_corrected
from sale where account = any($1::text[]) order by received_at, station collate "C", event collate "C";

-- name: move
-- Lets the sales of these items count for the package they turned out to belong to.
update sale set root = $2 where root = any($1::text[]) and root <> $2;

-- name: move_refunds
-- Lets the refunds of these items count for the package they turned out to belong to.
update sale_refund set root = $2 where root = any($1::text[]) and root <> $2;

-- name: received
-- Returns which rolls of these roots came in: seen at one of the steps $2, or filed with a picture.
select asked.root, asked.roll from (
    select root, root as roll from unnest($1::text[]) as root
    union
    select package, roll from manifest_roll where package = any($1::text[])
) as asked
where exists (select from images.custody
              where custody.roll = asked.roll and step = any($2::text[]) and taken_back_at is null)
   or exists (select from images.filed_roll where filed_roll.id = asked.roll);

-- name: refunded
-- Returns which of these roots somebody gave back something of.
select distinct root from sale_refund where root = any($1::text[]);

-- name: write_ended
-- Writes which claims on these roots ended with the sales they were tied to, and which did not.
with gone as (
    delete from ended_claim
    where root = any($1::text[])
      and not exists (select from unnest($2::text[], $3::text[]) as kept (station, claim)
                      where kept.station = ended_claim.station and kept.claim = ended_claim.claim)
)
insert into ended_claim as old (station, claim, root)
select * from unnest($2::text[], $3::text[], $4::text[])
on conflict (station, claim) do update set root = excluded.root where old.root <> excluded.root;

-- name: insert_drop_off
-- Writes that rolls were dropped off in a bag.
insert into drop_off (station, event, bag, store, scan, negatives, number, at, received_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: insert_dropped_roll
-- Writes one roll of a bag.
insert into dropped_roll (station, event, place, twin, process, stops, roll, note)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: withdraw_drop_off
-- Writes that a drop-off is none.
insert into drop_off_withdrawal (station, dropped, event, received_at) values ($1, $2, $3, $4) on conflict do nothing;

-- name: insert_pick_up
-- Writes that a bag's order was taken away.
insert into pick_up (station, event, bag, store, at, received_at) values ($1, $2, $3, $4, $5, $6);
