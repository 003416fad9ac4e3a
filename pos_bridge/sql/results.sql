-- What the facts come to, and what the station was told of it (pos_bridge/ledger/results.py, looking.py).

-- name: any_ruling
-- Whether a manager ever ruled anything.
select exists (select 1 from ruling);

-- name: rulings
-- The rulings on some cases.
select body from ruling where about in (select value from json_each(:cases));

-- name: forget_dirty
-- It is decided.
delete from dirty where home in (select value from json_each(:homes));

-- name: forget_due
-- It is decided for now.
delete from due where home in (select value from json_each(:homes));

-- name: put_due
-- It is to be decided again then.
insert into due (home, at) values (:home, :at) on conflict do nothing;

-- name: touch_due
-- What has waited long enough is to be decided again.
insert into dirty (home) select home from due where at <= :now on conflict do nothing returning home;

-- name: next_due
-- When something will have waited long enough.
select min(at) from due;

-- name: dirty
-- Some of what is to be decided.
select home from dirty limit :limit;

-- name: cases_at
-- The cases at some homes.
select key, body from "case" where home in (select value from json_each(:homes));

-- name: forget_cases
-- They are none any more.
delete from "case" where key in (select value from json_each(:keys));

-- name: put_case
-- A case, as it stands now.
insert into "case" (key, home, is_open, reason, body, why) values (:key, :home, :is_open, :reason, :body, :why)
on conflict (key) do update set home = :home, is_open = :is_open, reason = :reason, body = :body, why = :why;

-- name: assertions_at
-- What is to be told, or was, of some homes.
select key, kind, home, wanted, told, stage, round, refusal from assertion
where home in (select value from json_each(:homes));

-- name: put_assertion
-- What the facts say now. A refusal stands only as long as they say the same.
insert into assertion (key, kind, home, wanted, is_due) values (:key, :kind, :home, :wanted, :is_due)
on conflict (key) do update set
    home = :home, wanted = :wanted,
    is_due = iif(:is_same and refusal <> '', 0, :is_due),
    refusal = iif(:is_same, refusal, ''), refusal_case = iif(:is_same, refusal_case, '');

-- name: forget_assertions
-- What is neither wanted nor told any more was never told, or was taken back: its round is still remembered if any.
delete from assertion
where home in (select value from json_each(:homes)) and wanted is null and told is null and stage = 'settled' and round = 0;

-- name: due_assertions
-- What is to be told next: of one kind, some.
select key, kind, home, wanted, told, stage, round, refusal from assertion
where kind = :kind and is_due = 1 and key > :after order by key limit :limit;

-- name: assertion
-- One of them.
select key, kind, home, wanted, told, stage, round, refusal from assertion where key = :key;

-- name: begin_telling
-- The station is about to be told: from now on it may have been.
update assertion set told = :told, stage = 'telling' where key = :key and stage = 'settled' and told is null;

-- name: begin_taking_back
-- What the station was told is about to be taken back.
update assertion set stage = 'taking_back' where key = :key and stage = 'settled' and told is not null;

-- name: was_told
-- The station has it.
update assertion set stage = 'settled', is_due = :is_due, refusal = '', refusal_case = '' where key = :key;

-- name: was_taken_back
-- The station has it no more; told again it is another round.
update assertion set stage = 'settled', told = null, round = round + 1, is_due = :is_due where key = :key;

-- name: was_refused
-- The station will not have it.
update assertion set stage = :stage, told = :told, is_due = :is_due, refusal = :refusal, refusal_case = :case where key = :key;

-- name: refused_of
-- Registrations of a piece that the station would not have.
select key, kind, home, wanted, told, stage, round, refusal from assertion indexed by assertion_refused
where refusal <> '' and kind = 'registers' and stage = 'settled' and wanted is not null and substr(key, -length(:item)) = :item;

-- name: ask_once_more
-- What stood in its way does so no more.
update assertion set refusal = '', refusal_case = '', is_due = 1 where key = :key;

-- name: cases
-- Cases, the newest first, with those of what the station refused.
select key, is_open, body, null, null, null from "case" where is_open = 1 or :open_only = 0
union all
select refusal_case, 1, null, kind, coalesce(wanted, told), refusal from assertion indexed by assertion_refused
where refusal <> ''
limit :limit;

-- name: case
-- One case.
select key, is_open, body, null, null, null from "case" where key = :key
union all
select refusal_case, 1, null, kind, coalesce(wanted, told), refusal from assertion indexed by assertion_refused
where refusal <> '' and refusal_case = :key;

-- name: count_cases
-- Open cases by reason.
select reason, count(*) from "case" where is_open = 1 group by reason;

-- name: refused
-- What the station refused, as cases: a manager may have closed them.
select refusal_case, iif(kind = 'registers', 'not_registered', 'not_told') from assertion indexed by assertion_refused
where refusal <> '';

-- name: baskets
-- The newest baskets in which there was something of ours.
select home, store, till, business_day, sequence, at from basket indexed by basket_since
where (:tills is null or till in (select value from json_each(:tills)))
  and exists (select 1 from assertion where assertion.home = basket.home and kind in ('sold', 'given_back', 'charged'))
order by since desc, number desc limit :limit;

-- name: assertions_told
-- Everything the facts say, in one order.
select key, kind, wanted from assertion where wanted is not null order by key;

-- name: cases_all
-- Every case, in one order.
select key, is_open, body from "case" order by key;

-- name: figures
-- What the light, the doctor and the metrics show.
select
    (select coalesce(max(number), 0) from message),
    (select count(*) from message indexed by message_unread where state = 'new'),
    (select count(*) from message indexed by message_refused where state = 'refused'),
    (select received_at from message where state = 'new' order by number limit 1),
    (select count(*) from dirty),
    (select count(*) from assertion where is_due = 1),
    (select coalesce(max(number), 0) from line),
    (select coalesce(max(number), 0) from sighting);

-- name: try_freed
-- Something was taken back: what stood in its way for a unit told already may be told now.
update assertion set refusal = '', refusal_case = '', is_due = 1
where refusal in ('unit_sold', 'unit_refunded') and refusal <> '' and wanted is not null and stage = 'settled';
