-- name: insert
-- Adds a passkey, unless it is somebody's already.
insert into people.passkey (id, person, public_key, sign_count, name, made_at) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing;

-- name: find
-- Returns a passkey, locked: its counter is about to go on.
select person, public_key, sign_count from people.passkey where id = $1 for update;

-- name: use
-- Notes that a passkey was shown, and its counter.
update people.passkey set sign_count = $2, used_at = $3 where id = $1;

-- name: of_person
-- Lists a person's passkeys, the oldest first.
select id, name, made_at, used_at from people.passkey where person = $1 order by made_at, id;

-- name: remove
-- Takes a passkey of a person back.
delete from people.passkey where id = $1 and person = $2;
