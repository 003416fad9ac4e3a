-- What this station registered.

-- name: add_registration
-- One registration, in the commit of its event.
insert into registration (claim, number, item, item_level, package, rolls, card_mark, language, made_at)
values (:claim, :number, :item, :item_level, :package, :rolls, :card_mark, :language, :made_at);

-- name: add_item
-- An ID by which a registration is found.
insert or ignore into registration_item (item, claim) values (:item, :claim);

-- name: by_claim
-- One registration by its claim.
select claim, number, item, item_level, package, rolls, card_mark, language, made_at, withdrawn
from registration where claim = :claim;

-- name: by_number
-- One registration by the number on its receipt.
select claim, number, item, item_level, package, rolls, card_mark, language, made_at, withdrawn
from registration where number = :number;

-- name: live_by_items
-- The registration that holds any of some IDs; the oldest, should the maker's list have joined two.
select registration.claim, number, registration.item, item_level, package, rolls, card_mark, language, made_at,
       withdrawn
from registration
where withdrawn = 0 and claim in (
    select claim from registration_item where item in (select value from json_each(:items)))
order by made_at, claim limit 1;

-- name: newest
-- The newest registrations, by the order in which they were written: a clock may have jumped. An epoch that came back
-- whole was written before the one that ran when it did.
select claim, number, item, item_level, package, rolls, card_mark, language, made_at, withdrawn
from (
    select * from (
        select ordinal as rank, ordinal, seq, id from epoch cross join event using (ordinal)
        where brought_back = 0 and exists (select 1 from registration where claim = id)
        order by ordinal desc, seq desc limit :limit)
    union all
    select * from (
        select (select max(own.ordinal) - 0.5 from epoch as own
                where own.brought_back = 0 and own.ordinal < epoch.ordinal) as rank, ordinal, seq, id
        from epoch cross join event using (ordinal)
        where brought_back = 1 and exists (select 1 from registration where claim = id)
        order by ordinal desc, seq desc limit :limit)
) join registration on claim = id
order by rank desc, ordinal desc, seq desc limit :limit;

-- name: withdraw
-- The registration was undone.
update registration set withdrawn = 1 where claim = :claim;

-- name: name_package
-- The maker's list came: the registration has a package and rolls now.
update registration set package = :package, rolls = :rolls where claim = :claim;

-- name: count_waiting
-- How many live registrations nobody upstream has acknowledged yet: those owed, and those set aside before they went.
select (select count(*) from outbox join registration on claim = outbox.event
        where level is null and verdict is null and withdrawn = 0)
     + (select count(*) from outbox join registration on claim = outbox.event
        where verdict in ('parked', 'fork', 'damaged') and level is null and withdrawn = 0);

-- name: place_before
-- The newest event of this station's own hand that is older than a moment; what came back from the photoservice is not
-- looked at.
select ordinal, seq from epoch cross join event using (ordinal)
where brought_back = 0 and at < :since order by ordinal desc, seq desc limit 1;

-- name: after_place
-- Registrations written after an event, in the order in which they were written.
select epoch.ordinal, seq, claim, at, item, package, withdrawn
from epoch cross join event on event.ordinal = epoch.ordinal
    and seq > case when epoch.ordinal = :ordinal then :seq else 0 end
join registration on claim = id
where brought_back = 0 and epoch.ordinal >= :ordinal order by epoch.ordinal, seq limit :limit;

-- name: withdrawn_of
-- Which of some claims are withdrawn.
select claim from json_each(:claims) as wanted join registration on claim = wanted.value where withdrawn = 1;

-- name: newest_place
-- The newest event of this station's own hand.
select ordinal, last from epoch where brought_back = 0 order by ordinal desc limit 1;
