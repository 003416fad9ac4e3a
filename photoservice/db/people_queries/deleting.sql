-- name: hold
-- Holds a person, so that nobody deletes them twice at once.
select id from people.person where id = $1 for update;

-- name: there
-- Counts which of these people there are.
select count(*) from people.person where id = any($1::text[]);

-- name: others
-- Lists the others who hold a registration of the same packages and items as this person, by whatever way and claim: one
-- customer may have registered twice, and each receipt shows the same rolls. Whoever holds an account holds all that
-- merges tie it to: this person (`theirs`), and the others (`tied`).
with recursive theirs (account) as (
    select account from people.account_holding where person = $1
    union
    select case when old = theirs.account then into_account else old end
    from theirs join account_merge on theirs.account in (old, into_account)
), mine as (
    select claim.root from people.holding
    join claim on claim.station = holding.station and claim.id = holding.claim
    where holding.person = $1
    union
    select claim.root from theirs join claim on claim.account = theirs.account
), tied (account) as (
    select claim.account from mine join claim on claim.root = mine.root
    union
    select case when old = tied.account then into_account else old end
    from tied join account_merge on tied.account in (old, into_account)
)
select holding.person
from mine
join claim on claim.root = mine.root
join people.holding on holding.station = claim.station and holding.claim = claim.id
where holding.person <> $1
union
select account_holding.person
from tied join people.account_holding on account_holding.account = tied.account
where account_holding.person <> $1;

-- name: held_alone
-- Lists the registrations a person holds and nobody else does, by an account that merges tie to theirs (`tied`) neither.
with recursive tied (account, other) as (
    select claim.account, claim.account from people.holding
    join claim on claim.station = holding.station and claim.id = holding.claim
    where holding.person = $1
    union
    select tied.account, case when old = tied.other then into_account else old end
    from tied join account_merge on tied.other in (old, into_account)
)
select holding.station, holding.claim from people.holding
join claim on claim.station = holding.station and claim.id = holding.claim
where holding.person = $1
  and not exists (
      select from people.holding as other
      where other.station = holding.station and other.claim = holding.claim and other.person <> $1)
  and not exists (
      select from tied join people.account_holding as other on other.account = tied.other
      where tied.account = claim.account and other.person <> $1)
order by holding.station, holding.claim;

-- name: accounts
-- Lists the accounts that are this person's alone: of cards that were proved theirs, and of nobody's card behind a
-- registration they hold. Nobody else holds anything of them, nor of what merges tie them to (`tied`): whoever erases one
-- erases the customer.
with recursive theirs (account) as (
    select account from people.account_holding where person = $1
    union
    select case when old = theirs.account then into_account else old end
    from theirs join account_merge on theirs.account in (old, into_account)
), mine as (
    select account, true as is_card from theirs
    union
    select claim.account, false from people.holding
    join claim on claim.station = holding.station and claim.id = holding.claim
    where holding.person = $1
      and not exists (select from account_card where account_card.account = claim.account)
      and not exists (select from people.account_holding as proved where proved.account = claim.account)
), tied (account, other) as (
    select account, account from mine
    union
    select tied.account, case when old = tied.other then into_account else old end
    from tied join account_merge on tied.other in (old, into_account)
)
select mine.account, bool_or(mine.is_card) as is_card from mine
where not exists (
    select from tied join people.account_holding as other on other.account = tied.other
    where tied.account = mine.account and other.person <> $1)
  and not exists (
    select from tied join claim on claim.account = tied.other
    join people.holding as other on other.station = claim.station and other.claim = claim.id
    where tied.account = mine.account and other.person <> $1)
group by mine.account
order by mine.account;

-- name: pictures
-- Counts the pictures of these rolls that anybody is shown.
select count(*) from images.image where roll = any($1::text[]) and state <> 'withdrawn';

-- name: void_codes
-- Ends the access codes of these registrations that were made by then.
update access_code set voided_at = gone.at
from unnest($1::text[], $2::text[], $3::timestamptz[]) as gone (station, claim, at)
where access_code.station = gone.station and access_code.claim = gone.claim
  and access_code.voided_at is null and access_code.made_at <= gone.at;

-- name: lock_rolls
-- Holds rolls while their pictures change, in one order for everybody.
select id from images.filed_roll where id = any($1::text[]) order by id for update;

-- name: withdraw
-- Withdraws all pictures of these rolls that were filed by then, whoever filed them; returns which.
update images.image set state = 'withdrawn'
from unnest($1::text[], $2::timestamptz[]) as gone (roll, at)
where image.roll = gone.roll and image.state <> 'withdrawn' and image.filed_at <= gone.at
returning image.tenant, image.roll, image.sha256;

-- name: unneeded
-- Returns which of these contents no picture shows any more.
select sha256 from unnest($1::bytea[]) as gone (sha256)
where not exists (select from images.image where image.sha256 = gone.sha256 and image.state <> 'withdrawn');

-- name: guests
-- Drops what these people left at others' shares: their names there, picks and comments.
delete from people.guest where person = any($1::text[]);

-- name: records
-- Drops what was noted of these people, but that they are gone.
delete from people.record where person = any($1::text[]) and kind <> 'deleted';

-- name: people
-- Drops these people: their keys, and all that hangs on them.
delete from people.person where id = any($1::text[]);

-- name: note
-- Notes that a person is gone, by their opaque name.
insert into people.record (person, kind, at) values ($1, 'deleted', $2);
