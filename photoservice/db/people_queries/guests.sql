-- name: open
-- Returns the share behind an address, and whom of its guests the cookie ($2) or the session ($3) stands for; who
-- opened a link by an earlier address is none of them.
select share.*, guest.id as guest, guest.name as guest_name, guest.mac = $2 as is_by_cookie
from people.share
left join people.guest on guest.share = share.id and (guest.mac = $2 or guest.person = $3)
    and (guest.links = share.links or share.kind = 'person')
where share.token_mac = $1
order by guest.mac = $2 desc nulls last limit 1;

-- name: count_view
-- Counts one more who opened a share, if one more may; the row is locked, so that no two take the last place.
update people.share set views = views + 1
where id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)
  and (view_limit is null or views < view_limit) and views < $3
returning views;

-- name: uncount_view
-- Counts one view less: who came was there already.
update people.share set views = views - 1 where id = $1;

-- name: insert
-- Adds a guest, who came by the share's address of the number $7. Somebody who came at the same moment from another
-- window is the same guest, and so is who comes again by a new address.
insert into people.guest (id, share, mac, person, name, made_at, seen_at, links) values ($1, $2, $3, $4, $5, $6, $6, $7)
on conflict (person, share) where person is not null
do update set mac = excluded.mac, links = excluded.links, seen_at = excluded.seen_at,
    name = coalesce(nullif(excluded.name, ''), guest.name)
where guest.links <> excluded.links;

-- name: set_name
-- Keeps what a guest calls themselves.
update people.guest set name = $2 where id = $1;

-- name: see
-- Notes when a guest was last there.
update people.guest set seen_at = $2 where id = $1 and seen_at < $2::timestamptz - interval '10 minutes';

-- name: of_share
-- Lists who opened a share, and how much they picked.
select guest.id, guest.name, guest.made_at, guest.seen_at,
       (select count(*) from people.pick where pick.guest = guest.id) as picks
from people.guest where guest.share = $1 order by guest.made_at, guest.id limit $2;

-- name: pick
-- Picks a picture for a guest.
insert into people.pick (share, image, guest, at) values ($1, $2, $3, $4) on conflict do nothing;

-- name: count_picks
-- Counts the picks of a share, up to $2.
select count(*) from (select from people.pick where share = $1 limit $2) as picks;

-- name: unpick
-- Takes a pick back.
delete from people.pick where share = $1 and image = $2 and guest = $3;

-- name: picked_by
-- Lists what a guest picked.
select image from people.pick where guest = $1 order by at, image;

-- name: picks
-- Lists all picks of a share, by picture: who, and when.
select pick.image, image.roll, image.frame, image.frame_order, pick.at, guest.id as guest, guest.name
from people.pick
join images.image on image.id = pick.image
join people.guest on guest.id = pick.guest
where pick.share = $1 order by image.roll, image.frame_order, pick.image, pick.at, guest.id;

-- name: comments
-- Lists what was said about a share and has not been removed, oldest first; of one picture ($2), or of all when null.
select comment.id, comment.image, comment.guest, comment.text, comment.at, guest.name
from people.comment left join people.guest on guest.id = comment.guest
where comment.share = $1 and comment.removed_at is null and ($2::text is null or comment.image = $2)
order by comment.at, comment.id limit $3;

-- name: count_comments
-- Counts what a guest said, removed or not; of the owner, when $2 is null.
select count(*) from people.comment where share = $1 and guest is not distinct from $2;

-- name: count_all_comments
-- Counts what was said about a share and stands, whoever said it.
select count(*) from people.comment where share = $1 and removed_at is null;

-- name: count_by_picture
-- Counts what was said of each picture of a share.
select image, count(*) as comments from people.comment
where share = $1 and removed_at is null and image is not null group by image;

-- name: comment
-- Keeps something said.
insert into people.comment (id, share, image, guest, text, at) values ($1, $2, $3, $4, $5, $6);

-- name: remove_comment
-- Takes back something said: by the guest who said it ($3), or by the owner (null). Its words go.
update people.comment set removed_at = $4, text = ''
where id = $1 and share = $2 and removed_at is null and ($3::text is null or guest = $3);
