-- name: current
-- Returns which version of the catalogue is in force: the last that was published.
select version, digest from goods.catalogue order by place desc limit 1;

-- name: version
-- Returns a published version of the catalogue.
select version, place, body, digest, note, published_by, published_at from goods.catalogue where version = $1;

-- name: all
-- Lists what was published, the last first.
select version, place, digest, note, published_by, published_at from goods.catalogue order by place desc limit $1;

-- name: publish
-- Keeps a version of the catalogue for good; nothing where it is there already.
insert into goods.catalogue (version, body, digest, note, published_by, published_at) values ($1, $2, $3, $4, $5, $6)
on conflict (version) do nothing
returning place;

-- name: draft
-- Returns what somebody is changing and has not published.
select base, body, edition, changed_by, changed_at from goods.catalogue_draft;

-- name: begin_draft
-- Keeps the first edition of a draft, unless there is one.
insert into goods.catalogue_draft (base, body, changed_by, changed_at) values ($1, $2, $3, $4)
on conflict (is_only) do nothing;

-- name: save_draft
-- Keeps the next edition of a draft, if the one that was looked at is still the last.
update goods.catalogue_draft set base = $1, body = $2, edition = edition + 1, changed_by = $4, changed_at = $5
where edition = $3;

-- name: drop_draft
-- Forgets a draft, if the one that was looked at is still the last; its edition counts on.
update goods.catalogue_draft set base = null, body = '', edition = edition + 1, changed_by = $2, changed_at = $3
where edition = $1;

-- name: live_use
-- Lists what live plans make, in which currency, and how many of them.
select make ->> 'item' as item, make -> 'options' as options, currency, count(*) as plans
from goods.plan where state = 'live'
group by 1, 2, 3;

-- name: terms_use
-- Lists what every product's terms say.
select gtin, body from goods.terms order by gtin;
