-- name: sessions
-- Drops some ($2) sessions that were over at $1.
delete from people.session where mac in (
    select mac from people.session where expires_at <= $1 order by expires_at limit $2 for update skip locked);

-- name: challenges
-- Drops some of what was too old at $1 to be answered.
delete from people.challenge where mac in (
    select mac from people.challenge where expires_at <= $1 order by expires_at limit $2 for update skip locked);

-- name: viewings
-- Drops some viewings that were over at $1.
delete from images.viewing where mac in (
    select mac from images.viewing where expires_at <= $1 order by expires_at limit $2 for update skip locked);

-- name: messages
-- Drops some messages that were done with before $1.
delete from people.message where id in (
    select id from people.message
    where (sent_at is not null or failed_at is not null) and coalesce(sent_at, failed_at) < $1
    order by coalesce(sent_at, failed_at) limit $2 for update skip locked);

-- name: comments
-- Drops some comments that were removed before $1.
delete from people.comment where id in (
    select id from people.comment
    where removed_at is not null and removed_at < $1 order by removed_at limit $2 for update skip locked);

-- name: records
-- Drops some of what was noted of people before $1.
delete from people.record where id in (
    select id from people.record where at < $1 order by at limit $2 for update skip locked);

-- name: uploads
-- Drops some uploads that ended before $1.
delete from images.upload where id in (
    select id from images.upload
    where ended_at is not null and ended_at < $1 and state <> 'open'
    order by ended_at limit $2 for update skip locked);

-- name: reservations
-- Drops some promises of room that ended before $1, and that no upload names any more.
delete from images.reservation where id in (
    select id from images.reservation as promise
    where ended_at is not null and ended_at < $1
      and not exists (select from images.upload where upload.reservation = promise.id)
    order by ended_at limit $2 for update skip locked);

-- name: enrol_codes
-- Drops some codes that let a station join and expired before $1.
delete from enrol_code where mac in (
    select mac from enrol_code where expires_at < $1 order by expires_at limit $2 for update skip locked);

-- name: hours
-- Drops some counts of hours before $1.
delete from ops.hourly where (measure, tenant, hour) in (
    select measure, tenant, hour from ops.hourly where hour < $1 order by hour limit $2 for update skip locked);

-- name: days
-- Drops some counts of days before $1.
delete from ops.daily where (measure, tenant, day) in (
    select measure, tenant, day from ops.daily where day < ($1::timestamptz at time zone 'UTC')::date
    order by day limit $2 for update skip locked);

-- name: people
-- Lists people behind $1, by their names.
select id from people.person where id > $1 order by id limit $2;

-- name: notices
-- Drops what some people ($1) were told before $2, and all but the last $3 of others' doings ($4) and of all else.
delete from people.notice using (
    select id, at, row_number() over (partition by person, kind = any($4::text[]) order by at desc, id desc) as nth
    from people.notice where person = any($1::text[])
) as ranked
where notice.id = ranked.id and (ranked.at < $2 or ranked.nth > $3);

-- name: removed_groups
-- Drops what was kept of sub-groups that some people ($1) removed before $2.
delete from people.removed_group where person = any($1::text[]) and removed_at < $2;

-- name: edits_held
-- Lists whose and which picture's edits have so many versions from before $2 that some of them are beyond the last $3 and
-- beyond $3 steps of undo, by the lock of each.
select format('edit:%s:%s', person, image) as lock
from people.edit where person = any($1::text[])
group by person, image having count(*) filter (where at < $2) > 2 * $3 + 1
order by lock limit 500;

-- name: edits
-- Drops versions from before $2 of those edits ($4, their locks), but the one that holds, the last $3, and those that
-- undo leads to in $3 steps, or that an open order is made with.
with recursive long as (
    select person, image from people.edit
    where person = any($1::text[]) and format('edit:%s:%s', person, image) = any($4::text[])
    group by person, image
), undo as (
    select head.person, head.image, head.version, 0 as steps
    from people.edit_head as head join long using (person, image)
    where head.version > 0
    union all
    select edit.person, edit.image, edit.after, undo.steps + 1
    from undo
    join people.edit on edit.person = undo.person and edit.image = undo.image and edit.version = undo.version
    where edit.after > 0 and undo.steps < $3
), ranked as (
    select person, image, version, at, row_number() over (partition by person, image order by version desc) as nth
    from people.edit join long using (person, image)
)
delete from people.edit using ranked
where edit.person = ranked.person and edit.image = ranked.image and edit.version = ranked.version
  and ranked.at < $2 and ranked.nth > $3
  and not exists (
      select from undo
      where undo.person = ranked.person and undo.image = ranked.image and undo.version = ranked.version)
  and not exists (
      select from goods.line_image join goods.customer_order as o on o.id = line_image.order_id
      where line_image.image = ranked.image and line_image.edit = ranked.version and o.is_open);

-- name: visits
-- Drops who opened a share of some people ($1) that was over before $2, and neither picked nor said anything there.
delete from people.guest using people.share
where share.id = guest.share and share.person = any($1::text[])
  and least(share.revoked_at, share.expires_at) < $2
  and not exists (select from people.pick where pick.guest = guest.id)
  and not exists (select from people.comment where comment.guest = guest.id);

-- name: guests_held
-- Lists those of some people ($1) who may be gone, locked, as `guests` asks it: nobody opens a session for them then.
select id as lock from people.person
where id = any($1::text[]) and not has_credentials and made_at < $2
order by id for update skip locked;

-- name: guests
-- Drops those of some people ($1, locked $4) who cannot come back: they sign in by nothing, have no session, hold nothing
-- but by codes that are dead since before $2 or older than $3; and of whose shares nobody is in any that is not over;
-- and who wait for nothing they ordered. What they had ordered is nobody's then.
with gone as (
delete from people.person
where id = any($1::text[]) and id = any($4::text[]) and not has_credentials and made_at < $2
  and not exists (select from people.session where session.person = person.id)
  and not exists (select from people.login where login.person = person.id)
  and not exists (select from people.passkey where passkey.person = person.id)
  and not exists (select from people.password where password.person = person.id)
  and not exists (select from people.account_holding where account_holding.person = person.id)
  and not exists (
      select from people.holding
      left join access_code on access_code.mac = holding.code
      where holding.person = person.id
        and (holding.code is null or (
            access_code.mac is not null and access_code.made_at > $3
            and (access_code.voided_at is null or access_code.voided_at > $2))))
  and not exists (
      select from people.share join people.guest on guest.share = share.id
      where share.person = person.id and share.revoked_at is null
        and (share.expires_at is null or share.expires_at > $2))
  and not exists (select from goods.customer_order where customer_order.person = people.person.id and is_open)
returning id
), off as (
    update goods.customer_order set root = null, share = null, guest = null, address = null
    where person in (select id from gone)
)
select id from gone;

-- name: orders
-- Drops orders that ended and were not touched since $1, with their lines, steps and payments.
delete from goods.customer_order where id in (
    select id from goods.customer_order where not is_open and changed_at < $1
    order by changed_at limit $2 for update skip locked);
