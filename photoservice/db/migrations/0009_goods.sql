-- Goods: what can be had, plans that make it by themselves, orders, who pays; and the people who run the service
-- (O2-O4, O7, O15, O20, O21, S3, S4; DESIGN 5G).
create schema goods;

-- Every published version of the catalogue, as JSON (photocore/catalogue.py); none ever changes. The last is in force.
create table goods.catalogue (
    version text primary key,
    place bigint generated always as identity unique,
    body bytea not null,
    digest bytea not null check (octet_length(digest) = 32),
    note text not null default '',
    published_by text not null,
    published_at timestamptz not null
);

-- What somebody is changing and has not published; `edition` counts, so that two editors notice each other.
create table goods.catalogue_draft (
    is_only boolean primary key default true check (is_only),
    base text references goods.catalogue,
    body bytea not null,
    edition integer not null default 1,
    changed_by text not null,
    changed_at timestamptz not null
);

-- What a package product has prepaid, and which plans its packages begin with (photocore/terms.py), as JSON.
create table goods.terms (
    gtin text primary key check (gtin ~ '^[0-9]{14}$'),
    body bytea not null,
    edition integer not null default 1,
    changed_by text not null,
    changed_at timestamptz not null
);

-- Packages whose product's terms were applied: once, as they were then. `began_at` is when it was registered.
create table goods.begun_package (
    root text primary key,
    gtin text not null,
    began_at timestamptz not null,
    applied_at timestamptz not null
);

-- What a package has prepaid: so many pieces of an item, and how many of them orders have taken. One piece covers up to
-- `most_units` of what the item is priced by: images, sides of pages, or the piece itself.
create table goods.credit (
    root text not null references goods.begun_package on delete cascade,
    place integer not null,
    item text not null,
    options jsonb not null default '{}',
    pieces integer not null check (pieces > 0),
    most_units integer not null default 1 check (most_units > 0),
    used integer not null default 0 check (used between 0 and pieces),
    primary key (root, place)
);

-- A plan: `when` and `make` as JSON (photocore/criteria.py, photocore/pricing.py). One of a package without a person is
-- steered by whoever holds the package. `number` counts its firings; `since` is its last crossing, at first `begun_at`.
-- `look_at` is when it is to be evaluated next: at once where something was counted, or when its time comes. One
-- that does not count all counts what came after it was made. `sub_group` names one that may be removed, and brought back, while the plan rests.
-- `trouble` is why we paused it, in one word.
create table goods.plan (
    id text primary key,
    kind text not null check (kind in ('goods', 'next_roll')),
    scope text not null check (scope in ('account', 'package', 'sub_group')),
    person text references people.person on delete cascade,
    root text,
    sub_group text,
    origin text not null unique,
    name text not null default '',
    criterion jsonb,
    make jsonb not null,
    repeats boolean not null,
    cooling interval not null check (cooling >= interval '0'),
    pays text not null check (pays in ('prepaid', 'account', 'till', 'checkout')),
    currency text not null,
    state text not null check (state in ('live', 'paused', 'ended')),
    trouble text not null default '',
    version integer not null default 1,
    number integer not null default 0,
    begun_at timestamptz not null,
    counts_all boolean not null default true,
    since timestamptz not null,
    look_at timestamptz,
    made_at timestamptz not null,
    changed_at timestamptz not null,
    check ((kind = 'next_roll') = (criterion is null)),
    check (scope <> 'package' or root is not null),
    check (scope = 'package' or person is not null),
    check ((scope = 'sub_group') = (sub_group is not null))
);
create index plan_look on goods.plan (look_at) where state = 'live' and look_at is not null;
create index plan_root on goods.plan (root) where root is not null;
create index plan_person on goods.plan (person) where person is not null;
create index plan_sub_group on goods.plan (sub_group) where sub_group is not null;

-- What came and was not counted toward any plan yet, noted in the transaction that lets it in, taken by whoever counts. A
-- row says: look at this again. At an `image`: it stands since then, or somebody put it into a sub-group (`person` and
-- `sub_group` are set). At a `roll`: it is whole, or its package or itself was registered (`roll` is what was). At what a
-- `person` holds: they came to hold that roll, or something (`roll` is empty).
create table goods.uncounted (
    place bigint generated always as identity primary key,
    image text not null default '',
    roll text not null,
    person text not null default '',
    sub_group text not null default '',
    at timestamptz not null
);
create index uncounted_held on goods.uncounted (place) where image = '' and person <> '';

