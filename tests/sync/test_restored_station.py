"""A station put back from last night's copy: it is noticed, told, and gets its events back (DESIGN 5E)."""

import shutil
from dataclasses import dataclass, field

import msgspec
import pytest
from structlog.testing import capture_logs

from photocore.events import Event, Prev, decode_event, encode_event, event_hash, sign_event
from photocore.keys import SigningKey
from photocore.wire import EpochMark, Outcome
from sync.audit import check_chain
from sync.courier import run_round
from sync.errors import DeskReason, DeskRefusal, HistoryForked, ReturnRefused
from sync.label_states import LabelState
from sync.restoring import TWIN, Owner, read_page
from sync.statements import run
from sync.views import MakeUpWish

STAFF = "00ff00ff00ff00ff"
WHY = "came back with the restored journal"


@dataclass
class Counter:
    """A station's folder that can be copied away, and put back."""

    world: object
    station: object = None
    copy: object = None
    claims: list = field(default_factory=list)

    def open(self):
        self.station = self.world.open()
        return self.station

    def round(self):
        delivery = self.station.courier._delivery
        delivery.begin_round()
        return run_round(delivery, self.world.service, self.station.courier._sign, lambda _: None)

    def register(self, serial: int, **changes):
        done = self.station.desk.register(self.world.wish(self.world.package_id(serial), **changes))
        self.claims.append(done)
        return done

    def print_label(self, roll: str):
        """Print the whole queue, and return what came out for ``roll``."""
        printed = []
        while (job := self.station.jobs.next_job()) is not None:
            self.station.jobs.begin(job.id, "p")
            self.station.jobs.printed(job.id, "process id")
            printed.append(job)
        (found,) = [job for job in printed if job.kind == "roll" and job.label.roll == roll]
        return found

    def copy_away(self) -> None:
        """Close the station and copy its folder, as a nightly backup would; then go on."""
        self.station.close()
        self.copy = self.world.folder.with_name("last-night")
        shutil.copytree(self.world.folder, self.copy, dirs_exist_ok=True)
        self.open()

    def put_back(self):
        """Put last night's copy in place of the folder, and start."""
        self.station.close()
        shutil.rmtree(self.world.folder)
        shutil.copytree(self.copy, self.world.folder)
        return self.open()

    def ids(self) -> set[str]:
        return {row[2] for row in self.station.journal.read(lambda db: run(db, "journal.all_events"))}

    def held(self) -> set[str]:
        return {event.id for event in self.world.service.held.values()}

    def check(self) -> int:
        return self.station.journal.read(lambda db: check_chain(db, self.world.keys().signing.public))


@pytest.fixture
def counter(world) -> Counter:
    counter = Counter(world)
    counter.open()
    counter.register(1)
    counter.round()
    counter.copy_away()
    return counter


def test_K4_a_restored_station_gets_every_event_back_and_is_told(counter):
    """Two runs of the station are missing from the copy: an epoch that went on, and one it never saw."""
    counter.register(2)
    counter.round()
    counter.station.close()
    counter.open()
    counter.register(3)
    counter.round()
    expected = counter.held()

    restored = counter.put_back()
    assert restored.desk.status().restored == 0
    with capture_logs() as logs:
        report = counter.round()

    assert report.ok
    assert counter.ids() - expected == {counter.station.journal.read(lambda db: opened(db, restored.journal.epoch))}
    assert expected <= counter.ids()
    assert (report.progress.brought_back, restored.desk.status().restored) == (4, 4)
    (told,) = [log for log in logs if log["event"] == "station_restored"]
    assert told["events"] == 4
    assert restored.desk.status().unsent == 0
    assert counter.check() == len(counter.ids())


def opened(connection, epoch: str) -> str:
    return connection.execute(
        "select id from event join epoch using (ordinal) where epoch = ? and seq = 1", (epoch,)
    ).fetchone()[0]


