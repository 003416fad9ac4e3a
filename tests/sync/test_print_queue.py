"""The print queue as staff see it: what stands in it, what they let go, what they settle; each decision an event."""

import pytest

from photocore.events import decode_event
from sync.errors import DeskReason, DeskRefusal
from sync.label_states import LabelState


def refusal(call) -> DeskReason:
    with pytest.raises(DeskRefusal) as caught:
        call()
    return caught.value.reason


def events(station, *kinds: str) -> list[dict]:
    rows = station.journal.read(lambda db: db.execute("select line from event order by ordinal, seq").fetchall())
    found = [decode_event(bytes(line)) for (line,) in rows]
    return [{"kind": event.kind, **event.public} for event in found if event.kind in kinds]


def send(station):
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    station.jobs.sent(job.id)
    return job


def in_doubt(station):
    job = send(station)
    station.jobs.maybe(job.id, "the printer is silent")
    return job


def test_K3_the_queue_shows_every_paper_that_is_not_proven_printed_and_whose_it_is(world, station):
    """Oldest first: a registration's by its number, a package's by its ID; what is printed or void is not there."""
    first = station.desk.register(world.wish(world.package_id(1)))
    shelf = station.desk.make_up(world.make_up_wish(1))
    doubtful = in_doubt(station)
    sending = send(station)
    aside = station.jobs.next_job()
    station.jobs.deferred(aside.id, "too wide")
    printed = station.jobs.next_job()
    station.jobs.begin(printed.id, "p")
    station.jobs.printed(printed.id, "process id")

    queue = station.desk.queue()

    assert [(job.kind, job.state.value) for job in queue] == [
        ("roll", "maybe"),
        ("roll", "awaiting_proof"),
        ("roll", "deferred"),
        ("receipt", "queued"),
        ("package", "queued"),
    ]
    assert printed.label.roll == shelf.rolls[0]  # the receipt waits for the label that is at the printer
    assert [job.id for job in queue[:3]] == [doubtful.id, sending.id, aside.id]
    assert {(job.registration, job.package) for job in queue[:4]} == {(first.number, first.package)}
    assert {(job.registration, job.package) for job in queue[4:]} == {(None, shelf.package)}
    assert [job.why for job in queue[:3]] == ["the printer is silent", "", "too wide"]
    assert queue[0].made_at < queue[4].made_at
    station.desk.undo(first.claim)
    assert {job.package for job in station.desk.queue()} == {shelf.package}


def test_K3_staff_let_a_paper_go_that_was_set_aside_once(world, station):
    """Who and why is an event; a second touch changes nothing."""
    done = station.desk.register(world.wish(world.package_id(1)))
    job = station.jobs.next_job()
    station.jobs.deferred(job.id, "too wide")

    station.desk.resume_job(job.id, staff=world.staff, reason="the wide reel is in")
    station.desk.resume_job(job.id, staff=world.staff, reason="the wide reel is in")

    assert station.jobs.next_job().id == job.id
    assert station.desk.jobs(done.claim)[0].why == ""
    assert events(station, "StaffOverrode") == [
        {
            "kind": "StaffOverrode",
            "staff": world.staff,
            "act": "labels_resumed",
            "reason": "the wide reel is in",
            "about": done.claim,
            "roll": done.rolls[0],
            "copy": job.copy,
        }
    ]


def test_K3_a_doubtful_label_that_is_on_paper_is_settled_by_who_has_seen_it(world, station):
    """Printed, proven by a person, and the copy stays the valid one; saying so twice is harmless."""
    done = station.desk.register(world.wish(world.package_id(1)))
    job = in_doubt(station)

    for _ in range(2):
        station.desk.settle_job(job.id, printed=True, staff=world.staff, reason="I hold it")

    assert station.desk.jobs(done.claim)[0].state is LabelState.PRINTED
    assert station.desk.copy_state(done.rolls[0], job.copy) == "valid"
    (told,) = events(station, "StaffOverrode", "CopiesIssued")
    assert (told["act"], told["about"], told["copy"]) == ("label_settled", done.claim, job.copy)
    assert station.desk.undo(done.claim).printed == 1


