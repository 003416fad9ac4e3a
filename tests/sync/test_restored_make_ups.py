"""Packages made up since the backup come back with copies, codes, corrections and registrations (DESIGN 5B, 5E)."""

from structlog.testing import capture_logs

from sync.label_states import LabelState
from sync.views import MakeUpWish

STAFF = "00ff00ff00ff00ff"


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


def test_O18_undoing_what_came_back_does_not_take_a_package_from_who_registered_it_since(counter):
    """Only the make-up had come back when another card took the package: that registration and its labels stand."""
    wish = counter.world.make_up_wish(2, card=counter.world.anna)
    made = counter.station.desk.make_up(wish)
    counter.round()
    counter.world.service.back_at_once = 1
    restored = counter.put_back()
    delivery = restored.courier.rounds.delivery
    delivery.begin_round()
    while restored.desk.find_made_up(made.package) is None:
        ask = delivery.next_ask()
        delivery.take(ask, counter.world.service.exchange(restored.courier.rounds.sign(ask.request)))
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
