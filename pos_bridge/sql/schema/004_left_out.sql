-- What tills told and what counts for nothing is looked for by source, the newest first.

create index message_left_out on message (source, received_at) where state = 'read' and why <> '';

-- What came again under the name of a kept message with another body: the first one counts. Each such body is kept once,
-- counted, and goes as other messages' do.
create table told_again (
    number integer primary key autoincrement,
    source text not null,
    key text not null,
    digest blob not null,
    received_at integer not null,
    headers blob not null,
    body blob,
    times integer not null default 1,
    unique (source, key, digest)
) strict;

create index told_again_newest on told_again (source, received_at);
create index told_again_aged on told_again (received_at) where body is not null;
