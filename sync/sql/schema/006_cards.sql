-- Customers' cards, each known by its HMAC under the station's key and never by its number.

-- The newest issue (AI 8019) of a card that registered here: an older one of the same number is a lost card.
create table card_issue (
    card blob primary key,
    issue integer not null
) strict, without rowid;

-- Two cards that staff joined here (event CardsMerged): whose registrations are whose, offline as well.
create table card_tie (
    event text primary key references event (id),
    old blob not null,
    into_card blob not null,
    why text not null check (why in ('guest', 'replaced', 'household'))
) strict, without rowid;

create index card_tie_old on card_tie (old);
create index card_tie_into on card_tie (into_card);
