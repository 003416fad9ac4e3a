-- What the till bridge keeps (pos_bridge/ledger).

-- name: keep_message
-- Keep a message as it came, once.
insert into message (source, key, received_at, headers, body)
values (:source, :key, :received_at, :headers, :body)
on conflict (source, key) do nothing
returning source, key;

-- name: has_other_body
-- Whether a message is kept with another body than this; of one whose text is gone nobody can tell.
select 1 from message where source = :source and key = :key and body <> :body;

-- name: keep_other
-- Keep what came under a kept message's name with another body: once each, and no more than so many.
insert into told_again (source, key, digest, received_at, headers, body)
select :source, :key, :digest, :received_at, :headers, :body
where (select count(*) from told_again where source = :source and key = :key and digest <> :digest) < :most
on conflict (source, key, digest) do update set times = times + 1
returning number;

-- name: count_other
-- One more came, and as many are kept as may be.
update told_again set times = times + 1
where number = (select max(number) from told_again where source = :source and key = :key);

-- name: unread
-- The oldest messages that nobody has read.
select number, source, key, received_at, headers, body from message
where state = 'new' order by number limit :limit;

-- name: judged
-- A message was read, or cannot be.
update message set state = :state, why = :why where number = :number;

-- name: messages
-- Messages whose text is still kept, in the order they came.
select number, source, key, received_at, headers, body, state, why from message
where body is not null and (:source is null or source = :source) and received_at >= :since
  and (:state is null or state = :state) and number > :after
order by number limit :limit;

-- name: read_again
-- Messages are to be read again, by a better reader.
update message set state = 'new', why = ''
where body is not null and state <> 'new' and (:source is null or source = :source) and received_at >= :since
  and (:state is null or state = :state)
returning number;

-- name: want
-- Something is to be fetched.
insert into wanted (source, name) values (:source, :name) on conflict do nothing;

-- name: wanted
-- What is to be fetched from a source.
select name from wanted where source = :source order by name limit :limit;

-- name: got
-- It was fetched, or is there no more.
delete from wanted where source = :source and name in (select value from json_each(:names));

-- name: note
-- Remember a word.
insert into note (name, value) values (:name, :value) on conflict (name) do update set value = :value;

-- name: read_note
-- A remembered word.
select value from note where name = :name;

-- name: source_of
-- Whose message it is.
select source from message where number = :number;
