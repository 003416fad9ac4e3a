-- name: note
-- Writes what the owner rule says of each claim now; another outcome than the last is a new version, $4 at least. What
-- the answer we are about to give tells its station counts as told.
insert into claim_news as old (station, claim, version, told_version, outcome)
select now.station, now.claim, greatest(1, $4::bigint), case when now.told then greatest(1, $4) else 0 end, now.outcome
from unnest($1::text[], $2::text[], $3::text[], $5::boolean[]) as now (station, claim, outcome, told)
join station on station.id = now.station
order by now.station, now.claim
on conflict (station, claim) do update
set version = case when old.outcome = excluded.outcome then old.version
                   else greatest(old.version + 1, excluded.version) end,
    told_version = case when excluded.told_version = 0 then old.told_version
                        when old.outcome = excluded.outcome then old.version
                        else greatest(old.version + 1, excluded.version) end,
    outcome = excluded.outcome,
    place = case when old.outcome = excluded.outcome then old.place else nextval('news_place') end
where old.outcome <> excluded.outcome or (excluded.told_version > 0 and old.told_version < old.version);

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