def test_K4_the_receipts_number_finds_the_registration_again_with_what_became_of_it(counter):
    """Verdict and outcome come back too, by the ordinary acks; whose card it was does not."""
    lost = counter.register(2)
    counter.round()

    restored = counter.put_back()
    assert restored.desk.find_registration(lost.number) is None
    counter.round()

    view = restored.desk.find_registration(lost.number)
    assert (view.claim, view.package, view.rolls) == (lost.claim, lost.package, lost.rolls)
    assert restored.desk.level(lost.claim).word == "confirmed"
    seen = restored.desk.check_claim(counter.world.package_id(2), counter.world.anna)
    assert (seen.registered, seen.claim) == ("here", None)
    with pytest.raises(DeskRefusal) as refused:
        counter.register(2)
    assert refused.value.reason is DeskReason.REGISTERED_HERE


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


def test_K4_a_registration_undone_since_the_backup_is_undone_again(counter):
    """Its papers are void; the package can be registered anew."""
    first = counter.claims[0]
    counter.station.desk.undo(first.claim)
    counter.round()

    restored = counter.put_back()
    assert not restored.desk.find_registration(first.number).withdrawn
    counter.round()

    assert restored.desk.find_registration(first.number).withdrawn
    assert restored.desk.jobs(first.claim) == ()
    assert counter.register(1).number != first.number


def test_O18_a_made_up_package_and_its_copies_come_back(counter):
    """Made up for the shelf, or for a shopper; reprinted; undone."""
    desk = counter.station.desk
    shelf = desk.make_up(MakeUpWish(event_id=desk.mint_event_id(), product=None, count=2, staff=STAFF))
    gone = desk.make_up(MakeUpWish(event_id=desk.mint_event_id(), product=None, count=1, staff=STAFF))
    desk.unmake(gone.package, staff=STAFF, reason="miscounted")
    desk.reprint_presale(shelf.package, (shelf.rolls[1],), staff=STAFF, reason="torn")
    copies = {job.roll: job.copy for job in desk.jobs_of_package(shelf.package) if job.kind == "roll"}
    counter.round()

    restored = counter.put_back()
    assert restored.desk.find_made_up(shelf.package) is None
    counter.round()

    view = restored.desk.find_made_up(shelf.rolls[0])
    assert (view.package, view.rolls, view.coded, view.withdrawn) == (shelf.package, shelf.rolls, True, False)
    jobs = restored.desk.jobs_of_package(shelf.package)
    assert {job.roll: job.copy for job in jobs if job.kind == "roll"} == copies
    assert {job.state for job in jobs} == {LabelState.MAYBE}
    assert [job.kind for job in jobs] == ["roll", "roll", "package"]
    assert restored.desk.find_made_up(gone.package).withdrawn
    assert restored.jobs.next_job() is None


def test_O18_a_package_made_up_for_a_shopper_comes_back_with_its_registration(counter):
    """The two were one commit; undoing the registration undoes the package too."""
    desk = counter.station.desk
    wish = MakeUpWish(
        event_id=desk.mint_event_id(),
        product=None,
        count=2,
        staff=STAFF,
        card=counter.world.anna,
        claim_id=desk.mint_event_id(),
    )
    made = desk.make_up(wish)
    counter.round()

    restored = counter.put_back()
    counter.round()
    assert restored.desk.find_made_up(made.package).claimed

    restored.desk.undo(made.registration.claim, by="staff")

    assert restored.desk.find_made_up(made.package).withdrawn


def test_K4_parked_events_come_back_as_parked_and_ended_ones_as_ended(counter):
    """What waited for a person waits again; what was closed stays closed."""
    waits, closed = counter.register(2), counter.register(3)
    counter.world.service.faults.parks |= {waits.claim, closed.claim}
    counter.round()
    counter.station.desk.close_parked(closed.claim, staff=STAFF, reason="seen")
    counter.round()

    restored = counter.put_back()
    counter.round()

    assert [view.id for view in restored.desk.parked()] == [waits.claim]
    assert restored.desk.status().parked == 1


