-- name: person
-- Returns what can be told of a person without opening anything: counts, and since when.
select person.id, person.made_at, person.seen_at, person.language, person.has_credentials,
       (select count(*) from people.login where login.person = $1 and kind = 'name') as names,
       (select count(*) from people.login where login.person = $1 and kind = 'mail') as mails,
       (select count(*) from people.password where password.person = $1) as passwords,
       (select count(*) from people.passkey where passkey.person = $1) as passkeys,
       (select count(*) from people.session where session.person = $1 and session.expires_at > $2) as sessions,
       (select count(*) from people.share where share.person = $1) as shares,
       (select count(*) from people.share
        where share.person = $1 and revoked_at is null and (expires_at is null or expires_at > $2)) as live_shares,
       (select count(*) from people.notice where notice.person = $1) as notices,
       (select count(*) from people.notice where notice.person = $1 and seen_at is null) as unseen,
       (select count(*) from people.message where message.person = $1 and failed_at is not null) as failed,
       (select count(*) from people.person_key where person_key.person = $1) as keys,
       (select id from ops.operator where operator.person = $1 and ended_at is null) as operator
from people.person where person.id = $1;

-- name: holdings
-- Lists the registrations a person holds by themselves, the newest first.
select claim.number, claim.root, claim.received_at, holding.how, holding.since
from people.holding join claim on claim.station = holding.station and claim.id = holding.claim
where holding.person = $1 order by holding.since desc limit 50;

-- name: accounts
-- Lists the cards' accounts that were proved a person's.
select account, how, since from people.account_holding where person = $1 order by since desc limit 50;

-- name: people_of
-- Lists the people a card's accounts were proved to be.
select distinct person from people.account_holding where account = any($1::text[]) order by person limit 50;

-- name: orders
-- Lists a person's orders, the newest first.
select id, kind, made_at, is_open from goods.customer_order where person = $1 order by made_at desc limit 20;

-- name: plans
-- Lists a person's plans, the newest first.
select id, name, kind, state from goods.plan where person = $1 order by made_at desc limit 20;

-- name: notices
-- Lists what a person was told last: of which kind, and whether they saw it.
select kind, at, seen_at from people.notice where person = $1 order by at desc limit 20;

-- name: records
-- Lists what a person did or had done, the newest first.
select kind, at from people.record where person = $1 order by at desc limit 20;
