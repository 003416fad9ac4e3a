-- name: insert
-- Adds a share.
insert into people.share (id, person, kind, token_mac, to_person, to_whom, to_mac, scope, what, made_at, rights)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, array['view']);

-- name: insert_image
-- Adds a picture to a shared selection.
insert into people.share_image (share, image, place) values ($1, $2, $3);

-- name: set_terms
-- Keeps what a share says and allows. A null password leaves the one there is; an empty one takes it away.
update people.share
set title = $3, sender = $4, message = $5, rights = $6, order_limit = $7, view_limit = $8, expires_at = $9,
    password = case when $10::text is null then password else nullif($10, '') end
where id = $1 and person = $2;

-- name: revoke
-- Takes a share back; nobody sees anything by it from the commit on.
update people.share set revoked_at = coalesce(revoked_at, $3) where id = $1 and person = $2;

-- name: reopen
-- Opens a share that was taken back, under a new address.
update people.share set revoked_at = null, token_mac = $3, links = $4 where id = $1 and person = $2;

-- name: delete
-- Forgets a share, and all that was picked and said by it.
delete from people.share where id = $1 and person = $2;

-- name: of_person
-- Lists what a person shares, the newest first, from behind the one called $3 on, and how much it is used.
select share.*,
       (select count(*) from people.pick where pick.share = share.id) as picks,
       (select count(*) from people.comment where comment.share = share.id and removed_at is null) as comments
from people.share
where person = $1
  and ($3 = '' or (made_at, id) < (select made_at, id from people.share where person = $1 and id = $3))
order by made_at desc, id desc limit $2;

-- name: count
-- Counts what a person shares.
select count(*) from people.share where person = $1;

-- name: one
-- Returns a share of a person's own.
select share.*,
       (select count(*) from people.pick where pick.share = share.id) as picks,
       (select count(*) from people.comment where comment.share = share.id and removed_at is null) as comments
from people.share where id = $1 and person = $2;

-- name: with_person
-- Lists what others share with a person and they opened, and the newest $4 of what waits to be opened, the newest first.
-- What was taken back, is over or was put away is not listed, nor what comes from whom they block.
with mine as (
    select id from people.share where to_person = $1
    union
    select guest.share from people.guest join people.share on share.id = guest.share
    where guest.person = $1 and share.kind = 'link' and guest.links = share.links
), listed as (
    select share.*, exists (
        select from people.guest where guest.share = share.id and guest.person = $1) as is_opened
    from mine join people.share on share.id = mine.id
    where share.person <> $1 and share.revoked_at is null and (share.expires_at is null or share.expires_at > $2)
      and not exists (select from people.hidden_share as hidden where hidden.person = $1 and hidden.share = share.id)
      and not (share.kind = 'person' and exists (
          select from people.blocked_sender as blocked where blocked.person = $1 and blocked.sender = share.person))
)
select * from (
    (select * from listed where is_opened order by made_at desc, id limit $3)
    union all
    (select * from listed where not is_opened order by made_at desc, id limit $4)
) as told order by made_at desc, id;

-- name: count_waiting
-- Counts what a person shares with whoever signs in by $2 that was not opened and is not over, whether there is anybody.
select count(*) from people.share
where person = $1 and to_mac = $2 and revoked_at is null and (expires_at is null or expires_at > $3)
  and not exists (select from people.guest where guest.share = share.id and guest.person = share.to_person);

-- name: is_unwanted
-- Says whether one more share of $2 with person $1 is not to be listed and told: they block them, or $4 of that sender or
-- $5 in all wait to be opened already.
select exists (select from people.blocked_sender where person = $1 and sender = $2)
    or (select count(*) filter (where waiting.person = $2) >= $4 or count(*) >= $5 from (
        select share.person from people.share
        where to_person = $1 and share.person <> $1 and revoked_at is null
          and (expires_at is null or expires_at > $3)
          and not exists (select from people.guest where guest.share = share.id and guest.person = $1)
          and not exists (select from people.hidden_share as hidden where hidden.person = $1 and hidden.share = share.id)
    ) as waiting);

