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
