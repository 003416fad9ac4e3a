-- name: held
-- Returns the events held that share an ID, a place or a neighbouring place with a batch.
select id, epoch, seq, hash, prev_hash, verdict, reason from event where station = $1 and id = any($2::text[])
union
select id, epoch, seq, hash, prev_hash, verdict, reason from event where station = $1 and epoch = $3 and seq = any($4::bigint[])
union
select id, event.epoch, event.seq, hash, prev_hash, verdict, reason
from event join unnest($5::text[], $6::bigint[]) as before (epoch, seq) on event.epoch = before.epoch and event.seq = before.seq
where station = $1;

-- name: forks
-- Returns the hashes of the forked events kept of a station, among these.
select hash from event_fork where station = $1 and hash = any($2::text[]);

-- name: insert
-- Keeps an event with its verdict.
insert into event (station, id, epoch, seq, hash, prev_hash, kind, verdict, reason, line, received_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: insert_fork
-- Keeps an event whose ID or place another one holds.
insert into event_fork (station, hash, id, epoch, seq, line, received_at) values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing;

-- name: insert_unreadable
-- Keeps a line that is no event, or one that cannot be told from another.
insert into unreadable_line (station, digest, line, why, received_at) values ($1, $2, $3, $4, $5)
on conflict do nothing;

-- name: parked
-- Lists what is parked or forked, the newest first.
select station, id, seq, kind, verdict, reason, received_at from event
where verdict <> 'applied' and ($1::text is null or station = $1) order by received_at desc, seq desc limit $2;

-- name: parked_of
-- Returns the parked events of a station in their order, with what was sent.
select id, epoch, seq, line from event where station = $1 and verdict = 'parked' order by received_at, seq limit $2;

-- name: settle
-- Writes that a parked event was applied after all, and what of it was lost.
update event set verdict = 'applied', reason = $4, line = $3 where station = $1 and id = $2;

-- name: between
-- Returns a station's own events of an epoch, without what was sealed, so that a restored station has them again.
select line from event where station = $1 and epoch = $2 and seq >= $3 and verdict = 'applied' order by seq limit $4;
