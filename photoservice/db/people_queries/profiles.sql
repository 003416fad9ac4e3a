-- name: box
-- Returns what a person tells of themselves, boxed under their key.
select box from people.profile where person = $1;

-- name: keep
-- Keeps what a person tells of themselves.
insert into people.profile (person, box, changed_at) values ($1, $2, $3)
on conflict (person) do update set box = excluded.box, changed_at = excluded.changed_at;

-- name: mail_box
-- Returns the newest mail address that a person proved, boxed.
select box from people.login where person = $1 and kind = 'mail' order by made_at desc limit 1;

-- name: registrations
-- Lists the registrations a person holds, by whatever way, the newest first.
select held.number, held.received_at, held.notice, held.how, held.since, held.station, held.claim from (
    select claim.number, claim.received_at, claim.notice, holding.how, holding.since, holding.station, holding.claim
    from people.holding join claim on claim.station = holding.station and claim.id = holding.claim
    where holding.person = $1
    union all
    select claim.number, claim.received_at, claim.notice, 'account', account_holding.since, claim.station, claim.id
    from people.account_holding join claim on claim.account = account_holding.account
    where account_holding.person = $1
) as held
order by held.received_at desc, held.claim;
