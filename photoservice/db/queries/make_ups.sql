-- name: withdraw
-- Writes that a store took a make-up back.
insert into make_up_withdrawal (package, store, station, event, at) values ($1, $2, $3, $4, $5) on conflict do nothing;

-- name: withdrawal
-- Tells whether a store took the make-up of a package back.
select event from make_up_withdrawal where package = $1 and store = $2;
