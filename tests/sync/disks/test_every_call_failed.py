"""Each call of SQLite to its disk failed once, in a station's whole day: nothing is said that is not stored.

What was said is checked the hard way: at the instant of every word the power is cut, and what a failed fsync left in
the cache is gone. After each failure the same wish is made again, as a shopper's finger would, and the station must go
on without a restart.
"""

import pytest

from photocore.wire import Outcome
from sync import outbox
from sync.errors import IllegalTransition, JournalDown
from sync.label_states import LabelState
from sync.statements import run
from sync.testing_cuts import Replay
from sync.testing_cuts_judge import Judge
from sync.testing_cuts_life import ANNA, Life, Stand, ordinary_life, record
from sync.testing_disk import CALLS, Fault

pytestmark = pytest.mark.xdist_group("every_call_failed")  # a whole day is lived once to count its calls

TRIES = 4


class Day:
    """One day at a counter whose disk fails once, or from some call on until it is mended."""

    def __init__(self, stand, fault, image=None):
        self.stand = stand
        self.life = Life(start=image or {})
        self.disk = stand.disk(self.life.start, log=self.life.log)
        self.disk.fault = fault
        self.fault = fault
        self.station = None
        self.downs = []
        self.told = set()
        self.undone = set()
        self.claims = []
        self.wished = 0

    def insist(self, work):
        """Do ``work``, again where the journal is down; between two tries a disk that fails for good is mended."""
        for _ in range(TRIES):
            try:
                done = work()
            except JournalDown as down:
                self.downs.append(str(down))
                self.look()
                self.mend()
            else:
                self.look()
                return done
        raise AssertionError(f"the station does not come back: {self.downs}")

    def mend(self):
        if self.fault and self.fault.lasting and self.disk.has_failed:
            self.disk.fault = None

    def look(self):
        """Assert that no word on a screen is more than true."""
        if self.station is None:
            return
        desk, held = self.station.desk, {event.id for event in self.stand.service.held.values()}
        status = desk.status()
        assert status.journal_ok or (status.unsent, status.waiting, status.last_ack_at) == (0, 0, None)
        try:
            ours = {row[2] for row in self.station.journal.read(lambda db: run(db, "journal.all_events"))}
            levels = {claim: desk.level(claim) for claim in self.claims}
        except JournalDown:
            return
        if status.journal_ok:
            assert status.unsent >= len(ours - held)
            assert status.waiting <= self.wished
        for claim, level in levels.items():
            assert level.word in ("registered here", "confirmed", "withdrawn", "contested")
            assert level.word != "confirmed" or claim in held
            assert level.word != "contested" or claim in self.told
            assert level.word != "withdrawn" or claim in self.undone

    def live(self):
        self.open()
        self.carry()
        first = self.register()
        self.print(2)
        self.spoil()
        self.make_up()
        self.carry()
        self.hear(first)
        self.switch_roster()
        self.undo(self.register())
        self.forget_old()
        self.station.close()
        self.open()
        self.register()
        self.print(1)
        self.carry()
        self.station.close()

    def come_back(self):
        """Get back what an old copy lacks, and go on."""
        self.open()
        held = {event.id for event in self.stand.service.held.values()}
        self.carry()
        assert held <= {row[2] for row in self.station.journal.read(lambda db: run(db, "journal.all_events"))}
        assert self.station.courier.trouble == ""
        assert self.station.desk.status().restored > 3 or self.disk.has_failed
        self.register()
        self.carry()
        self.station.close()

    def open(self):
        self.station = None
        self.station = self.insist(lambda: self.stand.open(self.disk))

    def register(self):
        wish = self.stand.wish()
        self.wished += 1
        done = self.insist(lambda: self.station.desk.register(wish))
        assert (done.claim, len(done.rolls)) == (wish.event_id, 3)
        self.claims.append(done.claim)
        self.life.say(f"claim {done.claim}")
        return done.claim

    def make_up(self):
        wish = self.stand.make_up_wish(ANNA)
        self.wished += 1
        done = self.insist(lambda: self.station.desk.make_up(wish))
        self.claims.append(done.registration.claim)
        self.life.say(f"made {done.event_id}")
        self.life.say(f"claim {done.registration.claim}")

    def begin(self):
        job = self.insist(self.station.jobs.next_job)
        self.insist(lambda: self.note(job, LabelState.SENDING, lambda: self.station.jobs.begin(job.id, "p")))
        self.life.say(f"begun {job.id}")
        return job

    def note(self, job, wanted, work):
        """Note a step of a paper; one that was stored by an earlier try is refused by its state, and that is well."""
        try:
            work()
        except IllegalTransition:
            states = {one.id: one.state for one in self.station.desk.jobs(job.claim)}
            assert states[job.id] is wanted

    def print(self, papers):
        for _ in range(papers):
            job = self.begin()
            self.insist(lambda job=job: self.station.jobs.printed(job.id, "process id"))
            self.life.say(f"printed {job.id}")

    def spoil(self):
        job = self.begin()
        self.insist(lambda: self.station.jobs.spoiled(job.id, "paper out"))
        self.life.say(f"spoiled {job.id}")

    def undo(self, claim):
        self.undone.add(claim)
        self.insist(lambda: self.station.desk.undo(claim))
        self.life.say(f"withdrawn {claim}")

    def carry(self):
        def once():
            report = self.station.courier.carry_here()
            if not report.ok:
                raise JournalDown(report.reason)

        self.insist(once)
        for event in self.stand.service.applied:
            self.life.say(f"settled {event.id}")
        assert self.station.desk.status().unsent == 0 or self.disk.has_failed

    def hear(self, claim):
        self.told.add(claim)
        self.stand.service.tell(claim, Outcome(word="contested"))
        self.carry()
        assert self.station.desk.level(claim).word == "contested" or not self.disk.has_failed
        self.life.say(f"contested {claim}")

    def switch_roster(self):
        service = self.stand.service
        service.roster = type(service.roster)(
            **{name: getattr(service.roster, name) for name in service.roster.__struct_fields__ if name != "version"},
            version=2,
        )
        self.carry()
        assert self.station.roster.version == 2
        self.life.say("roster 2")

    def forget_old(self):
        self.stand.clock.advance(400 * 86_400)
        self.carry()
        self.insist(lambda: self.station.journal.write(lambda change: outbox.prune(change.connection)))


