-- The store hub: an event it has taken is not sent again every round, but is when its word is in doubt.

alter table outbox add column resend integer not null default 0 check (resend in (0, 1));

create index outbox_resend on outbox (ordinal, seq) where resend = 1;
create index outbox_at_hub on outbox (ordinal, seq) where level = 'hub';
