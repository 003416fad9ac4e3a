-- The facts that sales are matched by (pos_bridge/ledger/keeping.py, hoods.py).

-- name: is_line_kept
-- Whether this very line is known, from this very source and event.
select 1 from basket join line on line.basket = basket.number where home = :home and id = :id;

-- name: keep_line
-- One line as one source told it.
insert into line (id, basket, body) values (:id, :basket, :body);

-- name: basket
-- A basket and its time.
select number, at, since, until from basket where home = :home;

-- name: keep_basket
-- A new basket.
insert into basket (home, store, till, business_day, sequence, at, since, until)
values (:home, :store, :till, :business_day, :sequence, :at, :since, :until)
returning number;

-- name: change_basket
-- Another source knows its time better.
update basket set at = :at, since = :since, until = :until where number = :number;

-- name: change_shares
-- ... and what it is found by goes with it.
update share set day = :since / 86400000000, since = :since, until = :until where basket = :number;

-- name: keep_share
-- A basket has goods of a GTIN.
insert into share (day, gtin, since, basket, until)
select since / 86400000000, :gtin, since, number, until from basket where number = :basket
on conflict do nothing;

-- name: keep_goods
-- Goods of a GTIN are sold here.
insert into goods (gtin) values (:gtin) on conflict do nothing;

-- name: keep_name
-- A basket bears a piece, or an order code.
insert into named (name, basket) values (:name, :basket) on conflict do nothing;

-- name: keep_given_back
-- A line of a basket gives back something of a receipt.
insert into given_back (sequence, business_day, till, store, basket)
values (:sequence, :business_day, :till, :store, :basket)
on conflict do nothing;

-- name: touch_returns
-- What may mean a basket by its number alone is to be decided again: that basket's time is about to be another.
insert into dirty (home)
select back.home
from basket cross join given_back on given_back.sequence = basket.sequence and given_back.business_day = ''
cross join basket as back on back.number = given_back.basket
where basket.number = :number and given_back.store = basket.store and given_back.till in ('', basket.till)
  and back.business_day between :first and :last
on conflict do nothing;

-- name: keep_sighting
-- Something was seen.
insert into sighting (home, at, lane, item, gtin, body) values (:home, :at, :lane, :item, :gtin, :body)
on conflict (home) do nothing
returning home;

-- name: learn_serialized
-- Goods have serials.
insert into serialized (gtin) values (:gtin) on conflict do nothing returning gtin;

-- name: keep_card_seen
-- A card was seen at a lane.
insert into card_seen (id, at, lane, mark, receipt) values (:id, :at, :lane, :mark, :receipt)
on conflict (id) do nothing
returning id;

-- name: keep_number
-- A card's number, for as long as it may be needed; once more each time it is seen.
insert into card (mark, number, seen_at) values (:mark, :number, :at)
on conflict (mark) do update set number = :number, seen_at = max(seen_at, :at), is_used = 0;

-- name: keep_ruling
-- What a manager decided.
insert into ruling (id, about, home, item, body) values (:id, :about, :home, :item, :body)
on conflict (id) do nothing
returning id;

-- name: touch
-- To be decided again.
insert into dirty (home) values (:home) on conflict do nothing;

-- name: touch_named
-- What bears a name is to be decided again.
insert into dirty (home) select home from named join basket on number = basket where name = :name
on conflict do nothing;

-- name: touch_seen_near
-- What was seen of a basket's goods near its time is to be decided again: that time is about to be another.
insert into dirty (home)
select home from share join sighting using (gtin)
where share.basket = :number and sighting.at between share.since - :reach and share.until + :reach
on conflict do nothing;

-- name: touch_sold_near
-- ... and so are the baskets of the same goods near it.
with recursive span (gtin, day, low, first, last) as (
    select gtin, (since - :reach - :longest) / 86400000000, since - :reach - :longest, since - :reach, until + :reach
    from share join serialized using (gtin) where basket = :number
    union all
    select gtin, day + 1, low, first, last from span where day < last / 86400000000
)
insert into dirty (home)
select basket.home
from span
cross join share on share.day = span.day and share.gtin = span.gtin
    and share.since between low and last and share.until >= first
