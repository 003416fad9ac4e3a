-- Packages a store makes up itself (DESIGN 5B, O18), what a claim's station is told after its ack, which parked events
-- were corrected, and EPCIS events that can be asked for.

-- Who may make up a package.
alter table store add column make_up text not null default 'staff' check (make_up in ('staff', 'shopper'));

-- A made-up package is its store's, and the store's retailer's if there is one; `tenant` is then null without one.
alter table manifest alter column tenant drop not null;
alter table manifest add column store text references store;
alter table manifest add check (tenant is not null or store is not null);
alter table revoked_item alter column tenant drop not null;

create table make_up_withdrawal (
    package text not null,
    store text not null,
    station text not null,
    event text not null,
    at timestamptz not null,
    primary key (package, store)
);

-- A code a store put under a strip stands for one copy of one roll's label; `voids` is the copy it replaced. Which of
-- them opens follows from all of them (void_house_codes), so their order of arrival does not matter.
alter table claim_code alter column tenant drop not null;
alter table claim_code add column store text references store;
alter table claim_code add column station text;
alter table claim_code add column event text;
alter table claim_code add column epoch_place bigint not null default 0;
alter table claim_code add column seq bigint not null default 0;
alter table claim_code add column copy text;
alter table claim_code add column voids text;
alter table claim_code add check ((tenant is null) <> (store is null));

-- Copies printed before any claim belong to a package; `claim` is then the event that made them.
alter table label_copy add column package text;
create index label_copy_package on label_copy (package) where package is not null;

-- Of a registration's access codes the one that was made last on its station opens, in whatever order they came.
alter table access_code add column epoch_place bigint not null default 0;
alter table access_code add column seq bigint not null default 0;
update access_code as a set epoch_place = coalesce(p.place, 0), seq = e.seq
from event as e left join station_epoch as p on p.station = e.station and p.epoch = e.epoch
where e.station = a.station and e.id = a.event;

-- Where on its station a claim was made, so that what came before it there can be told from what came after.
alter table claim add column epoch_place bigint not null default 0;
alter table claim add column seq bigint not null default 0;
update claim as c set epoch_place = coalesce(p.place, 0), seq = e.seq
from event as e left join station_epoch as p on p.station = e.station and p.epoch = e.epoch
where e.station = c.station and e.id = c.id;

-- Why an event was parked, in one stable word; and which parked events a later one corrected or closed.
alter table event add column cause text not null default '';
create table event_correction (
    station text not null,
    event text not null,
    corrected_by text not null,
    primary key (station, event)
);

-- What the owner rule last said of each claim, and which version of that its station has taken note of.
create sequence news_place;
create table claim_news (
    station text not null,
    claim text not null,
    version bigint not null,
    told_version bigint not null,
    outcome text not null,
    place bigint not null default nextval('news_place'),
    primary key (station, claim)
);
create index claim_news_owed on claim_news (station, place) where version > told_version;

-- EPCIS events in the order they were recorded, and every name they can be found by.
alter table epcis_event add column place bigint generated always as identity;
alter table epcis_event add column event_time timestamptz;
alter table epcis_event add column context jsonb;
update epcis_event set event_time = (body->>'eventTime')::timestamptz;
alter table epcis_event alter column event_time set not null;
create unique index epcis_event_place on epcis_event (tenant, place);
create index epcis_event_time on epcis_event (tenant, event_time);

create table epcis_name (
    tenant text not null,
    name text not null,
    role text not null check (role in ('epc', 'child', 'parent', 'input', 'output', 'location')),
    place bigint not null,
    primary key (tenant, name, role, place)
);

-- What was captured before is found by its names too. The spelling of a name is photoservice/epcis/names.py's.
create function pg_temp.unescaped(escaped text) returns text language sql as $$
    select coalesce(convert_from(string_agg(
        case when part like '\%__' then decode(substr(part, 2), 'hex') else convert_to(part, 'utf8') end, ''::bytea
        order by n), 'utf8'), '')
    from (select m[1] as part, n from regexp_matches(escaped, '(%[0-9A-Fa-f]{2}|[^%]+)', 'g') with ordinality as t (m, n)) as parts
$$;
create function pg_temp.with_check(payload text) returns text language sql as $$
    select payload || ((10 - sum(substr(payload, n, 1)::integer
                                 * case when (length(payload) - n) % 2 = 0 then 3 else 1 end) % 10) % 10)::text
    from generate_series(1, length(payload)) as n
$$;
create function pg_temp.piece(uri text) returns text language sql as $$
    select case
        when uri ~ '^https?://.*/01/[0-9]{8,14}/21/[^/?#]+$'
        then '(01)' || lpad(substring(uri from '/01/([0-9]{8,14})/21/'), 14, '0')
             || '(21)' || pg_temp.unescaped(substring(uri from '/21/([^/?#]+)$'))
        when uri ~ '^urn:epc:id:sgtin:[0-9]{6,12}\.[0-9]{1,7}\..+$'
             and length(split_part(split_part(uri, ':', 5), '.', 1) || split_part(split_part(uri, ':', 5), '.', 2)) = 13
        then '(01)' || pg_temp.with_check(substr(split_part(split_part(uri, ':', 5), '.', 2), 1, 1)
                                          || split_part(split_part(uri, ':', 5), '.', 1)
                                          || substr(split_part(split_part(uri, ':', 5), '.', 2), 2))
             || '(21)' || pg_temp.unescaped(substring(uri from '^urn:epc:id:sgtin:[0-9]+\.[0-9]+\.(.+)$'))
        else uri end
$$;
create function pg_temp.spot(uri text) returns text language sql as $$
    select case
        when uri ~ '^https?://.*/(414|417)/[0-9]{13}$' then substring(uri from '/(?:414|417)/([0-9]{13})$')
        when uri ~ '^urn:epc:id:(sgln|pgln):[0-9]{6,12}\.[0-9]{0,6}(\..+)?$'
             and length(split_part(split_part(uri, ':', 5), '.', 1) || split_part(split_part(uri, ':', 5), '.', 2)) = 12
        then pg_temp.with_check(split_part(split_part(uri, ':', 5), '.', 1) || split_part(split_part(uri, ':', 5), '.', 2))
        else uri end
$$;
insert into epcis_name (tenant, name, role, place)
select e.tenant, pg_temp.piece(u.uri), u.role, e.place
from epcis_event as e
cross join lateral (
    select jsonb_array_elements_text(coalesce(body->'epcList', '[]')) as uri, 'epc' as role
    union all select jsonb_array_elements_text(coalesce(body->'childEPCs', '[]')), 'child'
    union all select jsonb_array_elements_text(coalesce(body->'inputEPCList', '[]')), 'input'
    union all select jsonb_array_elements_text(coalesce(body->'outputEPCList', '[]')), 'output'
    union all select body->>'parentID', 'parent' where body->>'parentID' is not null
) as u
union
select tenant, pg_temp.spot(body->'bizLocation'->>'id'), 'location', place
from epcis_event where body->'bizLocation'->>'id' is not null;
drop function pg_temp.spot(text);
drop function pg_temp.piece(text);
drop function pg_temp.with_check(text);
drop function pg_temp.unescaped(text);
