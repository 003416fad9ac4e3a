-- What a store hub holds for its stations, and what the photoservice said to it.

-- name: held
-- Every event held that shares an ID or a place with one of a batch, and whether it is still owed upward.
select inside.id, inside.seq, inside.hash, sent.ack is null, sent.number
from inside join sent using (number)
where inside.station = :station and inside.epoch = :epoch and inside.seq in (select value from json_each(:seqs))
union
select inside.id, inside.seq, inside.hash, sent.ack is null, sent.number
from inside join sent using (number)
where inside.station = :station and inside.id in (select value from json_each(:ids));

-- name: keep
-- Take a request in, as it came.
insert into sent (station, epoch, digest, method, url, headers, body, taken_at)
values (:station, :epoch, :digest, :method, :url, :headers, :body, :taken_at)
returning number;

-- name: keep_event
-- Note that an event is inside it.
insert into inside (station, epoch, seq, id, hash, number) values (:station, :epoch, :seq, :id, :hash, :number);

-- name: owed
-- Requests that the photoservice has not answered, the oldest first.
select number, station, epoch, digest, method, url, headers, body
from sent where ack is null and number > :after order by number limit :limit;

-- name: owed_of
-- Those of one station.
select number, station, epoch, digest, method, url, headers, body
from sent where ack is null and station = :station and number > :after order by number limit :limit;

-- name: count_owed
-- How many requests the photoservice has not answered.
select count(*) from sent where ack is null;

-- name: answered
-- The photoservice has it: its signed word is kept, what the station sent is not.
update sent set ack = :ack, acked_at = :at, headers = null, body = null where number = :number and ack is null;

-- name: refused
-- The photoservice cannot take this request as it is; its station must send it again, in smaller ones.
delete from sent where number = :number and ack is null returning station, epoch;

-- name: untold
-- The photoservice's words that a station has not been told.
select number, ack from sent where station = :station and ack is not null and told = 0 order by number limit :limit;

-- name: spoken_of
-- The photoservice's newest words on some events of an epoch: sent again, so whoever sent them did not hear.
select distinct sent.number, sent.ack
from inside join sent using (number)
where inside.station = :station and inside.epoch = :epoch and inside.seq in (select value from json_each(:seqs))
  and sent.ack is not null
order by sent.number desc limit :limit;

-- name: tell
-- This word is on its way to its station.
update sent set told = 1 where number in (select value from json_each(:numbers)) and told = 0;

-- name: prune
-- Words older than they are good for.
delete from sent where number in (select number from sent where acked_at < :before and told = 1 limit :limit)
returning number;

-- name: newest_word
-- The newest time the photoservice has signed here.
select max(acked_at) from sent where acked_at is not null;

-- name: epochs
-- Every epoch of a station, in no order that means anything.
select epoch from inside where station = :station
union select epoch from high_mark where station = :station
order by epoch;

-- name: mark
-- How far an epoch is held without a hole.
select seq, hash from high_mark where station = :station and epoch = :epoch;

-- name: above
-- What is held of an epoch above a seq, ascending.
select distinct seq, hash from inside where station = :station and epoch = :epoch and seq > :seq
order by seq limit :limit;

-- name: raise_mark
-- The hole behind the mark is filled.
insert into high_mark (station, epoch, seq, hash) values (:station, :epoch, :seq, :hash)
on conflict (station, epoch) do update set seq = :seq, hash = :hash;

-- name: drop_mark
-- An event below it is held no more.
delete from high_mark where station = :station and epoch = :epoch;

-- name: gaps
-- Ranges missing of an epoch above its mark.
select before + 1, seq - 1 from (
    select seq, lag(seq, 1, :high) over (order by seq) as before
    from (select distinct seq from inside where station = :station and epoch = :epoch and seq > :high))
where seq > before + 1 order by seq limit :limit;
