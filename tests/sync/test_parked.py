"""Parked events: why they stand aside, and how a person ends that without losing one."""

import pytest

from photocore.events import decode_event
from sync import outbox
from sync.errors import DeskReason, DeskRefusal
from sync.parked import close_parked, end_parked, open_parked, write_correction
from sync.rounds import Round, run_round
from sync.statements import run

STAFF = "00ff00ff00ff00ff"


class Counter:
    """One station and its delivery, driven by hand."""

    def __init__(self, world, station) -> None:
        self.world, self.service, self.station = world, world.service, station
        self.drafter = station.desk.counter.drafter

    def round(self):
        self.station.courier.rounds.delivery.begin_round()
        delivery = self.station.courier.rounds.delivery
        return run_round(Round(delivery, self.station.courier.rounds.sign), self.service)

    def parked_withdrawal(self) -> tuple[str, str]:
        """Register, undo, and let the photoservice park the undo; returns (claim, withdrawal)."""
        claim = self.station.desk.register(self.world.wish(self.world.package_id(1))).claim
        self.station.desk.undo(claim, by="staff", reason="wrong box")
        withdrawal = self.ids()[-1]
        self.service.faults.parks.add(withdrawal)
        self.round()
        return claim, withdrawal

    def ids(self) -> list[str]:
        return [row[2] for row in self.station.journal.read(lambda db: run(db, "journal.all_events"))]

    def event(self, event_id: str):
        return decode_event(
            bytes(self.station.journal.read(lambda db: run(db, "journal.event_by_id", {"id": event_id}))[0][0])
        )

    def parked(self):
        return self.station.journal.read(open_parked)

    def correct(self, event_id: str) -> str:
        return self.station.journal.write(lambda t: write_correction(t, self.drafter, event_id, STAFF))

    def close(self, event_id: str) -> None:
        self.station.journal.write(lambda t: close_parked(t, self.drafter, event_id, staff=STAFF, reason="seen"))


@pytest.fixture
def counter(world, station) -> Counter:
    return Counter(world, station)


def test_K3_a_parked_event_is_shown_with_its_cause_and_a_plain_reason(counter):
    """What it is about stands beside it: the registration's number and item."""
    claim, withdrawal = counter.parked_withdrawal()
    number = counter.event(claim).public["number"]

    (view,) = counter.parked()

    assert (view.id, view.kind, view.cause) == (withdrawal, "ClaimWithdrawn", "not_carried")
    assert view.reason == "the store does not carry this film"
    assert (view.item, view.number) == (counter.world.package_id(1), number)
    assert (view.can_resend, view.needs_rescan) == (True, False)


def test_K3_a_correction_says_the_same_under_a_new_id_and_its_own_ack_settles_it(counter):
    """The parked event stays as it was; nobody is shown it any more, and the new one names it."""
    claim, withdrawal = counter.parked_withdrawal()

    correction = counter.correct(withdrawal)

    body = counter.event(correction).public
    assert (body["corrects"], body["claim"], body["reason"], body["staff"]) == (withdrawal, claim, "wrong box", STAFF)
    assert counter.parked() == ()
    assert counter.station.desk.status().parked == 0
    assert counter.round().progress.settled == 1
    assert counter.station.journal.read(lambda db: outbox.answer_on(db, correction)).verdict == "applied"
    (kept,) = counter.station.journal.read(lambda db: outbox.list_parked(db, ended=True))
    assert (kept.id, kept.ended) == (withdrawal, "corrected")


def test_K3_a_correction_that_is_parked_too_waits_in_its_stead(counter):
    """One thing to look after, not two."""
    _, withdrawal = counter.parked_withdrawal()
    correction = counter.correct(withdrawal)
    counter.service.faults.parks.add(correction)
    counter.round()

    assert [view.id for view in counter.parked()] == [correction]
    assert counter.station.desk.status().parked == 1


