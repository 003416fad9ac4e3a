-- Tenants, stores and stations; manifests from makers and retailers; events from stations; and what the owner rule
-- makes of them. Every unique key holds the piece's own ID alone, so that it could carry a partition column (DESIGN 4.6).

create table tenant (
    id text primary key,
    name text not null unique,
    kind text not null check (kind in ('maker', 'retailer')),
    gln text unique check (gln ~ '^[0-9]{13}$'),
    key_mac bytea not null unique,
    made_at timestamptz not null,
    revoked_at timestamptz
);

create table tenant_prefix (
    prefix text not null check (prefix ~ '^[0-9]{4,12}$'),
    tenant text not null references tenant,
    primary key (prefix, tenant)
);

create table store (
    gln text primary key check (gln ~ '^[0-9]{13}$'),
    name text not null,
    timezone text not null,
    retailer text references tenant,
    labels text not null check (labels in ('print', 'receipt_only')),
    activation text not null check (activation in ('registration', 'till')),
    made_at timestamptz not null
);

create table store_roster (
    store text primary key references store,
    version bigint not null,
    content_hash text not null,
    signed bytea not null
);

create table card_table (
    name text primary key,
    retailer text references tenant,
    body jsonb not null
);

create table enrol_code (
    mac bytea primary key,
    store text not null references store,
    role text not null,
    expires_at timestamptz not null,
    station text
);

create table station (
    id text primary key,
    store text not null references store,
    role text not null,
    name text not null,
    public_key bytea not null unique,
    enrolled_at timestamptz not null,
    seen_at timestamptz,
    skew_s double precision,
    software text not null default '',
    revoked_at timestamptz,
    held_at timestamptz,
    held_why text not null default ''
);

-- What stations sent. `line` is the event as signed, without the boxes that were opened; a parked one keeps them.
create table event (
    station text not null,
    id text not null,
    epoch text not null,
    seq bigint not null,
    hash text,
    prev_hash text,
    kind text not null,
    verdict text not null check (verdict in ('applied', 'fork', 'parked')),
    reason text not null default '',
    line bytea not null,
    received_at timestamptz not null,
    primary key (station, id),
    unique (station, epoch, seq)
);
create index event_parked on event (received_at) where verdict <> 'applied';

create table event_fork (
    station text not null,
    hash text not null,
    id text not null,
    epoch text not null,
    seq bigint not null,
    line bytea not null,
    received_at timestamptz not null,
    primary key (station, hash)
);

create table unreadable_line (
    station text not null,
    digest text not null,
    line bytea not null,
    why text not null,
    received_at timestamptz not null,
    primary key (station, digest)
);

create table station_epoch (
    station text not null,
    epoch text not null,
    place bigint generated always as identity,
    high_seq bigint not null default 0,
    high_hash text,
    primary key (station, epoch)
);

-- People. Deleting the row of account_key erases what was personal: everything else is ciphertext without it.
create table account (
    id text primary key,
    made_at timestamptz not null
);

create table account_key (
    account text primary key references account,
    wrapped bytea not null
);

create table account_card (
    lookup bytea primary key,
    account text not null references account,
    box bytea not null
);

create table event_personal (
    station text not null,
    event text not null,
    account text not null references account,
    box bytea not null,
    primary key (station, event)
);

-- What makers and retailers forwarded.
create table product (
    gtin text primary key check (gtin ~ '^[0-9]{14}$'),
    tenant text not null references tenant,
    level text not null check (level in ('package', 'roll')),
    name text not null,
    format text not null,
    process text not null,
    iso integer not null,
    exposures integer not null,
    rolls integer not null
);

create table manifest (
    package text primary key,
    tenant text not null references tenant,
    source text not null check (source in ('maker', 'retailer')),
    product text,
    made_at timestamptz not null
);
create index manifest_tenant on manifest (tenant);

create table manifest_roll (
    roll text primary key,
    package text not null references manifest,
    place integer not null
);
create index manifest_roll_package on manifest_roll (package);

create table destination (
    item text not null,
    gln text not null,
    said_at timestamptz not null,
    rank integer not null,
    primary key (item, gln)
);
create index destination_gln on destination (gln);

create table unpacking (
    package text not null,
    id text not null,
    saw text[] not null,
    primary key (package, id)
);

create table revoked_item (
    item text primary key,
    tenant text not null references tenant,
    why text not null,
    at timestamptz not null
);

-- The order in which claims and claim codes came in; a clock may be set back, this cannot.
create sequence arrival;

create table claim_code (
    package text not null,
    mac bytea not null,
    roll text not null,
    tenant text not null references tenant,
    arrival bigint not null default nextval('arrival'),
    minted_at timestamptz not null,
    after_claims boolean not null,
    voided_at timestamptz,
    primary key (package, mac)
);

create table capture (
    id text primary key,
    tenant text not null references tenant,
    made_at timestamptz not null,
    finished_at timestamptz,
    success boolean,
    behaviour text not null check (behaviour in ('rollback', 'proceed')),
    document bytea not null,
    attempts integer not null default 0,
    parked integer not null default 0,
    errors jsonb not null default '[]'
);
create index capture_waiting on capture (made_at) where finished_at is null;
create index capture_tenant on capture (tenant, made_at, id);

create table epcis_event (
    tenant text not null references tenant,
    event_id text not null,
    content_hash text not null,
    capture text not null,
    kind text not null,
    verdict text not null check (verdict in ('applied', 'parked')),
    reason text not null default '',
    body jsonb not null,
    recorded_at timestamptz not null,
    primary key (tenant, event_id, content_hash)
);
create index epcis_event_parked on epcis_event (tenant, recorded_at) where verdict = 'parked';

-- What stations claimed. `root` is what a claim counts for: the package, or the item itself until its manifest comes.
create table claim (
    station text not null,
    id text not null,
    item text not null,
    root text not null,
    account text not null references account,
    store text not null,
    number text not null,
    activation text not null,
    code_mac bytea,
    code_held bytea,
    arrival bigint not null default nextval('arrival'),
    received_at timestamptz not null,
    primary key (station, id)
);
create index claim_root on claim (root);
create index claim_number on claim (number);

create table withdrawal (
    station text not null,
    claim text not null,
    event text not null,
    primary key (station, claim)
);

create table confirmation (
    station text not null,
    claim text not null,
    why text not null,
    at timestamptz not null,
    primary key (station, claim)
);

create table access_code (
    mac bytea primary key,
    station text not null,
    claim text not null,
    event text not null,
    made_at timestamptz not null,
    voided_at timestamptz
);
create index access_code_claim on access_code (station, claim);

create table label_copy (
    station text not null,
    claim text not null,
    roll text not null,
    copy text not null,
    place bigint generated always as identity,
    voids text,
    event text not null,
    primary key (station, claim, roll, copy)
);
create index label_copy_roll on label_copy (roll, copy);

-- What the owner rule makes of it all (DESIGN 5C): derived, rewritten whole for one root at a time.
create table registration (
    subject text primary key,
    root text not null,
    word text not null check (word in ('waiting', 'held', 'registered', 'contested')),
    owner text,
    proof text not null,
    has_case boolean not null,
    claims text[] not null,
    since timestamptz not null
);
create index registration_root on registration (root);
create index registration_unsettled on registration (since) where word = 'registered' and proof = 'unopposed';
