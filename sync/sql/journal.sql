-- The journal: epochs and events. It knows no event kinds.

-- name: newest_epoch
-- The epoch now being written, and how far it has come.
select ordinal, epoch, last, head from epoch where brought_back = 0 order by ordinal desc limit 1;

-- name: newest_event
-- The last event ever written here, which the next one names as its predecessor.
select epoch, last, head from epoch where last > 0 and brought_back = 0 order by ordinal desc limit 1;

-- name: begin_epoch
-- A new run of the station's process begins.
insert into epoch (ordinal, epoch, last, head)
values ((select coalesce(max(ordinal), 0) + 1 from epoch), :epoch, 0, null);

-- name: add_event
-- Write one fact.
insert into event (ordinal, seq, id, kind, at, hash, line) values (:ordinal, :seq, :id, :kind, :at, :hash, :line);

-- name: add_secret
-- Keep a secret's ciphertext until the photoservice has it.
insert into secret_box (event, box) values (:event, :box);

-- name: owe_event
-- Owe the event to the photoservice.
insert into outbox (ordinal, seq, event) values (:ordinal, :seq, :event);

-- name: advance_epoch
-- Move the epoch's head onto the event just written.
update epoch set last = :last, head = :head where ordinal = :ordinal;

-- name: event_by_id
-- One event with its secret's ciphertext, if both are still kept.
select event.line, event.hash, secret_box.box
from event left join secret_box on secret_box.event = event.id
where event.id = :id;

-- name: all_events
-- Every event in the order it was written, for checking the chain.
select epoch.epoch, event.seq, event.id, event.hash, event.line, epoch.brought_back
from event join epoch using (ordinal)
order by event.ordinal, event.seq;

-- name: branch_at
-- What stands at one place, and whether the event behind it came back after the journal was restored.
select event.hash, exists (
    select 1 from event as behind join brought_back on brought_back.event = behind.id
    where behind.ordinal = event.ordinal and behind.seq = event.seq + 1)
from event join epoch using (ordinal)
where epoch.epoch = :epoch and event.seq = :seq;

-- name: count_events
-- How many events were ever written here.
select count(*) from event;

-- name: read_note
-- One remembered value.
select value from note where name = :name;

-- name: write_note
-- Remember one value.
insert into note (name, value) values (:name, :value) on conflict (name) do update set value = :value;