-- Whatever comes to be registered is looked at, however late its registration comes behind its pictures. A trigger, so
-- that no way of registering can forget it; it tells nothing of rolls and people: that is found when it is counted.
create function goods.note_registered() returns trigger language plpgsql as $$
begin
    insert into goods.uncounted (roll, at) select subject, since from fresh where word = 'registered';
    return null;
end $$;
create trigger registered after insert on registration
    referencing new table as fresh for each statement execute function goods.note_registered();
create trigger registered_again after update on registration
    referencing new table as fresh for each statement execute function goods.note_registered();

-- Whoever holds an account that staff merged with others came to hold what those hold.
create function goods.note_merged() returns trigger language plpgsql as $$
begin
    insert into goods.uncounted (roll, person, at)
    with recursive tied (account, at) as (
        select fresh.old, fresh.at from fresh
        union
        select fresh.into_account, fresh.at from fresh
        union
        select case when tie.old = tied.account then tie.into_account else tie.old end, tied.at
        from tied join account_merge as tie on tied.account in (tie.old, tie.into_account)
    )
    select '', account_holding.person, max(tied.at)
    from tied join people.account_holding on account_holding.account = tied.account
    group by account_holding.person order by account_holding.person;
    return null;
end $$;
create trigger merged after insert on account_merge
    referencing new table as fresh for each statement execute function goods.note_merged();

-- A roll that pictures were counted of, and since when it is whole: when it had been quiet for a while. Once.
create table goods.whole_roll (
    roll text primary key,
    whole_at timestamptz
);
create index whole_roll_open on goods.whole_roll (roll) where whole_at is null;

-- The latest moment that evaluating has seen: when the clock is found far behind it, it was set back.
create table goods.plan_clock (
    is_only boolean primary key default true check (is_only),
    at timestamptz not null
);

-- An image that a plan has counted, and since when it counts; `firing` is the crossing that took it, null while it is
-- pending, 0 where it was there before the plan and does not count.
create table goods.plan_image (
    plan text not null references goods.plan on delete cascade,
    image text not null,
    roll text not null,
    at timestamptz not null,
    firing integer,
    primary key (plan, image)
);
create index plan_image_pending on goods.plan_image (plan) where firing is null;

-- A roll that a plan has counted as a roll, and by which crossing. Pictures of it that come later count as images alone.
create table goods.plan_roll (
    plan text not null references goods.plan on delete cascade,
    roll text not null,
    whole_at timestamptz not null,
    firing integer not null,
    primary key (plan, roll)
);

-- Every crossing of a plan, by its number: the unique key that makes any number of evaluations one order.
create table goods.firing (
    plan text not null references goods.plan on delete cascade,
    number integer not null,
    crossed_at timestamptz not null,
    fired_at timestamptz not null,
    why jsonb not null,
    order_id text not null,
    primary key (plan, number)
);

