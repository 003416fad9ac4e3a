-- Events that stand aside, and how they ended.

-- name: find
-- One event that stands aside and still waits for a person.
select outbox.event from outbox
where outbox.event = :event and verdict in ('parked', 'fork', 'damaged')
  and outbox.event not in (select event from parked_end);

-- name: end
-- It needs nobody any more.
insert or replace into parked_end (event, by_event, how) values (:event, :by_event, :how);
