-- name: want
-- Notes that something of a roll is to be made; holds the roll's row, so that a job that ends now looks once more. Only
-- then is the roll's one job put into a lane, or into the better lane of two; a job that waits after a failure goes at once.
with wanted as (
    update images.filed_roll set wanted = wanted + 1 where id = $3 returning id
)
insert into jobs.pgqueuer as job (priority, entrypoint, payload, dedupe_key, status)
select $1::integer, $2::text, convert_to(id, 'UTF8'), id, 'queued' from wanted
on conflict (dedupe_key) where status in ('queued', 'picked') and dedupe_key is not null
do update set
    priority = greatest(job.priority, excluded.priority),
    entrypoint = case
        when job.status = 'queued' and excluded.priority > job.priority then excluded.entrypoint else job.entrypoint
    end,
    execute_after = case when job.status = 'queued' then least(job.execute_after, now()) else job.execute_after end
where excluded.priority > job.priority or (job.status = 'queued' and job.execute_after > now());

-- name: enqueue_behind
-- Gives jobs to rolls that are behind and have none, as when the queue was lost: rolls that nothing was made of first.
insert into jobs.pgqueuer (priority, entrypoint, payload, dedupe_key, status)
select case when roll.made = 0 then $1::integer else $3 end, case when roll.made = 0 then $2::text else $4 end,
    convert_to(roll.id, 'UTF8'), roll.id, 'queued'
from images.filed_roll roll
where roll.wanted > roll.made and not exists (
    select from jobs.pgqueuer job where job.dedupe_key = roll.id and job.status in ('queued', 'picked')
)
order by roll.changed_at limit $5
on conflict do nothing;

-- name: forget_log
-- Drops what the queue wrote down of jobs a week ago.
delete from jobs.pgqueuer_log where created < now() - interval '7 days';

-- name: look
-- What a job must know each time it looks: how far the roll is wanted, and how urgent it has become.
select roll.wanted, job.priority, job.attempts
from images.filed_roll roll left join jobs.pgqueuer job on job.id = $2 where roll.id = $1;

-- name: due
-- The originals of a roll that lack a rendition of this recipe, or were asked for anew; in the order of frames.
select image.sha256, original.media, original.size
from images.image image join images.original original on original.sha256 = image.sha256
where image.roll = $1 and image.state <> 'withdrawn' and image.trouble = '' and image.sha256 <> all ($2::bytea[])
    and ((select count(*) from images.rendition made
          where made.sha256 = image.sha256 and made.recipe >= $3 and made.tier = any ($4::text[]))
             < cardinality($4::text[])
         or exists (select from images.remake anew where anew.sha256 = image.sha256))
group by image.sha256, original.media, original.size
order by min(image.frame_order), image.sha256 limit $5;

-- name: finish
-- Ends a roll's job when nothing more was wanted since it looked; tells whether it did. The job's row goes in the same
-- transaction: whoever wants more after it makes a new one, whoever wanted more before it is seen here.
with done as (
    update images.filed_roll set made = greatest(made, $2) where id = $1 and wanted = $2 returning id
), gone as (
    delete from jobs.pgqueuer job using done where job.id = $3
)
select count(*) from done;

-- name: keep
-- Keeps what is known of an original's renditions, whose bodies are in the object store, in one statement: their common
-- headers once, the renditions where none of a newer recipe are there, and the placeholder. It need not be made anew.
with told as (
    select * from unnest($3::text[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bytea[], $8::integer[], $9::integer[])
        as told (tier, header, bytes, size, etag, width, height)
), headers as (
    insert into images.jpeg_header (id, bytes)
    select distinct header, bytes from told where not exists (select from images.jpeg_header known where known.id = header)
    on conflict (id) do nothing
), placeholder as (
    update images.original set placeholder = $10 where sha256 = $1
), remade as (
    delete from images.remake where sha256 = $1
)
insert into images.rendition (sha256, tier, recipe, header, size, etag, width, height, kept_at)
select $1, tier, $2, header, size, etag, width, height, $11 from told
on conflict (sha256, tier) do update set
    recipe = excluded.recipe, header = excluded.header, size = excluded.size, etag = excluded.etag,
    width = excluded.width, height = excluded.height, kept_at = excluded.kept_at
where excluded.recipe >= rendition.recipe;

-- name: remade
-- An original's renditions were made anew, or cannot be.
delete from images.remake where sha256 = $1;

-- name: note_trouble
-- Notes why nothing can be made of an original, wherever it was filed.
update images.image set trouble = $2 where sha256 = $1 and state <> 'withdrawn';

-- name: remake_roll
-- Has all renditions of a roll's images made anew, of one tenant's or of everybody's; in one order for all who ask.
insert into images.remake (sha256)
select distinct sha256 from images.image
where roll = $1 and state <> 'withdrawn' and ($2::text is null or tenant = $2)
order by sha256
on conflict do nothing;

-- name: forget_trouble
-- Lets images be tried again that nothing could be made of.
update images.image set trouble = '' where roll = $1 and trouble <> '' and ($2::text is null or tenant = $2);

-- name: remake_original
-- Has the renditions of one original made anew.
insert into images.remake (sha256) select sha256 from images.original where sha256 = $1 on conflict do nothing;

-- name: rolls_of
-- The rolls an original stands in.
select distinct roll from images.image where sha256 = $1 and state <> 'withdrawn' order by roll;

-- name: behind_recipe
-- Rolls, from one on, that hold a rendition of an older recipe than this, or an image without one.
select roll.id from images.filed_roll roll
where roll.id > $1 and exists (
    select from images.image image left join images.rendition made on made.sha256 = image.sha256
    where image.roll = roll.id and image.state <> 'withdrawn' and image.trouble = ''
        and (made.sha256 is null or made.recipe < $2)
)
order by roll.id limit $3;

-- name: has_roll
-- Whether there is such a roll, of this tenant's images or of anybody's.
select exists (
    select from images.image where roll = $1 and state <> 'withdrawn' and ($2::text is null or tenant = $2)
);

-- name: progress
-- How far a roll is: of one tenant's images, how many can be looked at in every tier, and what nothing can be made of.
select job.attempts, job.status::text as job, count(image.id) as images,
    count(image.id) filter (where image.trouble <> '') as troubled,
    count(image.id) filter (where (
        select count(*) from images.rendition made where made.sha256 = image.sha256 and made.tier = any ($3::text[])
    ) = cardinality($3::text[]) and image.trouble = '') as ready
from images.image image
left join jobs.pgqueuer job on job.dedupe_key = image.roll and job.status in ('queued', 'picked')
where image.roll = $1 and image.tenant = $2 and image.state <> 'withdrawn'
group by job.id;

-- name: troubled
-- A tenant's images of a roll that nothing can be made of, in the order of frames.
select frame, trouble from images.image
where roll = $1 and tenant = $2 and state <> 'withdrawn' and trouble <> '' order by frame_order, id limit 500;

-- name: waiting
-- What waits or is being worked on, by lane: how many rolls, since how many seconds, how many after a failure.
select entrypoint as lane, count(*) as rolls, extract(epoch from now() - min(created))::float8 as oldest_s,
    count(*) filter (where attempts > 0) as retried
from jobs.pgqueuer where status in ('queued', 'picked') group by entrypoint;
