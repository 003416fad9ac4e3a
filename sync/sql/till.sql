-- What the till's part of a station told of sales.

-- name: add
-- One event told of a sale.
insert into till_told (event, kind, item, sale, at, said, card_mark)
values (:event, :kind, :item, :sale, :at, :said, :card_mark);

-- name: by_event
-- What one event told.
select event, kind, item, sale, said, card_mark, corrected_by from till_told where event = :event;

-- name: standing
-- What stands of one unit: its sale, or its refund.
select event, kind, item, sale, said, card_mark, corrected_by from till_told
where sale = :sale and kind = :kind and corrected_by is null limit 1;

-- name: correct
-- One event is taken back.
update till_told set corrected_by = :by where event = :event and corrected_by is null;

-- name: know_card
-- The card of a sale that came back without it is told once more.
update till_told set card_mark = :card_mark where event = :event and card_mark is null;

-- name: holders
-- Registrations that an item belongs to: those that stand, and those that a refund ended.
select claim, withdrawn from registration_item join registration using (claim)
where registration_item.item = :item and (withdrawn = 0 or claim in (select claim from till_ended))
order by claim;

-- name: sales_of
-- The sales of some items that stand, each with its card and whether it was given back.
select sold.card_mark, exists (
    select 1 from till_told as back
    where back.sale = sold.sale and back.kind = 'refunded' and back.corrected_by is null)
from till_told as sold
where sold.kind = 'sold' and sold.item in (select value from json_each(:items)) and sold.corrected_by is null;

-- name: end_registration
-- A registration ended with its sale.
insert into till_ended (claim) values (:claim);

-- name: is_ended
-- Whether a registration ended with its sale.
select count(*) from till_ended where claim = :claim;

-- name: unend_registration
-- Its sale stands again.
delete from till_ended where claim = :claim;

-- name: stand_again
-- A registration stands again.
update registration set withdrawn = 0 where claim = :claim;

-- name: revive_papers
-- The papers that were void with it count again, but for a label whose roll has another by now. What was at the printer
-- is in doubt; what never was is printed now.
update label_job
set valid = 1, why = '', state = case when proof is not null then 'printed'
                                      when process_id is not null then 'maybe' else 'queued' end
where claim = :claim and valid = 0 and replaced_by is null and state = 'void' and why = :why
  and not exists (select 1 from label_job as other
                  where other.kind = 'roll' and other.roll = label_job.roll and other.valid = 1);

-- name: figures
-- What was told and taken in since an instant; bags that wait, of all time.
select (select count(*) from till_told where at >= :since and kind = 'sold' and corrected_by is null),
       (select count(*) from till_told where at >= :since and kind = 'refunded' and corrected_by is null),
       (select count(*) from drop_off where at >= :since and withdrawn = 0),
       (select count(*) from drop_off
        where withdrawn = 0 and not exists (select 1 from bag_pick_up where bag_pick_up.bag = drop_off.bag));

-- name: count_unsent
-- How many of the events that nobody upstream has are of sales, and of drop-offs.
select count(*) filter (where kind in ('PackageSold', 'SaleRefunded', 'SaleCorrected')),
       count(*) filter (where kind in ('RollsDropped', 'DropOffWithdrawn', 'BagPickedUp'))
from outbox join event using (ordinal, seq) where level is null and verdict is null;
