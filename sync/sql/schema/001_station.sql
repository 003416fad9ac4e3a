-- The first schema of a station's journal: events and what is owed of them, the roster, registrations, label jobs.

create table note (
    name text primary key,
    value text not null
) strict, without rowid;

-- One row for each run of the station's process, in the order they began.
create table epoch (
    ordinal integer primary key,
    epoch text not null unique,
    last integer not null,
    head text
) strict;

-- The facts. A line is the event's JSON without its secrets' box; null once pruned to its hash.
create table event (
    ordinal integer not null references epoch (ordinal),
    seq integer not null,
    id text not null unique,
    kind text not null,
    at text not null,
    hash text not null,
    line blob,
    primary key (ordinal, seq)
) strict, without rowid;

-- Ciphertext of secrets, until the photoservice has acknowledged the event.
create table secret_box (
    event text primary key references event (id),
    box text not null
) strict, without rowid;

-- What is owed: a row without a level has not been acknowledged by anyone.
create table outbox (
    ordinal integer not null,
    seq integer not null,
    event text not null unique references event (id),
    level text check (level in ('hub', 'photoservice')),
    verdict text check (verdict in ('applied', 'duplicate', 'fork', 'parked', 'damaged')),
    reason text not null default '',
    outcome blob,
    answered_at text,
    primary key (ordinal, seq)
) strict, without rowid;

create index outbox_owed on outbox (ordinal, seq) where level is null and verdict is null;
create index outbox_troubled on outbox (ordinal, seq) where verdict in ('parked', 'fork', 'damaged');
create index outbox_answered on outbox (answered_at) where answered_at is not null;

-- The highest contiguous seq each level has signed for; never lowered.
create table high_mark (
    ordinal integer not null references epoch (ordinal),
    level text not null,
    seq integer not null,
    hash text not null,
    primary key (ordinal, level)
) strict, without rowid;

-- The roster in force: one row, switched whole. The head is the snapshot without manifests and revocations.
create table roster (
    one integer primary key check (one = 1),
    version integer not null,
    etag text not null,
    head blob not null
) strict;

-- Packages whose rolls are known: from the roster, or learned from upstream for one registration.
create table manifest (
    origin text not null check (origin in ('roster', 'upstream')),
    package text not null,
    body blob not null,
    primary key (package, origin)
) strict, without rowid;

create table manifest_item (
    item text not null,
    origin text not null,
    package text not null,
    primary key (item, origin, package)
) strict, without rowid;

create table revoked (
    item text primary key
) strict, without rowid;

-- What this station registered. card_mark is an HMAC under the station's own key, never sent.
create table registration (
    claim text primary key references event (id),
    number text not null unique,
    item text not null,
    item_level text not null,
    package text,
    rolls blob not null,
    card_mark blob not null,
    language text not null,
    made_at text not null,
    withdrawn integer not null default 0 check (withdrawn in (0, 1))
) strict, without rowid;

-- Every ID by which a registration is found again: what was scanned, the package, each roll.
create table registration_item (
    item text not null,
    claim text not null references registration (claim),
    primary key (item, claim)
) strict, without rowid;

-- One row for each copy of a label or receipt that was ever queued.
create table label_job (
    id integer primary key autoincrement,
    place integer not null,
    claim text not null references registration (claim),
    kind text not null check (kind in ('roll', 'receipt')),
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

create index label_job_of_claim on label_job (claim);
create index label_job_open on label_job (place) where state in ('queued', 'sending', 'awaiting_proof');
create unique index label_job_one_valid_copy on label_job (roll) where kind = 'roll' and valid = 1;
create unique index label_job_copy on label_job (roll, copy) where kind = 'roll';
create unique index label_job_one_valid_receipt on label_job (claim) where kind = 'receipt' and valid = 1;
