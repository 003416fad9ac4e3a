-- The till (K5, O19, S1; DESIGN 5C): what was sold and given back, what was dropped off and picked up.

-- Whether somebody chose from when a claim counts at this store. Where nobody did, it waits for the till's sale as soon
-- as a till has joined (photoservice/stores.py). Until now no till could, so nobody chose 'registration' over that.
alter table store add column is_activation_chosen boolean not null default false;
update store set is_activation_chosen = true where activation = 'till';

-- A unit of a sale as one till told it (event PackageSold); two tellings of one `unit` are one sale. `account` is whose card
-- lay in the basket. `root` is what it counts for, as a claim's. Amounts in minor units.
create table sale (
    station text not null,
    event text not null,
    item text not null,
    root text not null,
    unit text not null,
    account text references account,
    store text not null,
    till text not null,
    business_day text not null,
    sequence text not null,
    line bigint not null,
    how text not null check (how in ('line', 'scan', 'kiosk', 'manager')),
    amount bigint,
    currency text,
    received_at timestamptz not null,
    primary key (station, event)
);
create index sale_root on sale (root);
create index sale_account on sale (account) where account is not null;

-- A unit that was given back or voided (SaleRefunded), whether or not its sale is known yet.
create table sale_refund (
    station text not null,
    event text not null,
    item text not null,
    root text not null,
    unit text not null,
    refund text not null,
    store text not null,
    how text not null check (how in ('returned', 'voided', 'manager')),
    received_at timestamptz not null,
    primary key (station, event)
);
create index sale_refund_root on sale_refund (root);

-- What a till told of a sale was not so (SaleCorrected): `told` counts as if it had never been.
create table sale_correction (
    station text not null,
    told text not null,
    event text not null,
    received_at timestamptz not null,
    primary key (station, told)
);

-- Claims that refunds ended: derived, as `registration` is. Their labels and access codes are void.
create table ended_claim (
    station text not null,
    claim text not null,
    root text not null,
    primary key (station, claim)
);
create index ended_claim_root on ended_claim (root);

-- Rolls that were dropped off in one bag (RollsDropped), undone (DropOffWithdrawn), and what was taken away (BagPickedUp).
create table drop_off (
    station text not null,
    event text not null,
    bag text not null,
    store text not null,
    scan text not null,
    negatives text not null,
    number text,
    at timestamptz not null,
    received_at timestamptz not null,
    primary key (station, event)
);
create index drop_off_bag on drop_off (bag);

create table dropped_roll (
    station text not null,
    event text not null,
    place integer not null,
    twin text not null,
    process text not null,
    stops integer not null,
    roll text,
    note text not null,
    primary key (station, event, place)
);
create index dropped_roll_roll on dropped_roll (roll) where roll is not null;
create index dropped_roll_twin on dropped_roll (twin);

create table drop_off_withdrawal (
    station text not null,
    dropped text not null,
    event text not null,
    received_at timestamptz not null,
    primary key (station, dropped)
);

create table pick_up (
    station text not null,
    event text not null,
    bag text not null,
    store text not null,
    at timestamptz not null,
    received_at timestamptz not null,
    primary key (station, event)
);
create index pick_up_bag on pick_up (bag);

-- A package is also its seller's, for operators of one tenant.
create or replace function ops.is_root_of(root_id text, whose text) returns boolean language sql stable as $$
    select exists (
        select from manifest left join store on store.gln = manifest.store
        where manifest.package = root_id and (manifest.tenant = whose or store.retailer = whose))
    or exists (
        select from claim join store on store.gln = claim.store
        where claim.root = root_id and store.retailer = whose)
    or exists (
        select from sale join store on store.gln = sale.store
        where sale.root = root_id and store.retailer = whose)
$$;
create index station_till on station (store) where role = 'till';
