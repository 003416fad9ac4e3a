-- name: want
-- Notes that something of a roll is to be made.
update images.filed_roll set wanted = wanted + 1 where id = $1;
