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

-- name: insert_card
-- Ties a card's HMAC to its account, with the number under the account's key.
insert into account_card (lookup, account, box) values ($1, $2, $3);

-- name: card
-- Returns what an account's card is kept in.
select box, wrapped from account_card join account_key using (account) where account = $1;

-- name: forget_card
-- Cuts the tie between a card and its account.
delete from account_card where account = $1;

-- name: destroy_key
-- Destroys an account's key.
delete from account_key where account = $1;

-- name: insert_personal
-- Keeps the personal part of an event under the account's key.
insert into event_personal (station, event, account, box) values ($1, $2, $3, $4);