def test_K3_a_doubtful_label_that_never_came_is_void_and_a_new_one_is_queued(world, station):
    """Should the first turn up after all, the scanner says that it was replaced."""
    done = station.desk.register(world.wish(world.package_id(1)))
    job = in_doubt(station)

    station.desk.settle_job(job.id, printed=False, staff=world.staff, reason="nothing came")

    again = station.jobs.next_job()
    assert (again.label.roll, station.desk.copy_state(done.rolls[0], job.copy)) == (done.rolls[0], "replaced")
    (told,) = events(station, "StaffOverrode", "CopiesIssued")
    assert (told["kind"], told["staff"], told["reason"]) == ("CopiesIssued", world.staff, "nothing came")
    assert told["copies"] == [{"roll": done.rolls[0], "copy": again.copy, "voids": job.copy}]


def test_K3_a_doubtful_receipt_that_never_came_prints_with_a_new_access_code(world, station):
    """Its old code may lie about somewhere: it is dead."""
    done = station.desk.make_up(world.make_up_wish(1, world.anna))
    station.jobs.printed(send(station).id, "process id")
    old = in_doubt(station)

    station.desk.settle_job(old.id, printed=False, staff=world.staff, reason="jammed")

    new = station.jobs.next_job()
    assert (old.kind, new.kind) == ("receipt", "receipt")
    assert new.label.access_code not in (None, old.label.access_code)
    (told,) = events(station, "AccessCodeReplaced")
    assert (told["claim"], told["staff"]) == (done.registration.claim, world.staff)


def test_K3_a_doubtful_box_label_that_never_came_is_printed_again(world, station):
    """It has no event of its own, so what staff did is told by one."""
    done = station.desk.make_up(world.make_up_wish(1))
    station.jobs.printed(send(station).id, "process id")
    old = in_doubt(station)

    station.desk.settle_job(old.id, printed=False, staff=world.staff, reason="jammed")

    new = station.jobs.next_job()
    assert (new.kind, new.label.package) == ("package", done.package)
    (told,) = events(station, "StaffOverrode")
    assert (told["act"], told["about"], told["copy"]) == ("package_label_reprinted", done.event_id, new.copy)


def test_K3_what_is_in_no_doubt_is_not_settled_and_what_is_not_aside_not_let_go(world, station):
    """Each refusal is a sentence, and changes nothing."""
    station.desk.register(world.wish(world.package_id(1)))
    desk, job = station.desk, station.jobs.next_job()

    def settle(job_id, *, printed):
        return lambda: desk.settle_job(job_id, printed=printed, staff=world.staff, reason="x")

    assert refusal(settle(job.id, printed=True)) is DeskReason.JOB_NOT_IN_DOUBT
    assert refusal(settle(10_000, printed=True)) is DeskReason.UNKNOWN_JOB
    assert refusal(lambda: desk.resume_job(10_000, staff=world.staff)) is DeskReason.UNKNOWN_JOB
    station.jobs.begin(job.id, "p")
    station.jobs.printed(job.id, "process id")
    assert refusal(settle(job.id, printed=False)) is DeskReason.JOB_NOT_IN_DOUBT
    assert refusal(lambda: desk.resume_job(job.id, staff=world.staff)) is DeskReason.JOB_NOT_SET_ASIDE
    assert events(station, "StaffOverrode", "CopiesIssued") == []


def test_K3_an_undone_paper_is_settled_by_nobody(world, station):
    """Over is over: no new copy for a withdrawn registration."""
    done = station.desk.register(world.wish(world.package_id(1)))
    job = in_doubt(station)
    station.desk.undo(done.claim)

    def settle():
        station.desk.settle_job(job.id, printed=False, staff=world.staff, reason="x")

    assert refusal(settle) is DeskReason.JOB_NOT_IN_DOUBT
    assert station.jobs.next_job() is None


def test_K3_a_staff_reprint_names_who_did_it_in_every_event(world, station):
    """Labels and receipt: two facts, one name."""
    done = station.desk.register(world.wish(world.package_id(1)))

    station.desk.reprint(done.claim, None, "all lost", receipt=True, staff=world.staff)

    told = events(station, "CopiesIssued", "AccessCodeReplaced")
    assert [(event["kind"], event["staff"]) for event in told] == [
        ("CopiesIssued", world.staff),
        ("AccessCodeReplaced", world.staff),
    ]


def test_K4_the_newest_registrations_come_first_withdrawn_ones_too(world, station):
    """By the order they were written in, whatever the clock did."""
    done = [station.desk.register(world.wish(world.package_id(serial))) for serial in range(1, 5)]
    station.desk.undo(done[2].claim)

    newest = station.desk.recent(3)

    assert [view.number for view in newest] == [one.number for one in reversed(done[1:])]
    assert [view.withdrawn for view in newest] == [False, True, False]
    assert station.desk.recent(0) == ()
