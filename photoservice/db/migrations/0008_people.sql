-- People on the web, and what is theirs (O8, O9, O14, O16, S3, S5).
--
-- A person is whoever holds a session: a guest who showed an access code, or somebody who signs in. What they do (edits,
-- favourites, notes, sub-groups, shares) hangs on the person; what they may see follows from what they hold, asked anew
-- each time. Who owns a package is decided elsewhere, by the owner rule alone; nothing here changes it.
create schema people;

create table people.person (
    id text primary key,
    made_at timestamptz not null,
    seen_at timestamptz not null,
    language text not null default '',
    has_credentials boolean not null default false
);

-- Deleting a person's key makes what is boxed under it unreadable, in every backup too once the ledger has it.
create table people.person_key (
    person text primary key references people.person on delete cascade,
    wrapped bytea not null
);

-- Name, addresses and whatever else they tell of themselves: one JSON document under the person's key.
create table people.profile (
    person text primary key references people.person on delete cascade,
    box bytea not null,
    changed_at timestamptz not null
);

-- What they sign in with: a chosen name, or a mail address that was proved. `lookup` is an HMAC.
create table people.login (
    lookup bytea primary key,
    person text not null references people.person on delete cascade,
    kind text not null check (kind in ('name', 'mail')),
    box bytea not null,
    made_at timestamptz not null
);
create index login_person on people.login (person);

create table people.password (
    person text primary key references people.person on delete cascade,
    hash text not null,
    changed_at timestamptz not null
);

create table people.passkey (
    id bytea primary key,
    person text not null references people.person on delete cascade,
    public_key bytea not null,
    sign_count bigint not null default 0,
    name text not null default '',
    made_at timestamptz not null,
    used_at timestamptz
);
create index passkey_person on people.passkey (person);

-- Something to be answered once: a passkey's challenge, a link in a mail, a recovery, a proof for joining.
create table people.challenge (
    mac bytea primary key,
    kind text not null,
    person text references people.person on delete cascade,
    about bytea not null default '',
    wrong integer not null default 0,
    made_at timestamptz not null,
    expires_at timestamptz not null
);
create index challenge_expires on people.challenge (expires_at);
create index challenge_person on people.challenge (person);

-- `how` is what opened it; `proved_at` when they last proved who they are; `agent` is what their browser says it is.
create table people.session (
    mac bytea primary key,
    person text not null references people.person on delete cascade,
    how text not null check (how in ('code', 'password', 'passkey', 'mail', 'recovery')),
    agent text not null default '',
    made_at timestamptz not null,
    seen_at timestamptz not null,
    proved_at timestamptz not null,
    expires_at timestamptz not null
);
create index session_person on people.session (person);
create index session_expires on people.session (expires_at);

-- A registration a person holds. By `code`: only as long as that access code lives. `joined`: the code was spent for it.
-- `staff`: tied by a person at the counter. Several may hold one registration; each has what is theirs.
create table people.holding (
    person text not null references people.person on delete cascade,
    station text not null,
    claim text not null,
    how text not null check (how in ('code', 'joined', 'staff')),
    code bytea,
    since timestamptz not null,
    primary key (person, station, claim),
    check ((how = 'code') = (code is not null))
);
create unique index holding_code on people.holding (code) where code is not null;
create index holding_claim on people.holding (station, claim);

-- A card's account that a person proved is theirs: all its registrations are held, older ones and later ones too.
create table people.account_holding (
    person text not null references people.person on delete cascade,
    account text not null references account,
    how text not null check (how in ('mail', 'phone', 'staff')),
    since timestamptz not null,
    primary key (person, account)
);
create index account_holding_account on people.account_holding (account);

-- What a retailer has on file of a card, so that its holder can prove themselves; boxed under the service's own key.
create table people.card_contact (
    lookup bytea not null,
    kind text not null check (kind in ('mail', 'phone')),
    retailer text not null references tenant,
    box bytea not null,
    told_at timestamptz not null,
    primary key (lookup, kind)
);

