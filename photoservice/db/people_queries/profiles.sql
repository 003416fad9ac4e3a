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
-- Lists the registrations a person holds, by whatever way, the newest first; accounts with all that merges tie them to.
with recursive theirs (account, since) as (
    select account, since from people.account_holding where person = $1
    union
    select case when old = theirs.account then into_account else old end, since
    from theirs join account_merge on theirs.account in (old, into_account)
)
select held.number, held.received_at, held.notice, held.how, held.since, held.station, held.claim from (
    select claim.number, claim.received_at, claim.notice, holding.how, holding.since, holding.station, holding.claim
    from people.holding join claim on claim.station = holding.station and claim.id = holding.claim
    where holding.person = $1
    union all
    select claim.number, claim.received_at, claim.notice, 'account', theirs.since, claim.station, claim.id
    from (select account, min(since) as since from theirs group by account) as theirs
    join claim on claim.account = theirs.account
) as held
order by held.received_at desc, held.claim;
