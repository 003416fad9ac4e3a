"""What a till sold is told once, whoever repeats it; a refund ends what was registered with it (DESIGN 5C)."""

import pytest

from photocore.kinds import read_public
from photocore.sealing import open_part
from photocore.till_kinds import PackageSold, SaleCorrected, SaleRefunded
from sync.errors import DeskReason, DeskRefusal
from sync.label_states import LabelState
from sync.statements import run


def refusal(verb) -> DeskReason:
    with pytest.raises(DeskRefusal) as caught:
        verb()
    return caught.value.reason


def kinds(station) -> list[str]:
    return [row[2] for row in station.journal.read(lambda db: list(db.execute("select seq, id, kind from event")))]


def carried(world, station, kind):
    """Return the events of a kind that the photoservice holds, once everything is up."""
    world.sync(station)
    assert world.service.parked == {}
    return [event for event in world.service.held.values() if event.kind == kind]


def test_K5_a_sale_is_one_event_and_its_card_is_sealed(world, station, till):
    """The public part says till, line and piece; whose card it was only the photoservice can read."""
    package = world.package_id(1)

    told = station.desk.sell(till.sale(package, card=world.anna))

    assert (told.already, told.ended, told.back, told.corrected_by) == (False, (), (), None)
    (event,) = carried(world, station, "PackageSold")
    body = read_public(event)
    assert isinstance(body, PackageSold)
    assert (body.item, body.sale, body.till, body.amount) == (package, till.unit("100"), "3", 1290)
    assert world.anna.number not in str(event.public)
    assert open_part(world.service.seal_key, event, "sealed")["card_number"] == world.anna.number
    (mark,) = station.journal.read(lambda db: next(db.execute("select card_mark from till_told")))
    assert world.anna.number.encode() not in mark


def test_K5_the_same_sale_told_again_is_one(world, station, till):
    """A caller that crashed before it noted the answer asks again; so does one that starts anew."""
    wish = till.sale(world.package_id(1), card=world.anna)
    station.desk.sell(wish)
    before = kinds(station)

    assert station.desk.sell(wish).already
    station.close()
    again = world.open()

    assert again.desk.sell(wish).already
    assert again.desk.find_told(wish.event_id).already
    assert again.desk.find_told("0" * 32) is None
    assert [kind for kind in kinds(again) if kind != "EpochOpened"] == [k for k in before if k != "EpochOpened"]


@pytest.mark.parametrize(
    "changes",
    [{"amount": 1}, {"item": "(01)04012345678901(21)OTHER0001"}, {"card": None}, {"how": "manager"}],
    ids=lambda changes: next(iter(changes)),
)
def test_K5_an_event_id_that_says_something_else_is_refused(world, station, till, changes):
    """Nothing is changed by it."""
    wish = {"item": world.package_id(1), "card": world.anna}
    station.desk.sell(till.sale(**wish))

    assert refusal(lambda: station.desk.sell(till.sale(**(wish | changes)))) is DeskReason.EVENT_ID_REUSED
    assert kinds(station).count("PackageSold") == 1


def test_K5_an_event_id_of_another_kind_is_refused(world, station, till):
    """A registration's ID names no sale, and a sale's no registration."""
    done = station.desk.register(world.wish(world.package_id(1)))
    sale = station.desk.sell(till.sale(world.package_id(2)))

    as_sale = till.sale(world.package_id(3), "101", event_id=done.claim)
    assert refusal(lambda: station.desk.sell(as_sale)) is DeskReason.EVENT_ID_REUSED
    as_claim = world.wish(world.package_id(3), event_id=sale.event_id)
    assert refusal(lambda: station.desk.register(as_claim)) is DeskReason.EVENT_ID_REUSED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"store": "4012345000016"}, DeskReason.OTHER_STORE),
        ({"currency": "euro"}, DeskReason.TILL_UNFIT),
        ({"business_day": "today"}, DeskReason.TILL_UNFIT),
        ({"event_id": "1"}, DeskReason.TILL_UNFIT),
        ({"item": ""}, DeskReason.TILL_UNFIT),
        ({"line": -1}, DeskReason.TILL_UNFIT),
    ],
    ids=str,
)
def test_K5_what_is_no_sale_of_this_store_is_refused_and_nothing_is_written(world, station, till, changes, reason):
    """The service would only park it."""
    wish = till.sale(**({"item": world.package_id(1)} | changes))

    assert refusal(lambda: station.desk.sell(wish)) is reason
    assert kinds(station) == ["EpochOpened"]