-- An order. `origin` says what it was made for and is unique: 'plan PL-... 3', 'roll ...', 'hand ...', 'remake O-... 1'.
-- `id` follows from the origin, so that a restored backup makes the same one again. An order without a person is steered
-- by whoever holds its package (`root`). `why` says in facts why it was made. `address` is boxed under the person's key.
-- `price` is what is to be paid: lines that live and that no credit covers. `look_at` is when it is to be looked at next,
-- to be released; `waits_since` since when it waits for its customer, who was `reminded` so often. `is_open` until every
-- line was sent, handed out or cancelled. From `handing_at` on it is being handed over and does not change any more; `left_at`
-- is set when its person deleted everything: if it was not handed over, it is not going to be.
create table goods.customer_order (
    id text primary key,
    origin text not null unique,
    kind text not null check (kind in ('plan', 'next_roll', 'hand', 'remake')),
    person text references people.person on delete set null,
    root text,
    plan text,
    firing integer,
    roll text,
    share text,
    guest text,
    why jsonb not null default '{}',
    catalogue text not null references goods.catalogue,
    currency text not null,
    price bigint not null check (price >= 0),
    tax bigint not null check (tax >= 0),
    pays text not null check (pays in ('nothing', 'prepaid', 'account', 'till', 'checkout')),
    cooling_until timestamptz,
    needs_confirmation boolean not null default false,
    confirmed_at timestamptz,
    address bytea,
    language text not null default '',
    version integer not null default 1,
    look_at timestamptz,
    waits_since timestamptz,
    reminded integer not null default 0,
    reminded_at timestamptz,
    is_open boolean not null default true,
    made_at timestamptz not null,
    changed_at timestamptz not null,
    handing_at timestamptz,
    released_at timestamptz,
    left_at timestamptz
);
create index customer_order_person on goods.customer_order (person, made_at desc);
create index customer_order_root on goods.customer_order (root) where root is not null;
create index customer_order_plan on goods.customer_order (plan) where plan is not null;
create index customer_order_share on goods.customer_order (share) where share is not null;
create index customer_order_look on goods.customer_order (look_at) where look_at is not null;
create index customer_order_made on goods.customer_order (made_at desc);
create index customer_order_open on goods.customer_order (made_at) where is_open;
create index customer_order_ended on goods.customer_order (changed_at) where not is_open;
create index customer_order_waits on goods.customer_order (waits_since) where waits_since is not null;
create index customer_order_released on goods.customer_order (released_at, id) where released_at is not null;
create index customer_order_remake on goods.customer_order ((why ->> 'remake_of')) where kind = 'remake';

-- A line keeps what it was priced at and called: later catalogues change nothing of it. Amounts in minor units.
-- `again_at` is when its customer asked to have it made again, for somebody of the house to decide.
create table goods.order_line (
    order_id text not null references goods.customer_order on delete cascade,
    number integer not null,
    item text not null,
    kind text not null,
    titles jsonb not null,
    options jsonb not null default '{}',
    option_titles jsonb not null default '{}',
    quantity integer not null check (quantity > 0),
    images integer not null check (images >= 0),
    units integer not null,
    piece bigint not null,
    gross bigint not null,
    tax bigint not null,
    rate integer not null,
    is_shipped boolean not null,
    credit integer,
    again_at timestamptz,
    again_why text not null default '' check (again_why in ('', 'damaged', 'wrong', 'missing', 'other')),
    primary key (order_id, number)
);
create index order_line_again on goods.order_line (again_at) where again_at is not null;

-- The images of a line in their order. `edit` is the version of its person's edit, pinned when the order is released.
create table goods.line_image (
    order_id text not null,
    line integer not null,
    place integer not null,
    image text not null,
    edit integer,
    dropped text not null default '',
    primary key (order_id, line, place),
    foreign key (order_id, line) references goods.order_line on delete cascade
);
create index line_image_image on goods.line_image (image);

-- What was noted of a line: each step once, by whom, in any order (photocore/orders.py).
create table goods.line_step (
    order_id text not null,
    line integer not null,
    step text not null check (step in ('released', 'making', 'refused', 'made', 'sent', 'ready', 'handed', 'cancelled')),
    at timestamptz not null,
    told_at timestamptz not null,
    by text not null,
    key text not null default '',
    note text not null default '',
    primary key (order_id, line, step),
    foreign key (order_id, line) references goods.order_line on delete cascade
);

-- The text of an order's manifest as it is handed over (photoservice/ordering/manifests.py): nothing in it says who.
create table goods.order_manifest (
    order_id text primary key references goods.customer_order on delete cascade,
    text text not null,
    made_at timestamptz not null
);

-- Money in (positive) and given back (negative), each once by (way, key). Of a refund: `promise` is the key it was
-- asked under, `of_key` the payment it gives back of, `settled_at` when its customer had it; until then it is owed.
-- `try_at` is when a provider is asked next, `trouble` why it would not.
create table goods.payment (
    way text not null check (way in ('prepaid', 'account', 'till', 'checkout', 'staff')),
    key text not null,
    order_id text not null references goods.customer_order on delete cascade,
    minor bigint not null check (minor <> 0),
    currency text not null,
    at timestamptz not null,
    by text not null,
    about jsonb not null default '{}',
    of_key text not null default '',
    promise text not null default '',
    settled_at timestamptz,
    try_at timestamptz,
    trouble text not null default '',
    primary key (way, key)
);
create index payment_order on goods.payment (order_id, at);
create index payment_owed on goods.payment (at) where settled_at is null;
create index payment_try on goods.payment (try_at) where try_at is not null;

