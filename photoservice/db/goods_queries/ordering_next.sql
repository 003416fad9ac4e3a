-- name: take
-- Takes rolls that came in and were not looked at, or whose sighting was taken back.
select roll, received_at, state, number, order_id, exists (
    select from images.custody where custody.roll = next_roll.roll and step = 'received' and taken_back_at is null
) as is_seen
from goods.next_roll where state in ('due', 'undone')
order by received_at, roll limit $1 for update skip locked;

-- name: end
-- Notes what became of a roll that came in.
update goods.next_roll set state = $2, order_id = $3, number = $4, looked_at = $5 where roll = $1;

-- name: roots
-- Returns of which registered packages these rolls are.
select subject as roll, root from registration where subject = any($1::text[]) and word = 'registered'
union
select manifest_roll.roll, registration.root
from manifest_roll join registration on registration.subject = manifest_roll.package and registration.word = 'registered'
where manifest_roll.roll = any($1::text[]);

-- name: plans
-- Lists live plans for the next roll: of a package ($1), and of the accounts of these people ($2); the package's first.
select id, name, person, root, make, cooling, pays, currency, version
from goods.plan
where kind = 'next_roll' and state = 'live'
  and ((scope = 'package' and root = $1) or (scope = 'account' and person = any($2::text[])))
order by scope = 'account', id limit 1 for update;

-- name: fired
-- Counts an order of a plan; one that does not repeat ends with it.
update goods.plan set number = number + 1, since = $2, state = case when repeats then state else 'ended' end,
    changed_at = $2
where id = $1;

-- name: pause
-- Pauses a plan whose goods are not to be had any more.
update goods.plan set state = 'paused', trouble = $3, version = version + 1, changed_at = $2 where id = $1;
