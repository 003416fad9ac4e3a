-- name: unbegun
-- Lists those of these packages that are registered, have terms, and did not begin yet: their product, and since when.
select registration.root, manifest.product as gtin, registration.since
from registration
join manifest on manifest.package = registration.subject
join goods.terms on terms.gtin = manifest.product
where registration.subject = any($1::text[]) and registration.word = 'registered'
  and not exists (select from goods.begun_package where begun_package.root = registration.root)
order by registration.root;

-- name: begin
-- Begins a package, once: whoever else does so at this moment is waited for.
insert into goods.begun_package (root, gtin, began_at, applied_at) values ($1, $2, $3, $4)
on conflict (root) do nothing;

-- name: add_credit
-- Gives a package something prepaid.
insert into goods.credit (root, place, item, options, pieces, most_units) values ($1, $2, $3, $4::jsonb, $5, $6);

-- name: look_at
-- Has a package looked at again: what came of its rolls before it began is counted.
insert into goods.uncounted (roll, at) values ($1, $2);