def test_K5_one_unit_is_one_piece_until_it_is_taken_back(world, station, till):
    """A second piece for the same unit must wait for the first's correction; then it has a round of its own."""
    wrong, right = world.package_id(1), world.package_id(2)
    told = station.desk.sell(till.sale(wrong))

    assert refusal(lambda: station.desk.sell(till.sale(right, round=2))) is DeskReason.UNIT_SOLD
    correction = till.correction(told.event_id, wrong)
    assert not station.desk.correct_sale(correction).already
    assert station.desk.correct_sale(correction).already
    assert station.desk.find_told(told.event_id).corrected_by == correction.event_id
    assert not station.desk.sell(till.sale(right, round=2)).already

    world.sync(station)
    bodies = [read_public(event) for event in world.service.held.values()]
    (said,) = [body for body in bodies if isinstance(body, SaleCorrected)]
    assert (said.told, said.item) == (told.event_id, wrong)


def test_K5_only_what_was_told_here_of_this_piece_can_be_taken_back_and_once(world, station, till):
    """A correction of a correction, of another piece, of nothing."""
    item, other = world.package_id(1), world.package_id(2)
    told = station.desk.sell(till.sale(item)).event_id
    wrong_piece = till.correction(told, other)
    assert refusal(lambda: station.desk.correct_sale(wrong_piece)) is DeskReason.UNKNOWN_SALE
    assert refusal(lambda: station.desk.correct_sale(till.correction("0" * 32, item))) is DeskReason.UNKNOWN_SALE
    done = station.desk.correct_sale(till.correction(told, item)).event_id

    assert refusal(lambda: station.desk.correct_sale(till.correction(done, item))) is DeskReason.UNKNOWN_SALE
    twice = till.correction(told, item, event_id="ab" * 16)
    assert refusal(lambda: station.desk.correct_sale(twice)) is DeskReason.SALE_CORRECTED


def test_O19_a_refund_ends_the_registration_of_the_same_basket_and_its_papers(world, station, till):
    """No withdrawal is written: the owner rule ends the claim. Recent registrations say why."""
    package = world.package_id(1)
    station.desk.sell(till.sale(package, card=world.anna))
    done = station.desk.register(world.wish(package, world.anna))

    told = station.desk.refund_sale(till.refund(package))

    assert [(tied.claim, tied.number) for tied in told.ended] == [(done.claim, done.number)]
    view = station.desk.find_registration(done.number)
    assert (view.withdrawn, view.given_back, view.jobs) == (True, True, ())
    assert station.jobs.next_job() is None
    assert station.desk.copy_state(done.rolls[0], done.jobs[0].copy) == "void"
    assert "ClaimWithdrawn" not in kinds(station)
    assert isinstance(read_public(carried(world, station, "SaleRefunded")[0]), SaleRefunded)
    assert station.desk.register(world.wish(package, world.ben)).number, "it is free for whoever buys it next"


def test_O19_another_cards_registration_is_not_the_sales(world, station, till):
    """Anna's basket was refunded; Ben registered that package, and that is the owner rule's to judge."""
    package = world.package_id(1)
    station.desk.sell(till.sale(package, card=world.anna))
    done = station.desk.register(world.wish(package, world.ben))

    assert station.desk.refund_sale(till.refund(package)).ended == ()
    assert not station.desk.find_registration(done.number).withdrawn


def test_O19_a_registration_stands_while_one_of_its_sales_does(world, station, till):
    """Given back and bought again with the same card: the second sale carries it."""
    package = world.package_id(1)
    station.desk.sell(till.sale(package, "100", card=world.anna))
    station.desk.sell(till.sale(package, "101", card=world.anna))
    done = station.desk.register(world.wish(package, world.anna))

    assert station.desk.refund_sale(till.refund(package, "100")).ended == ()
    told = station.desk.refund_sale(till.refund(package, "101", "201"))

    assert [tied.claim for tied in told.ended] == [done.claim]


def test_O19_a_refund_that_was_heard_of_first_ends_it_with_its_sale(world, station, till):
    """The order in which the two are told changes nothing."""
    package = world.package_id(1)
    done = station.desk.register(world.wish(package, world.anna))
    assert station.desk.refund_sale(till.refund(package)).ended == ()

    told = station.desk.sell(till.sale(package, card=world.anna))

    assert [tied.claim for tied in told.ended] == [done.claim]


