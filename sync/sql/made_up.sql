-- Packages this station made up.

-- name: add
-- One package, in the commit of its event.
insert into made_up (event, package, body, coded, language, registration)
values (:event, :package, :body, :coded, :language, :registration);

-- name: add_item
-- An ID by which it is found; one that is taken is refused by the database.
insert into made_up_item (item, event) values (:item, :event);

-- name: by_event
-- One package by its event.
select made_up.event, body, coded, language, registration, withdrawn, event.at
from made_up join event on event.id = made_up.event where made_up.event = :event;

-- name: by_item
-- One package by its own ID or one of its rolls'.
select made_up.event, body, coded, language, registration, withdrawn, event.at
from made_up_item join made_up using (event) join event on event.id = made_up.event
where made_up_item.item = :item;

-- name: by_registration
-- The package that was made up in the same commit as a registration.
select made_up.event, body, coded, language, registration, withdrawn, event.at
from made_up join event on event.id = made_up.event where registration = :claim;

-- name: withdraw
-- It is none any more.
update made_up set withdrawn = 1 where event = :event;

-- name: move_registration
-- A corrected registration stands in for the one of the make-up's commit.
update made_up set registration = :claim where registration = :corrected and package = :package;

-- name: count_known
-- How many of some IDs are a package's or roll's already, made up here or told of.
select (select count(*) from made_up_item where item in (select value from json_each(:items)))
     + (select count(*) from manifest_item where item in (select value from json_each(:items)));

-- name: count_withdrawn
-- How many of some IDs belong to a package that was undone.
select count(*) from made_up_item join made_up using (event)
where withdrawn = 1 and item in (select value from json_each(:items));

-- name: is_event
-- Whether an event ID stands for something already.
select count(*) from event where id = :event;
