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
