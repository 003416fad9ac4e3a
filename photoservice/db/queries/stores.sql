-- name: insert
-- Adds a store.
insert into store (gln, name, timezone, retailer, labels, activation, make_up, made_at, is_activation_chosen)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: change
-- Changes what is given of a store, and leaves the rest as it is; an activation of `auto` is nobody's choice.
update store set name = coalesce($2, name), timezone = coalesce($3, timezone), retailer = coalesce($4, retailer),
    labels = coalesce($5, labels), activation = coalesce(replace($6, 'auto', 'registration'), activation),
    make_up = coalesce($7, make_up), is_activation_chosen = coalesce($6 <> 'auto', is_activation_chosen)
where gln = $1;

-- name: by_gln
-- Returns one store, with what counts there now: where nobody chose when claims do, a till that has joined decides.
select gln, name, timezone, retailer, labels, made_at, make_up, is_activation_chosen,
       case when not is_activation_chosen
                 and exists (select from station where store = gln and role = 'till' and revoked_at is null)
            then 'till' else activation end as activation
from store where gln = $1;

-- name: put_card_table
-- Adds or replaces a card table of a retailer (or of all, when none is named).
insert into card_table (name, retailer, body) values ($1, $2, $3::jsonb)
on conflict (name) do update set body = excluded.body where card_table.retailer is not distinct from excluded.retailer;

-- name: card_tables
-- Returns the card tables a store's stations need: everybody's and its retailer's.
select body::text from card_table where retailer is null or retailer = $1 order by name;
