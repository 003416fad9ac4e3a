"""Access codes between memory, events and paper: no receipt ever shows a code that no event holds, or a dead one."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from photocore.events import Event
from photocore.label import Receipt
from photocore.sealing import open_part
from photocore.testing import SeededEntropy
from sync.audit import read_event
from sync.errors import DeskRefusal, JournalDown, NotStored
from sync.journal import Journal
from sync.paper_secrets import PaperSecret, PaperSecrets
from sync.statements import run
from sync.station import Footing
from sync.testing_disk import FailingDisk


def coded_events(station) -> list[Event]:
    """Return the events that hold an access code, in the order they were written."""

    def events(db):
        rows = run(db, "journal.all_events")
        return [read_event(run(db, "journal.event_by_id", {"id": row[2]})[0]) for row in rows]

    return [event for event in station.journal.read(events) if event.secrets]


def codes(world, station) -> list[str]:
    return [open_part(world.service.seal_key, e, "secrets")["access_code"] for e in coded_events(station)]


def live_code(world, station) -> str:
    return codes(world, station)[-1]


def receipt_job(station, queue=None):
    """Print the labels, and return the receipt's job, not yet begun."""
    queue = queue or station.jobs
    while (job := queue.next_job()) and job.kind == "roll":
        queue.begin(job.id, "p")
        queue.printed(job.id, "test")
    assert isinstance(job.label, Receipt)
    return job


class Interrupted:
    """A journal in which somebody else does something once, right after a read or a write has succeeded."""

    def __init__(self, journal: Journal, after: str, then: Callable[[], object]) -> None:
        self._journal, self._after, self._then = journal, after, then
        self.preparing = journal.preparing

    def read(self, work):
        return self._interrupt("read", self._journal.read(work))

    def write(self, work):
        return self._interrupt("write", self._journal.write(work))

    def _interrupt(self, verb: str, result):
        if verb == self._after:
            then, self._then = self._then, lambda: None
            then()
        return result


def nobody_can_tell():
    raise JournalDown("COMMIT did not answer")


class Watched(PaperSecrets):
    """Secrets that remember what was put there."""

    def __init__(self) -> None:
        super().__init__()
        self.puts: list[PaperSecret] = []

    def put(self, made_by: str, *secrets: PaperSecret) -> None:
        self.puts += secrets
        super().put(made_by, *secrets)


@pytest.fixture
def failing(world):
    """Return a station on a disk that fails on command, and that disk."""
    world.open().close()
    image = {"journal.db": (world.folder / "journal.db").read_bytes()}
    disk = FailingDisk(f"secrets-{id(image)}", SeededEntropy(7), image)
    station = world.open(under=Footing(vfs=disk.name, reserve_bytes=4096))
    yield station, disk
    station.close()
    disk.unregister()


def test_K4_a_retry_of_what_is_stored_brings_no_code_into_memory(world, station):
    """Only a new claim's code may be held: an older claim's event holds another."""
    wish = world.wish(world.package_id(1))
    secrets = Watched()
    desk = replace(station.desk, secrets=secrets)
    desk.register(wish)

    assert desk.register(wish).already

    assert [secret.code for secret in secrets.puts] == codes(world, station)


def test_K4_after_a_doubtful_commit_and_a_retry_the_receipt_shows_the_events_code(world, station):
    """The first try was stored though nobody could tell; whatever is printed opens the registration."""
    wish = world.wish(world.package_id(1))
    desk = replace(station.desk, journal=Interrupted(station.journal, "write", nobody_can_tell))
    with pytest.raises(JournalDown):
        desk.register(wish)

    assert station.desk.register(wish).already

    job = receipt_job(station)
    assert job.label.access_code == live_code(world, station)
    assert job.label.card_masked == "•••• 4711"


def test_K4_a_try_that_is_surely_not_stored_leaves_nothing_in_memory(world, station):
    """The journal is closed: no claim, no secret."""
    wish = world.wish(world.package_id(1))
    station.close()

    with pytest.raises(NotStored):
        station.desk.register(wish)

    assert station.desk.secrets.get(wish.event_id) is None


def test_K4_not_stored_is_not_said_of_an_event_an_earlier_try_may_have_stored(world, failing):
    """First nobody can tell; then the journal is closed. The second word must not take back the first."""
    station, disk = failing
    wish = world.wish(world.package_id(1))
    disk.sync_fails_at = disk.syncs + 1
    with pytest.raises(JournalDown):
        station.desk.register(wish)
    station.close()

    with pytest.raises(JournalDown) as caught:
        station.desk.register(wish)

    assert not isinstance(caught.value, NotStored)


