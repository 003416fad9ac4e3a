-- name: insert
-- Keeps something that is to be answered once; the same one twice is kept once.
insert into people.challenge (mac, kind, person, about, made_at, expires_at) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing;

-- name: find
-- Returns what is still to be answered, locked.
select person, about, wrong from people.challenge where mac = $1 and kind = $2 and expires_at > $3 for update;

-- name: take
-- Takes what is still to be answered: nobody can answer it again.
delete from people.challenge where mac = $1 and kind = $2 and expires_at > $3 returning person, about;

-- name: note_wrong
-- Counts a wrong answer.
update people.challenge set wrong = wrong + 1 where mac = $1;

-- name: drop_kind
-- Drops everything of one kind that a person was to answer.
delete from people.challenge where person = $1 and kind = $2;

-- name: count
-- Counts what a person may still answer of one kind.
select count(*) from people.challenge where person = $1 and kind = $2 and expires_at > $3;