-- Whether a customer who asked to have a line made again was answered: by a remake of it, or by money given back since.
create function goods.is_answered(asked goods.order_line) returns boolean language sql stable as $$
    select exists (
        select from goods.customer_order as again join goods.order_line as line on line.order_id = again.id
        where again.kind = 'remake' and again.why ->> 'remake_of' = asked.order_id
          and line.number = asked.number and again.made_at >= asked.again_at)
    or exists (
        select from goods.payment where payment.order_id = asked.order_id and payment.minor < 0
          and payment.at >= asked.again_at)
$$;

-- A code to pay an order at a till with: one-time, until it expires, for exactly this much. It follows from the order,
-- its `serial` and a secret; one of an order's is live at a time.
create table goods.order_code (
    mac bytea primary key,
    order_id text not null references goods.customer_order on delete cascade,
    serial integer not null,
    minor bigint not null check (minor > 0),
    currency text not null,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    voided_at timestamptz,
    unique (order_id, serial)
);
create unique index order_code_live on goods.order_code (order_id) where used_at is null and voided_at is null;

-- A payment page of a provider's that somebody was sent to; no card number ever comes here. They come back to `back`.
create table goods.checkout (
    id text primary key,
    order_id text not null references goods.customer_order on delete cascade,
    provider text not null,
    reference text,
    url text not null default '',
    back text not null,
    language text not null default '',
    minor bigint not null check (minor > 0),
    currency text not null,
    state text not null check (state in ('open', 'paid', 'failed', 'expired', 'refunded')),
    made_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    unique (provider, reference)
);
create index checkout_order on goods.checkout (order_id, made_at);
create index checkout_open on goods.checkout (expires_at) where state = 'open';

-- What a provider told us, once each, as it came, and what became of it; somebody has to look at all but what is 'done'.
create table goods.checkout_event (
    provider text not null,
    id text not null,
    body bytea not null,
    came_at timestamptz not null,
    done_at timestamptz,
    outcome text not null default '' check (outcome in ('', 'done', 'unknown', 'mismatch', 'malformed', 'early')),
    order_id text,
    primary key (provider, id)
);
create index checkout_event_due on goods.checkout_event (came_at) where done_at is null;
create index checkout_event_look on goods.checkout_event (came_at) where outcome not in ('', 'done');

-- Who may order on account, up to how much is open at a time in a currency.
create table goods.tab (
    person text not null references people.person on delete cascade,
    currency text not null,
    most bigint not null check (most >= 0),
    given_by text not null,
    given_at timestamptz not null,
    primary key (person, currency)
);

-- How somebody pays where they do not say otherwise.
create table goods.habit (
    person text primary key references people.person on delete cascade,
    pays text not null check (pays in ('account', 'till', 'checkout')),
    currency text not null,
    changed_at timestamptz not null
);

-- Rolls that came in for development: each once, written in the transaction that keeps the sighting (O7). `undone`: the
-- sighting was taken back after something was ordered; `number` counts how often it was ordered for good and undone.
create table goods.next_roll (
    roll text primary key,
    received_at timestamptz not null,
    state text not null check (state in ('due', 'unregistered', 'ordered', 'not_wanted', 'undone')),
    number integer not null default 1,
    order_id text,
    looked_at timestamptz
);
create index next_roll_due on goods.next_roll (received_at) where state in ('due', 'undone');

-- A roll that came in before anybody registered it is looked at again when somebody does, unless that was long ago.
create function goods.note_late_registered() returns trigger language plpgsql as $$
begin
    update goods.next_roll set state = 'due'
    from (
        select subject as roll, since from fresh where word = 'registered'
        union
        select manifest_roll.roll, fresh.since
        from fresh join manifest_roll on manifest_roll.package = fresh.subject where fresh.word = 'registered'
    ) as covered
    where next_roll.roll = covered.roll and next_roll.state = 'unregistered'
      and next_roll.received_at > covered.since - interval '90 days';
    return null;
