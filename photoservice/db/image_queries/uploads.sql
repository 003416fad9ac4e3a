-- name: insert
-- Writes that an upload began, and returns it.
insert into images.upload
    (id, tenant, reservation, roll, frame, file_name, sha256, length, metadata, state, made_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11) returning *;

-- name: of_tenant
-- Returns one of a tenant's uploads.
select * from images.upload where id = $1 and tenant = $2;

-- name: by_id
-- Returns one upload.
select * from images.upload where id = $1;

-- name: hold
-- Returns an upload, with what the offer of its promise said of the roll, and keeps others from changing it.
select upload.*, promise.facts from images.upload join images.reservation as promise on promise.id = upload.reservation
where upload.id = $1 for update of upload;

-- name: open_of_roll
-- Returns a tenant's open uploads of a roll whose picture is known, the newest last.
select id, frame, sha256 from images.upload
where tenant = $1 and roll = $2 and state = 'open' and sha256 is not null and expires_at > $3
order by made_at, id;

-- name: renew
-- Lets an open upload last longer.
update images.upload set expires_at = $2 where id = $1 and state = 'open' and expires_at < $2;

-- name: end
-- Ends an open upload.
update images.upload set state = $2, why = $3, image = $4, ended_at = $5 where id = $1 and state = 'open';

-- name: expired
-- Returns open uploads whose time is over.
select * from images.upload where state = 'open' and expires_at <= $1 order by expires_at limit 100;

-- name: known
-- Returns which of these uploads are open, and how long they will be.
select id, length from images.upload where id = any($1::text[]) and state = 'open';
