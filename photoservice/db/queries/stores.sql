-- name: insert
-- Adds a store.
insert into store (gln, name, timezone, retailer, labels, activation, make_up, made_at)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: change
-- Changes what is given of a store, and leaves the rest as it is.
update store set name = coalesce($2, name), timezone = coalesce($3, timezone), retailer = coalesce($4, retailer),
    labels = coalesce($5, labels), activation = coalesce($6, activation), make_up = coalesce($7, make_up)
where gln = $1;

-- name: by_gln
-- Returns one store.
select * from store where gln = $1;

-- name: put_card_table
-- Adds or replaces a card table of a retailer (or of all, when none is named).
insert into card_table (name, retailer, body) values ($1, $2, $3::jsonb)
on conflict (name) do update set body = excluded.body where card_table.retailer is not distinct from excluded.retailer;

-- name: card_tables
-- Returns the card tables a store's stations need: everybody's and its retailer's.
select body::text from card_table where retailer is null or retailer = $1 order by name;