def test_O19_a_corrected_refund_brings_the_registration_back_with_its_papers(world, station, till):
    """What was on paper counts again, what was at the printer is in doubt, and what never was prints."""
    package = world.package_id(1)
    station.desk.sell(till.sale(package, card=world.anna))
    done = station.desk.register(world.wish(package, world.anna))
    first, second, _, _ = done.jobs
    for job in (first, second):
        station.jobs.begin(job.id, f"p{job.id}")
        station.jobs.sent(job.id)
    station.jobs.printed(first.id, "process id")
    refunded = station.desk.refund_sale(till.refund(package))

    told = station.desk.correct_sale(till.correction(refunded.event_id, package))

    assert [tied.claim for tied in told.back] == [done.claim]
    view = station.desk.find_registration(done.number)
    assert (view.withdrawn, view.given_back) == (False, False)
    assert [job.state for job in view.jobs] == [
        LabelState.PRINTED,
        LabelState.MAYBE,
        LabelState.QUEUED,
        LabelState.QUEUED,
    ]
    assert station.desk.copy_state(first.roll, first.copy) == "valid"
    assert station.desk.level(done.claim).word == "registered here"


def test_O19_a_registration_does_not_come_back_where_another_has_the_package(world, station, till):
    """Its labels stay void: two registrations of one package never have valid labels here."""
    package = world.package_id(1)
    station.desk.sell(till.sale(package, card=world.anna))
    done = station.desk.register(world.wish(package, world.anna))
    refunded = station.desk.refund_sale(till.refund(package))
    station.desk.register(world.wish(package, world.ben))

    assert station.desk.correct_sale(till.correction(refunded.event_id, package)).back == ()
    assert station.desk.find_registration(done.number).given_back


def test_O19_one_unit_is_given_back_once(world, station, till):
    """The same refund again is a repetition, another of the same unit a mistake of whoever tells it."""
    package = world.package_id(1)
    wish = till.refund(package)
    station.desk.refund_sale(wish)

    assert station.desk.refund_sale(wish).already
    assert refusal(lambda: station.desk.refund_sale(till.refund(package, back="201"))) is DeskReason.UNIT_REFUNDED


@pytest.mark.parametrize(("asked", "said"), [("till", "till"), (None, "registration")])
def test_O19_a_till_that_registers_at_the_scan_holds_the_claim(world, station, asked, said):
    """With an event ID of the caller's, told twice; nobody agreed to a notice there."""
    wish = world.wish(world.package_id(1), activation=asked, notice=None)

    done = station.desk.register(wish)

    assert station.desk.register(wish).claim == done.claim
    (event,) = carried(world, station, "PackageClaimed")
    assert (event.public["activation"], event.public["notice"]) == (said, None)


def test_K5_figures_count_what_stands(world, station, till):
    """Corrected sales are none; bags that wait are those of all time."""
    before = world.clock.now()
    told = station.desk.sell(till.sale(world.package_id(1)))
    station.desk.sell(till.sale(world.package_id(2), "101"))
    station.desk.refund_sale(till.refund(world.package_id(2), "101"))
    station.desk.correct_sale(till.correction(told.event_id, world.package_id(1)))
    bag = station.desk.drop_off(till.drop()).bag
    station.desk.drop_off(till.drop())
    station.desk.pick_up(till.pick_up(bag))

    found = station.desk.till_figures(before)

    assert (found.sales, found.refunds, found.drop_offs, found.waiting_bags) == (1, 1, 2, 1)


def test_K5_a_full_disk_takes_no_sale_and_loses_none(world, station, till):
    """The sale is refused with the word that nothing was stored, and told when there is room again."""
    wish = till.sale(world.package_id(1))
    world.room.free = 0
    with pytest.raises(Exception, match="disk is full"):
        station.desk.sell(wish)
    world.room.free = 10**12

    assert not station.desk.sell(wish).already
    assert station.journal.read(lambda db: run(db, "till.standing", {"sale": wish.sale, "kind": "sold"}))


def test_O19_a_registration_that_staff_undid_does_not_come_back_with_its_sale(world, station, till):
    """It ended with a refund and was withdrawn besides: a corrected refund is no reason to bring it back."""
    package = world.package_id(1)
    station.desk.sell(till.sale(package, card=world.anna))
    done = station.desk.register(world.wish(package, world.anna))
    refunded = station.desk.refund_sale(till.refund(package))
    station.desk.undo(done.claim, by="staff", reason="asked for it")

    assert station.desk.correct_sale(till.correction(refunded.event_id, package)).back == ()
    assert station.desk.find_registration(done.number).withdrawn
    assert kinds(station).count("ClaimWithdrawn") == 1
