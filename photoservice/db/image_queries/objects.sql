-- name: leaving_of
-- Returns what collections did with these keys.
select key, state, turn from images.leaving where key = any($1::text[]);

-- name: stay
-- Forgets that anything wanted these keys gone: they are needed now.
delete from images.leaving where key = any($1::text[]);

-- name: mark_unused
-- Notes keys that nothing needs, from $2 on; what is noted already stays as it is, but for what came again after it was gone.
insert into images.leaving (key, state, turn, at)
select key, 'unused', nextval('images.leaving_turn'), $2 from unnest($1::text[]) as key
on conflict (key) do update set state = 'unused', turn = excluded.turn, at = excluded.at
where images.leaving.state = 'gone';

-- name: unneeded_originals
-- Returns contents behind $1 that no image shows, whether none ever did or all were withdrawn; but those that are being
-- made of: an order with them was handed over, is not ended, and its customer is still there.
select o.sha256 from images.original o
where o.sha256 > $1
  and not exists (select from images.image i where i.sha256 = o.sha256 and i.state <> 'withdrawn')
  and not exists (
      select from images.image i
      join goods.line_image on line_image.image = i.id and line_image.dropped = ''
      join goods.customer_order c on c.id = line_image.order_id
      where i.sha256 = o.sha256 and c.handing_at is not null and c.is_open and coalesce(c.person, c.root) is not null)
order by o.sha256 limit $2;

-- name: known_originals
-- Returns which of these contents are kept.
select sha256 from images.original where sha256 = any($1::bytea[]);

-- name: known_renditions
-- Returns which of these renditions are in use.
select sha256, tier, recipe from images.rendition
where (sha256, tier, recipe) in (select * from unnest($1::bytea[], $2::text[], $3::integer[]));

-- name: unused_since
-- Returns keys that were seen unused at $1 or before, the first ones first.
select key from images.leaving where state = 'unused' and at <= $1 order by at, key limit $2;

-- name: in_hand
-- Returns keys that a collection took and has not been seen to delete.
select key from images.leaving where state = 'leaving' order by key limit $1;

-- name: is_shown
-- Says whether an image shows this content, or goods are being made of it.
select exists (select from images.image where sha256 = $1 and state <> 'withdrawn')
    or exists (
      select from images.image i
      join goods.line_image on line_image.image = i.id and line_image.dropped = ''
      join goods.customer_order c on c.id = line_image.order_id
      where i.sha256 = $1 and c.handing_at is not null and c.is_open and coalesce(c.person, c.root) is not null);

-- name: is_rendition
-- Says whether this rendition is in use.
select exists (select from images.rendition where sha256 = $1 and tier = $2 and recipe = $3);

-- name: drop_renditions
-- Drops what is shown instead of a content, and returns what it was.
delete from images.rendition where sha256 = $1 returning tier, recipe;

-- name: drop_images
-- Drops the withdrawn images of a content that goes, and gives those who filed them their room back.
with dropped as (delete from images.image where sha256 = $1 and state = 'withdrawn' returning tenant)
update images.tenant_storage as share set used = greatest(share.used - original.size, 0)
from images.original where original.sha256 = $1 and share.tenant in (select tenant from dropped);

-- name: drop_original
-- Drops a content and gives its room back.
with dropped as (delete from images.original where sha256 = $1 returning size)
update images.storage set used = greatest(used - (select size from dropped), 0)
where name = 'objects' and exists (select from dropped);

-- name: take
-- Takes these keys into a collection's hands.
insert into images.leaving (key, state, turn, at)
select key, 'leaving', nextval('images.leaving_turn'), $2 from unnest($1::text[]) as key
on conflict (key) do update set state = 'leaving', turn = excluded.turn, at = excluded.at;

-- name: gone
-- Notes that the object store has these no more.
update images.leaving set state = 'gone', at = $2 where key = any($1::text[]) and state = 'leaving';

-- name: forget_gone
-- Forgets deletions nobody can be in the middle of any more.
delete from images.leaving where state = 'gone' and at < $1;

-- name: try_alone
-- Tries to be the only one at some upkeep until the transaction ends; $1 names it.
select pg_try_advisory_xact_lock(29796, hashtext($1));

