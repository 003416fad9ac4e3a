-- Order codes that were given out here, and what tills took in for them.

-- One code: what it charges, for what, until when. A reference stands here many times over the years, but is not given
-- out again before rests_until. order_code is the photoservice's own code (TCO-), null for a charge of the store's own
-- and once the code rests no more.
create table order_code (
    number integer primary key,
    form text not null check (form in ('ean13', 'code128')),
    reference text not null,
    code text not null,
    minor integer not null check (minor > 0),
    currency text not null,
    store text not null,
    about text not null,
    is_order integer not null check (is_order in (0, 1)),
    order_code text,
    wish text unique,
    issued_at text not null,
    expires_at text not null,
    rests_until text not null
) strict;

create index order_code_reference on order_code (form, reference, rests_until);
create index order_code_order on order_code (order_code) where order_code is not null;

-- One line of a sale that carried one of them. line is the name of the line's first unit, place its natural key in words.
-- is_asked says that a redemption may have reached the photoservice.
create table order_charge (
    line text primary key,
    place text not null,
    number integer not null references order_code (number),
    minor integer not null,
    currency text not null,
    state text not null check (state in ('plain', 'owed', 'redeemed', 'refused', 'withdrawn')),
    is_taken_back integer not null default 0 check (is_taken_back in (0, 1)),
    is_asked integer not null default 0 check (is_asked in (0, 1)),
    is_closed integer not null default 0 check (is_closed in (0, 1)),
    tries integer not null default 0,
    next_at text not null,
    why text not null default '',
    order_id text,
    noted_at text not null,
    settled_at text
) strict, without rowid;

create index order_charge_number on order_charge (number);
create index order_charge_due on order_charge (next_at) where state = 'owed';
