-- What became of this station's claims, by their acks and by later news.

-- name: take_outcome
-- What the photoservice's ack said; it never covers news.
insert into claim_outcome (claim, version, word, outcome, told) values (:claim, 0, :word, :outcome, 1)
on conflict (claim) do update set word = excluded.word, outcome = excluded.outcome where claim_outcome.version = 0;

-- name: take_news
-- Later news; an older version changes nothing. The same again means that our note of it was not heard.
insert into claim_outcome (claim, version, word, outcome, told) values (:claim, :version, :word, :outcome, 0)
on conflict (claim) do update
set version = excluded.version, word = excluded.word, outcome = excluded.outcome, told = 0
where excluded.version >= claim_outcome.version;

-- name: untold
-- What is noted here and not yet known to be.
select claim, version from claim_outcome where told = 0 order by claim limit :limit;

-- name: mark_told
-- The photoservice has heard that this version is noted.
update claim_outcome set told = 1 where claim = :claim and version = :version;

-- name: settle_parked
-- A parked claim was applied after all: news of it say so.
update outbox set verdict = 'applied', reason = '', cause = '', answered_at = :at
where event = :claim and verdict = 'parked' and level = 'photoservice';

-- name: count_contested
-- How many live registrations of this station another's claim contests now.
select count(*) from claim_outcome join registration using (claim)
where word in ('contested', 'case') and withdrawn = 0;

-- name: contested
-- The live registrations of this station that another's claim contests now, and what was told of it.
select claim, number, item, package, made_at, outcome from claim_outcome join registration using (claim)
where word in ('contested', 'case') and withdrawn = 0 order by made_at, claim;
