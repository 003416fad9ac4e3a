-- name: open
-- Opens a session.
insert into people.session (mac, person, how, agent, made_at, seen_at, proved_at, expires_at)
values ($1, $2, $3, $4, $5, $5, $5, $6);

-- name: find
-- Returns a session that is not over, whose it is, and how many notices they have not seen (at most 100).
select session.mac, session.person, session.how, session.made_at, session.seen_at, session.proved_at,
       session.expires_at, person.language, person.has_credentials,
       (select count(*) from (
           select from people.notice where notice.person = session.person and notice.seen_at is null limit 100
       ) as notice) as unread
from people.session join people.person on person.id = session.person
where session.mac = $1 and session.expires_at > $2;

-- name: touch
-- Notes that a session is used, and puts its end off.
update people.session set seen_at = $2, expires_at = $3 where mac = $1;

-- name: close
-- Ends a session.
delete from people.session where mac = $1;

-- name: close_others
-- Ends all sessions of a person but one.
delete from people.session where person = $1 and mac <> $2;
