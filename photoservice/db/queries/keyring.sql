-- name: mark
-- Keeps the mark of the keys this database began with, and returns the mark it has.
insert into keyring_mark (mark) values ($1) on conflict (is_only) do update set mark = keyring_mark.mark returning mark;
