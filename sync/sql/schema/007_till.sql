-- The till: what was told of sales, rolls dropped off with their numbers, and the papers of their bags.

-- What this station told of sales, one row an event. said is a hash of its public body, so that the same event ID with
-- another content is noticed. card_mark is an HMAC under the station's own key, empty where there was no card and null
-- where the row came back after a restore. sale is the unit's name; of what was taken back corrected_by names the event that did.
create table till_told (
    event text primary key references event (id),
    kind text not null check (kind in ('sold', 'refunded', 'corrected')),
    item text not null,
    sale text not null,
    at text not null,
    said blob not null,
    card_mark blob,
    corrected_by text references event (id)
) strict, without rowid;

create index till_told_of_sale on till_told (sale);
create index till_told_sold on till_told (item) where kind = 'sold';
create index till_told_at on till_told (at);

-- Registrations that ended because every sale they were tied to was given back; a corrected refund brings them back.
create table till_ended (
    claim text primary key references registration (claim)
) strict, without rowid;

create table drop_off (
    event text primary key references event (id),
    bag text not null,
    body blob not null,
    at text not null,
    language text not null,
    staff_language text not null,
    withdrawn integer not null default 0 check (withdrawn in (0, 1))
) strict, without rowid;

create index drop_off_of_bag on drop_off (bag);
create index drop_off_at on drop_off (at);

create table drop_roll (
    roll text not null,
    event text not null references drop_off (event),
    primary key (roll, event)
) strict, without rowid;

-- Every number ever given, also of a drop-off that was withdrawn. One number can stand twice only where a restored
-- station gave it again before it knew what it had lost.
create table drop_number (
    prefix text not null check (prefix in ('TCB', 'TCT')),
    season integer not null,
    number integer not null,
    event text not null references drop_off (event),
    primary key (prefix, season, number, event)
) strict, without rowid;

create index drop_number_of_event on drop_number (event);

create table bag_pick_up (
    event text primary key references event (id),
    bag text not null,
    at text not null
) strict, without rowid;

create index bag_pick_up_of_bag on bag_pick_up (bag);

create table label_job_007 (
    id integer primary key autoincrement,
    place integer not null,
    claim text not null references event (id),
    kind text not null check (kind in ('roll', 'receipt', 'package', 'bag', 'twin', 'stub')),
    roll text,
    number integer not null,
    of integer not null,
    copy text not null,
    content blob not null,
    state text not null default 'queued' check (
        state in ('queued', 'sending', 'awaiting_proof', 'printed', 'taken', 'spoiled', 'maybe', 'void', 'deferred')
    ),
    valid integer not null default 1 check (valid in (0, 1)),
    replaced_by text,
    process_id text,
    proof text,
    why text not null default ''
) strict;

insert into label_job_007 (id, place, claim, kind, roll, number, of, copy, content, state, valid, replaced_by,
                           process_id, proof, why)
select id, place, claim, kind, roll, number, of, copy, content, state, valid, replaced_by, process_id, proof, why
from label_job order by id;

-- A printer remembers job numbers: none is given twice, not even one whose row is gone.
insert into sqlite_sequence (name, seq)
select 'label_job_007', 0 where not exists (select 1 from sqlite_sequence where name = 'label_job_007');
update sqlite_sequence
set seq = max(seq, coalesce((select old.seq from sqlite_sequence as old where old.name = 'label_job'), 0))
where name = 'label_job_007';

drop table label_job;
alter table label_job_007 rename to label_job;

create index label_job_of_claim on label_job (claim);
create index label_job_open on label_job (place)
where state in ('queued', 'sending', 'awaiting_proof', 'maybe', 'deferred');
create unique index label_job_one_valid_copy on label_job (roll) where kind = 'roll' and valid = 1;
create unique index label_job_copy on label_job (roll, copy) where kind = 'roll';
create unique index label_job_one_valid_receipt on label_job (claim) where kind = 'receipt' and valid = 1;
create unique index label_job_one_valid_package on label_job (claim) where kind = 'package' and valid = 1;
create unique index label_job_one_valid_bag on label_job (claim) where kind = 'bag' and valid = 1;
create unique index label_job_one_valid_twin on label_job (claim, number) where kind = 'twin' and valid = 1;
create unique index label_job_one_valid_stub on label_job (claim) where kind = 'stub' and valid = 1;
