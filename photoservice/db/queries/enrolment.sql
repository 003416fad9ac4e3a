-- name: insert_code
-- Keeps the HMAC of a fresh enrolment code.
insert into enrol_code (mac, store, role, expires_at) values ($1, $2, $3, $4);

-- name: take_code
-- Finds a code and holds it until the transaction ends, so that two stations cannot both spend it.
select store, role, expires_at, station from enrol_code where mac = $1 for update;

-- name: spend_code
-- Marks a code as spent by a station.
update enrol_code set station = $2 where mac = $1;
