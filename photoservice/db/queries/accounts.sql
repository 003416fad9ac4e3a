-- name: by_lookups
-- Finds accounts by the HMACs of their cards.
select lookup, account.id, wrapped
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
