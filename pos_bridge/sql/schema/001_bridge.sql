-- The first schema of the till bridge: what came in, what was seen and ruled, what came of it, what the station was told.
-- Instants are microseconds since 1970, UTC.

-- One message as it came. Its body goes after keep_raw_days; its name stays, so that it is known for ever.
create table message (
    number integer primary key autoincrement,
    source text not null,
    key text not null,
    received_at integer not null,
    headers blob not null,
    body blob,
    state text not null default 'new' check (state in ('new', 'read', 'refused')),
    why text not null default '',
    unique (source, key)
) strict;

create index message_unread on message (number) where state = 'new';
create index message_refused on message (number) where state = 'refused';
create index message_aged on message (received_at) where body is not null;

-- What a source told of and did not say: to be fetched.
create table wanted (
    source text not null,
    name text not null,
    primary key (source, name)
) strict, without rowid;

-- One transaction. since and until are its end by the till's clock, or its business day where no source tells a time.
create table basket (
    number integer primary key,
    home text not null unique,
    store text not null,
    till text not null,
    business_day text not null,
    sequence text not null,
    at integer,
    since integer not null,
    until integer not null
) strict;

create index basket_at on basket (till, at) where at is not null;
create index basket_sequence on basket (sequence);
create index basket_since on basket (since);

-- One line as one source told it; its customer is the mark of a card, or nothing.
create table line (
    number integer primary key,
    id blob not null unique,
    basket integer not null references basket (number),
    body blob not null
) strict;

create index line_basket on line (basket);

-- What baskets are found by: GTINs, pieces, order codes' references.
create table share (
    gtin text not null,
    since integer not null,
    basket integer not null references basket (number),
    until integer not null,
    primary key (gtin, since, basket)
) strict, without rowid;

create index share_basket on share (basket);

create table named (
    name text not null,
    basket integer not null references basket (number),
    primary key (name, basket)
) strict, without rowid;

create index named_basket on named (basket);

-- The sales that lines of a basket give back, by what they say of them; sequence is always said.
create table given_back (
    sequence text not null,
    basket integer not null references basket (number),
    primary key (sequence, basket)
) strict, without rowid;

create index given_back_basket on given_back (basket);

create table sighting (
    number integer primary key,
    home text not null unique,
    at integer not null,
    lane text,
    item text,
    gtin text,
    body blob not null
) strict;

create index sighting_gtin on sighting (gtin, at) where gtin is not null;
create index sighting_lane on sighting (lane, at) where lane is not null;
create index sighting_item on sighting (item, at) where item is not null;

-- GTINs of which a serial was ever seen or told, or that the roster knows pieces of.
create table serialized (gtin text primary key) strict, without rowid;

create table card_seen (
    id text primary key,
    at integer not null,
    lane text not null,
    mark text not null,
    receipt text -- which receipt of the lane's tap was under way
) strict, without rowid;

create index card_seen_lane on card_seen (lane, at);

-- A card by its mark. Personal: its number goes once it is used, a day after it was seen at most.
create table card (
    mark text primary key,
    number blob,
    seen_at integer not null,
    is_used integer not null default 0 check (is_used in (0, 1))
) strict, without rowid;

create index card_kept on card (seen_at) where number is not null;

-- What a manager decided: about which case, at which home, of which piece.
create table ruling (
    id text primary key,
    about text not null,
    home text not null,
    item text,
    body blob not null
) strict, without rowid;

create index ruling_about on ruling (about);
create index ruling_home on ruling (home) where item is not null;
create index ruling_item on ruling (item) where item is not null;

-- What must be decided again: the home of something that came, or whose time has come.
create table dirty (home text primary key) strict, without rowid;

create table due (
    home text not null,
    at integer not null,
    primary key (home, at)
) strict, without rowid;

create index due_at on due (at);

create table "case" (
    key text primary key,
    home text not null,
    is_open integer not null check (is_open in (0, 1)),
    reason text not null,
    body blob not null,
    why text not null default ''
) strict, without rowid;

create index case_home on "case" (home);
create index case_open on "case" (reason) where is_open = 1;

-- What the station is to be told, and what it was. wanted is what the facts say; told is what it may have been told in
-- this round. A refusal stands until a manager asks again or the facts change.
create table assertion (
    key text primary key,
    kind text not null check (kind in ('sold', 'given_back', 'charged', 'registers')),
    home text not null,
    wanted blob,
    told blob,
    stage text not null default 'settled' check (stage in ('settled', 'telling', 'taking_back')),
    round integer not null default 0,
    refusal text not null default '',
    refusal_case text not null default '',
    is_due integer not null check (is_due in (0, 1))
) strict, without rowid;

create index assertion_home on assertion (home);
create index assertion_due on assertion (kind, key) where is_due = 1;
create index assertion_refused on assertion (refusal_case) where refusal <> '';

create table note (
    name text primary key,
    value text not null
) strict, without rowid;
