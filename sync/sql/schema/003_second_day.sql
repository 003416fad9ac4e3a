-- The counter's second day: staff, what became of claims after their ack, a restored journal, parked events settled.

-- Who may sign in at this station. badge is an HMAC under the station's pepper; who was removed has none.
create table staff (
    id text primary key,
    name text not null,
    badge blob unique,
    masked text not null,
    pin_hash text,
    added_at text not null,
    removed_at text
) strict, without rowid;

-- Wrong PINs in a row of every badge that was tried, known or not. locked_until is by the wall clock.
create table staff_try (
    badge blob primary key,
    turn integer not null,
    wrong integer not null,
    locked_until text
) strict, without rowid;

create index staff_try_turn on staff_try (turn);

-- The photoservice's verdict in one stable word, for screens that speak another language.
alter table outbox add column cause text not null default '';

-- What is known of a claim's fate. Version 0 is what its ack said; news come later and outrank it, the higher version
-- the lower. Told: the photoservice knows that we noted it. The claim may be one that is only just coming back.
create table claim_outcome (
    claim text primary key,
    version integer not null,
    word text not null,
    outcome blob not null,
    told integer not null check (told in (0, 1))
) strict, without rowid;

create index claim_outcome_untold on claim_outcome (claim) where told = 0;
create index claim_outcome_contested on claim_outcome (claim) where word in ('contested', 'case');

-- An outcome that the disk has spoilt stays where it is, and keeps nobody from opening the journal.
insert into claim_outcome (claim, version, word, outcome, told)
select event, 0, word, outcome, 1
from (
    select event, outcome, case when json_valid(cast(outcome as text)) then cast(outcome as text) ->> '$.word' end as word
    from outbox where outcome is not null and level = 'photoservice')
where word is not null;

-- Parked events that need nothing more: another event stands for them, or staff closed them.
create table parked_end (
    event text primary key references event (id),
    by_event text not null references event (id),
    how text not null check (how in ('corrected', 'closed'))
) strict, without rowid;

-- Events that came back after this journal was restored from an old copy; noted once staff have taken note.
create table brought_back (
    event text primary key references event (id),
    noted integer not null default 0 check (noted in (0, 1))
) strict, without rowid;

create index brought_back_news on brought_back (event) where noted = 0;

-- An epoch that came back whole was begun by an earlier run of this station: nothing is written in it any more.
alter table epoch add column brought_back integer not null default 0 check (brought_back in (0, 1));
