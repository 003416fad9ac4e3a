-- name: held
-- Returns the events held that share an ID, a place or a neighbouring place with a batch; one may come twice. ($5, $6) are
-- the events of earlier epochs that the batch names: each is found by its place alone.
select id, epoch, seq, hash, prev_hash, verdict, reason, cause from event where station = $1 and id = any($2::text[])
union all
select id, epoch, seq, hash, prev_hash, verdict, reason, cause
from event where station = $1 and epoch = $3 and seq = any($4::bigint[])
union all
select held.* from unnest($5::text[], $6::bigint[]) as named (epoch, seq)
cross join lateral (
    select id, epoch, seq, hash, prev_hash, verdict, reason, cause from event
    where station = $1 and event.epoch = named.epoch and event.seq = named.seq limit 1) as held;

-- name: forks
-- Returns the hashes of the forked events kept of a station, among these.
select hash from event_fork where station = $1 and hash = any($2::text[]);

-- name: insert_all
-- Keeps events of one epoch with their verdicts.
insert into event (station, epoch, received_at, id, seq, hash, prev_hash, kind, verdict, reason, cause, line)
select $1, $2, $3, said.*
from unnest($4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
            $12::bytea[]) as said;

-- name: insert_fork
-- Keeps an event whose ID or place another one holds.
insert into event_fork (station, hash, id, epoch, seq, line, received_at) values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing;

-- name: insert_unreadable
-- Keeps a line that is no event, or one that cannot be told from another.
insert into unreadable_line (station, digest, line, why, received_at) values ($1, $2, $3, $4, $5)
on conflict do nothing;

-- name: insert_correction
-- Writes that another event stands for this one of the same station, or that staff closed it.
insert into event_correction (station, event, corrected_by) values ($1, $2, $3) on conflict do nothing;

-- name: parked
-- Lists what is parked or forked, the newest first; what was corrected or closed only when asked for.
select event.station, id, seq, kind, verdict, reason, cause, received_at, corrected_by
from event left join event_correction as c
  on c.station = event.station and c.event = event.id and event.verdict = 'parked'
where verdict <> 'applied' and ($1::text is null or event.station = $1) and ($3 or corrected_by is null)
order by received_at desc, seq desc limit $2;

-- name: parked_of
-- Returns the parked events of a station after one of them, in the order it wrote them, with what was sent.
select id, event.epoch, seq, line, coalesce(place, 0) as epoch_place
from event left join station_epoch as e on e.station = event.station and e.epoch = event.epoch
where event.station = $1 and verdict = 'parked' and (coalesce(place, 0), seq) > ($2::bigint, $3::bigint)
  and not exists (select from event_correction as c where c.station = event.station and c.event = event.id)
order by coalesce(place, 0), seq limit $4;

-- name: settle
-- Writes that a parked event was applied after all, and what of it was lost.
update event set verdict = 'applied', reason = $4, cause = $5, line = $3 where station = $1 and id = $2;

-- name: still_parked
-- Writes why an event that was tried again stays parked.
update event set reason = $3, cause = $4 where station = $1 and id = $2 and verdict = 'parked';

-- name: between
-- Returns a station's own events of an epoch, so that a restored station has them again, parked ones and forks too:
-- its chain needs them all. Without what was sealed, which only parked ones still have.
select id, line from event where station = $1 and epoch = $2 and seq >= $3 and kind <> 'unreadable' order by seq limit $4;
