-- name: open
-- Returns an epoch's mark, beginning the epoch when it is new.
insert into station_epoch (station, epoch) values ($1, $2)
on conflict (station, epoch) do update set high_seq = station_epoch.high_seq
returning high_seq, high_hash;

-- name: place
-- Returns the place of an epoch in the order they began.
select place from station_epoch where station = $1 and epoch = $2;

-- name: above
-- Returns the next events of an epoch above a seq.
select seq, hash from event where station = $1 and epoch = $2 and seq > $3 order by seq limit $4;

-- name: move
-- Writes an epoch's mark.
update station_epoch set high_seq = $3, high_hash = $4 where station = $1 and epoch = $2 and high_seq <= $3;

-- name: gaps
-- Returns the closed ranges missing between a seq and the highest one held.
select above + 1 as first, seq - 1 as last
from (select seq, lag(seq, 1, $3::bigint) over (order by seq) as above
      from event where station = $1 and epoch = $2 and seq > $3) as steps
where seq > above + 1 order by seq limit $4;

-- name: of_station
-- Returns all epochs of a station in the order they began.
select epoch, high_seq, high_hash from station_epoch where station = $1 order by place;

-- name: disagreeing
-- Finds epochs whose event at a place hashes to something else than the station says.
select said.epoch from unnest($2::text[], $3::bigint[], $4::text[]) as said (epoch, seq, hash)
join event on event.station = $1 and event.epoch = said.epoch and event.seq = said.seq
where event.hash is not null and event.hash <> said.hash;
