"""The papers of a station put back from last night's copy: in doubt, never printed by themselves, to be had anew."""

from sync.label_states import LabelState

WHY = "came back with the restored journal"


def test_K4_no_label_that_came_back_prints_by_itself(counter):
    """Each is in doubt, and says why; the queue stays empty."""
    lost = counter.register(2)
    counter.round()
    restored = counter.put_back()
    assert restored.jobs.next_job() is not None  # last night's own papers still wait: nothing is known yet

    counter.round()

    jobs = restored.desk.jobs(lost.claim)
    assert [(job.kind, job.copy) for job in jobs[:3]] == [(job.kind, job.copy) for job in lost.jobs[:3]]
    assert {(job.state, job.why) for job in jobs} == {(LabelState.MAYBE, WHY)}
    assert restored.jobs.next_job() is None


def test_K4_papers_that_waited_in_the_copy_are_in_doubt_and_new_ones_print(counter):
    """What was queued last night was printed since, for all anybody knows; what is registered now prints."""
    restored = counter.put_back()
    fresh = counter.register(4)
    counter.round()
    assert restored.jobs.next_job().claim == counter.claims[0].claim  # nothing was lost: nothing is in doubt

    counter.copy_away()
    counter.register(5)
    counter.round()
    restored = counter.put_back()
    newest = counter.register(3)
    counter.round()

    assert {job.state for job in restored.desk.jobs(fresh.claim)} == {LabelState.MAYBE}
    assert restored.jobs.next_job().claim == newest.claim


def test_K4_print_again_gives_new_copies_that_void_those_that_came_back(counter):
    """The shopper's old papers count no more, and the photoservice hears which copy each new one voids."""
    lost = counter.register(2)
    counter.round()
    restored = counter.put_back()
    counter.round()

    again = restored.desk.reprint(lost.claim, None, "lost with the disk", receipt=True)

    assert {job.state for job in again} == {LabelState.QUEUED}
    assert {job.copy for job in again}.isdisjoint({job.copy for job in lost.jobs})
    assert restored.desk.copy_state(lost.rolls[0], lost.jobs[0].copy) == "replaced"
    counter.round()
    issued = next(event for event in counter.world.service.applied if event.kind == "CopiesIssued")
    assert [copy["voids"] for copy in issued.public["copies"]] == [job.copy for job in lost.jobs[:3]]
    assert counter.world.service.applied[-1].kind == "AccessCodeReplaced"


def test_K4_a_copy_reprinted_since_the_backup_is_void_again_and_never_prints(counter):
    """Last night it still waited in the queue; a later event voided it."""
    first = counter.claims[0]
    counter.station.desk.reprint(first.claim, (first.rolls[0],), "torn")
    newer = counter.station.desk.jobs(first.claim)[0]
    counter.round()

    restored = counter.put_back()
    assert restored.jobs.next_job().copy == first.jobs[0].copy
    counter.round()

    assert restored.desk.copy_state(first.rolls[0], first.jobs[0].copy) == "replaced"
    assert restored.desk.copy_state(first.rolls[0], newer.copy) == "valid"
    assert restored.jobs.next_job() is None


def test_K4_the_same_package_registered_anew_before_its_claim_came_back_keeps_its_labels(counter):
    """Both claims stand, the photoservice decides; the labels in the shopper's hand now are the valid ones."""
    counter.register(2)
    counter.round()
    restored = counter.put_back()
    anew = counter.register(2)
    counter.round()

    assert [job.copy for job in restored.desk.jobs(anew.claim)[:3]] == [job.copy for job in anew.jobs[:3]]
    assert restored.desk.copy_state(anew.rolls[0], anew.jobs[0].copy) == "valid"
    assert restored.desk.find_registration(counter.claims[1].number) is not None
