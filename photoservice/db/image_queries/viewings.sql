-- name: open
-- Writes a viewing: its token and the access code that opened it, both as HMACs.
insert into images.viewing (mac, code, made_at, expires_at) values ($1, $2, $3, $4);

-- name: code
-- Returns the HMAC of the access code that opened a viewing, unless the viewing is over.
select code from images.viewing where mac = $1 and expires_at > $2;

-- name: close
-- Ends a viewing.
delete from images.viewing where mac = $1 and expires_at > $2;
