-- Rolls dropped off at this station, their numbers, and bags picked up here.

-- name: add
-- One drop-off.
insert into drop_off (event, bag, body, at, language, staff_language)
values (:event, :bag, :body, :at, :language, :staff_language);

-- name: add_roll
-- A roll in a bag.
insert or ignore into drop_roll (roll, event) values (:roll, :event);

-- name: add_number
-- A number is given, and never again.
insert into drop_number (prefix, season, number, event) values (:prefix, :season, :number, :event);

-- name: by_event
-- One drop-off by its event.
select event, bag, body, at, language, staff_language, withdrawn from drop_off where event = :event;

-- name: by_bag
-- The newest drop-off with a bag's number, one that stands before one that was withdrawn.
select event, bag, body, at, language, staff_language, withdrawn from drop_off
where bag = :bag order by withdrawn, at desc, event desc limit 1;

-- name: newest
-- The newest drop-offs.
select event, bag, body, at, language, staff_language, withdrawn from drop_off
order by at desc, event desc limit :limit;

-- name: is_doubled
-- Whether another drop-off bears one of this one's numbers.
select exists (
    select 1 from drop_number as own join drop_number as other using (prefix, season, number)
    where own.event = :event and other.event <> :event);

-- name: bag_with_roll
-- The bag that a roll lies in.
select bag from drop_roll join drop_off using (event) where roll = :roll and withdrawn = 0 limit 1;

-- name: withdraw
-- It is none.
update drop_off set withdrawn = 1 where event = :event;

-- name: is_given
-- Whether a number was given.
select count(*) from drop_number where prefix = :prefix and season = :season and number = :number;

-- name: next_free
-- The lowest number after a given one that is free.
select number + 1 from drop_number as given
where prefix = :prefix and season = :season and number >= :number
  and not exists (select 1 from drop_number as next
                  where next.prefix = given.prefix and next.season = given.season and next.number = given.number + 1)
order by number limit 1;

-- name: is_history_known
-- Whether the photoservice has answered for the epoch now being written: before that it is not known whether this
-- journal was put back from an old copy.
select count(*) from high_mark
where level = 'photoservice' and ordinal = (select max(ordinal) from epoch where brought_back = 0);

-- name: add_pick_up
-- A bag's order was taken away.
insert into bag_pick_up (event, bag, at) values (:event, :bag, :at);

-- name: pick_up_by_event
-- One pick-up by its event.
select bag, at from bag_pick_up where event = :event;

-- name: pick_up_of
-- The first pick-up of a bag.
select bag, at from bag_pick_up where bag = :bag order by at, event limit 1;
