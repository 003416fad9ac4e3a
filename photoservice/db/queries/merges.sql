-- name: insert
-- Writes that two accounts are one customer's.
insert into account_merge (station, event, old, into_account, why, store, staff, at)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing;

-- name: of_accounts
-- Returns every merge that ties these accounts to others, by any number of steps.
with recursive customer (account) as (
    select unnest($1::text[])
    union
    select case when old = customer.account then into_account else old end
    from customer join account_merge on customer.account in (old, into_account)
)
select station, event, old, into_account, why, at from account_merge
where old in (select account from customer) or into_account in (select account from customer)
order by station collate "C", event collate "C";

-- name: accounts_of
-- Returns the accounts of cards, by their HMACs, and of a station's claims.
select account from account_card where lookup = any($1::bytea[])
union
select account from claim where station = $2 and id = any($3::text[]);

-- name: cards_of
-- Returns the HMACs of all cards of these accounts.
select lookup from account_card where account = any($1::text[]) order by lookup;

-- name: roots_of
-- Returns what claims and sales of these accounts count for.
select root from claim where account = any($1::text[])
union
select root from sale where account = any($1::text[]);

-- name: note_issue
-- Notes an issue of a card (AI 8019); the newest counts.
update account_card set issue = $2 where lookup = $1 and (issue is null or issue < $2);

-- name: replace_card
-- Notes since when another card stands in the place of these.
update account_card set replaced_at = coalesce(replaced_at, $2) where lookup = any($1::bytea[]);

-- name: stand_again
-- Notes that a card stands in another's place: if it was lost, it is found.
update account_card set replaced_at = null where lookup = $1 and replaced_at is not null;

-- name: claims_of
-- Returns the claims of these accounts with what they say of notice and card, the earliest first.
select account, station, id, number, notice, is_card_lost, received_at,
       exists (select from withdrawal where withdrawal.station = claim.station and withdrawal.claim = claim.id)
       as is_withdrawn
from claim where account = any($1::text[]) order by arrival;

-- name: cards_shown
-- Returns the cards of these accounts with what is known of each.
select account, box, wrapped, issue, replaced_at
from account_card join account_key using (account) where account = any($1::text[]) order by account collate "C", lookup;

-- name: account_of_claim
-- Returns the account a station's claim is under, and its key, which an erased one has not.
select claim.account, wrapped from claim left join account_key on account_key.account = claim.account
where station = $1 and id = $2;

-- name: with_key
-- Returns which of these accounts have a key: the others were erased.
select account from account_key where account = any($1::text[]) order by account collate "C";
