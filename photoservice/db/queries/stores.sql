-- name: insert
-- Adds a store.
insert into store (gln, name, timezone, retailer, labels, activation, made_at) values ($1, $2, $3, $4, $5, $6, $7);

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
