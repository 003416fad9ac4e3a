-- name: find
-- Finds whom a name or a mail address signs in, and what is kept of their password, if they have one.
select login.person, password.hash
from people.login left join people.password on password.person = login.person
where login.lookup = $1;

-- name: insert
-- Lets a person sign in by a name or an address, unless it is somebody's already.
insert into people.login (lookup, person, kind, box, made_at) values ($1, $2, $3, $4, $5) on conflict do nothing;

-- name: of_person
-- Lists what a person signs in with, the oldest first.
select kind, box, made_at from people.login where person = $1 order by made_at, kind;

-- name: remove
-- Takes a name or an address back.
delete from people.login where lookup = $1 and person = $2;

-- name: remove_kind
-- Takes back what a person signs in with of one kind.
delete from people.login where person = $1 and kind = $2;

-- name: has_credentials
-- Says whether a person signs in; nothing when there is no such person.
select has_credentials from people.person where id = $1;

-- name: give_credentials
-- Notes that a person signs in from now on.
update people.person set has_credentials = true, seen_at = $2 where id = $1;

-- name: knows_agent
-- Says whether a person is signed in by such a browser, and whether anywhere.
select coalesce(bool_or(agent = $2), false) as is_known, count(*) > 0 as is_anywhere from people.session where person = $1;

-- name: forgive
-- Drops a count of wrong tries: the right one came.
delete from wrong_tries where about = $1;

-- name: sessions
-- Lists where a person is signed in, who was here last first.
select mac, how, agent, made_at, seen_at from people.session
where person = $1 and expires_at > $2 order by seen_at desc, mac limit 100;

-- name: end_session
-- Ends one session of a person.
delete from people.session where person = $1 and mac = $2;

-- name: end_all
-- Ends all sessions of a person.
delete from people.session where person = $1;

-- name: note
-- Notes something a person did or had done.
insert into people.record (person, kind, about, at) values ($1, $2, $3, $4);
