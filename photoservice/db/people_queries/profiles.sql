-- name: box
-- Returns what a person tells of themselves, boxed under their key.
select box from people.profile where person = $1;

-- name: keep
-- Keeps what a person tells of themselves.
insert into people.profile (person, box, changed_at) values ($1, $2, $3)
on conflict (person) do update set box = excluded.box, changed_at = excluded.changed_at;

-- name: mail_box
-- Returns the newest mail address that a person proved, boxed.
select box from people.login where person = $1 and kind = 'mail' order by made_at desc limit 1;
