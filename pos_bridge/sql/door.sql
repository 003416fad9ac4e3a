-- name: last_message
-- When the last message of a source came.
select received_at from message where source = :source order by number desc limit 1;

-- name: newest_sold
-- The units sold last of which a piece is known, for the doctor.
select assertion.wanted from assertion left join basket on basket.home = assertion.home
where assertion.kind = 'sold' and assertion.wanted is not null order by basket.number desc limit :limit;

-- name: basket_time
-- When a transaction ended by its till's clock.
select at from basket where home = :home;

-- name: nearest_scan
-- The scan of a piece at a lane that lies nearest to an instant.
select at from sighting where item = :item and lane is not null order by abs(at - :at) limit 1;

-- name: count_lines
-- How many lines each source told.
select body ->> 'source', count(*) from line group by 1;