def judged(day):
    """Cut the power at the instant of everything that was said, with two fates each; return what that did."""
    judge = Judge(day.stand, lives_on=False)
    try:
        cuts = sorted({(promise.at, seed) for promise in day.life.promises for seed in range(2)})
        return judge.sweep(day.life, cuts)
    finally:
        judge.close()
        day.disk.unregister()


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    """Return how often a whole day makes each call."""
    day = Day(Stand(tmp_path_factory.mktemp("whole") / "station"), None)
    day.live()
    counts = dict(day.disk.counts)
    assert judged(day).harm == {}
    assert day.downs == []
    return counts


def assert_each_failed(tmp_path, calls, call, lives, **how):
    total = calls[call]
    hit = 0
    for number in range(min(lives, total)):
        at = 1 + number * total // min(lives, total)
        day = Day(Stand(tmp_path / str(at)), Fault(call=call, at=at, **how))
        day.live()
        hit += bool(day.downs)
        assert (at, judged(day).harm) == (at, {})
    assert hit or call in MAY_PASS_UNNOTICED


MAY_PASS_UNNOTICED = ("access", "delete", "truncate", "size")
"""SQLite goes on without these where it can."""

FAULTS = [
    ("read", {}),
    ("write", {}),
    ("write", {"errno": "ENOSPC"}),
    ("write", {"errno": "EROFS"}),
    ("sync", {}),
    ("truncate", {}),
    ("open", {}),
    ("delete", {}),
    ("access", {}),
    ("size", {}),
    ("lock", {}),
]


def named(fault):
    call, how = fault
    return " ".join([call, *map(str, how.values())])


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "until mended"])
@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_K4_each_call_failed_says_nothing_too_soon_and_the_station_goes_on(memory_path, calls, fault, lasting):
    """Opening, registering, making up, printing, acks, roster, news, pruning: some calls of every kind."""
    call, how = fault

    assert_each_failed(memory_path, calls, call, 3, lasting=lasting, **how)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "until mended"])
@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_K4_every_single_call_failed_says_nothing_too_soon_and_the_station_goes_on(memory_path, calls, fault, lasting):
    """The same, every one of them."""
    call, how = fault

    assert_each_failed(memory_path, calls, call, 10**9, lasting=lasting, **how)


def restored_day(folder, fault):
    """Return the day of a station that was put back from the copy of a night that lacks two days."""
    stand = Stand(folder)
    first = ordinary_life(stand, days=1)
    (surface,) = Replay(first.start, first.log).stops([len(first.log)])
    copy = surface.views()
    record(stand, copy, lambda at: [at.register(), at.make_up(ANNA), at.carry()])
    stand.service.back_at_once = 2
    day = Day(stand, fault, copy)
    day.wished = len(stand.service.applied)  # what comes back waits too, until its verdicts have
    return day


@pytest.mark.parametrize("call", ["read", "write", "sync"])
def test_K4_each_call_failed_while_events_come_back_loses_none_of_them(memory_path, call):
    """Page by page, each a commit; the round that fails is made again, and no word is said of a twin."""
    whole = restored_day(memory_path / "whole", None)
    whole.come_back()
    total = whole.disk.counts[call]
    whole.disk.unregister()
    hit = 0
    for number in range(4):
        at = 1 + number * total // 4
        day = restored_day(memory_path / str(at), Fault(call=call, at=at))
        day.come_back()
        hit += bool(day.downs)
        assert judged(day).harm == {}
    assert hit >= 2


def test_K4_every_kind_of_call_is_made_and_failed():
    """A kind that SQLite begins to use must be failed too."""
    assert {call for call, _ in FAULTS} == set(CALLS)
