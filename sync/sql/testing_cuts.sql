-- What a journal holds of what a station has said: for judging what a power cut left.

-- name: half_registrations
-- Every registration of which something is missing, and what there is: row, IDs, what is owed, labels, receipts.
select id, rows, items, owed, labels, receipts from (
    select event.id,
        (select count(*) from registration where claim = event.id) as rows,
        (select count(*) from registration_item where claim = event.id) as items,
        (select count(*) from outbox where outbox.event = event.id) as owed,
        (select count(distinct roll) from label_job where claim = event.id and kind = 'roll') as labels,
        (select count(*) from label_job where claim = event.id and kind = 'receipt') as receipts,
        (select json_array_length(cast(rolls as text)) from registration where claim = event.id) as rolls
    from event where kind = 'PackageClaimed')
where rows <> 1 or owed <> 1 or receipts = 0 or items <> rolls + 1 or labels <> rolls;

-- name: half_made_up
-- Every made-up package of which something is missing: row, IDs, what is owed, its registration or its own papers. The
-- registration of one that comes back after a restore may come with the next page, and its papers with that.
select event.id from event where kind = 'PackageMadeUp' and not exists (
    select 1 from made_up
    where made_up.event = event.id
        and (select count(*) from made_up_item where made_up_item.event = event.id) = :rolls + 1
        and exists (select 1 from outbox where outbox.event = event.id)
        and (
            exists (select 1 from brought_back where brought_back.event = made_up.event)
            or exists (select 1 from registration where claim = made_up.registration)
            or registration is null
                and (select count(distinct roll) from label_job where claim = event.id and kind = 'roll') = :rolls
                and exists (select 1 from label_job where claim = event.id and kind = 'package')));

-- name: strays
-- What stands without its event, or is owed without it: of neither may there be anything.
select 'registration ' || claim from registration where claim not in (select id from event)
union all select 'made up ' || event from made_up where event not in (select id from event)
union all select 'paper ' || id from label_job where claim not in (select id from event)
union all select 'owed ' || event from outbox where event not in (select id from event)
union all select 'event ' || id from event where id not in (select event from outbox);

-- name: held
-- Everything a station may have said, as the recorder of a life writes it down.
select 'claim ' || claim from registration
union all select 'withdrawn ' || claim from registration where withdrawn = 1
union all select 'made ' || event from made_up
union all select 'begun ' || id from label_job where process_id is not null
union all select 'printed ' || id from label_job where proof is not null
union all select 'spoiled ' || id from label_job where state in ('spoiled', 'void') and replaced_by is not null
union all select 'settled ' || event from outbox where level = 'photoservice'
union all select 'contested ' || claim from claim_outcome where word = 'contested' and version > 0
union all select 'roster ' || version from roster;

-- name: epochs
-- Every epoch that was ever begun here.
select epoch from epoch;
