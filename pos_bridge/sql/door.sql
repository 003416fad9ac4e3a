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

-- name: left_out
-- What a source told and what counts for nothing, the newest first: its messages' parts, and what came under their names.
select source, key, received_at, why, times from (
    select source, key, received_at, why, 0 as times from message indexed by message_left_out
    where source = :source and state = 'read' and why <> '' order by received_at desc limit :limit
)
union all
select source, key, received_at, '', times from (
    select source, key, received_at, times from told_again where source = :source order by received_at desc limit :limit
)
order by received_at desc limit :limit;

-- name: count_left_out
-- How many of a source's messages since an instant hold something that counts for nothing.
select
    (select count(*) from message indexed by message_left_out
     where source = :source and state = 'read' and why <> '' and received_at >= :since)
    + (select count(*) from told_again where source = :source and received_at >= :since);

-- name: count_told_again
-- How often each source told a message again with another body.
select source, sum(times) from told_again group by source;
