-- name: insert
-- Writes a promise of room.
insert into images.reservation (id, tenant, roll, offer, facts, granted, taken, made_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: of_offer
-- Returns the live promise that this very offer was given before.
select * from images.reservation where tenant = $1 and offer = $2 and ended_at is null for update;

-- name: resize
-- Changes how much is promised, and until when.
update images.reservation set granted = $2, expires_at = $3, facts = $4 where id = $1;

-- name: live
-- Returns a tenant's live promise for a roll.
select * from images.reservation
where id = $1 and tenant = $2 and roll = $3 and ended_at is null and expires_at > $4 for update;

-- name: hold
-- Returns a promise and keeps others from changing it.
select * from images.reservation where id = $1 for update;

-- name: take
-- Lets an upload have bytes of a promise; touches nothing where there are not so many left.
update images.reservation set taken = taken + $2 where id = $1 and taken + $2 <= granted;

-- name: give_back
-- Takes back what an upload had that came to nothing.
update images.reservation set taken = taken - $2 where id = $1;

-- name: file
-- Notes that bytes of a promise are kept now, which ends with the last of them, and counts them for its tenant and for
-- the store; touches nothing where the promise has ended. The caller holds the share; promise, then store are locked.
with promise as (
    update images.reservation
    set filed = filed + $3, ended_at = case when filed + $3 = granted then $6::timestamptz end
    where id = $1 and ended_at is null
    returning id
), share as (
    update images.tenant_storage set reserved = reserved - $3, used = used + $5
    where tenant = $2 and exists (select from promise)
)
update images.storage set reserved = reserved - $3, used = used + $4
where name = 'objects' and exists (select from promise);

-- name: renew
-- Lets a promise last longer.
update images.reservation set expires_at = $2 where id = $1 and ended_at is null and expires_at < $2;

-- name: end
-- Ends a promise.
update images.reservation set ended_at = $2 where id = $1 and ended_at is null;

-- name: expired
-- Returns promises that are over, and under which nothing is coming in.
select id, tenant from images.reservation as r
where ended_at is null and expires_at <= $1
  and not exists (select from images.upload where reservation = r.id and state = 'open')
order by expires_at limit 100;

-- name: is_used
-- Tells whether something is coming in under a promise.
select exists (select from images.upload where reservation = $1 and state = 'open');