-- name: hide
-- Puts a share away that somebody else shares with a person, or that they opened.
insert into people.hidden_share (person, share, at)
select $1, share.id, $3 from people.share
where share.id = $2 and share.person <> $1
  and (share.to_person = $1 or exists (
      select from people.guest where guest.share = share.id and guest.person = $1))
on conflict (person, share) do update set at = excluded.at;

-- name: unhide
-- Lists a share again that was put away.
delete from people.hidden_share where person = $1 and share = $2;

-- name: block
-- Blocks who shares this ($2) with a person ($1).
insert into people.blocked_sender (id, person, sender, name, at)
select $3, $1, share.person, share.sender, $4 from people.share
where share.id = $2 and share.person <> $1 and share.to_person = $1
on conflict (person, sender) do update set at = excluded.at;

-- name: allow
-- Blocks somebody no longer.
delete from people.blocked_sender where person = $1 and id = $2;

-- name: blocked
-- Lists whom a person blocks, the last one first.
select id, name, at from people.blocked_sender where person = $1 order by at desc, id limit $2;

-- name: group_name
-- Returns the name of a person's sub-group.
select name from people.sub_group where id = $1 and person = $2;

-- name: standing_images
-- Returns which of some images stand, and of which roll, in the order asked for.
select image.id, image.roll from unnest($1::text[]) with ordinality as asked (id, place)
join images.image on image.id = asked.id
where image.state = 'standing' order by asked.place;

-- name: pictures
-- Lists a page of what a share ($1) shows, in its order: whole rolls ($2); or, of the rolls its owner sees ($3), what
-- is selected or stands in the sub-group ($4); and what others put in, as far as they see it ($5 who, $6 of which
-- roll). `total` is how many there are of all; `whose` is empty for the owner's.
select id, min(whose) as whose, count(*) over () as total
from people.shown_in_share($1, $2, $3, $4, $5, $6) group by id order by min(part collate "C"), min(place), id limit $7 offset $8;

-- name: shows
-- Tells whose picture one image of a share is, as `pictures` would list it: its owner's ('') or a contributor's; no row
-- when it is not shown.
select coalesce(
    (select '' where image.roll = any($3::text[])
        or (image.roll = any($4::text[]) and (
            exists (select from people.share_image where share_image.share = $1 and share_image.image = image.id)
            or exists (select from people.grouped where grouped.sub_group = $5 and grouped.image = image.id)))),
    (select contribution.person from people.contribution
     where contribution.share = $1 and contribution.image = image.id
       and (contribution.person, image.roll) in (select * from unnest($6::text[], $7::text[])))) as whose,
    image.roll, image.frame
from images.image where image.id = $2 and image.state = 'standing';

-- name: around
-- Returns what lies before and behind one image ($7) in the order of `pictures`, whose it is, and at which place.
with each as (
    select id, min(part collate "C") as part, min(place) as place, min(whose) as whose
    from people.shown_in_share($1, $2, $3, $4, $5, $6) group by id
), told as (
    select id, whose, lag(id) over line as before, lead(id) over line as behind, row_number() over line as nth,
           count(*) over () as total
    from each window line as (order by part collate "C", place, id)
)
select * from told where id = $7;

-- name: contributors
-- Lists who put pictures into a share.
select distinct person from people.contribution where share = $1;

-- name: contribute
-- Puts a picture into a shared sub-group.
insert into people.contribution (share, image, person, at) values ($1, $2, $3, $4) on conflict do nothing;

-- name: withdraw
-- Takes a picture out of a shared sub-group again: by who put it in ($3), or by the owner (null).
delete from people.contribution where share = $1 and image = $2 and ($3::text is null or person = $3);

-- name: contributed_by
-- Counts what a person put into a share.
select count(*) from people.contribution where share = $1 and person = $2;