def test_O18_undoing_what_came_back_does_not_take_a_package_from_who_registered_it_since(counter):
    """Only the make-up had come back when another card took the package: that registration and its labels stand."""
    wish = counter.world.make_up_wish(2, card=counter.world.anna)
    made = counter.station.desk.make_up(wish)
    counter.round()
    counter.world.service.back_at_once = 1
    restored = counter.put_back()
    delivery = restored.courier._delivery
    delivery.begin_round()
    while restored.desk.find_made_up(made.package) is None:
        ask = delivery.next_ask()
        delivery.take(ask, counter.world.service.exchange(restored.courier._sign(ask.request)))
    since = restored.desk.register(counter.world.wish(made.package, counter.world.ben))
    assert counter.round().ok

    restored.desk.undo(wish.claim_id, by="staff")

    view = restored.desk.find_made_up(made.package)
    assert (view.withdrawn, view.claimed) == (False, True)
    assert restored.desk.copy_state(since.rolls[0], since.jobs[0].copy) == "valid"
    restored.desk.undo(since.claim, by="staff")
    assert counter.round().ok


def test_O18_a_make_up_that_was_corrected_comes_back_as_corrected(counter):
    """Both events name one package; the second is the first said once more, and nobody must correct it again."""
    wish = counter.world.make_up_wish(2, card=counter.world.anna)
    counter.world.service.faults.parks.add(wish.event_id)
    made = counter.station.desk.make_up(wish)
    counter.round()
    counter.station.desk.correct(wish.event_id, staff=STAFF)
    counter.round()

    restored = counter.put_back()
    with capture_logs() as logs:
        counter.round()

    assert restored.desk.parked() == ()
    assert not [log for log in logs if log["event"] == "event_not_rebuilt"]
    restored.desk.undo(made.registration.claim, by="staff")
    assert restored.desk.find_made_up(made.package).withdrawn


def test_O18_a_label_reprinted_since_the_backup_is_known_as_replaced_by_what_printed_before_it_came_back(counter):
    """The restored station was offline and printed its old queue anew: only that copy counts, upstream too."""
    made = counter.station.desk.make_up(counter.world.make_up_wish(1))
    counter.round()
    counter.copy_away()
    counter.station.desk.reprint_presale(made.package, None, staff=STAFF, reason="smeared")
    lost = counter.print_label(made.rolls[0])
    counter.round()

    restored = counter.put_back()
    printed = counter.print_label(made.rolls[0])
    counter.round()

    assert counter.world.service.parked == {}
    assert counter.world.service.made_up.codes[made.rolls[0]] == printed.label.claim_code != lost.label.claim_code
    assert restored.desk.copy_state(made.rolls[0], printed.copy) == "valid"
    assert restored.desk.copy_state(made.rolls[0], lost.copy) == "replaced"


def test_K3_what_came_back_is_older_than_what_is_registered_since(counter):
    """The list of the newest begins with who stands there now, not with last week's."""
    lost = [counter.register(serial) for serial in range(2, 5)]
    counter.round()
    counter.station.close()
    counter.open()
    lost.append(counter.register(5))
    counter.round()
    before = counter.put_back().desk.register(counter.world.wish(counter.world.package_id(10)))
    counter.round()

    after = counter.station.desk.register(counter.world.wish(counter.world.package_id(11)))

    newest = [after, before, *reversed(lost), counter.claims[0]]
    assert [view.claim for view in counter.station.desk.recent()] == [one.claim for one in newest]
    counter.station.close()
    counter.open()
    later = counter.register(12)
    assert counter.station.desk.recent(1)[0].claim == later.claim


def test_K4_staff_take_note_once_and_it_is_an_event(counter):
    """Until then the status tells it, whatever restarts; after, it does not."""
    counter.register(2)
    counter.round()
    counter.put_back()
    counter.round()
    restored = counter.world.open() if counter.station is None else counter.station
    assert restored.desk.status().restored == 2

    restored.desk.note_restored(STAFF)
    restored.desk.note_restored(STAFF)

    assert restored.desk.status().restored == 0
    counter.round()
    (noted,) = [event for event in counter.world.service.applied if event.kind == "StaffOverrode"]
    assert (noted.public["act"], noted.public["staff"]) == ("station_restored", STAFF)
    assert "2 events" in noted.public["reason"]