def test_K4_not_stored_is_not_said_of_what_was_stored_in_doubt_and_is_printed_already(world, station):
    """Nobody could tell, the papers came out all the same, their codes are let go: the retry must not deny them."""
    wish = world.wish(world.package_id(1))
    with pytest.raises(JournalDown):
        replace(station.desk, journal=Interrupted(station.journal, "write", nobody_can_tell)).register(wish)
    receipt = receipt_job(station)
    station.jobs.begin(receipt.id, "p")
    station.jobs.printed(receipt.id, "test")
    assert not station.desk.secrets.holds(wish.event_id)
    station.close()

    for _ in range(2):
        with pytest.raises(JournalDown) as caught:
            station.desk.register(wish)
        assert not isinstance(caught.value, NotStored)


def test_K4_a_reprinted_receipt_never_shows_the_code_it_voids(world, station):
    """The printer's thread looks right after the commit: the new copy has the new code already."""
    done = station.desk.register(world.wish(world.package_id(1)))
    old = receipt_job(station)
    seen = []
    journal = Interrupted(station.journal, "write", lambda: seen.append(station.jobs.next_job()))

    replace(station.desk, journal=journal).reprint(done.claim, (), "again", receipt=True)

    assert seen[0].copy != old.copy
    assert seen[0].label.access_code == live_code(world, station) != old.label.access_code


def test_K4_a_failed_reprint_leaves_no_receipt_with_a_code_of_no_event(world, failing):
    """Whether the commit that failed is there or not: what prints next opens the registration."""
    station, disk = failing
    done = station.desk.register(world.wish(world.package_id(1)))
    receipt_job(station)
    for fault in range(1, 4):
        disk.sync_fails_at = disk.syncs + fault
        with suppress(JournalDown):
            station.desk.reprint(done.claim, (), "again", receipt=True)
        disk.sync_fails_at = None
        assert receipt_job(station).label.access_code == live_code(world, station)


def test_K4_an_undo_between_the_printers_looks_makes_no_new_code(world, station):
    """The queue saw the receipt, the shopper undid: no event for a withdrawn claim, no secret held for good."""
    done = station.desk.register(world.wish(world.package_id(1)))
    receipt_job(station)
    station.desk.secrets.forget(done.claim)  # as a crash does
    journal = Interrupted(station.journal, "read", lambda: station.desk.undo(done.claim))

    assert replace(station.jobs, journal=journal).next_job() is None

    assert [event.kind for event in coded_events(station)] == ["PackageClaimed"]
    assert station.desk.secrets.get(done.claim) is None


@pytest.mark.parametrize("news", ["maybe", "deferred", "printed", "taken"])
def test_K4_a_receipt_that_is_out_of_our_hands_leaves_its_code_nowhere(world, station, news):
    """Printed, perhaps printed, or set aside: the plain code does not live on until the process ends."""
    done = station.desk.register(world.wish(world.package_id(1)))
    job = receipt_job(station)
    if news == "deferred":
        station.jobs.deferred(job.id, "too wide")
    else:
        station.jobs.begin(job.id, "p")
        station.jobs.sent(job.id)
        verbs = {"maybe": lambda: station.jobs.maybe(job.id, "silence"), "taken": lambda: station.jobs.taken(job.id)}
        verbs.get(news, lambda: station.jobs.printed(job.id, "process id"))()

    assert station.desk.secrets.get(done.claim) is None
    station.desk.reprint(done.claim, (), "again", receipt=True)
    assert receipt_job(station).label.access_code == live_code(world, station) != job.label.access_code


def test_K4_late_news_of_a_void_receipt_does_not_drop_the_new_ones_code(world, station):
    """The printer reports the old copy after the reprint: the new copy keeps its code, and no event is wasted."""
    done = station.desk.register(world.wish(world.package_id(1)))
    old = receipt_job(station)
    station.jobs.begin(old.id, "p")
    station.desk.reprint(done.claim, (), "again", receipt=True)
    station.jobs.printed(old.id, "late")

    assert receipt_job(station).label.access_code == live_code(world, station)
    assert len(coded_events(station)) == 2


def test_K4_a_refused_registration_leaves_nothing_in_memory(world, station):
    """Taken by another card: there is no receipt to come."""
    station.desk.register(world.wish(world.package_id(1)))
    wish = world.wish(world.package_id(1), world.ben)

    with pytest.raises(DeskRefusal):
        station.desk.register(wish)

    assert station.desk.secrets.get(wish.event_id) is None