end $$;
create trigger registered_late after insert on registration
    referencing new table as fresh for each statement execute function goods.note_late_registered();
create trigger registered_late_again after update on registration
    referencing new table as fresh for each statement execute function goods.note_late_registered();

-- A person's decision about a contested package, or about one roll (`roll`) of an unpacked one (DESIGN 5C): a fact like
-- any other, with what it had seen.
create table ruling (
    id text primary key,
    root text not null,
    roll text,
    account text not null references account,
    saw text[] not null,
    operator text not null,
    why text not null,
    at timestamptz not null
);
create index ruling_root on ruling (root);

create schema ops;

-- Operators are people who sign in; `tenant` is null where they see the whole house. One role each at a time.
create table ops.operator (
    id text primary key,
    person text not null references people.person on delete cascade,
    tenant text references tenant,
    role text not null check (role in ('owner', 'manager', 'support', 'lab', 'viewer')),
    name text not null,
    given_by text not null,
    given_at timestamptz not null,
    ended_by text,
    ended_at timestamptz
);
create unique index operator_person on ops.operator (person) where ended_at is null;

-- Everything an operator does and looks up, chained: `hash` covers the entry and the hash before it.
create table ops.audit (
    number bigint primary key check (number > 0),
    at timestamptz not null,
    operator text not null,
    tenant text,
    kind text not null,
    subject text not null default '',
    about text not null,
    prev bytea not null,
    hash bytea not null
);
create index audit_operator on ops.audit (operator, number desc);
create index audit_subject on ops.audit (subject, number desc) where subject <> '';

-- Parked events of makers and retailers that somebody looked at: nothing is to be done about them.
create table ops.closed_list (
    tenant text not null references tenant,
    event_id text not null,
    content_hash text not null,
    operator text not null,
    why text not null,
    at timestamptz not null,
    primary key (tenant, event_id, content_hash)
);

-- Whose a thing is, for operators of one tenant: its maker's or retailer's, its store's retailer's, or the lab's that
-- filed its pictures.
create function ops.is_station_of(station_id text, whose text) returns boolean language sql stable as $$
    select exists (
        select from station join store on store.gln = station.store
        where station.id = station_id and store.retailer = whose)
$$;
create function ops.is_root_of(root_id text, whose text) returns boolean language sql stable as $$
    select exists (
        select from manifest left join store on store.gln = manifest.store
        where manifest.package = root_id and (manifest.tenant = whose or store.retailer = whose))
    or exists (
        select from claim join store on store.gln = claim.store
        where claim.root = root_id and store.retailer = whose)
$$;
create function ops.is_order_of(order_key text, whose text) returns boolean language sql stable as $$
    select exists (
        select from goods.customer_order
        where customer_order.id = order_key and ops.is_root_of(customer_order.root, whose))
    or exists (
        select from goods.line_image join images.image on image.id = line_image.image
        where line_image.order_id = order_key and image.tenant = whose)
$$;

-- Counts by the hour for dashboards; `tenant` is empty where it is of the whole house.
create table ops.hourly (
    measure text not null,
    tenant text not null default '',
    hour timestamptz not null,
    n bigint not null,
    primary key (measure, tenant, hour) include (n)
);
create index hourly_hour on ops.hourly (hour);

-- The same by the day (UTC): a year of hours would be summed anew for each look at it.
create table ops.daily (
    measure text not null,
    tenant text not null default '',
    day date not null,
    n bigint not null,
    primary key (measure, tenant, day) include (n)
);

-- Hours are counted from the tables themselves, whose rows come in the order of these times: a few pages each tell where.
create index claim_received on claim using brin (received_at);
create index confirmation_at on confirmation using brin (at);
create index image_filed on images.image using brin (filed_at);
create index rendition_kept on images.rendition using brin (kept_at);
create index payment_at on goods.payment using brin (at);
create index registration_contested on registration (since) where word = 'contested';
create index registration_case on registration (since) where has_case;
