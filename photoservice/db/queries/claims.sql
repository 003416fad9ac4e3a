-- name: insert_all
-- Writes claims as their station made them, in their order, each with its personal part under the account's key (none
-- of an erased one) and the HMAC of its receipt's access code, if it brought one (see insert_access).
with said as (
    select said.*, coalesce(place, 0) as epoch_place
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[],
                $10::bytea[], $11::text[], $12::bigint[], $13::bytea[], $14::bytea[], $15::text[], $16::boolean[])
         with ordinality
         as said (id, item, root, account, store, number, activation, code_mac, code_held, epoch, seq, box, access_mac,
                  notice, is_card_lost, n)
    left join station_epoch on station_epoch.station = $1 and station_epoch.epoch = said.epoch
), claims as (
    insert into claim (station, id, item, root, account, store, number, activation, code_mac, code_held, received_at,
                       epoch_place, seq, notice, is_card_lost)
    select $1, id, item, root, account, store, number, activation, code_mac, code_held, $17, epoch_place, seq,
           notice, is_card_lost
    from said order by n
), personal as (
    insert into event_personal (station, event, account, box) select $1, id, account, box from said
    where box is not null
)
insert into access_code (mac, station, claim, event, made_at, epoch_place, seq, voided_at)
select access_mac, $1, id, id, $17::timestamptz, epoch_place, seq,
       case when exists (select from withdrawal where withdrawal.station = $1 and withdrawal.claim = said.id)
              or exists (select from access_code as later where later.station = $1 and later.claim = said.id
                         and (later.epoch_place, later.seq) > (said.epoch_place, said.seq))
       then $17 end
from said where access_mac is not null;

-- name: insert_withdrawal
-- Writes that a claim was undone.
insert into withdrawal (station, claim, event) values ($1, $2, $3) on conflict do nothing;

-- name: insert_copies
-- Writes printed copies of rolls' labels in their order, each of a claim or, before any, of a package.
insert into label_copy (station, claim, roll, copy, voids, event, package)
select $1, claim, roll, copy, voids, event, package
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) with ordinality
     as said (claim, roll, copy, voids, event, package, n)
order by n
on conflict do nothing;

-- name: insert_access
-- Writes the HMAC of a receipt's access code: void from the start when its claim was undone, or a later code of the
-- same claim is here already.
insert into access_code (mac, station, claim, event, made_at, epoch_place, seq, voided_at)
select $1, $2::text, $3::text, $4::text, $5::timestamptz, own.place, $7::bigint,
       case when $8::boolean
              or exists (select from withdrawal where station = $2 and claim = $3)
              or exists (select from access_code as later where later.station = $2 and later.claim = $3
                         and (later.epoch_place, later.seq) > (own.place, $7))
       then $5::timestamptz end
from (select coalesce((select place from station_epoch where station = $2 and epoch = $6), 0) as place) as own;

-- name: void_access_before
-- Voids the access codes of a claim that were made before this one.
update access_code set voided_at = $3 where station = $1 and claim = $2 and voided_at is null
  and (epoch_place, seq) < (coalesce((select place from station_epoch where station = $1 and epoch = $4), 0), $5);

-- name: void_access
-- Voids the access codes of a claim: it was undone.
update access_code set voided_at = $3 where station = $1 and claim = $2 and voided_at is null;

-- name: roots
-- Returns the root of each of a station's claims.
select id, root from claim where station = $1 and id = any($2::text[]);

-- name: of_others
-- Finds which of these claim IDs are another station's, and not this one's.
select distinct id from claim as theirs
where id = any($2::text[]) and station <> $1
  and not exists (select from claim as ours where ours.station = $1 and ours.id = theirs.id);

-- name: waiting_for
-- Returns claims that wait under one of these items for its package to be known.
select station, id, root, code_held from claim where root = any($1::text[]) and root <> $2
union all
select station, id, root, code_held from claim where root = $2 and code_held is not null;

-- name: move
-- Lets a claim count for the package its item turned out to belong to.
update claim set root = $3, code_mac = coalesce($4, code_mac), code_held = null where station = $1 and id = $2;

-- name: any_on
-- Tells whether anybody claimed one of these.
select exists (select from claim where root = any($1::text[]));

-- name: live_on
-- Returns the claims that stand on one of these, with their place on their station and the code they showed; one that
-- ended with its sale stands no more.
select station, id, epoch_place, seq, code_mac, code_held from claim
where root = any($1::text[])
  and not exists (select from withdrawal where withdrawal.station = claim.station and withdrawal.claim = claim.id)
  and not exists (select from ended_claim where ended_claim.station = claim.station and ended_claim.claim = claim.id);

-- name: names_on
-- Returns the names of all claims on a package, as facts know them.
select station || '/' || id from claim where root = $1;

-- name: copies_of_roll
-- Returns the label copies of a roll with what became of each: the newest of a live claim, or of an unsold package, is
-- the one that counts. Those of a claim that was undone, or ended with its sale, are void.
select copy, claim, station,
       case when exists (select from withdrawal as w where w.station = c.station and w.claim = c.claim)
              or exists (select from ended_claim as e where e.station = c.station and e.claim = c.claim)
              or exists (select from make_up_withdrawal as w join manifest as m using (package, store)
                         where w.package = c.package)
            then 'void'
            when exists (select from label_copy as n where n.roll = c.roll and n.copy <> c.copy
                         and (n.voids = c.copy
                              or (n.place > c.place and n.package = c.package)
                              or (n.place > c.place and n.station = c.station and n.claim = c.claim)))
            then 'replaced' else 'valid' end as state
from label_copy as c where roll = $1 order by place;
