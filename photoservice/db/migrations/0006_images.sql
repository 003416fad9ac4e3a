-- Images by roll and frame (O1, O5): room that is promised, what comes in, what is kept, what is shown, and to whom.

alter table tenant drop constraint tenant_kind_check;
alter table tenant add constraint tenant_kind_check check (kind in ('maker', 'retailer', 'lab'));

-- What makers, stations and people said stands in the public schema; images have their own.
create schema images;

-- Room in the object store, and each tenant's share of it. Every reservation takes its bytes here, in the transaction
-- that grants it: reserved + used <= capacity whoever asks at once. A null capacity or quota is no limit of ours.
create table images.storage (
    name text primary key,
    capacity bigint check (capacity >= 0),
    reserved bigint not null default 0 check (reserved >= 0),
    used bigint not null default 0 check (used >= 0),
    check (capacity is null or reserved + used <= capacity)
);
insert into images.storage (name) values ('objects');

create table images.tenant_storage (
    tenant text primary key references tenant,
    quota bigint check (quota >= 0),
    reserved bigint not null default 0 check (reserved >= 0),
    used bigint not null default 0 check (used >= 0),
    check (quota is null or reserved + used <= quota)
);

-- `granted` bytes are promised until `expires_at`; `taken` of them by uploads that began, `filed` of those are kept by now.
-- What is held of the storage is `granted - filed` until it ended. `offer` is the digest of the offer it was granted to:
-- the same offer sent again renews it. `facts` is what that offer said of the roll, until something of it is filed.
create table images.reservation (
    id text primary key,
    tenant text not null references tenant,
    roll text not null,
    offer bytea check (octet_length(offer) = 32),
    facts text not null default '',
    granted bigint not null check (granted > 0),
    taken bigint not null default 0 check (taken between 0 and granted),
    filed bigint not null default 0 check (filed between 0 and taken),
    made_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
);
create index reservation_live on images.reservation (expires_at) where ended_at is null;
create unique index reservation_offer on images.reservation (tenant, offer) where ended_at is null;

-- A resumable upload (tus 1.0). Its bytes lie in the spool folder under its id until it is finished; `why` is the word for
-- what became of it, `metadata` what the client said of it, as it came.
create table images.upload (
    id text primary key,
    tenant text not null references tenant,
    reservation text not null references images.reservation,
    roll text not null,
    frame text not null,
    file_name text not null default '',
    sha256 bytea check (octet_length(sha256) = 32),
    length bigint not null check (length > 0),
    state text not null check (state in ('open', 'filed', 'refused', 'expired', 'terminated')),
    why text not null default '',
    image text,
    metadata text not null default '',
    made_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz
);
create index upload_open on images.upload (expires_at) where state = 'open';
create index upload_reservation on images.upload (reservation);
create index upload_frame on images.upload (tenant, roll) where state = 'open';

-- The exact bytes of an original, once however often they came. `damage` is what the last scrub found.
create table images.original (
    sha256 bytea primary key check (octet_length(sha256) = 32),
    size bigint not null check (size > 0),
    media text not null,
    width integer not null check (width > 0),
    height integer not null check (height > 0),
    placeholder bytea,
    kept_at timestamptz not null,
    scrubbed_at timestamptz,
    damage text not null default ''
);
create index original_scrub on images.original (coalesce(scrubbed_at, '-infinity'), sha256);
create index original_damaged on images.original (sha256) where damage <> '';

-- A roll that images came in of. `wanted` counts changes, `made` how many of them its renditions hold.
create table images.filed_roll (
    id text primary key,
    wanted bigint not null default 0,
    made bigint not null default 0,
    first_at timestamptz not null,
    changed_at timestamptz not null
);
create index filed_roll_behind on images.filed_roll (changed_at) where wanted > made;

-- What one tenant filed of a roll, and what it says of it; another that files of the same roll has a row of its own, so
-- neither learns of the other. `images` counts those that stand, `rivals` those that wait for a choice. Lists run along
-- (day, roll), from the last day backwards; the word '=' || tenant in `words` lets one index search within a tenant.
create table images.tenant_roll (
    tenant text not null references tenant,
    roll text not null references images.filed_roll,
    images integer not null default 0,
    rivals integer not null default 0,
    stock text not null default '',
    process text not null default '',
    iso integer,
    lab text not null default '',
    developed_on date,
    scanned_on date,
    note text not null default '',
    words tsvector not null default '',
    first_at timestamptz not null,
    changed_at timestamptz not null,
    day date not null
        generated always as (coalesce(scanned_on, developed_on, (first_at at time zone 'UTC')::date)) stored,
    primary key (tenant, roll)
);
create index tenant_roll_day on images.tenant_roll (tenant, day desc, roll desc);
create index tenant_roll_stock on images.tenant_roll (tenant, lower(stock) collate "C", day desc, roll desc);
create index tenant_roll_roll on images.tenant_roll (roll);
create index tenant_roll_words on images.tenant_roll using gin (words);

-- One picture of one frame. Another picture for a frame that has one is its rival, visible, until somebody chooses.
create table images.image (
    id text primary key,
    roll text not null references images.filed_roll,
    frame text not null,
    frame_order integer not null,
    sha256 bytea not null references images.original,
    tenant text not null references tenant,
    file_name text not null default '',
    state text not null check (state in ('standing', 'rival', 'withdrawn')),
    trouble text not null default '',
    filed_at timestamptz not null
);
create unique index image_standing on images.image (roll, frame) where state = 'standing';
create unique index image_content on images.image (roll, frame, sha256, tenant) where state <> 'withdrawn';
create index image_place on images.image (roll, frame_order, id);
create index image_sha256 on images.image (sha256, tenant);

-- What an original is shown as. A JPEG's common header stands in `jpeg_header` and is put before it when it is served (D4).
create table images.jpeg_header (
    id bytea primary key check (octet_length(id) = 32),
    bytes bytea not null
);

create table images.rendition (
    sha256 bytea not null references images.original,
    tier text not null check (tier in ('256', '2048')),
    recipe integer not null,
    header bytea not null references images.jpeg_header,
    size bigint not null check (size > 0),
    etag bytea not null,
    width integer not null,
    height integer not null,
    kept_at timestamptz not null,
    primary key (sha256, tier)
);

-- Who may look: the bearer of an access code, for as long as this lasts and the code opens its registration. Both are
-- kept as HMACs; a viewing that was ended is gone.
create table images.viewing (
    mac bytea primary key,
    code bytea not null,
    made_at timestamptz not null,
    expires_at timestamptz not null
);
create index viewing_expires on images.viewing (expires_at);

-- Objects that nothing needs, and what becomes of them: first seen unused, then in a collection's hands, then gone. A
-- turn tells one deletion of a key from the next (adr/0033).
create table images.leaving (
    key text primary key,
    state text not null check (state in ('unused', 'leaving', 'gone')),
    turn bigint not null,
    at timestamptz not null
);
create index leaving_state on images.leaving (state, at);
create sequence images.leaving_turn;

-- When each upkeep of the object store was last done, by whichever process.
create table images.upkeep (
    name text primary key,
    at timestamptz not null
);
