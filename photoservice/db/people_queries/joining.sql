-- name: codes_of
-- Lists the access codes a guest holds registrations by, by their HMACs.
select code from people.holding where person = $1 and code is not null order by code;

-- name: spend
-- Voids access codes that live, not being older than $2, and returns them: from now on they open nothing.
update access_code set voided_at = $3 where mac = any($1::bytea[]) and voided_at is null and made_at > $2
returning mac, station, claim;

-- name: hold
-- Gives a person a registration for good, unless they hold it already.
insert into people.holding (person, station, claim, how, since) values ($1, $2, $3, $4, $5)
on conflict (person, station, claim) do nothing;

-- name: drop_codes
-- Takes from a person what they held by access codes.
delete from people.holding where person = $1 and code is not null;

-- name: hold_account
-- Gives a person a card's account, unless they hold it already.
insert into people.account_holding (person, account, how, since) values ($1, $2, $3, $4) on conflict do nothing;

-- name: accounts_of
-- Lists the accounts a person holds.
select account, how, since from people.account_holding where person = $1 order by since, account;

-- name: holdings_of
-- Lists the registrations a person holds: their numbers, how, and since when.
select claim.number, holding.how, holding.since
from people.holding join claim on claim.station = holding.station and claim.id = holding.claim
where holding.person = $1 order by holding.since desc, claim.number limit 500;

-- name: claims_numbered
-- Finds the registrations of a number; two have the same one about once in a house's life.
select station, id from claim where number = $1 limit 2;

-- name: account_of_card
-- Finds the account of a card that no other card stands in the place of, by its HMAC; an erased one has no key.
select account_card.account from account_card join account_key on account_key.account = account_card.account
where account_card.lookup = $1 and account_card.replaced_at is null;

-- name: is_account
-- Says whether there is such an account with a key.
select exists (select from account_key where account = $1);

-- name: card_tables
-- Returns every card table, as its retailer wrote it.
select body from card_table order by name;

-- name: own_tables
-- Returns which of these card tables are a retailer's own.
select name, body from card_table where name = any($1::text[]) and retailer = $2;

-- name: keep_contact
-- Keeps how the holder of a card is reached, as its retailer says.
insert into people.card_contact (lookup, kind, retailer, box, told_at) values ($1, $2, $3, $4, $5)
on conflict (lookup, kind) do update set retailer = excluded.retailer, box = excluded.box, told_at = excluded.told_at;

-- name: drop_contact
-- Forgets how the holder of a card is reached.
delete from people.card_contact where lookup = $1 and kind = $2;

-- name: contacts
-- Returns how the holder of a card is reached.
select kind, box from people.card_contact where lookup = $1 order by kind;

-- name: move_favourites
-- Moves favourites to another person; what is there stays.
insert into people.favourite (person, image, at) select $2, image, at from people.favourite where person = $1
on conflict do nothing;

-- name: move_notes
-- Moves notes to another person; where there is another one, both are kept, the older one first.
insert into people.note as kept (person, image, text, at) select $2, image, text, at from people.note where person = $1
on conflict (person, image) do update set text = case
    when kept.text = excluded.text then kept.text else kept.text || E'\n' || excluded.text end;

-- name: move_groups
-- Moves sub-groups to another person, behind those that are there.
update people.sub_group set person = $2, place = place + 1 + coalesce(
    (select max(place) from people.sub_group as theirs where theirs.person = $2), -1)
where person = $1;

-- name: move_grouped
-- Moves pictures in sub-groups to another person; a picture that is in one of theirs stays there.
update people.grouped set person = $2
where person = $1 and not exists (
    select from people.grouped as theirs where theirs.person = $2 and theirs.image = grouped.image);

-- name: move_removed_groups
-- Moves sub-groups that were removed and may be brought back to another person.
update people.removed_group set person = $2 where person = $1;

-- name: move_shares
-- Moves shares to another person.
update people.share set person = $2 where person = $1;

-- name: move_shared_with
-- Moves what was shared with somebody to another person.
update people.share set to_person = $2 where to_person = $1;

-- name: move_guests
-- Moves who somebody is as the guest of others' shares, unless the other person is a guest of the same one.
update people.guest set person = $2
where person = $1 and not exists (
    select from people.guest as theirs where theirs.person = $2 and theirs.share = guest.share);

-- name: move_contributions
-- Moves what somebody put into others' sub-groups.
update people.contribution set person = $2 where person = $1;

-- name: move_notices
-- Moves what somebody was told, unless the other person was told it as well.
update people.notice set person = $2
where person = $1 and not exists (
    select from people.notice as theirs where theirs.person = $2 and theirs.key = notice.key);

-- name: move_told_rolls
-- Moves which rolls somebody was told of.
insert into people.told_roll (person, roll, images, at) select $2, roll, images, at from people.told_roll where person = $1
on conflict (person, roll) do update set images = greatest(told_roll.images, excluded.images);

-- name: move_records
-- Moves what was noted of somebody.
update people.record set person = $2 where person = $1;

-- name: move_plans
-- Moves plans to another person.
update goods.plan set person = $2 where person = $1;

-- name: drop_person
-- Drops a guest whose pictures are another person's now, and all that is left of them: sessions and key.
delete from people.person where id = $1 and not has_credentials;
