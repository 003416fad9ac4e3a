-- name: resting
-- Returns until when the latest of these rests, or null when none does. No rest is longer than a day: one that seems to
-- be was counted by a clock that has been set back since.
select max(rest_until) from wrong_tries
where about = any($1::bytea[]) and rest_until > $2::timestamptz and rest_until <= $2 + interval '25 hours';

-- name: note_wrong
-- Counts a wrong try: $3 within $4 begin a rest of $5, doubled with each rest before, at most $6. Without $5 the rest
-- lasts until the $4 are over.
insert into wrong_tries as t (about, wrong, since, rests, seen_at) values ($1, 1, $2::timestamptz, 0, $2)
on conflict (about) do update set
    (wrong, since, rests, rest_until, seen_at) = (
        select case when is_full then 0 else count end,
               case when is_full then $2 else began end,
               case when is_full then t.rests + 1 else t.rests end,
               case when not is_full then t.rest_until
                    when $5::interval is null then began + $4::interval
                    else $2 + least($5::interval * power(2, least(t.rests, 16)), $6::interval) end,
               $2
        from (select count, began, count >= $3::integer as is_full
              from (select case when t.since + $4::interval <= $2 then 1 else t.wrong + 1 end as count,
                           case when t.since + $4::interval <= $2 then $2 else t.since end as began) as counted
             ) as judged);

-- name: forget
-- Drops the counts of who has been quiet since $1 and does not rest.
delete from wrong_tries where seen_at < $1 and (rest_until is null or rest_until < $2);
