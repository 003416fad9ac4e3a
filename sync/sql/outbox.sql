-- What is owed to the photoservice, and what it answered.

-- name: epoch_heads
-- Every epoch with its last event, for the handshake; the newest ten thousand.
select epoch, last, head from
    (select ordinal, epoch, last, head from epoch where last > 0 order by ordinal desc limit 10000)
order by ordinal;

-- name: epoch_of
-- One epoch by its name.
select ordinal, last from epoch where epoch = :epoch;

-- name: head_of
-- The last event of one epoch.
select last, head from epoch where epoch = :epoch and last > 0;

-- name: oldest_owed
-- The epoch of the oldest event that nobody has acknowledged.
select outbox.ordinal from outbox
where level is null and verdict is null and event not in (select value from json_each(:skipped))
order by outbox.ordinal, outbox.seq limit 1;

-- name: owed_of_epoch
-- The oldest events of one epoch that nobody has acknowledged.
select event.line, event.hash, secret_box.box, event.id
from outbox
join event using (ordinal, seq)
left join secret_box on secret_box.event = event.id
where outbox.ordinal = :ordinal and level is null and verdict is null
  and event.id not in (select value from json_each(:skipped))
order by outbox.seq limit :limit;

-- name: oldest_in_doubt
-- The epoch of the oldest event that the store hub took and that is to be sent again.
select outbox.ordinal from outbox
where resend = 1 and event not in (select value from json_each(:skipped))
order by outbox.ordinal, outbox.seq limit 1;

-- name: in_doubt_of_epoch
-- The oldest of them in one epoch.
select event.line, event.hash, secret_box.box, event.id
from outbox
join event using (ordinal, seq)
left join secret_box on secret_box.event = event.id
where outbox.ordinal = :ordinal and resend = 1 and event.id not in (select value from json_each(:skipped))
order by outbox.seq limit :limit;

-- name: page_owed
-- Events that the photoservice has not answered, the store hub's too, beyond a place.
select event.line, event.hash, secret_box.box, event.id, outbox.ordinal, outbox.seq
from outbox
join event using (ordinal, seq)
left join secret_box on secret_box.event = event.id
where (outbox.ordinal, outbox.seq) > (:ordinal, :seq) and ((level is null and verdict is null) or level = 'hub')
order by outbox.ordinal, outbox.seq limit :limit;

-- name: page_everything
-- Events that are still held whole, answered or not, beyond a place.
select event.line, event.hash, secret_box.box, event.id, event.ordinal, event.seq
from event left join secret_box on secret_box.event = event.id
where (event.ordinal, event.seq) > (:ordinal, :seq) and event.line is not null
order by event.ordinal, event.seq limit :limit;

-- name: events_between
-- Events of one epoch that the photoservice asks for again, acknowledged or not.
select event.line, event.hash, secret_box.box, event.id
from event left join secret_box on secret_box.event = event.id
where event.ordinal = :ordinal and event.seq between :first and :last and event.line is not null
  and event.id not in (select value from json_each(:skipped))
order by event.seq limit :limit;

-- name: event_at
-- What stands at one place of the chain.
select id, hash from event where ordinal = :ordinal and seq = :seq;

-- name: settle_event
-- Take the photoservice's verdict on one event; a duplicate was applied before. Its word that came by a detour changes
-- nothing that it has said since.
update outbox set
    level = 'photoservice',
    verdict = case when verdict = 'applied' and :verdict = 'duplicate' then verdict else :verdict end,
    reason = :reason,
    cause = :cause,
    outcome = coalesce(:outcome, outcome),
    answered_at = :at,
    resend = 0
where event = :event and (:late = 0 or level is null or level <> 'photoservice' or answered_at < :at)
returning event;

-- name: settle_at_hub
-- The store hub holds the event; that never covers the photoservice's word.
update outbox set level = 'hub', verdict = :verdict, answered_at = :at, resend = 0
where event = :event and (level = 'hub' or (level is null and verdict is null));

