"""What staff do for the room: the whole queue at once, settings of a printer, rows of paper lists; each an event."""

import pytest

from photocore.events import decode_event
from photocore.kinds import PaperSource
from photocore.wire import ClaimEvidence, ClaimNews, News, Outcome
from sync.errors import DeskReason, DeskRefusal
from sync.news import note_news
from sync.outbox import count_owed
from sync.training import FOLDER, NOWHERE, TrainingRoom

ROW = "TCF-7Q2M9X04D"


def events(station, *kinds: str) -> list[dict]:
    rows = station.journal.read(lambda db: db.execute("select line from event order by ordinal, seq").fetchall())
    found = [decode_event(bytes(line)) for (line,) in rows]
    return [{"kind": event.kind, **event.public} for event in found if event.kind in kinds]


def owed(station) -> int:
    return station.journal.read(lambda db: count_owed(db).unsent)


def print_next(station, end) -> int:
    job = station.jobs.next_job()
    if end == "deferred":
        station.jobs.deferred(job.id, "too wide")
        return job.id
    station.jobs.begin(job.id, "p")
    station.jobs.sent(job.id)
    if end == "maybe":
        station.jobs.maybe(job.id, "silence")
    else:
        station.jobs.printed(job.id, "process id")
    return job.id


@pytest.fixture
def half_printed(world, station):
    """Return a registration whose labels are put off, in doubt, printed, and waiting."""
    done = station.desk.register(world.wish(world.package_id(1)))
    for end in ("deferred", "maybe", "printed"):
        print_next(station, end)
    return done


def test_S6_the_waiting_part_of_the_queue_is_let_go_and_the_doubtful_is_left(world, station, half_printed):
    """Pending only: one label goes, nothing is void, and who did it and why is an event."""
    assert station.desk.restart_queue(with_doubtful=False, staff=world.staff, reason="paper") == 1
    assert sorted(job.state.value for job in station.desk.queue()) == ["maybe", "queued", "queued"]
    (told,) = events(station, "StaffOverrode")
    assert (told["act"], told["staff"], told["reason"]) == ("labels_resumed", world.staff, "paper")


def test_S6_all_of_the_queue_prints_anew_and_only_the_doubtful_copy_is_void(world, station, half_printed):
    """The label that is proven stays as it is: nothing that is on paper prints twice."""
    before = {job.id: job for job in station.desk.jobs(half_printed.claim)}
    doubtful = next(job for job in before.values() if job.state.value == "maybe")
    proven = next(job for job in before.values() if job.state.value == "printed")
    assert station.desk.restart_queue(with_doubtful=True, staff=world.staff, reason="lost") == 2
    assert {job.state.value for job in station.desk.queue()} == {"queued"}
    assert station.desk.copy_state(doubtful.roll, doubtful.copy) == "replaced"
    assert station.desk.copy_state(proven.roll, proven.copy) == "valid"
    assert [told["kind"] for told in events(station, "StaffOverrode", "CopiesIssued")] == [
        "StaffOverrode",
        "CopiesIssued",
    ]


def test_S6_an_empty_queue_restarts_nothing_and_writes_nothing(world, station):
    """A touch too many is no event."""
    assert station.desk.restart_queue(with_doubtful=True, staff=world.staff, reason="other") == 0
    assert events(station, "StaffOverrode") == []


def test_S6_where_a_printer_prints_is_kept_across_a_restart_with_who_moved_it(world, station):
    """Each printer has its own."""
    station.desk.keep_printer_note("tcp://a", "15 -5", staff=world.staff)
    station.close()
    again = world.open()
    assert (again.desk.printer_note("tcp://a"), again.desk.printer_note("tcp://b")) == ("15 -5", "")
    (told,) = events(again, "StaffOverrode")
    assert (told["act"], told["reason"], told["staff"]) == ("print_moved", "15 -5", world.staff)