def test_K3_a_parked_registration_needs_the_package_and_card_once_more(counter):
    """Nobody here can open its sealed part again, so nothing pretends to send it again."""
    claim = counter.station.desk.register(counter.world.wish(counter.world.package_id(1))).claim
    counter.service.faults.parks.add(claim)
    counter.round()

    (view,) = counter.parked()

    assert (view.kind, view.can_resend, view.needs_rescan) == ("PackageClaimed", False, True)
    with pytest.raises(DeskRefusal) as refused:
        counter.correct(claim)
    assert refused.value.reason is DeskReason.CANNOT_CORRECT
    assert "register the package once more" in str(refused.value)


def test_K3_what_was_undone_since_is_not_sent_again_as_if_it_held(counter):
    """A parked make-up and its parked claim, then the shopper's undo: there is nothing left to correct but the undo."""
    wish = counter.world.make_up_wish(2, card=counter.world.anna)
    counter.service.faults.parks |= {wish.event_id, wish.claim_id}
    counter.station.desk.make_up(wish)
    counter.round()
    told = {view.id: (view.can_resend, view.needs_rescan) for view in counter.parked()}
    assert told == {wish.event_id: (True, False), wish.claim_id: (False, True)}

    counter.station.desk.undo(wish.claim_id)

    assert {(view.can_resend, view.needs_rescan) for view in counter.parked()} == {(False, False)}
    with pytest.raises(DeskRefusal) as refused:
        counter.correct(wish.event_id)
    assert refused.value.reason is DeskReason.CANNOT_CORRECT
    counter.close(wish.event_id)


def test_K3_closing_a_parked_event_is_an_event_with_who_and_why(counter):
    """It is kept, listed only on asking, and counted no more."""
    _, withdrawal = counter.parked_withdrawal()

    counter.close(withdrawal)

    override = counter.event(counter.ids()[-1])
    assert (override.kind, override.public["act"], override.public["about"]) == (
        "StaffOverrode", "parked_closed", withdrawal,
    )  # fmt: skip
    assert (override.public["staff"], override.public["reason"]) == (STAFF, "seen")
    assert counter.parked() == ()
    with pytest.raises(DeskRefusal, match="not parked"):
        counter.close(withdrawal)
    with pytest.raises(DeskRefusal, match="not parked"):
        counter.correct(withdrawal)


def test_K3_what_is_not_parked_cannot_be_corrected(counter):
    """Neither an applied event nor an unknown one."""
    claim = counter.station.desk.register(counter.world.wish(counter.world.package_id(1))).claim
    counter.round()

    for event_id in (claim, "f" * 32):
        with pytest.raises(DeskRefusal) as refused:
            counter.correct(event_id)
        assert refused.value.reason is DeskReason.NOT_PARKED


def test_K3_an_event_the_disk_spoilt_can_only_be_closed(counter):
    """What it said is gone; the list says so, and does not fall over it."""
    counter.station.desk.register(counter.world.wish(counter.world.package_id(1)))
    spoilt = counter.ids()[-1]
    counter.station.journal.write(
        lambda t: t.connection.execute("update event set line = cast('no event' as blob) where id = ?", (spoilt,))
    )
    counter.round()

    (view,) = counter.parked()

    assert (view.id, view.cause, view.can_resend) == (spoilt, "damaged", False)
    counter.close(spoilt)
    assert counter.parked() == ()


def test_K3_an_ended_event_stays_whole_however_old_it_is(counter):
    """Closing is no way of forgetting."""
    _, withdrawal = counter.parked_withdrawal()
    counter.close(withdrawal)
    counter.station.journal.write(lambda t: outbox.prune(t.connection))

    assert counter.event(withdrawal).kind == "ClaimWithdrawn"


def test_K3_ending_twice_keeps_the_last_word(counter):
    """A registration corrected once more, after its correction was parked and corrected: no error, one row."""
    claim, withdrawal = counter.parked_withdrawal()
    for how in ("closed", "corrected"):
        counter.station.journal.write(lambda t, how=how: end_parked(t.connection, withdrawal, by=claim, how=how))

    (kept,) = counter.station.journal.read(lambda db: outbox.list_parked(db, ended=True))
    assert kept.ended == "corrected"