cross join basket on basket.number = share.basket
where true
on conflict do nothing;

-- name: touch_share
-- What has goods of a GTIN is to be decided again.
with recursive sold_in (day) as (
    select min(day) from share
    union all
    select (select min(day) from share where share.day > sold_in.day) from sold_in where sold_in.day is not null
)
insert into dirty (home)
select home from sold_in cross join share using (day) cross join basket on number = basket where gtin = :gtin
on conflict do nothing;

-- name: touch_ended
-- Baskets of a lane that ended in a span, by the bridge's clock, are to be decided again.
insert into dirty (home)
select home from basket
where till in (select value from json_each(:tills)) and at is not null and at between :since - :skew and :until - :skew
on conflict do nothing;

-- name: touch_seen
-- What was seen at a lane in a span is to be decided again.
insert into dirty (home) select home from sighting indexed by sighting_lane
where lane = :lane and at between :since and :until
on conflict do nothing;

-- name: touch_baskets
-- Every basket is to be decided again.
insert into dirty (home) select home from basket where true on conflict do nothing;

-- name: touch_sightings
-- Everything seen is to be decided again.
insert into dirty (home) select home from sighting where true on conflict do nothing;

-- name: ask_again
-- A manager wants the station to be asked once more.
update assertion set refusal = '', is_due = 1 where refusal <> '' and refusal_case = :case;

-- name: use_card
-- A card's number was told: it need not be kept much longer.
update card set is_used = 1 where mark = :mark;

-- name: wipe_cards
-- Numbers of cards that were used, or that nobody used in a day, go.
update card set number = null
where number is not null and (seen_at < :old or (is_used = 1 and seen_at < :settled))
returning mark;

-- name: wipe_messages
-- Texts of old messages go; not of those that nobody has read.
update message set body = null, headers = cast('{}' as blob)
where number in (
    select number from message indexed by message_aged
    where body is not null and received_at < :old and state <> 'new' limit :limit
)
returning number;

-- name: wipe_told_again
-- ... nor are the texts kept longer that came under their names.
update told_again set body = null, headers = cast('{}' as blob)
where number in (
    select number from told_again indexed by told_again_aged where body is not null and received_at < :old limit :limit
)
returning number;

-- name: cards_seen
-- The cards seen at a lane in a span.
select id, at, lane, mark, receipt from card_seen where lane = :lane and at between :since and :until;

-- name: card
-- A card's number, while it is kept.
select number from card where mark = :mark and number is not null;

-- name: gtins_without_serials
-- Goods on lines of which no piece is known.
select gtin from goods where gtin not in (select gtin from serialized);

-- name: basket_lines
-- What all sources told of some baskets.
select basket, body from line where basket in (select value from json_each(:baskets));

-- name: baskets_at
-- Baskets by their homes.
select number, home, till, since, until from basket where home in (select value from json_each(:homes));

-- name: baskets_of
-- Baskets by their numbers.
select number, home, till, since, until from basket where number in (select value from json_each(:numbers));

-- name: names_of
-- The pieces and order codes that some baskets bear.
select distinct name from named where basket in (select value from json_each(:baskets));

-- name: baskets_named
-- The baskets that bear some pieces or order codes.
select distinct basket from named where name in (select value from json_each(:names));

-- name: pieces_ruled
-- The pieces that a manager said were of some baskets.
select distinct item from ruling where item is not null and home in (select value from json_each(:homes));

-- name: homes_ruled
-- Where a manager said some pieces were.
select distinct home from ruling where item in (select value from json_each(:items));

-- name: shares_of
-- The goods with serials that some baskets have.
select share.gtin, share.since, share.until, share.basket from share join serialized using (gtin)
where basket in (select value from json_each(:baskets));

