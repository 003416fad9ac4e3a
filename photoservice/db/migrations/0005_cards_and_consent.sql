-- What was agreed to, and customers with more than one card (S5; DESIGN 5C, 5D).

-- The version of the privacy notice a claim says was agreed to, as it said it; null from who asked nobody. And whether
-- the card it was made with was known to be lost when it came in.
alter table claim add column notice text;
alter table claim add column is_card_lost boolean not null default false;
create index claim_account on claim (account);

-- The newest issue seen of a card (AI 8019), and since when another card stands in its place. Both go with the card.
alter table account_card add column issue bigint;
alter table account_card add column replaced_at timestamptz;

-- Two accounts are one customer's, says staff of a store who had both cards before them (event CardsMerged).
create table account_merge (
    station text not null,
    event text not null,
    old text not null references account,
    into_account text not null references account,
    why text not null check (why in ('guest', 'replaced', 'household')),
    store text not null,
    staff text not null,
    at timestamptz not null,
    primary key (station, event)
);
create index account_merge_old on account_merge (old);
create index account_merge_into on account_merge (into_account);