def test_S6_what_staff_do_to_the_printer_goes_up_as_their_override(world, station):
    """The photoservice takes it."""
    station.desk.note_act("label_roll_changed", staff=world.staff)
    assert owed(station) > 0
    world.sync(station)
    assert owed(station) == 0
    assert "StaffOverrode" in [event.kind for event in world.service.applied]


def _from_paper(world, serial: int):
    paper = PaperSource(row=ROW, written="211405")
    return world.wish(world.package_id(serial), paper=paper, staff=world.staff)


def test_S6_a_row_of_a_paper_list_is_in_the_event_with_what_was_written_there(world, station):
    """Its own time is now: nobody saw the clock the written one was taken from."""
    station.desk.register(_from_paper(world, 1))
    (claimed,) = events(station, "PackageClaimed")
    assert claimed["paper"] == {"row": ROW, "written": "211405"}
    assert claimed["staff"] == world.staff


def test_S6_a_row_is_entered_once_unless_what_it_became_was_undone(world, station):
    """Also after a restart; the same event again is no second entry."""
    wish = _from_paper(world, 1)
    done = station.desk.register(wish)
    assert station.desk.register(wish).already
    station.close()
    again = world.open()
    with pytest.raises(DeskRefusal) as refused:
        again.desk.register(_from_paper(world, 2))
    assert refused.value.reason is DeskReason.ROW_ENTERED
    again.desk.undo(done.claim, "staff", "mistake", world.staff)
    assert again.desk.register(_from_paper(world, 2)).number


def test_S6_contested_packages_come_with_what_the_photoservice_told_of_the_claims(world, station):
    """Stations, times, proofs; no cards and no names."""
    done = station.desk.register(world.wish(world.package_id(1)))
    evidence = (
        ClaimEvidence(station="st-1", at="2026-11-21T08:00:00.000Z"),
        ClaimEvidence(station="st-2", at="2026-11-21T09:00:00.000Z", proof="code"),
    )
    news = ClaimNews(claim=done.claim, version=7, outcome=Outcome(word="contested", evidence=evidence))
    told = News(station="st-1", request="0" * 64, news=(news,), server_time="2026-11-21T10:00:00.000Z")
    assert station.desk.contested() == ()
    station.journal.write(lambda transaction: note_news(transaction.connection, told, ()))
    (view,) = station.desk.contested()
    assert (view.claim, view.number, view.evidence) == (done.claim, done.number, evidence)


def test_S6_training_has_a_desk_of_its_own_and_nothing_of_it_reaches_the_real_one(world, station):
    """Registered, printed, undone: the real journal, its outbox and its service know nothing, and no road leads out."""
    station.desk.register(world.wish(world.package_id(1)))
    world.sync(station)
    before = (len(events(station, "PackageClaimed")), owed(station), len(world.service.applied))
    room = TrainingRoom(station, world.folder, world.seams())
    lesson = room.open()
    assert lesson.file.url == NOWHERE
    assert lesson.file.station != station.file.station
    assert lesson.desk.look_up(world.package_id(2)).product == station.desk.look_up(world.package_id(2)).product
    done = lesson.desk.register(world.wish(world.package_id(2)))
    assert len(done.rolls) == 3  # the real roster's, lent
    assert not lesson.courier.carry_here(lambda _: None).ok
    assert (len(events(station, "PackageClaimed")), owed(station), len(world.service.applied)) == before
    assert station.desk.find_registration(done.number) is None
    room.close()
    assert not (world.folder / FOLDER).exists()
    assert (len(events(station, "PackageClaimed")), owed(station)) == before[:2]


def test_S6_training_that_was_cut_off_is_gone_at_the_next_start_and_begins_empty(world, station):
    """A process that died leaves nothing to go on with."""
    room = TrainingRoom(station, world.folder, world.seams())
    done = room.open().desk.register(world.wish(world.package_id(2)))
    again = TrainingRoom(station, world.folder, world.seams())
    assert not (world.folder / FOLDER).exists()
    assert again.open().desk.find_registration(done.number) is None
    again.close()
