-- name: of
-- Returns what a package product has prepaid.
select gtin, body, edition, changed_by, changed_at from goods.terms where gtin = $1;

-- name: all
-- Lists what package products have prepaid, with what a product is called where that is known.
select terms.gtin, terms.body, terms.edition, terms.changed_by, terms.changed_at, product.name
from goods.terms left join product using (gtin)
order by terms.gtin limit $1;

-- name: begin
-- Keeps the first edition of a product's terms; nothing where there are some.
insert into goods.terms (gtin, body, changed_by, changed_at) values ($1, $2, $3, $4)
on conflict (gtin) do nothing;

-- name: replace
-- Keeps the next edition of a product's terms, if the one that was looked at is still the last.
update goods.terms set body = $2, edition = edition + 1, changed_by = $4, changed_at = $5
where gtin = $1 and edition = $3;