create table people.favourite (
    person text not null references people.person on delete cascade,
    image text not null references images.image on delete cascade,
    at timestamptz not null,
    primary key (person, image)
);
create index favourite_at on people.favourite (person, at desc, image);

create table people.note (
    person text not null references people.person on delete cascade,
    image text not null references images.image on delete cascade,
    text text not null,
    at timestamptz not null,
    primary key (person, image)
);

-- Sub-groups (O14): each image of a person is in exactly one, or in the one without a name (no row here).
create table people.sub_group (
    id text primary key,
    person text not null references people.person on delete cascade,
    name text not null,
    place integer not null,
    made_at timestamptz not null,
    changed_at timestamptz not null
);
create index sub_group_person on people.sub_group (person, place);

create table people.grouped (
    person text not null references people.person on delete cascade,
    image text not null references images.image on delete cascade,
    sub_group text not null references people.sub_group on delete cascade,
    place bigint generated always as identity,
    at timestamptz not null,
    primary key (person, image)
);
create index grouped_sub_group on people.grouped (sub_group, place);

-- What a sub-group was that its person removed, so that they can undo it. Its pictures are in none meanwhile.
create table people.removed_group (
    id text primary key,
    person text not null references people.person on delete cascade,
    name text not null,
    place integer not null,
    made_at timestamptz not null,
    images text[] not null,
    removed_at timestamptz not null
);
create index removed_group_person on people.removed_group (person, removed_at);

-- Edits (O9): every version that was kept, as instructions on the original, and the version it was made after (0 is the
-- original); `edit_head` says which one holds.
create table people.edit (
    person text not null references people.person on delete cascade,
    image text not null references images.image on delete cascade,
    version integer not null check (version > 0),
    after integer not null check (after >= 0 and after < version),
    instructions jsonb not null,
    at timestamptz not null,
    primary key (person, image, version)
);

create table people.edit_head (
    person text not null,
    image text not null,
    version integer not null check (version >= 0),
    changed_at timestamptz not null,
    primary key (person, image),
    foreign key (person) references people.person on delete cascade,
    foreign key (image) references images.image on delete cascade
);

-- Shares (O16): what a person lets others see and do. What is shared is seen as long as its owner sees it. Every share has
-- an address (`token_mac`; `links` counts those it has had); one for a person opens for that person alone. `to_whom` is
-- what the owner typed, so that a name nobody has looks like one that somebody has; `to_mac` an HMAC of it.
create table people.share (
    id text primary key,
    person text not null references people.person on delete cascade,
    kind text not null check (kind in ('link', 'person')),
    token_mac bytea not null unique,
    links integer not null default 1,
    to_person text references people.person on delete cascade,
    to_whom text not null default '',
    to_mac bytea,
    scope text not null check (scope in ('account', 'package', 'roll', 'sub_group', 'selection')),
    what text not null default '',
    title text not null default '',
    sender text not null default '',
    message text not null default '',
    rights text[] not null,
    order_limit bigint check (order_limit >= 0),
    password text,
    view_limit integer check (view_limit > 0),
    views integer not null default 0,
    made_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    check (kind = 'person' or to_person is null)
);
create index share_person on people.share (person, made_at desc);
create index share_to on people.share (to_person) where to_person is not null;

-- Shares of others that a person does not want in their list: they put them away, or there were too many at once.
create table people.hidden_share (
    person text not null references people.person on delete cascade,
    share text not null references people.share on delete cascade,
    at timestamptz not null,
    primary key (person, share)
);
create index hidden_share_share on people.hidden_share (share);

-- Whose shares a person is neither shown nor told of; `name` is what those called themselves.
create table people.blocked_sender (
    id text not null unique,
    person text not null references people.person on delete cascade,
    sender text not null references people.person on delete cascade,
    name text not null default '',
    at timestamptz not null,
    primary key (person, sender)
);
create index blocked_sender_sender on people.blocked_sender (sender);

