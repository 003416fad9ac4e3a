-- name: counts
-- Counts what may need somebody: since two days ago ($1), within a day ($2). Of one tenant ($3), what is that one's.
select
    (select count(*) from (select from goods.customer_order as o
        where o.is_open and o.released_at is null
          and ($3::text is null or ops.is_order_of(o.id, $3)) limit 10000) as found) as orders_open,
    (select count(*) from (select from goods.line_step as s
        where s.step = 'refused' and ($3::text is null or ops.is_order_of(s.order_id, $3))
          and not exists (select from goods.line_step as later where later.order_id = s.order_id and later.line = s.line
                          and later.step in ('made', 'sent', 'ready', 'handed', 'cancelled'))
        limit 10000) as found) as orders_refused,
    (select count(*) from (select distinct line.order_id from goods.order_line as line
        where line.again_at is not null and not goods.is_answered(line)
          and ($3::text is null or ops.is_order_of(line.order_id, $3)) limit 10000) as found) as orders_asked,
    (select count(*) from (select from goods.plan as p
        where p.state = 'live' and p.look_at <= $2 and ($3::text is null or ops.is_root_of(p.root, $3))
        limit 10000) as found) as plans_soon,
    (select count(*) from registration as r
        where r.word = 'contested' and ($3::text is null or ops.is_root_of(r.root, $3))) as contested,
    (select count(*) from (select from event as e
        where e.verdict <> 'applied' and not exists (
            select from event_correction as c where c.station = e.station and c.event = e.id)
          and ($3::text is null or ops.is_station_of(e.station, $3)) limit 10000) as found) as parked,
    (select count(*) from (select from people.message where failed_at is not null and $3::text is null limit 10000)
        as found) as mail_failed,
    (select count(*) from station as s
        where s.revoked_at is null and (s.seen_at is null or s.seen_at < $1)
          and ($3::text is null or ops.is_station_of(s.id, $3))) as stations_silent;