-- name: try_beside
-- Tries to keep others from being alone at this until the transaction ends, beside others that do so.
select pg_try_advisory_xact_lock_shared(29796, hashtext($1));

-- name: upkeep_due
-- Notes that an upkeep is done at $2, unless it was done after $3; returns its name when it was due. What was done in
-- the future was done by a clock that has been set right since.
insert into images.upkeep (name, at) values ($1, $2)
on conflict (name) do update set at = excluded.at where images.upkeep.at <= $3 or images.upkeep.at > $2
returning name;

-- name: scrub_next
-- Returns originals that were never looked at again, or not since $1; the longest unseen first, as their index has them.
select sha256, size from images.original where coalesce(scrubbed_at, '-infinity') < $1
order by coalesce(scrubbed_at, '-infinity'), sha256 limit $2;

-- name: scrubbed
-- Notes what a look at an original found; an empty word is: as it came.
update images.original set scrubbed_at = $2, damage = $3 where sha256 = $1;

-- name: damaged
-- Returns what is damaged or missing, with a place where it is seen.
select o.sha256, o.size, o.damage, o.scrubbed_at, i.roll, i.frame, i.file_name, i.state
from images.original o
left join lateral (select * from images.image i where i.sha256 = o.sha256 order by i.state, i.id limit 1) i on true
where o.damage <> '' order by o.sha256 limit $1;

-- name: counts
-- Counts what is damaged, and what is on its way out.
select (select count(*) from images.original where damage <> '') as damaged,
       (select count(*) from images.leaving where state in ('unused', 'leaving')) as leaving;

-- name: tables
-- Returns every table a backup holds, with its columns as COPY takes them. Sessions are in none: one that was ended must
-- not come back; and the mark of the object store, which is that store's.
select n.nspname as schema, c.relname as name,
       (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname in ('public', 'images', 'people', 'goods', 'ops') and c.relname <> 'schema_migration'
  and n.nspname || '.' || c.relname not in ('people.session', 'images.store_mark')
order by 1, 2;

-- name: references
-- Returns which table of a backup refers to which other.
select distinct n.nspname || '.' || c.relname as child, m.nspname || '.' || d.relname as parent
from pg_constraint f
join pg_class c on c.oid = f.conrelid join pg_namespace n on n.oid = c.relnamespace
join pg_class d on d.oid = f.confrelid join pg_namespace m on m.oid = d.relnamespace
where f.contype = 'f' and f.conrelid <> f.confrelid;

-- name: sequences
-- Returns where the numbering of each sequence stands.
select schemaname || '.' || sequencename as name, last_value from pg_sequences
where schemaname in ('public', 'images', 'people', 'goods', 'ops') and last_value is not null order by 1;

-- name: set_sequence
-- Lets a sequence go on where another stood.
select setval($1::text::regclass, $2);

-- name: newest_migration
-- Returns the number of the last migration that ran.
select max(number) from schema_migration;

-- name: backup_originals
-- Returns originals behind $1, for a backup to copy.
select sha256, size from images.original where sha256 > $1 order by sha256 limit $2;

-- name: backup_renditions
-- Returns renditions behind ($1, $2), for a backup to copy.
select sha256, tier, recipe, size, etag, header from images.rendition
where (sha256, tier) > ($1, $2) order by sha256, tier limit $3;

-- name: backup_headers
-- Returns the common headers, which the hashes of renditions include.
select id, bytes from images.jpeg_header;

-- name: note_missing
-- Notes originals that a backup could not bring back.
update images.original set damage = 'missing' where sha256 = any($1::bytea[]);

-- name: mark
-- Keeps the mark of the object store this database begins with, and returns the mark it has.
insert into images.store_mark (mark) values ($1)
on conflict (is_only) do update set mark = store_mark.mark returning mark;

-- name: marked
-- Returns the mark of this database's object store, if it has one.
select mark from images.store_mark;

-- name: set_mark
-- Keeps another mark.
update images.store_mark set mark = $1;

-- name: some_originals
-- Returns a few contents that are in the object store, as far as is known.
select sha256 from images.original where damage = '' order by sha256 limit $1;
