-- name: keep
-- Keeps what is left of a password, in the place of the one before.
insert into people.password (person, hash, changed_at) values ($1, $2, $3)
on conflict (person) do update set hash = excluded.hash, changed_at = excluded.changed_at;

-- name: renew
-- Keeps the same password hashed anew, unless it was changed meanwhile.
update people.password set hash = $3 where person = $1 and hash = $2;

-- name: of_person
-- Returns what is kept of a person's password, and since when.
select hash, changed_at from people.password where person = $1;
