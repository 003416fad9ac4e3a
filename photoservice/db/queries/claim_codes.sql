-- name: insert
-- Keeps the HMAC of a claim code; the same code again is no news. A voided one comes back as long as nobody claimed.
insert into claim_code (package, mac, roll, tenant, minted_at, after_claims) values ($1, $2, $3, $4, $5, $6)
on conflict (package, mac) do update set voided_at = null
where claim_code.tenant = excluded.tenant and not excluded.after_claims;

-- name: void_older
-- Voids a tenant's codes of these rolls: their labels were printed again before the sale.
update claim_code set voided_at = $3
where package = $1 and roll = any($2::text[]) and tenant = $4 and voided_at is null;

-- name: insert_house
-- Keeps the HMAC of a code that a store put under a strip: minted before any claim, so first in the order of arrival.
insert into claim_code (package, mac, roll, store, station, event, epoch_place, seq, copy, voids, arrival, minted_at,
                        after_claims)
values ($1, $2, $3, $4, $5, $6, coalesce((select place from station_epoch where station = $5 and epoch = $7), 0), $8,
        $9, $10, 0, $11, false)
on conflict do nothing;

-- name: void_house
-- Of a store's codes of one roll lets one open: of those that no other replaced by name the last made; none once the
-- make-up was taken back. A function of all rows, so it does not matter in which order they came.
with named as (
    select x.package, x.mac, x.store, x.roll, (x.epoch_place, x.seq, x.event) as made,
           exists (select from claim_code as n where n.package = x.package and n.store = x.store and n.roll = x.roll
                   and n.voids = x.copy and n.copy <> x.copy) as is_replaced
    from claim_code as x where x.package = $1 and x.store is not null
), judged as (
    select package, mac,
           is_replaced
           or exists (select from named as n where n.store = named.store and n.roll = named.roll
                      and not n.is_replaced and n.made > named.made)
           or exists (select from make_up_withdrawal as w where w.package = named.package and w.store = named.store)
           as is_void
    from named
)
update claim_code as c set voided_at = case when is_void then coalesce(c.voided_at, $2) end
from judged where c.package = judged.package and c.mac = judged.mac
  and is_void <> (c.voided_at is not null);
