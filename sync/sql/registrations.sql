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
from registration join event on event.id = registration.claim join epoch using (ordinal)
order by case brought_back when 0 then ordinal else (
    select max(own.ordinal) - 0.5 from epoch as own where own.brought_back = 0 and own.ordinal < epoch.ordinal) end desc,
    ordinal desc, event.seq desc
limit :limit;

-- name: withdraw
-- The registration was undone.
update registration set withdrawn = 1 where claim = :claim;

-- name: name_package
-- The maker's list came: the registration has a package and rolls now.
update registration set package = :package, rolls = :rolls where claim = :claim;

-- name: count_waiting
-- How many live registrations nobody upstream has acknowledged yet.
select count(*) from registration join outbox on outbox.event = registration.claim
where withdrawn = 0 and outbox.level is null;
