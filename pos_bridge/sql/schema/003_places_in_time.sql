-- What came last stands last: keys that were spread over all the years begin with their time, so that a day's sales
-- change few pages of the file, however many there are.

-- The basket of a line is known before the line is, and is a better beginning than a hash.
create table line_by_basket (
    number integer primary key,
    id blob not null,
    basket integer not null references basket (number),
    body blob not null,
    unique (basket, id)
) strict;

insert into line_by_basket (number, id, basket, body) select number, id, basket, body from line order by number;
drop table line;
alter table line_by_basket rename to line;

-- Goods by the day (of 86,400,000,000 microseconds) that they were sold on.
create table share_by_day (
    day integer not null,
    gtin text not null,
    since integer not null,
    basket integer not null references basket (number),
    until integer not null,
    primary key (day, gtin, since, basket)
) strict, without rowid;

insert into share_by_day (day, gtin, since, basket, until)
select since / 86400000000, gtin, since, basket, until from share;
drop table share;
alter table share_by_day rename to share;
create index share_basket on share (basket);
create index share_timeless on share (day, gtin, since) where until > since; -- of tills that tell no times

-- All goods that were ever on a line.
create table goods (gtin text primary key) strict, without rowid;

insert into goods (gtin) select distinct gtin from share;

-- Homes of baskets begin with their business day (pos_bridge/matching/outcome.py), and what is kept there with its home.
create table moved (old text primary key, new text not null) strict, without rowid;

insert into moved (old, new)
select home,
    'b' || printf('%05x', case
        when business_day glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' and date(business_day) = business_day
            and business_day between '1990-01-01' and '2199-12-31'
        then cast(julianday(business_day) - 2440587.5 as integer) else 0 end) || substr(home, 2)
from basket;

update basket set home = new from moved where old = home;
update dirty set home = new from moved where old = home;
update due set home = new from moved where old = home;
update "case"
set home = new, key = replace(key, old, new), body = cast(replace(cast(body as text), old, new) as blob)
from moved where old = home;
update ruling
set home = new, about = replace(about, old, new), body = cast(replace(cast(body as text), old, new) as blob)
from moved where old = home;
update assertion
set home = new, refusal_case = replace(refusal_case, old, new),
    wanted = cast(replace(cast(wanted as text), old, new) as blob),
    told = cast(replace(cast(told as text), old, new) as blob)
from moved where old = home;
drop table moved;

update assertion set key = home || x'1f' || key;
