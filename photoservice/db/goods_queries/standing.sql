-- name: now
-- Tells what stands at $1: waits for a person, for a round, or for a worker, and since how many seconds the first of it.
select (select count(*) from registration where word = 'contested') as contested,
       (select count(*) from event
        where verdict <> 'applied'
          and not exists (select from event_correction as closed
                          where closed.station = event.station and closed.event = event.id)) as parked,
       (select count(*) from goods.uncounted) as uncounted,
       coalesce((select extract(epoch from $1 - min(at)) from goods.uncounted), 0)::float8 as uncounted_s,
       coalesce((select extract(epoch from $1 - min(look_at)) from goods.plan
                 where state = 'live' and look_at <= $1), 0)::float8 as plans_late_s,
       (select count(*) from goods.plan where state = 'live' and look_at <= $1) as plans_due,
       (select count(*) from goods.customer_order where is_open) as orders,
       coalesce((select extract(epoch from $1 - min(look_at)) from goods.customer_order
                 where look_at <= $1), 0)::float8 as orders_late_s,
       (select count(*) from goods.checkout where state = 'open') as checkouts;
