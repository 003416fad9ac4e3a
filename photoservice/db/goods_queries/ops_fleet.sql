-- name: tenants
-- Lists tenants by name behind one of them ($1), of a kind ($2), revoked ones only where asked for ($3); one alone ($4).
select tenant.id, tenant.name, tenant.kind, tenant.gln, tenant.made_at, tenant.revoked_at,
       array(select prefix from tenant_prefix where tenant_prefix.tenant = tenant.id order by prefix) as prefixes,
       (select count(*) from store where store.retailer = tenant.id) as stores,
       coalesce(share.used, 0) as used, share.quota
from tenant left join images.tenant_storage as share on share.tenant = tenant.id
where ($1 = '' or (lower(tenant.name), tenant.id) > (select lower(name), id from tenant as last where last.id = $1))
  and ($2 = '' or tenant.kind = $2)
  and ($3 or tenant.revoked_at is null)
  and ($4::text is null or tenant.id = $4)
order by lower(tenant.name), tenant.id limit $5;

-- name: tenant
-- Returns one tenant with what stands behind it.
select tenant.id, tenant.name, tenant.kind, tenant.gln, tenant.made_at, tenant.revoked_at,
       array(select prefix from tenant_prefix where tenant_prefix.tenant = tenant.id order by prefix) as prefixes,
       (select count(*) from store where store.retailer = tenant.id) as stores,
       (select count(*) from (select from manifest where manifest.tenant = tenant.id limit 100000) as found) as packages,
       (select max(made_at) from capture where capture.tenant = tenant.id) as captured_at,
       (select count(*) from (select from epcis_event where epcis_event.tenant = tenant.id and verdict = 'parked'
                              limit 10000) as found) as parked,
       coalesce(share.used, 0) as used, coalesce(share.reserved, 0) as reserved, share.quota,
       share.tenant is not null as has_share
from tenant left join images.tenant_storage as share on share.tenant = tenant.id where tenant.id = $1;

-- name: rekey
-- Gives a tenant another key: the old one opens nothing from now on, and a revoked tenant is back.
update tenant set key_mac = $2, revoked_at = null where id = $1;

-- name: drop_prefix
-- Takes a GS1 company prefix from a tenant.
delete from tenant_prefix where tenant = $1 and prefix = $2;

-- name: retailers
-- Lists the retailers by name.
select id, name from tenant where kind = 'retailer' and revoked_at is null order by lower(name), id limit 1000;

-- name: stores
-- Lists stores by name behind one of them ($1), of a retailer ($2).
select store.gln, store.name, store.timezone, store.labels, store.activation, store.make_up, store.retailer,
       tenant.name as retailer_name,
       (select count(*) from station where station.store = store.gln and station.revoked_at is null) as stations,
       (select max(seen_at) from station where station.store = store.gln) as seen_at
from store left join tenant on tenant.id = store.retailer
where ($1 = '' or (lower(store.name), store.gln) > (select lower(name), gln from store as last where last.gln = $1))
  and ($2::text is null or store.retailer = $2)
order by lower(store.name), store.gln limit $3;

-- name: store
-- Returns one store with its retailer's name and the version of its roster, and whether a till has joined.
select store.*, tenant.name as retailer_name, store_roster.version as roster,
       exists (select from station where station.store = store.gln and role = 'till' and revoked_at is null) as has_till
from store left join tenant on tenant.id = store.retailer left join store_roster on store_roster.store = store.gln
where store.gln = $1;

-- name: cards
-- Lists the card tables a store's stations know: everybody's, and its retailer's ($1).
select name, retailer from card_table where retailer is null or retailer = $1 order by name;

-- name: stations
-- Lists stations by store and name behind one of them ($1): live, held, silent (not heard of since $3) or revoked ones, or
-- all ($2); of a store ($4), of a tenant ($5).
select station.id, station.store, station.role, station.name, station.seen_at, station.skew_s, station.software,
       station.revoked_at, station.held_at, station.held_why, store.name as store_name,
       (select count(*) from (select from event where event.station = station.id and event.verdict <> 'applied'
            and not exists (select from event_correction as c where c.station = event.station and c.event = event.id)
        limit 1000) as found) as parked,
       (select count(*) from (select from claim_news as news where news.station = station.id
            and news.version > news.told_version limit 1000) as found) as owed
from station join store on store.gln = station.store
where ($1 = '' or (lower(store.name), lower(station.name), station.id) > (
        select lower(home.name), lower(last.name), last.id
        from station as last join store as home on home.gln = last.store where last.id = $1))
  and case $2 when 'live' then station.revoked_at is null and station.held_at is null
              when 'held' then station.revoked_at is null and station.held_at is not null
              when 'silent' then station.revoked_at is null and (station.seen_at is null or station.seen_at < $3)
              when 'revoked' then station.revoked_at is not null
              else true end
  and ($4 = '' or station.store = $4)
  and ($5::text is null or store.retailer = $5)
order by lower(store.name), lower(station.name), station.id limit $6;

-- name: station
-- Returns one station with its store's, and what is known of its queue.
select station.*, store.name as store_name, store.retailer, tenant.name as retailer_name,
       (select count(*) from event where event.station = station.id and event.verdict = 'applied') as applied,
       (select count(*) from event where event.station = station.id and event.verdict <> 'applied'
            and not exists (select from event_correction as c
                            where c.station = event.station and c.event = event.id)) as parked,
       (select count(*) from event_fork where event_fork.station = station.id) as forks,
       (select count(*) from unreadable_line where unreadable_line.station = station.id) as unreadable,
       (select count(*) from claim_news as news where news.station = station.id
            and news.version > news.told_version) as owed,
       (select count(*) from station_epoch where station_epoch.station = station.id) as epochs
from station join store on store.gln = station.store left join tenant on tenant.id = store.retailer
where station.id = $1;

-- name: events
-- Lists the newest events of a station, without what they say.
select event.id, event.kind, event.epoch, event.seq, event.verdict, event.cause, event.received_at
from event where event.station = $1 order by event.received_at desc, event.seq desc limit 20;
