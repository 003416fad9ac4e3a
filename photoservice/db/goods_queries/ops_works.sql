-- name: captures
-- Counts documents of makers that wait, since when, and those that failed in the last week.
select count(*) filter (where finished_at is null) as waiting, min(made_at) filter (where finished_at is null) as oldest,
       count(*) filter (where finished_at is null and attempts > 0) as retried,
       count(*) filter (where success = false and finished_at > $1::timestamptz - interval '7 days') as failed
from capture where finished_at is null or finished_at > $1::timestamptz - interval '7 days';

-- name: behind
-- Lists rolls whose renditions are behind or cannot be made, the oldest first, behind one of them ($1, $2); of a tenant ($3);
-- only those that failed where asked for ($4).
select roll.id, roll.changed_at, roll.wanted - roll.made as behind, job.entrypoint as lane, job.status::text as status,
       coalesce(job.attempts, 0) as attempts, job.execute_after,
       (select count(*) from images.image where image.roll = roll.id and image.state <> 'withdrawn'
            and image.trouble <> '') as troubled,
       (select min(trouble) from images.image where image.roll = roll.id and image.state <> 'withdrawn'
            and image.trouble <> '') as trouble
from images.filed_roll as roll
left join jobs.pgqueuer as job on job.dedupe_key = roll.id and job.status in ('queued', 'picked')
where (roll.changed_at, roll.id) > ($1, $2)
  and (roll.wanted > roll.made or exists (
        select from images.image where image.roll = roll.id and image.state <> 'withdrawn' and image.trouble <> ''))
  and ($3::text is null or exists (select from images.image where image.roll = roll.id and image.tenant = $3))
  and (not $4 or coalesce(job.attempts, 0) > 0 or exists (
        select from images.image where image.roll = roll.id and image.state <> 'withdrawn' and image.trouble <> ''))
order by roll.changed_at, roll.id limit $5;

-- name: store
-- Returns what the object store holds and promised, and when its upkeep was done.
select storage.capacity, storage.reserved, storage.used,
       (select count(*) from images.original) as originals,
       (select count(*) from images.original where damage <> '') as damaged,
       (select count(*) from images.original where scrubbed_at is null) as unscrubbed,
       (select min(scrubbed_at) from images.original) as scrubbed_at,
       (select count(*) from images.leaving where state <> 'gone') as leaving,
       (select at from images.upkeep where name = 'collect') as collected_at,
       (select at from images.upkeep where name = 'sweep') as swept_at
from images.storage where storage.name = 'objects';

-- name: shares
-- Lists what each tenant's images take, the most first; one alone ($1).
select share.tenant, tenant.name, share.used, share.reserved, share.quota,
       (select count(*) from images.upload where upload.tenant = share.tenant and upload.state = 'open') as uploads
from images.tenant_storage as share join tenant on tenant.id = share.tenant
where ($1::text is null or share.tenant = $1)
order by share.used + share.reserved desc, share.tenant limit 200;

-- name: reservations
-- Lists promises of room that have not ended, the first to end first, behind one of them ($1, $2), of a tenant ($3).
select r.id, r.tenant, tenant.name as tenant_name, r.roll, r.granted, r.taken, r.filed, r.made_at, r.expires_at,
       (select count(*) from images.upload where upload.reservation = r.id and upload.state = 'open') as uploads
from images.reservation as r join tenant on tenant.id = r.tenant
where r.ended_at is null and (r.expires_at, r.id) > ($1, $2) and ($3::text is null or r.tenant = $3)
order by r.expires_at, r.id limit $4;

-- name: reservation
-- Returns whose a promise is.
select id, tenant from images.reservation where id = $1 and ended_at is null;

-- name: uploads
-- Lists uploads that are open, the first to expire first, of a tenant ($1).
select upload.id, upload.tenant, tenant.name as tenant_name, upload.roll, upload.frame, upload.length, upload.made_at,
       upload.expires_at
from images.upload join tenant on tenant.id = upload.tenant
where upload.state = 'open' and ($1::text is null or upload.tenant = $1)
order by upload.expires_at, upload.id limit 50;

-- name: damaged
-- Lists originals that are damaged or missing, with a roll each stands in; of a tenant ($1).
select encode(original.sha256, 'hex') as sha256, original.size, original.damage, original.scrubbed_at,
       (select min(roll) from images.image where image.sha256 = original.sha256 and image.state <> 'withdrawn') as roll
from images.original
where original.damage <> ''
  and ($1::text is null or exists (select from images.image where image.sha256 = original.sha256 and image.tenant = $1))
order by original.sha256 limit 100;

-- name: messages
-- Lists messages by how they stand ($3: waiting, failed, sent), the newest first, behind one of them ($1, $2), of a channel
-- ($4); never where they go nor what they say.
select message.id, message.person, message.channel, message.kind, message.language, message.attempts, message.next_at,
       message.made_at, message.sent_at, message.failed_at, message.why
from people.message
where (message.made_at, message.id) < ($1, $2)
  and case $3 when 'waiting' then message.sent_at is null and message.failed_at is null
              when 'failed' then message.failed_at is not null
              else message.sent_at is not null end
  and ($4 = '' or message.channel = $4)
order by message.made_at desc, message.id desc limit $5;

-- name: message_counts
-- Counts messages: waiting, waiting after a failure, given up or sent in the last day.
select count(*) filter (where sent_at is null and failed_at is null) as waiting,
       count(*) filter (where sent_at is null and failed_at is null and attempts > 0) as retried,
       count(*) filter (where failed_at > $1::timestamptz - interval '1 day') as failed,
       count(*) filter (where sent_at > $1::timestamptz - interval '1 day') as sent
from people.message
where (sent_at is null and failed_at is null)
   or coalesce(sent_at, failed_at) > $1::timestamptz - interval '1 day';

-- name: hold_message
-- Returns a message that waits, and keeps others from sending it until the transaction ends.
select id, kind, channel, attempts from people.message
where id = $1 and sent_at is null and failed_at is null for update;

-- name: send_now
-- Lets a message that waits be sent with the next round.
update people.message set next_at = $2 where id = $1;
