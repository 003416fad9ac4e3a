-- name: note
-- Writes what the owner rule says of each claim now; another outcome than the last is a new version, $4 at least.
insert into claim_news (station, claim, version, told_version, outcome)
select now.station, now.claim, greatest(1, $4::bigint), 0, now.outcome
from unnest($1::text[], $2::text[], $3::text[]) as now (station, claim, outcome)
join station on station.id = now.station
order by now.station, now.claim
on conflict (station, claim) do update
set version = greatest(claim_news.version + 1, excluded.version), outcome = excluded.outcome, place = nextval('news_place')
where claim_news.outcome <> excluded.outcome;

-- name: acked
-- Writes that an ack tells these outcomes, where they still stand. One that is just being changed is passed over.
with named as (
    select news.claim
    from unnest($2::text[], $3::text[]) as said (claim, outcome)
    join claim_news as news on news.station = $1 and news.claim = said.claim
    where news.outcome = said.outcome and news.told_version < news.version
    for update of news skip locked
)
update claim_news set told_version = version from named
where claim_news.station = $1 and claim_news.claim = named.claim;

-- name: told
-- Writes which versions a station has taken note of. A row that is just being changed is passed over: it is owed again.
with named as (
    select news.claim, said.version
    from unnest($2::text[], $3::bigint[]) as said (claim, version)
    join claim_news as news on news.station = $1 and news.claim = said.claim
    where said.version <= news.version and said.version > news.told_version
    for update of news skip locked
)
update claim_news set told_version = named.version from named
where claim_news.station = $1 and claim_news.claim = named.claim;

-- name: owed
-- Returns what a station has not taken note of, the oldest change first.
select claim, version, outcome from claim_news where station = $1 and version > told_version order by place limit $2;

-- name: forget
-- Forgets what a restored station was told of these claims, or of all.
update claim_news set told_version = 0, place = nextval('news_place')
where station = $1 and ($2::text[] is null or claim = any($2)) and told_version > 0;