create table people.share_image (
    share text not null references people.share on delete cascade,
    image text not null references images.image on delete cascade,
    place integer not null,
    primary key (share, image)
);

-- Somebody who opened a share, by its address of that number (`links`); `mac` is of the token in their cookie, `person`
-- who they are where they have a session. Who came by an address that is no more is out until they come by the new one.
create table people.guest (
    id text primary key,
    share text not null references people.share on delete cascade,
    links integer not null default 1,
    mac bytea not null unique,
    person text references people.person on delete set null,
    name text not null default '',
    made_at timestamptz not null,
    seen_at timestamptz not null
);
create index guest_share on people.guest (share);
create unique index guest_person on people.guest (person, share) where person is not null;

create table people.pick (
    share text not null references people.share on delete cascade,
    image text not null references images.image on delete cascade,
    guest text not null references people.guest on delete cascade,
    at timestamptz not null,
    primary key (share, image, guest)
);
create index pick_guest on people.pick (guest);

-- `guest` is null where the owner speaks; `image` where it is about all of it.
create table people.comment (
    id text primary key,
    share text not null references people.share on delete cascade,
    image text references images.image on delete cascade,
    guest text references people.guest on delete cascade,
    text text not null,
    at timestamptz not null,
    removed_at timestamptz
);
create index comment_share on people.comment (share, at);
create index comment_guest on people.comment (guest) where guest is not null;
create index comment_removed on people.comment (removed_at) where removed_at is not null;

-- A picture that somebody put into a sub-group shared with them: theirs, shown there as long as they see it.
create table people.contribution (
    share text not null references people.share on delete cascade,
    image text not null references images.image on delete cascade,
    person text not null references people.person on delete cascade,
    at timestamptz not null,
    primary key (share, image)
);

-- What a share shows, each picture once or more, with its place: whole rolls; or, of the rolls its owner sees, what is
-- selected or stands in the sub-group; and what others put in, as far as they see it. A plain query, so that PostgreSQL
-- plans it where it stands. `whose` is empty for the owner's.
create function people.shown_in_share(
    share_id text, whole_rolls text[], seen_rolls text[], group_id text, others text[], rolls_of_others text[]
) returns table (id text, part text, place bigint, whose text) language sql stable as $$
    select image.id, image.roll as part, image.frame_order::bigint as place, '' as whose
    from images.image where image.roll = any(whole_rolls::text[]) and image.state = 'standing'
    union all
    select image.id, '', share_image.place, ''
    from people.share_image join images.image on image.id = share_image.image
    where share_image.share = share_id and image.roll = any(seen_rolls::text[]) and image.state = 'standing'
    union all
    select image.id, '', grouped.place, ''
    from people.grouped join images.image on image.id = grouped.image
    where grouped.sub_group = group_id and image.roll = any(seen_rolls::text[]) and image.state = 'standing'
    union all
    select image.id, '~', extract(epoch from contribution.at)::bigint, contribution.person
    from people.contribution
    join images.image on image.id = contribution.image and image.state = 'standing'
    where contribution.share = share_id
      and (contribution.person, image.roll) in (select * from unnest(others::text[], rolls_of_others::text[]));
$$;

-- What a person is told; `key` keeps the same thing from being told twice.
create table people.notice (
    id text primary key,
    person text not null references people.person on delete cascade,
    kind text not null,
    key text not null,
    about jsonb not null default '{}',
    at timestamptz not null,
    seen_at timestamptz,
    unique (person, key)
);
create index notice_person on people.notice (person, at desc);
create index notice_unseen on people.notice (person) where seen_at is null;

