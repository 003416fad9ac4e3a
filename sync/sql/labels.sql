-- Label jobs: one row for each copy ever queued.

-- name: add_job
-- Queue one copy; its place in the line is that of the copy it replaces, else the end: no place is beyond the last job's
-- number, and that is found without reading the table.
insert into label_job (place, claim, kind, roll, number, of, copy, content, state, why)
values (coalesce(:place, (select coalesce(max(id), 0) + 1 from label_job)),
        :claim, :kind, :roll, :number, :of, :copy, :content, :state, :why)
returning id, place;

-- name: next_job
-- The next copy to print: a set's roll labels before its package label or receipt, a bag's label and twin checks before
-- the claim stub, sets in the order they came.
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job as job
where state = 'queued' and state in ('queued', 'sending', 'awaiting_proof', 'maybe', 'deferred') -- as its index says
and (kind in ('roll', 'bag', 'twin') or not exists (
    select 1 from label_job as label
    where label.claim = job.claim and label.kind in ('roll', 'bag', 'twin') and label.valid = 1
      and label.state in ('queued', 'sending', 'awaiting_proof')))
order by place, case kind when 'roll' then 0 when 'bag' then 1 when 'twin' then 2 else 3 end, number, id
limit 1;

-- name: job_by_id
-- One copy.
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job where id = :id;

-- name: job_of_copy
-- The copy of a roll's label, or of a made-up package's, that carries a copy ID.
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job where kind = 'roll' and roll = :item and copy = :copy
union all
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job where kind = 'package' and copy = :copy and claim = (select event from made_up where package = :item);

-- name: jobs_of_set
-- A set's valid copies in the order they print.
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job where claim = :claim and valid = 1
order by place, case kind when 'roll' then 0 when 'bag' then 1 when 'twin' then 2 else 3 end, number, id;

-- name: jobs_of_rolls
-- The valid copies of some rolls' labels, whichever set they are of.
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job where kind = 'roll' and valid = 1 and roll in (select value from json_each(:rolls))
order by number, id;

-- name: open_jobs
-- Every paper that is not proven printed, in the order they print, and what it belongs to.
select job.id, job.claim, job.kind, job.roll, job.number, job.of, job.copy, job.content, job.state, job.process_id,
       job.place, job.why, registration.number, coalesce(registration.package, made_up.package), event.at
from label_job as job
join event on event.id = job.claim
left join registration on registration.claim = job.claim
left join made_up on made_up.event = job.claim
where job.valid = 1 and state in ('queued', 'sending', 'awaiting_proof', 'maybe', 'deferred')
order by job.place, case job.kind when 'roll' then 0 when 'bag' then 1 when 'twin' then 2 else 3 end, job.number, job.id;

-- name: copies_of_rolls
-- Every copy that some rolls' labels ever had, and which of them is valid, without what it says.
select roll, copy, claim, valid from label_job
where kind = 'roll' and roll in (select value from json_each(:rolls));

-- name: unsettled_jobs
-- What was at the printer when the process ended.
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job where state in ('sending', 'awaiting_proof') order by id;

-- name: set_state
-- Take news of one copy.
update label_job set state = :state, why = coalesce(:why, why), process_id = coalesce(:process_id, process_id),
    proof = coalesce(:proof, proof)
where id = :id;

-- name: end_copy
-- A copy is not valid any more; replaced_by names the one that is.
update label_job set valid = 0, state = :state, replaced_by = :replaced_by, why = :why where id = :id;

-- name: void_set
-- The registration, or the making up, was undone: no copy of its papers is valid.
update label_job set valid = 0, state = case when state = 'spoiled' then state else 'void' end, why = :why
where claim = :claim and valid = 1;

-- name: count_papers
-- How many of a set's papers are out, and how many may be; the same before it is undone and after.
select count(*) filter (where proof is not null or state = 'taken'),
       count(*) filter (where process_id is not null and proof is null and state <> 'taken')
from label_job where claim = :claim and replaced_by is null;

-- name: copy_fate
-- What became of one copy of a roll's label, or of a made-up package's.
select valid, replaced_by from label_job where kind = 'roll' and roll = :item and copy = :copy
union all
select valid, replaced_by from label_job
where kind = 'package' and copy = :copy and claim = (select event from made_up where package = :item);

-- name: count_tried
-- How many copies of one paper were sent to a printer, or wasted.
select count(*) from label_job
where claim = :claim and kind = :kind and roll is :roll and (kind <> 'twin' or number = :number)
  and (process_id is not null or state = 'spoiled');

-- name: count_on_their_way
-- How many of a set's copies are still to be printed.
select count(*) from label_job where claim = :claim and valid = 1 and state in ('queued', 'sending', 'awaiting_proof');
