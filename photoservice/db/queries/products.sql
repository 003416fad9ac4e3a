-- name: put
-- Writes master data; what a maker said is overwritten by a maker only.
insert into product (gtin, tenant, level, name, format, process, iso, exposures, rolls)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (gtin) do update set tenant = $2, level = $3, name = $4, format = $5, process = $6, iso = $7,
    exposures = $8, rolls = $9
where $10 or product.tenant = $2 or not exists (select from tenant where id = product.tenant and kind = 'maker');

-- name: note
-- Makes a GTIN known under a placeholder's name, unless it is known.
insert into product (gtin, tenant, level, name, format, process, iso, exposures, rolls)
values ($1, $2, $3, $4, '', '', 0, 0, $5)
on conflict (gtin) do nothing;

-- name: by_gtin
-- Returns one product.
select * from product where gtin = $1;

-- name: by_gtins
-- Returns these products.
select * from product where gtin = any($1::text[]) order by gtin;

-- name: named
-- Returns the products that a maker or this retailer has named, $2 at most: film that is made up stands in no manifest.
select product.* from product join tenant on tenant.id = product.tenant
where (tenant.kind = 'maker' or product.tenant = $1) and product.name <> all($3::text[])
order by gtin limit $2;
