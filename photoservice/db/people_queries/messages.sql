-- name: language
-- Returns the language a person is written to in.
select language from people.person where id = $1;

-- name: queue
-- Queues a message, unless the same was queued before.
insert into people.message (id, person, channel, kind, key, language, target, about, next_at, made_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
on conflict (person, channel, key) do nothing;

-- name: wanted
-- Lists by which channels a person wants a kind, or does not, as far as they said.
select channel, is_on from people.preference where person = $1 and kind = $2;

-- name: take
-- Takes messages whose turn it is, by moving their next turn to when they are given up as left behind.
update people.message set next_at = $2, attempts = attempts + 1
where id in (
    select id from people.message
    where sent_at is null and failed_at is null and next_at <= $1 and channel = any($3::text[])
    order by next_at, id limit $4
    for update skip locked)
returning id, person, channel, kind, language, target, about, attempts, made_at;

-- name: sent
-- Notes that a message is gone, and drops where it went and what it said.
update people.message set sent_at = $2, why = $3, target = '', about = '' where id = $1;

-- name: fail
-- Notes that a message will never arrive, and why; drops where it was to go and what it said.
update people.message set failed_at = $2, why = $3, target = '', about = '' where id = $1;

-- name: put_off
-- Gives a message its next turn.
update people.message set next_at = $2, why = $3 where id = $1;

-- name: waiting
-- Counts the messages that wait to be sent.
select count(*) from people.message where sent_at is null and failed_at is null;

-- name: trouble
-- Returns why the newest mail to a person that is done with never arrived; nothing when it did.
select why from (
    select why, failed_at from people.message
    where person = $1 and channel = 'mail' and (sent_at is not null or failed_at is not null)
    order by coalesce(sent_at, failed_at) desc limit 1) as newest
where failed_at is not null and why like 'refused%';

-- name: want
-- Notes whether a person wants a kind by a channel.
insert into people.preference (person, kind, channel, is_on, changed_at) values ($1, $2, $3, $4, $5)
on conflict (person, kind, channel) do update set is_on = excluded.is_on, changed_at = excluded.changed_at;

-- name: said
-- Lists all that a person said of what they want by which channel.
select kind, channel, is_on from people.preference where person = $1;
