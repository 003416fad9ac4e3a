-- Tills number their receipts anew: the baskets of one number are found by their day, and returns by the day they name.

drop index basket_sequence;
create index basket_receipt on basket (sequence, business_day);

-- The receipts that lines of a basket give back something of, as far as they say which: '' is what is not said.
create table given_back_by_day (
    sequence text not null,
    business_day text not null,
    till text not null,
    store text not null,
    basket integer not null references basket (number),
    primary key (sequence, business_day, basket, till, store)
) strict, without rowid;

insert or ignore into given_back_by_day (sequence, business_day, till, store, basket)
select said ->> 'sequence', coalesce(said ->> 'business_day', ''), coalesce(said ->> 'till', ''),
    coalesce(said ->> 'store', store), basket
from (
    select cast(body as text) -> 'given_back' as said, line.basket, basket.store
    from given_back join line using (basket) join basket on basket.number = line.basket
)
where said ->> 'sequence' is not null;
drop table given_back;
alter table given_back_by_day rename to given_back;
create index given_back_basket on given_back (basket);