-- name: shares_between
-- The baskets that have goods of a GTIN in a span. A basket without a time spans its day.
with recursive sold_in (day) as (
    select (:since - :longest) / 86400000000
    union all
    select day + 1 from sold_in where day < :until / 86400000000
)
select number, till, share.since, share.until, home in (select home from dirty)
from sold_in cross join share using (day) cross join basket on number = basket
where gtin = :gtin and share.since between :since and :until and share.until = share.since
union all
select number, till, share.since, share.until, home in (select home from dirty)
from sold_in cross join share indexed by share_timeless using (day) cross join basket on number = basket
where gtin = :gtin and share.since between :since - :longest and :until
  and share.until >= :since and share.until > share.since;

-- name: sightings_between
-- What was seen of a GTIN in a span.
select home, at, item, gtin, body, lane from sighting where gtin = :gtin and at between :since and :until;

-- name: sightings_of
-- Where and when some pieces were seen.
select home, at, item, gtin, body, lane from sighting where item in (select value from json_each(:items));

-- name: sightings_at
-- Sightings by their homes.
select home, at, item, gtin, body, lane from sighting where home in (select value from json_each(:homes));

-- name: receipts_given_back
-- The receipts that some baskets give something back of and whose day they say, and the baskets that these are.
select given_back.basket, basket.number
from given_back cross join basket indexed by basket_receipt
    on basket.sequence = given_back.sequence and basket.business_day = given_back.business_day
where given_back.basket in (select value from json_each(:baskets))
  and given_back.business_day <> '' and basket.store = given_back.store and given_back.till in ('', basket.till);

-- name: receipts_taken_back
-- The baskets that give something back of some baskets and say their day.
select given_back.basket, basket.number
from basket cross join given_back
    on given_back.sequence = basket.sequence and given_back.business_day = basket.business_day
where basket.number in (select value from json_each(:baskets))
  and basket.store = given_back.store and given_back.till in ('', basket.till);

-- name: numbers_given_back
-- The receipts that some baskets give something back of by their numbers alone, for each of their goods.
select distinct given_back.basket, given_back.sequence, given_back.till, given_back.store, share.gtin, basket.home, basket.till,
    basket.business_day, basket.at, basket.until
from given_back join basket on basket.number = given_back.basket left join share on share.basket = basket.number
where given_back.basket in (select value from json_each(:baskets)) and given_back.business_day = '';

-- name: receipts_meant
-- So many at most of the baskets that a number alone may mean (pos_bridge/matching/meant.py).
select number from basket indexed by basket_receipt
where sequence = :sequence and business_day between :first and :last and store = :store and :till in ('', till)
  and number <> :back
  and case when till = :back_till and at is not null and :back_at is not null then at <= :back_at
      else since <= :back_until + :margin end
  and business_day = date(business_day)
  and exists (select 1 from share where share.basket = basket.number and share.gtin = :gtin)
limit :most;

-- name: numbers_taken_back
-- The baskets that may mean some baskets by their numbers alone.
select distinct back.number, basket.number, back.business_day, basket.business_day
from basket cross join given_back on given_back.sequence = basket.sequence and given_back.business_day = ''
cross join basket as back on back.number = given_back.basket
where basket.number in (select value from json_each(:baskets)) and back.number <> basket.number
  and given_back.store = basket.store and given_back.till in ('', basket.till)
  and case when basket.till = back.till and basket.at is not null and back.at is not null then basket.at <= back.at
      else basket.since <= back.until + :margin end
  and exists (
      select 1 from share as sold join share as given on given.gtin = sold.gtin
      where sold.basket = basket.number and given.basket = back.number
  );

-- name: pieces_given_back
-- The pieces that some homes were said to give back when they were decided last.
select distinct cast(wanted as text) ->> 'item' from assertion
where home in (select value from json_each(:homes)) and kind = 'given_back' and wanted is not null;

-- name: ends_between
-- Baskets of some tills of a store that ended in a span.
select till, business_day, sequence, at from basket
where till in (select value from json_each(:tills)) and at is not null and at between :since and :until
  and store = :store;

-- name: is_serialized
-- Which of some goods have serials.
select gtin from serialized where gtin in (select value from json_each(:gtins));