-- name: doubt_hub
-- Send again what only the store hub has taken.
update outbox set resend = 1 where level = 'hub' and resend = 0;

-- name: forget_hub
-- Another store hub stands there now, or none: what the old one took is owed as if nobody had it.
update outbox set level = null, verdict = null, reason = '', cause = '', answered_at = null, resend = 0
where level = 'hub';

-- name: forget_hub_between
-- The store hub itself says that it lacks these: they are owed as if nobody had them.
update outbox set level = null, verdict = null, reason = '', cause = '', answered_at = null, resend = 0
where ordinal = :ordinal and seq between :first and :last and level = 'hub';

-- name: is_forked
-- Whether an event of this epoch was called a fork before.
select 1 from outbox where ordinal = :ordinal and verdict = 'fork' limit 1;

-- name: owe_again
-- Another history stands upstream in the place of this one: what was taken of it may be gone, so it is owed once more.
update outbox set level = null, verdict = null, reason = '', cause = '', answered_at = null, resend = 0
where ordinal = :ordinal and level = 'photoservice' and verdict in ('applied', 'duplicate')
  and exists (select 1 from event where event.id = outbox.event and event.line is not null);

-- name: count_at_hub
-- How many events the store hub has and the photoservice has not answered.
select count(*) from outbox where level = 'hub';

-- name: drop_secret
-- The photoservice has the event: its secret's ciphertext goes.
delete from secret_box where event = :event;

-- name: read_mark
-- The highest contiguous seq a level has signed for.
select seq, hash from high_mark where ordinal = :ordinal and level = :level;

-- name: last_settled
-- The last event of an epoch that the photoservice has answered, above a hole or not.
select seq from outbox where ordinal = :ordinal and level = 'photoservice' order by seq desc limit 1;

-- name: raise_mark
-- Raise a level's mark; an older ack never lowers it.
insert into high_mark (ordinal, level, seq, hash) values (:ordinal, :level, :seq, :hash)
on conflict (ordinal, level) do update set seq = :seq, hash = :hash where :seq > high_mark.seq;

-- name: park_damaged
-- An event that no longer has its stored hash is set aside, so that those behind it can go.
update outbox set verdict = 'damaged', reason = :reason where event = :event;

-- name: count_owed
-- How many events nobody has acknowledged.
select count(*) from outbox where level is null and verdict is null;

-- name: first_owed
-- The first written of them: by its place, as the clock may have been wrong.
select outbox.ordinal, event.at from outbox join event using (ordinal, seq)
where level is null and verdict is null order by outbox.ordinal, outbox.seq limit 1;

-- name: count_troubled
-- How many events stand aside and need a person.
select count(*) from outbox
where verdict in ('parked', 'fork', 'damaged') and event not in (select event from parked_end);

-- name: list_troubled
-- Every event that stands aside, with its reason; those corrected or closed only when asked for.
select event.id, event.kind, epoch.epoch, event.seq, event.at, outbox.verdict, outbox.reason, outbox.cause,
       coalesce(parked_end.how, '')
from outbox join event using (ordinal, seq) join epoch using (ordinal)
left join parked_end on parked_end.event = outbox.event
where verdict in ('parked', 'fork', 'damaged') and (:ended or parked_end.event is null)
order by outbox.ordinal, outbox.seq;

-- name: answer_on
-- What is known of one event upstream, with the newest outcome of a claim.
select level, verdict, reason, coalesce(claim_outcome.outcome, outbox.outcome)
from outbox left join claim_outcome on claim_outcome.claim = outbox.event
where outbox.event = :event;

-- name: prune_lines
-- Acknowledged events beyond their keeping time shrink to ID and hash; what stands aside is kept whole.
update event set line = null
where id in (
    select outbox.event from outbox join event as kept on kept.id = outbox.event
    where outbox.level = 'photoservice' and outbox.verdict in ('applied', 'duplicate')
      and outbox.answered_at < :before and kept.line is not null
    order by outbox.answered_at limit :limit
)
returning id;