def test_K4_many_events_come_back_page_by_page_and_a_crash_between_loses_none(counter):
    """Each page is durable by itself; the next start goes on where the last one stopped."""
    for serial in range(100, 112):
        counter.register(serial)
    counter.round()
    expected = counter.held()
    counter.world.service.back_at_once = 5
    counter.put_back()
    delivery = counter.station.courier._delivery
    delivery.begin_round()
    while counter.station.desk.status().restored < 5:
        ask = delivery.next_ask()
        delivery.take(ask, counter.world.service.exchange(counter.station.courier._sign(ask.request)))
    counter.station.close()

    counter.open()
    assert counter.round().ok

    assert expected <= counter.ids()
    assert counter.station.desk.status().restored == 13
    assert counter.check() == len(counter.ids())


def test_K4_registrations_made_offline_before_the_events_came_back_go_up_too(counter):
    """The fresh epoch stays valid: it branches off where the copy ended, and the chain is checked with it."""
    counter.register(2)
    counter.round()
    counter.put_back()
    offline = counter.register(3)

    assert counter.round().ok

    assert offline.claim in {event.id for event in counter.world.service.applied}
    assert counter.check() == len(counter.ids())
    counter.station.close()
    counter.open()
    counter.register(4)
    assert counter.round().ok
    assert counter.check() == len(counter.ids())


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


def spoilt(counter, change):
    """Put the copy back while what the photoservice gives back is spoilt; returns the round's report."""
    counter.register(2)
    counter.register(3)
    counter.round()
    counter.world.service.spoil_back = change
    counter.put_back()
    return counter.round()


def resigned(line: bytes) -> bytes:
    event = decode_event(line)
    return encode_event(sign_event(event, SigningKey(seed=b"x" * 32)))


def changed(line: bytes) -> bytes:
    event = decode_event(line)
    return encode_event(msgspec.structs.replace(event, public={**event.public, "number": "TCN-000000000"}))


@pytest.mark.parametrize("change", [resigned, changed, lambda line: line[:-9], lambda _: b"[]"])
def test_K4_what_is_not_our_own_event_is_not_taken_and_stops_nothing_else(counter, change):
    """A wrong signature, a changed number, half a line: nothing comes back, it is said, and sending goes on."""
    report = spoilt(counter, change)

    assert report.ok
    assert counter.station.desk.status().restored == 0
    assert "not everything came back" in counter.station.courier.trouble
    assert counter.station.desk.status().unsent == 0


def test_K4_a_hole_in_what_is_given_back_is_not_bridged(counter):
    """What stands behind the hole cannot be proven; what stands before it is taken."""
    held = []

    def skip_second(line: bytes) -> bytes:
        held.append(line)
        return b"" if decode_event(line).seq == 2 else line

    report = spoilt(counter, skip_second)

    assert report.ok
    assert counter.station.desk.status().restored == 1
    assert "seq 2 is missing" in counter.station.courier.trouble


def test_K4_another_history_at_one_place_stops_sending_and_says_so(counter):
    """A twin wrote there with our key: nothing is sent, nothing is settled."""
    counter.put_back()
    counter.register(2)
    (epoch,) = counter.station.journal.read(
        lambda db: db.execute("select epoch from epoch order by ordinal limit 1").fetchone()
    )
    place = next(place for place in counter.world.service._by_place if place[1] == epoch and place[2] == 2)
    counter.world.service._by_place[place] = (counter.world.service._by_place[place][0], "ab" * 32)
    sent = len(counter.world.service.applied)

    report = counter.round()

    assert (report.ok, len(counter.world.service.applied)) == (False, sent)
    assert "may have a twin" in report.reason
    assert counter.station.courier.trouble == report.reason


