-- Customers' cards as this station knows them.

-- name: note_issue
-- A card registered; the newest issue of it counts.
insert into card_issue (card, issue) values (:card, :issue)
on conflict (card) do update set issue = max(issue, excluded.issue);

-- name: issue
-- The newest issue of a card that registered here.
select issue from card_issue where card = :card;

-- name: is_replaced
-- Whether staff said here that another card stands in this one's place.
select 1 from card_tie where old = :card and why = 'replaced' limit 1;

-- name: is_given_up
-- Whether a card went to another one here, by loss or as a guest card: it leads to nobody else's any more.
select 1 from card_tie where old = :card and why in ('replaced', 'guest') limit 1;

-- name: stand_again
-- A card that was lost is found, and stands in another's place: both are the customer's still.
update card_tie set why = 'household' where old = :card and why = 'replaced';

-- name: tie
-- Two cards are one customer's.
insert into card_tie (event, old, into_card, why) values (:event, :old, :into, :why);

-- name: same_customer
-- Whether two cards are one customer's, by any number of ties.
with recursive customer (card) as (
    select cast(:card as blob)
    union
    select case when card_tie.old = customer.card then card_tie.into_card else card_tie.old end
    from customer join card_tie on customer.card in (card_tie.old, card_tie.into_card)
)
select 1 from customer where card = :other limit 1;
