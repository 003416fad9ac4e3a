-- What comes back after the journal was restored from an old copy.

-- name: begin_epoch
-- An epoch that this journal does not know: an earlier run began it, and nothing is written in it any more.
insert into epoch (ordinal, epoch, last, head, brought_back)
values ((select coalesce(max(ordinal), 0) + 1 from epoch), :epoch, 0, null, 1);

-- name: note_back
-- Remember that an event came back.
insert into brought_back (event) values (:event);

-- name: count_unnoted
-- How many events came back that staff have not taken note of.
select count(*) from brought_back where noted = 0;

-- name: note_all
-- Staff have taken note.
update brought_back set noted = 1 where noted = 0;

-- name: newest_paper
-- The newest paper ever queued here.
select coalesce(max(id), 0) from label_job;

-- name: doubt_old
-- A paper that waited since before this process may have been printed after the copy was made that came back.
update label_job set state = 'maybe', why = :why where state = 'queued' and id <= :newest;

-- name: doubt_copy
-- A paper that came back: whether it was printed, nobody here knows.
update label_job set state = 'maybe', why = :why
where claim = :claim and valid = 1 and copy = :copy and state in ('queued', 'deferred');

-- name: add_replaced
-- A copy that came back after another of the same roll had become the valid one here.
insert into label_job (place, claim, kind, roll, number, of, copy, content, state, valid, replaced_by, why)
select place, :claim, kind, roll, number, of, :copy, :content, 'void', 0, copy, :why from label_job where id = :heir;

-- name: doubt_receipt
-- The receipt was printed anew after the copy was made that came back: the older one must not print.
update label_job set state = 'maybe', why = :why
where claim = :claim and kind = 'receipt' and valid = 1 and state = 'queued';

-- name: register_made_up
-- The registration that was written in the same commit as a package without claim codes.
update made_up set registration = :claim where package = :package and coded = 0 and registration is null;
