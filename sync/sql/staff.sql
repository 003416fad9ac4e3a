-- The staff book: who may sign in here, and the tries of every badge, known or not.

-- name: add_member
-- Take somebody in.
insert into staff (id, name, badge, masked, pin_hash, added_at, role)
values (:id, :name, :badge, :masked, :pin_hash, :at, :role);

-- name: remove_member
-- Take somebody out; the id and the name stay for old events.
update staff set badge = null, masked = '', pin_hash = null, removed_at = :at where id = :id and removed_at is null;

-- name: list_members
-- Everybody in the book, with what is known of their badge's tries.
select id, name, masked, added_at, role, staff.badge, locked_until
from staff left join staff_try on staff_try.badge = staff.badge
where removed_at is null order by name, added_at, id;

-- name: name_of
-- The name behind an id, also of who was removed.
select name from staff where id = :id;

-- name: by_badge
-- Whose badge it is.
select id, name, masked, added_at, role, pin_hash from staff where badge = :badge;

-- name: role_of
-- What somebody in the book is.
select role from staff where id = :id and removed_at is null;

-- name: badge_of
-- The badge of somebody in the book.
select badge from staff where id = :id and removed_at is null;

-- name: tries_of
-- Wrong PINs in a row, and when the lock ends by the wall clock.
select wrong, locked_until from staff_try where badge = :badge;

-- name: put_tries
-- Count one more try, or write down a lock.
insert into staff_try (badge, turn, wrong, locked_until)
values (:badge, (select coalesce(max(turn), 0) + 1 from staff_try), :wrong, :locked_until)
on conflict (badge) do update set turn = excluded.turn, wrong = excluded.wrong, locked_until = excluded.locked_until;

-- name: forget_tries
-- The right PIN was shown, or somebody let them in again.
delete from staff_try where badge = :badge;

-- name: forget_strangers
-- Badges nobody knows: only the newest tries are kept, so that trying fills no disk.
delete from staff_try
where badge not in (select badge from staff where badge is not null)
  and turn <= (select coalesce(max(turn), 0) from staff_try) - :kept;
