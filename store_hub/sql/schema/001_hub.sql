-- The first schema of a store hub: the stations' requests as they came, and the photoservice's word on each.

-- One request for events. Headers and body are what the station signed; both go once the photoservice has answered.
-- A number is never given twice.
create table sent (
    number integer primary key autoincrement,
    station text not null,
    epoch text not null,
    digest text not null,
    method text not null,
    url text not null,
    headers blob,
    body blob,
    taken_at text not null,
    ack blob,
    acked_at text,
    told integer not null default 0 check (told in (0, 1))
) strict;

create index sent_owed on sent (number) where ack is null;
create index sent_owed_of on sent (station, number) where ack is null;
create index sent_untold on sent (station, number) where ack is not null and told = 0;
create index sent_acked on sent (acked_at) where acked_at is not null;

-- What is inside each request. One event may have come in several.
create table inside (
    station text not null,
    epoch text not null,
    seq integer not null,
    id text not null,
    hash text not null,
    number integer not null references sent (number) on delete cascade,
    primary key (station, epoch, seq, id, hash, number)
) strict, without rowid;

create index inside_by_id on inside (station, id);
create index inside_by_number on inside (number);

-- The highest seq of an epoch up to which every event was held here without a hole.
create table high_mark (
    station text not null,
    epoch text not null,
    seq integer not null,
    hash text not null,
    primary key (station, epoch)
) strict, without rowid;
