-- Packages made up here of film without serials, and label jobs of theirs: a set of labels is made by an event, which
-- is a registration's or a make-up's.

-- Packages this station made up. The body is what the roster would tell of the package; registration is that of the
-- same commit, or null for one that was made up for the shelf and has claim codes.
create table made_up (
    event text primary key references event (id),
    package text not null unique,
    body blob not null,
    coded integer not null check (coded in (0, 1)),
    language text not null,
    registration text,
    withdrawn integer not null default 0 check (withdrawn in (0, 1))
) strict, without rowid;

create index made_up_of_registration on made_up (registration) where registration is not null;

-- Every ID by which a made-up package is found, its own and each roll's: minted once, never again.
create table made_up_item (
    item text primary key,
    event text not null references made_up (event)
) strict, without rowid;

create table label_job_002 (
    id integer primary key autoincrement,
    place integer not null,
    claim text not null references event (id),
    kind text not null check (kind in ('roll', 'receipt', 'package')),
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

insert into label_job_002 (id, place, claim, kind, roll, number, of, copy, content, state, valid, replaced_by,
                           process_id, proof, why)
select id, place, claim, kind, roll, number, of, copy, content, state, valid, replaced_by, process_id, proof, why
from label_job order by id;

-- A printer remembers job numbers: none is given twice, not even one whose row is gone.
insert into sqlite_sequence (name, seq)
select 'label_job_002', 0 where not exists (select 1 from sqlite_sequence where name = 'label_job_002');
update sqlite_sequence
set seq = max(seq, coalesce((select old.seq from sqlite_sequence as old where old.name = 'label_job'), 0))
where name = 'label_job_002';

drop table label_job;
alter table label_job_002 rename to label_job;

create index label_job_of_claim on label_job (claim);
create index label_job_open on label_job (place)
where state in ('queued', 'sending', 'awaiting_proof', 'maybe', 'deferred');
create unique index label_job_one_valid_copy on label_job (roll) where kind = 'roll' and valid = 1;
create unique index label_job_copy on label_job (roll, copy) where kind = 'roll';
create unique index label_job_one_valid_receipt on label_job (claim) where kind = 'receipt' and valid = 1;
create unique index label_job_one_valid_package on label_job (claim) where kind = 'package' and valid = 1;
