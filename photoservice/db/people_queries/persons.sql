-- name: insert
-- Adds a person.
insert into people.person (id, made_at, seen_at, language) values ($1, $2, $2, $3);

-- name: insert_key
-- Keeps a person's key, wrapped under the service's own.
insert into people.person_key (person, wrapped) values ($1, $2);

-- name: key
-- Returns a person's key as it is kept.
select wrapped from people.person_key where person = $1;

-- name: find
-- Returns a person.
select id, made_at, seen_at, language, has_credentials from people.person where id = $1;

-- name: set_language
-- Keeps the language a person chose.
update people.person set language = $2 where id = $1;

-- name: of_code
-- Finds the guest that an access code opens for, by its HMAC.
select person from people.holding where code = $1;

-- name: claim_of_code
-- Returns which registration a living access code opens, by its HMAC.
select station, claim from access_code where mac = $1 and voided_at is null;

-- name: hold_by_code
-- Gives a person a registration for as long as its access code lives.
insert into people.holding (person, station, claim, how, code, since) values ($1, $2, $3, 'code', $4, $5);

-- name: rolls
-- Lists the rolls whose images a person may see now, and by which registration: they hold it and it stands. Of an
-- unpacked package each roll is judged by itself; a code that was voided, or is older than $2, holds nothing. Whoever
-- holds a card's account holds all that merges tie it to, whichever came first.
with recursive theirs (account) as (
    select account from people.account_holding where person = $1
    union
    select case when old = theirs.account then into_account else old end
    from theirs join account_merge on theirs.account in (old, into_account)
), held as (
    select claim.station, claim.id, claim.root, claim.account, claim.number, claim.received_at
    from people.holding
    join claim on claim.station = holding.station and claim.id = holding.claim
    where holding.person = $1
      and (holding.code is null or exists (
          select from access_code
          where access_code.mac = holding.code and access_code.voided_at is null and access_code.made_at > $2))
    union
    select claim.station, claim.id, claim.root, claim.account, claim.number, claim.received_at
    from theirs join claim on claim.account = theirs.account
)
select distinct on (coalesce(manifest_roll.roll, registration.subject))
       coalesce(manifest_roll.roll, registration.subject) as roll, registration.subject, held.root, held.station,
       held.id as claim, held.number, held.received_at
from held
join account_key on account_key.account = held.account
join registration on registration.root = held.root and registration.word = 'registered'
    and held.station || '/' || held.id = any(registration.claims)
left join manifest_roll on manifest_roll.package = registration.subject
order by coalesce(manifest_roll.roll, registration.subject), held.received_at, held.id;
