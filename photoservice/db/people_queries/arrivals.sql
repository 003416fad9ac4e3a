-- name: take
-- Takes rolls that changed, were quiet since $1, and whose renditions are made, or have been waited for until $2.
update images.filed_roll set told_at = changed_at
where id in (
    select id from images.filed_roll
    where told_at is distinct from changed_at and changed_at <= $1 and (made >= wanted or changed_at <= $2)
    order by changed_at, id limit $3
    for update skip locked)
returning id;

-- name: people
-- Lists who holds a registration of these rolls since before they changed last and was not told of them yet, and how
-- many pictures stand, on which film; whether they see them is asked elsewhere. `tied` are the accounts that merges tie
-- to a registration's: who holds one holds all.
with recursive named as (
    select roll.id as roll, roll.changed_at, claim.station, claim.id, claim.account, counted.images
    from images.filed_roll as roll
    cross join lateral (
        select count(*) as images from images.image where image.roll = roll.id and image.state = 'standing') as counted
    left join manifest_roll on manifest_roll.roll = roll.id
    join registration on registration.subject in (roll.id, manifest_roll.package) and registration.word = 'registered'
    join claim on claim.root = registration.root and claim.station || '/' || claim.id = any(registration.claims)
    where roll.id = any($1::text[]) and counted.images > 0
), tied (account, other) as (
    select account, account from named
    union
    select tied.account, case when old = tied.other then into_account else old end
    from tied join account_merge on tied.other in (old, into_account)
)
select holder.person, holder.roll, max(holder.images) as images,
       (select max(stock) from images.tenant_roll where tenant_roll.roll = holder.roll) as film
from (
    select holding.person, named.roll, named.images
    from named
    join people.holding on holding.station = named.station and holding.claim = named.id
    where holding.since < named.changed_at
    union
    select account_holding.person, named.roll, named.images
    from named join tied on tied.account = named.account
    join people.account_holding on account_holding.account = tied.other
    where account_holding.since < named.changed_at
) as holder
where not exists (select from people.told_roll as told where told.person = holder.person and told.roll = holder.roll)
group by holder.person, holder.roll
order by holder.person, holder.roll;

-- name: note
-- Notes that a person was told of a roll, unless they were.
insert into people.told_roll (person, roll, images, at) values ($1, $2, $3, $4)
on conflict (person, roll) do nothing;