def test_K4_what_grows_while_we_run_is_a_twins_and_is_told(counter):
    """A second machine started from a copy of this folder: the running one says so, and takes nothing of it."""
    counter.round()
    twin = counter.world.folder.with_name("twin")
    shutil.copytree(counter.copy, twin)
    other = counter.world.open(folder=twin)
    other.desk.register(counter.world.wish(counter.world.package_id(5)))
    delivery = other.courier._delivery
    delivery.begin_round()
    assert run_round(delivery, counter.world.service, other.courier._sign, lambda _: None).ok

    counter.station.courier._delivery.lost()
    assert counter.round().ok

    assert counter.station.courier.trouble == TWIN
    assert counter.station.desk.status().restored == 0


def test_K4_an_epoch_of_which_nothing_contiguous_is_held_brings_nothing_back(counter):
    """The photoservice has a later event of a run that never sent its first: nothing can be proven of it."""
    delivery = counter.station.courier._delivery
    marks = [EpochMark(epoch="0123456789abcdef", high=None, need=((1, 4),))]

    delivery.restoring.greet(marks, marks)

    assert not delivery.restoring.is_under_way
    assert not delivery.restoring.rewound


def test_K4_news_of_a_claim_that_is_only_coming_back_are_kept_for_it(counter):
    """Contested since: the restored station hears of it, as it tells what it has noted."""
    lost = counter.register(2)
    counter.round()
    counter.world.service.tell(lost.claim, Outcome(word="contested"))
    restored = counter.put_back()

    counter.round()

    assert restored.desk.level(lost.claim).word == "contested"
    assert restored.desk.status().contested == 1


def signed(seq: int, prev: Prev | None, *, mark: int = 0) -> Event:
    event = Event(
        id=f"{seq + mark * 16:032x}",
        kind="EpochOpened",
        station="st-1",
        epoch="0123456789abcdef",
        seq=seq,
        at="2026-11-21T09:00:00.000Z",
        public={"software": f"twincheck {mark}"},
        prev=prev,
    )
    return sign_event(event, SigningKey(seed=b"k" * 32))


def behind(event: Event) -> Prev:
    return Prev(epoch=event.epoch, seq=event.seq, hash=event_hash(event))


def test_K4_a_page_that_follows_another_event_than_ours_is_a_fork_and_not_a_gap():
    """Both are rightly signed with our key: two have written at one place, and nothing may be sent any more."""
    owner = Owner(station="st-1", public_key=SigningKey(seed=b"k" * 32).public)
    ours, twins = signed(1, None), signed(1, None, mark=1)
    page = encode_event(signed(2, behind(twins)))

    with pytest.raises(HistoryForked, match="may have a twin"):
        read_page(page, owner, ours.epoch, behind(ours))
    assert read_page(page, owner, ours.epoch, behind(twins))[0].seq == 2


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "nothing is given back"),
        ([signed(3, behind(signed(2, None)))], "seq 2 is missing"),
        ([signed(1, None)], "seq 2 is missing"),
        ([msgspec.structs.replace(signed(2, behind(signed(1, None))), sig="")], "no event of ours"),
        ([signed(2, None)], "does not follow"),
    ],
)
def test_K4_a_page_out_of_its_order_is_refused_with_the_place(lines, why):
    """Nothing, a gap, an older one, an unsigned one, one without its predecessor."""
    owner = Owner(station="st-1", public_key=SigningKey(seed=b"k" * 32).public)
    body = b"\n".join(encode_event(line) for line in lines)

    with pytest.raises(ReturnRefused, match=why):
        read_page(body, owner, "0123456789abcdef", behind(signed(1, None)))


def test_K4_a_page_of_more_events_than_one_may_hold_is_not_even_read():
    """A thousand at most."""
    owner = Owner(station="st-1", public_key=SigningKey(seed=b"k" * 32).public)

    with pytest.raises(ReturnRefused, match="1001 events in one page"):
        read_page(b"{}\n" * 1001, owner, "0123456789abcdef", None)
