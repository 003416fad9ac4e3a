-- Label jobs: one row for each copy ever queued.

-- name: add_job
-- Queue one copy; its place in the line is that of the copy it replaces, else the end.
insert into label_job (place, claim, kind, roll, number, of, copy, content, state, why)
values (coalesce(:place, (select coalesce(max(place), 0) + 1 from label_job)),
        :claim, :kind, :roll, :number, :of, :copy, :content, :state, :why)
returning id;

-- name: next_job
-- The next copy to print: a claim's labels before its receipt, claims in the order they came.
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job as job
where state = 'queued' and (kind = 'roll' or not exists (
    select 1 from label_job as label
    where label.claim = job.claim and label.kind = 'roll' and label.valid = 1
      and label.state in ('queued', 'sending', 'awaiting_proof')))
order by place, kind = 'receipt', number, id
limit 1;

-- name: job_by_id
-- One copy.
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job where id = :id;

-- name: job_of_copy
-- The copy of a roll's label that carries a copy ID.
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job where kind = 'roll' and roll = :roll and copy = :copy;

-- name: jobs_of_claim
-- A claim's valid copies in the order they print.
select id, claim, kind, roll, number, of, copy, content, state, process_id, place, why
from label_job where claim = :claim and valid = 1
order by place, kind = 'receipt', number, id;

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

-- name: void_claim
-- The registration was undone: no copy of it is valid.
update label_job set valid = 0, state = case when state = 'spoiled' then state else 'void' end, why = :why
where claim = :claim and valid = 1;

-- name: count_papers
-- How many of a claim's papers are out, and how many may be; the same before it is undone and after.
select count(*) filter (where proof is not null or state = 'taken'),
       count(*) filter (where process_id is not null and proof is null and state <> 'taken')
from label_job where claim = :claim and replaced_by is null;

-- name: copy_fate
-- What became of one copy.
select valid, replaced_by from label_job where kind = 'roll' and roll = :roll and copy = :copy;

-- name: count_copies
-- How many copies of one label there ever were.
select count(*) from label_job where claim = :claim and kind = :kind and roll is :roll;

-- name: count_on_their_way
-- How many of a claim's copies are still to be printed.
select count(*) from label_job where claim = :claim and valid = 1 and state in ('queued', 'sending', 'awaiting_proof');
