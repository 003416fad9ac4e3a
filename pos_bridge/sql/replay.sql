-- What a ledger's facts were, to be told again to a fresh one (pos_bridge/replay.py).

-- name: lines
-- Every line of a sale, as it was told; its customer is the mark of a card.
select body from line order by number;

-- name: sightings
-- Every piece that was seen.
select body from sighting order by number;

-- name: rulings
-- Everything a manager decided.
select body from ruling order by id;

-- name: serialized
-- GTINs whose pieces have serials.
select gtin from serialized order by gtin;
