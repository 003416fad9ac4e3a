-- What each member of staff is at this station. Whoever was in the book before there were roles could do everything.
alter table staff add column role text not null default 'manager' check (role in ('cashier', 'manager', 'installer'));