-- Messages that leave the house: rendered when they are sent; `about` and `target` are boxed under the person's key.
create table people.message (
    id text primary key,
    person text not null references people.person on delete cascade,
    channel text not null check (channel in ('mail', 'sms', 'push')),
    kind text not null,
    key text not null,
    language text not null,
    target bytea not null,
    about bytea not null,
    attempts integer not null default 0,
    next_at timestamptz not null,
    made_at timestamptz not null,
    sent_at timestamptz,
    failed_at timestamptz,
    why text not null default '',
    unique (person, channel, key)
);
create index message_due on people.message (next_at) where sent_at is null and failed_at is null;
create index message_done on people.message (coalesce(sent_at, failed_at))
    where sent_at is not null or failed_at is not null;

create table people.preference (
    person text not null references people.person on delete cascade,
    kind text not null,
    channel text not null,
    is_on boolean not null,
    changed_at timestamptz not null,
    primary key (person, kind, channel)
);

-- Up to which of its changes a roll's people were told of its pictures; what differs is still to be looked at.
alter table images.filed_roll add column told_at timestamptz;
create index filed_roll_untold on images.filed_roll (changed_at) where told_at is distinct from changed_at;

-- What was told of a roll already, so that its person hears of new pictures once.
create table people.told_roll (
    person text not null references people.person on delete cascade,
    roll text not null,
    images integer not null,
    at timestamptz not null,
    primary key (person, roll)
);

-- What a person did or had done that they, or who runs the service, may have to look up; never what was seen.
create table people.record (
    id bigint generated always as identity primary key,
    person text not null,
    kind text not null,
    about jsonb not null default '{}',
    at timestamptz not null
);
create index record_person on people.record (person, at desc);
create index record_at on people.record (at);

-- Where a roll is (S2): steps somebody saw. Those that follow from other facts (registered, scanned) are not repeated.
-- `is_open`: nobody told a later step of that roll, so the next one is waited for.
create table images.custody (
    roll text not null,
    step text not null check (step in ('sold', 'dropped', 'shipped', 'received', 'developed', 'scanned', 'finished', 'picked_up')),
    tenant text not null references tenant,
    key text not null,
    at timestamptz not null,
    told_at timestamptz not null,
    place text not null default '',
    taken_back_at timestamptz,
    is_open boolean not null default false,
    primary key (tenant, key)
);
create index custody_roll on images.custody (roll, at);
create index custody_open on images.custody (step, at) where is_open;

-- An image with all that a page tells of it, whoever looks: its original's size and placeholder, its tiers.
create view images.picture as
select image.id, image.roll, image.frame, image.frame_order, image.tenant, image.state, image.trouble, image.filed_at,
       image.sha256, original.size, original.media, original.width, original.height, original.placeholder,
       small.width as small_width, small.height as small_height,
       large.width as large_width, large.height as large_height
from images.image
join images.original on original.sha256 = image.sha256
left join images.rendition as small on small.sha256 = image.sha256 and small.tier = '256'
left join images.rendition as large on large.sha256 = image.sha256 and large.tier = '2048';

-- What hangs on a picture goes with it when it is collected; found by the picture, for each of these begins with a person.
create index favourite_image on people.favourite (image);
create index note_image on people.note (image);
create index grouped_image on people.grouped (image);
create index edit_image on people.edit (image);
create index edit_head_image on people.edit_head (image);
create index share_image_image on people.share_image (image);
create index pick_image on people.pick (image);
create index comment_image on people.comment (image);
create index contribution_image on people.contribution (image);
create index contribution_person on people.contribution (person);

-- What ended is found by when, to be swept (docs/photoservice.md).
create index upload_ended on images.upload (ended_at) where ended_at is not null;
create index reservation_ended on images.reservation (ended_at) where ended_at is not null;

-- The mark that the object store of these pictures bears, so that another one is noticed. A backup does not hold it:
-- whatever store a backup comes back to gets a mark of its own.
create table images.store_mark (
    is_only boolean primary key default true check (is_only),
    mark text not null
);
