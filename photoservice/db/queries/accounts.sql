-- name: by_lookups
-- Finds accounts by the HMACs of their cards.
select lookup, account.id, wrapped, issue, replaced_at
from account_card join account on account.id = account_card.account join account_key on account_key.account = account.id
where lookup = any($1::bytea[]);

-- name: insert
-- Adds an account.
insert into account (id, made_at) values ($1, $2);

-- name: insert_key
-- Keeps an account's key, wrapped under the service's own.
insert into account_key (account, wrapped) values ($1, $2);

-- name: insert_all
-- Adds accounts with their keys, and ties each to its card's HMAC, with the number under the account's key.
with made as (
    select * from unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[]) as made (id, wrapped, lookup, box)
), accounts as (
    insert into account (id, made_at) select id, $5 from made
), keys as (
    insert into account_key (account, wrapped) select id, wrapped from made
)
insert into account_card (lookup, account, box) select lookup, id, box from made;

-- name: card
-- Returns what an account's card is kept in.
select box, wrapped from account_card join account_key using (account) where account = $1;

-- name: forget_card
-- Cuts the tie between a card and its account.
delete from account_card where account = $1;

-- name: destroy_key
-- Destroys an account's key.
delete from account_key where account = $1;

-- name: is_known
-- Says whether there is such an account, erased or not.
select exists (select from account where id = $1);

-- name: lookups
-- Returns the HMACs of an account's cards.
select lookup from account_card where account = $1 order by lookup;

-- name: claims
-- Returns the events that showed an account's card: its claims, sales, and merges with others.
select station, id from (
    select station, id from claim where account = $1
    union
    select station, event from sale where account = $1
    union
    select station, event from account_merge where $1 in (old, into_account)
) as shown
order by station collate "C", id collate "C";

-- name: insert_erased
-- Adds accounts that were erased and that a backup does not know, without a key.
insert into account (id, made_at) select id, $2 from unnest($1::text[]) as erased (id) on conflict do nothing;

-- name: erase_again
-- Destroys keys and cards' lookups of accounts that are erased ($1), or that were made for the cards $2 before $3.
with gone as (
    select unnest($1::text[]) as account
    union
    select account.id
    from unnest($2::bytea[], $3::timestamptz[]) as erased (lookup, at)
    join account_card using (lookup) join account on account.id = account_card.account and account.made_at < erased.at
), cards as (
    delete from account_card where account in (select account from gone)
)
delete from account_key where account in (select account from gone);
