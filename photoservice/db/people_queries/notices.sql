-- name: insert
-- Tells a person something, unless they were told it before, or $7 things of that kind since $8.
insert into people.notice (id, person, kind, key, about, at)
select $1, $2, $3, $4, $5, $6
where (select count(*) from people.notice where person = $2 and at > $8 and kind = $3) < $7
on conflict (person, key) do nothing;

-- name: unseen
-- Counts what a person was told and has not seen, up to a hundred.
select count(*) from (select from people.notice where person = $1 and seen_at is null limit 100) as unseen;

-- name: of
-- Lists what a person was told, the newest first, from behind the one called $2 on.
select id, kind, about, at, seen_at from people.notice
where person = $1
  and ($2 = '' or (at, id) < (select at, id from people.notice where person = $1 and id = $2))
order by at desc, id desc
limit $3;

-- name: see
-- Notes that a person has seen what they were told.
update people.notice set seen_at = $2 where person = $1 and seen_at is null;

-- name: trim
-- Drops what a person was told of these kinds ($2), or of all others (not $3), but the last $4.
delete from people.notice where id in (
    select id from people.notice
    where person = $1 and (kind = any($2::text[])) = $3 order by at desc, id desc offset $4 limit 50);
