-- name: rows
-- Returns all rows that are kept of a person, by what they are, without what only lets somebody in.
select 'person' as name, jsonb_agg(to_jsonb(t) - array['person', 'id'] order by made_at)::text as listed
from people.person as t where id = $1
union all
select 'sessions' as name, jsonb_agg(to_jsonb(t) - array['person', 'mac'] order by made_at)::text as listed
from people.session as t where person = $1
union all
select 'passwords' as name, jsonb_agg(to_jsonb(t) - array['person', 'hash'] order by changed_at)::text as listed
from people.password as t where person = $1
union all
select 'passkeys' as name, jsonb_agg(to_jsonb(t) - array['person', 'id', 'public_key'] order by made_at)::text as listed
from people.passkey as t where person = $1
union all
select 'registrations' as name, jsonb_agg(to_jsonb(t) - array['person', 'code'] order by since)::text as listed
from people.holding as t where person = $1
union all
select 'accounts' as name, jsonb_agg(to_jsonb(t) - array['person'] order by since)::text as listed
from people.account_holding as t where person = $1
union all
select 'favourites' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at)::text as listed
from people.favourite as t where person = $1
union all
select 'notes' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at)::text as listed
from people.note as t where person = $1
union all
select 'sub_groups' as name, jsonb_agg(to_jsonb(t) - array['person'] order by place)::text as listed
from people.sub_group as t where person = $1
union all
select 'removed_groups' as name, jsonb_agg(to_jsonb(t) - array['person'])::text as listed
from people.removed_group as t where person = $1
union all
select 'grouped' as name, jsonb_agg(to_jsonb(t) - array['person'] order by place)::text as listed
from people.grouped as t where person = $1
union all
select 'edits' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at, image, version)::text as listed
from people.edit as t where person = $1
union all
select 'edits_that_hold' as name, jsonb_agg(to_jsonb(t) - array['person'] order by changed_at, image)::text as listed
from people.edit_head as t where person = $1
union all
select 'shares' as name, jsonb_agg(to_jsonb(t) - array['person', 'token_mac', 'password', 'to_person', 'to_mac'] order by made_at)::text as listed
from people.share as t where person = $1
union all
select 'pictures_of_shares' as name, jsonb_agg(to_jsonb(t) - array['person'] order by share, place)::text as listed
from people.share_image as t where share in (select id from people.share where share.person = $1)
union all
select 'guests_of_shares' as name, jsonb_agg(to_jsonb(t) - array['person', 'mac'] order by made_at)::text as listed
from people.guest as t where share in (select id from people.share where share.person = $1)
union all
select 'picks_of_shares' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at)::text as listed
from people.pick as t where share in (select id from people.share where share.person = $1)
union all
select 'comments_of_shares' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at)::text as listed
from people.comment as t where share in (select id from people.share where share.person = $1)
union all
select 'guest_of_others' as name, jsonb_agg(to_jsonb(t) - array['person', 'mac'] order by made_at)::text as listed
from people.guest as t where person = $1
union all
select 'picks_at_others' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at)::text as listed
from people.pick as t where guest in (select id from people.guest where guest.person = $1)
union all
select 'comments_at_others' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at)::text as listed
from people.comment as t where guest in (select id from people.guest where guest.person = $1)
union all
select 'contributions' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at)::text as listed
from people.contribution as t where person = $1
union all
select 'notices' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at)::text as listed
from people.notice as t where person = $1
union all
select 'messages' as name, jsonb_agg(to_jsonb(t) - array['person', 'target', 'about'] order by made_at)::text as listed
from people.message as t where person = $1
union all
select 'shares_put_away' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at)::text as listed
from people.hidden_share as t where person = $1
union all
select 'blocked' as name, jsonb_agg(to_jsonb(t) - array['person', 'sender'] order by at)::text as listed
from people.blocked_sender as t where person = $1
union all
select 'preferences' as name, jsonb_agg(to_jsonb(t) - array['person'] order by kind, channel)::text as listed
from people.preference as t where person = $1
union all
select 'orders' as name, jsonb_agg(to_jsonb(t) - array['person', 'address'] order by made_at)::text as listed
from goods.customer_order as t where person = $1
union all
select 'lines_of_orders' as name, jsonb_agg(to_jsonb(t) order by order_id, number)::text as listed
from goods.order_line as t where order_id in (select id from goods.customer_order where customer_order.person = $1)
union all
select 'pictures_of_orders' as name, jsonb_agg(to_jsonb(t) order by order_id, line, place)::text as listed
from goods.line_image as t where order_id in (select id from goods.customer_order where customer_order.person = $1)
union all
select 'steps_of_orders' as name, jsonb_agg(to_jsonb(t) - array['key'] order by order_id, told_at)::text as listed
from goods.line_step as t where order_id in (select id from goods.customer_order where customer_order.person = $1)
union all
select 'payments_of_orders' as name, jsonb_agg((to_jsonb(t) - array['key', 'of_key']) #- '{about,code}' order by at)::text as listed
from goods.payment as t where order_id in (select id from goods.customer_order where customer_order.person = $1)
union all
select 'payment_pages_of_orders' as name, jsonb_agg(to_jsonb(t) - array['url', 'back'] order by made_at)::text as listed
from goods.checkout as t where order_id in (select id from goods.customer_order where customer_order.person = $1)
union all
select 'on_account' as name, jsonb_agg(to_jsonb(t) - array['person'] order by currency)::text as listed
from goods.tab as t where person = $1
union all
select 'plans' as name, jsonb_agg(to_jsonb(t) - array['person', 'origin'] order by made_at)::text as listed
from goods.plan as t where person = $1
union all
select 'what_plans_made' as name, jsonb_agg(to_jsonb(t) order by plan, number)::text as listed
from goods.firing as t where plan in (select id from goods.plan where plan.person = $1)
union all
select 'told_rolls' as name, jsonb_agg(to_jsonb(t) - array['person'] order by at)::text as listed
from people.told_roll as t where person = $1
union all
select 'records' as name, jsonb_agg(to_jsonb(t) - array['person', 'id'] order by at)::text as listed
from people.record as t where person = $1;

-- name: images
-- Lists the pictures of these rolls that stand, frame by frame.
select id from images.image where roll = any($1::text[]) and state = 'standing' order by roll, frame_order, id;

-- name: size
-- Returns how many bytes the originals of these pictures have.
select coalesce(sum(original.size), 0)::bigint from images.image join images.original using (sha256)
where image.id = any($1::text[]);

-- name: accounts
-- Lists the card accounts that were proved a person's.
select account from people.account_holding where person = $1 order by account;
