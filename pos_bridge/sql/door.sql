-- name: last_message
-- When the last message of a source came.
select received_at from message where source = :source order by number desc limit 1;
