"""The desk: what is registered, what is refused, and what one commit holds."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace as replace_struct

from photocore.events import decode_event
from photocore.label import Receipt, RollLabel
from photocore.roster import StoreSettings
from photocore.testing import SeededEntropy
from sync.errors import DeskReason, DeskRefusal
from sync.label_states import LabelState
from sync.statements import number, run
from sync.station import Footing, open_station
from sync.views import Undone


def refusal(call) -> DeskRefusal:
    with pytest.raises(DeskRefusal) as caught:
        call()
    return caught.value


def test_K4_a_known_package_gets_a_label_for_every_roll_and_a_receipt(world, station):
    """The roster's roll IDs are printed, one label each, and the receipt after them."""
    done = station.desk.register(world.wish(world.package_id(1)))

    assert done.rolls == world.manifest(1).rolls
    assert [job.kind for job in done.jobs] == ["roll", "roll", "roll", "receipt"]
    assert [job.roll for job in done.jobs[:3]] == list(done.rolls)
    assert [(job.number, job.of) for job in done.jobs[:3]] == [(1, 3), (2, 3), (3, 3)]
    assert {job.state for job in done.jobs} == {LabelState.QUEUED}
    assert not done.waiting_for_manifest


def test_O11_any_one_roll_registers_its_whole_package(world, station):
    """Scanning the second roll claims the package and all three rolls, as one event."""
    done = station.desk.register(world.wish(world.roll_id(2, 2), level="roll"))

    assert done.package == world.package_id(2)
    assert done.rolls == world.manifest(2).rolls
    assert station.desk.look_up(world.roll_id(2, 3)).registered == "here"


def test_K4_event_outbox_and_jobs_are_one_commit(world, station):
    """What the claim says in public is what the jobs print, and it is owed to the photoservice."""
    done = station.desk.register(world.wish(world.package_id(1), claim_code="7Q2M9XKD4F8TP", card_typed=True))

    (line,) = station.journal.read(lambda db: run(db, "journal.event_by_id", {"id": done.claim}))
    public = decode_event(bytes(line[0])).public
    assert public["item"] == world.package_id(1)
    assert public["level"] == "package"
    assert public["rolls"] == list(done.rolls)
    assert public["number"] == done.number
    assert public["store"] == "4012345000009"
    assert (public["card_typed"], public["item_typed"], public["claim_code"]) == (True, False, True)
    assert [(copy["roll"], copy["copy"]) for copy in public["copies"]] == [(j.roll, j.copy) for j in done.jobs[:3]]
    assert station.desk.status().unsent == 2  # the epoch's opening, and the claim
    assert station.desk.status().waiting == 1


def test_O19_nothing_derived_from_the_card_is_public_and_only_the_service_opens_it(world, station):
    """The card number lies in the sealed part; the public part does not even hold its last digits."""
    done = station.desk.register(world.wish(world.package_id(1)))

    (row,) = station.journal.read(lambda db: run(db, "journal.event_by_id", {"id": done.claim}))
    event = decode_event(bytes(row[0]))
    assert "4711" not in str(event.public)
    assert world.service.card_of(event) == world.anna.number


def test_K4_the_same_event_id_again_is_the_same_registration(world, station):
    """A retry finds what was stored and writes nothing."""
    wish = world.wish(world.package_id(1))
    first = station.desk.register(wish)
    events = station.journal.read(lambda db: number(db, "journal.count_events"))

    again = station.desk.register(wish)

    assert again.already
    assert (again.claim, again.number, again.jobs) == (first.claim, first.number, first.jobs)
    assert station.journal.read(lambda db: number(db, "journal.count_events")) == events


def test_K4_an_event_id_cannot_stand_for_two_registrations(world, station):
    """The same ID with another package or card is refused, not silently taken for the first."""
    wish = world.wish(world.package_id(1))
    station.desk.register(wish)

    other_item = world.wish(world.package_id(2), event_id=wish.event_id)
    other_card = world.wish(world.package_id(1), world.ben, event_id=wish.event_id)

    assert refusal(lambda: station.desk.register(other_item)).reason is DeskReason.EVENT_ID_REUSED
    assert refusal(lambda: station.desk.register(other_card)).reason is DeskReason.EVENT_ID_REUSED


def test_O19_registered_before_by_the_same_card_names_the_registration_for_a_reprint(world, station):
    """The same shopper is told which registration it is; its labels can be printed again."""
    done = station.desk.register(world.wish(world.package_id(1)))

    refused = refusal(lambda: station.desk.register(world.wish(world.roll_id(1, 1))))

    assert refused.reason is DeskReason.REGISTERED_TO_THIS_CARD
    assert (refused.claim, refused.number) == (done.claim, done.number)
    assert station.desk.check_claim(world.package_id(1), world.anna).registered == "same_card"
    assert station.desk.check_claim(world.package_id(1), world.anna).claim == done.claim


def test_O19_registered_before_by_another_card_is_refused_and_tells_nothing_of_it(world, station):
    """Another shopper learns that it is taken, and neither claim nor number."""
    station.desk.register(world.wish(world.package_id(1)))

    refused = refusal(lambda: station.desk.register(world.wish(world.package_id(1), world.ben)))
    view = station.desk.check_claim(world.package_id(1), world.ben)

    assert refused.reason is DeskReason.REGISTERED_TO_ANOTHER_CARD
    assert (refused.claim, refused.number) == (None, None)
    assert (view.registered, view.claim, view.number) == ("other_card", None, None)


def test_O19_a_card_of_another_table_with_the_same_digits_is_another_card(world, station):
    """The key is (table, number), never the number alone."""
    twin = type(world.anna)(table="city", number=world.anna.number)
    station.desk.register(world.wish(world.package_id(1)))

    assert station.desk.check_claim(world.package_id(1), twin).registered == "other_card"


def test_K4_a_recalled_package_is_refused_whole(make_world):
    """A revoked roll stops its package too: there is no half package."""
    world = make_world(snapshot=make_world().roster(revoked=(make_world().roll_id(1, 2),)))
    world.enrol()
    desk = world.open().desk

    assert refusal(lambda: desk.register(world.wish(world.package_id(1)))).reason is DeskReason.REVOKED
    assert desk.look_up(world.package_id(1)).revoked
    assert desk.register(world.wish(world.package_id(2))).rolls


def test_K4_an_unknown_package_gets_a_receipt_alone_and_waits(world, station):
    """No station invents a maker's roll IDs."""
    done = station.desk.register(world.wish(world.package_id(99)))

    assert done.waiting_for_manifest
    assert (done.package, done.rolls) == (None, ())
    assert [job.kind for job in done.jobs] == ["receipt"]
    job = station.jobs.next_job()
    assert "We wait for the maker's list" in job.label.state_words[0]
    assert job.label.package == world.package_id(99)


def test_K4_labels_of_a_waiting_claim_print_once_the_roster_knows_it(world, station):
    """Scanning the receipt's number later issues the labels, once, and tells the photoservice of the copies."""
    done = station.desk.register(world.wish(world.roll_id(99, 2), level="roll"))
    assert station.desk.issue_labels(done.claim) == done.jobs
    station.roster.switch(world.roster(2, 5, manifests=(world.manifest(99),)), "")

    found = station.desk.find_registration(done.number)
    jobs = station.desk.issue_labels(found.claim)
    again = station.desk.issue_labels(found.claim)

    assert [job.roll for job in jobs if job.kind == "roll"] == list(world.manifest(99).rolls)
    assert jobs == again
    assert not station.desk.find_registration(done.number).waiting_for_manifest
    assert station.desk.check_claim(world.package_id(99), world.anna).registered == "same_card"


def test_K4_a_late_list_cannot_give_one_package_labels_for_two_cards(world, station):
    """Two waiting rolls turn out to be one package: the second card gets no second set of labels."""
    first = station.desk.register(world.wish(world.roll_id(99, 1), world.anna))
    second = station.desk.register(world.wish(world.roll_id(99, 2), world.ben))
    station.roster.switch(world.roster(2, 5, manifests=(world.manifest(99),)), "")
    station.desk.issue_labels(first.claim)

    refused = refusal(lambda: station.desk.issue_labels(second.claim))

    assert refused.reason is DeskReason.REGISTERED_TO_ANOTHER_CARD
    assert [job.kind for job in station.desk.jobs(second.claim)] == ["receipt"]


def test_K4_a_store_that_prints_receipts_only_gets_no_labels(make_world):
    """The store's profile decides; the claim then names no copies."""
    roster = make_world().roster
    world = make_world(snapshot=roster(settings=StoreSettings(labels="receipt_only")))
    world.enrol()

    done = world.open().desk.register(world.wish(world.package_id(1)))

    assert [job.kind for job in done.jobs] == ["receipt"]
    assert done.rolls == world.manifest(1).rolls


def test_K4_undo_voids_every_copy_and_frees_the_package(world, station):
    """After an undo no label counts, printed or not, and somebody else may register the package."""
    done = station.desk.register(world.wish(world.package_id(1)))
    label = station.jobs.next_job()
    station.jobs.begin(label.id, "p1")
    station.jobs.printed(label.id, "process id")

    station.desk.undo(done.claim)
    station.desk.undo(done.claim)

    assert station.desk.copy_state(done.rolls[0], label.copy) == "void"
    assert station.jobs.next_job() is None
    assert station.desk.level(done.claim).word == "withdrawn"
    assert station.desk.register(world.wish(world.package_id(1), world.ben)).rolls
    kinds = [row[1] for row in station.journal.read(lambda db: db.execute("select seq, kind from event").fetchall())]
    assert kinds.count("ClaimWithdrawn") == 1


def test_K4_undo_tells_how_many_void_papers_are_out_or_may_come(world, station):
    """Counted inside its own commit: printed, at the printer, in doubt; what was only queued never comes."""
    done = station.desk.register(world.wish(world.package_id(1)))
    for proof in ("process id", None, None):
        job = station.jobs.next_job()
        station.jobs.begin(job.id, f"p{job.id}")
        station.jobs.sent(job.id)
        if proof:
            station.jobs.printed(job.id, proof)
    station.jobs.maybe(job.id, "silence")

    assert station.desk.undo(done.claim) == Undone(printed=1, moving=2)
    assert station.desk.undo(done.claim) == Undone(printed=1, moving=2)  # asked again after a doubtful answer
    station.jobs.printed(job.id, "late")
    assert station.desk.undo(done.claim) == Undone(printed=2, moving=1)
    fresh = station.desk.register(world.wish(world.package_id(2)))
    assert station.desk.undo(fresh.claim) == Undone(printed=0, moving=0)


def test_K4_undo_does_not_count_copies_that_were_replaced(world, station):
    """A spoiled copy is waste already; the one that took its place is what is out."""
    done = station.desk.register(world.wish(world.package_id(1)))
    for verdict in ("spoiled", "printed"):
        job = station.jobs.next_job()
        station.jobs.begin(job.id, "p")
        getattr(station.jobs, verdict)(job.id, "paper out")

    assert station.desk.undo(done.claim) == Undone(printed=1, moving=0)


def test_K4_an_undone_registration_is_neither_retried_nor_reprinted(world, station):
    """Its event ID, its labels and its number are over."""
    wish = world.wish(world.package_id(1))
    done = station.desk.register(wish)
    station.desk.undo(done.claim)

    assert refusal(lambda: station.desk.register(wish)).reason is DeskReason.WITHDRAWN
    assert refusal(lambda: station.desk.reprint(done.claim, None, "lost")).reason is DeskReason.WITHDRAWN
    assert station.desk.find_registration(done.number).withdrawn


def test_O17_a_reprint_voids_the_old_copies_in_the_same_commit(world, station):
    """New copy IDs, the old ones replaced, and an event that names both."""
    done = station.desk.register(world.wish(world.package_id(1)))

    jobs = station.desk.reprint(done.claim, (done.rolls[1],), "the label was lost")

    old, new = done.jobs[1], next(job for job in jobs if job.roll == done.rolls[1])
    assert station.desk.copy_state(done.rolls[1], old.copy) == "replaced"
    assert station.desk.copy_state(done.rolls[1], new.copy) == "valid"
    assert station.desk.copy_state(done.rolls[0], done.jobs[0].copy) == "valid"
    assert station.desk.copy_state(done.rolls[0], "000000") == "unknown"
    (line,) = station.journal.read(
        lambda db: db.execute("select line from event where kind = 'CopiesIssued'").fetchall()
    )
    (copy,) = decode_event(bytes(line[0])).public["copies"]
    assert copy == {"roll": done.rolls[1], "copy": new.copy, "voids": old.copy}


def test_O19_labels_are_reprinted_for_their_own_card_alone(world, station):
    """The kiosk says whose card it read: another's gets nothing, and nothing changes; staff name no card."""
    done = station.desk.register(world.wish(world.package_id(1)))
    before = station.desk.jobs(done.claim)

    refused = refusal(lambda: station.desk.reprint(done.claim, None, "mine", card=world.ben))

    assert (refused.reason, refused.claim) == (DeskReason.REGISTERED_TO_ANOTHER_CARD, None)
    assert station.desk.jobs(done.claim) == before
    assert station.desk.reprint(done.claim, None, "lost", card=world.anna) != before
    assert station.desk.reprint(done.claim, None, "by staff")


def test_O17_a_reprint_of_what_waited_for_the_list_issues_its_first_labels(world, station):
    """The list came meanwhile: the shopper who asks for labels gets them, once, and none is void at birth."""
    done = station.desk.register(world.wish(world.package_id(99)))
    assert [job.kind for job in station.desk.reprint(done.claim, None, "still nothing")] == ["receipt"]
    station.roster.switch(world.roster(2, 5, manifests=(world.manifest(99),)), "")

    jobs = station.desk.reprint(done.claim, None, "asked for at the kiosk", receipt=True, card=world.anna)

    assert [job.roll for job in jobs if job.kind == "roll"] == list(world.manifest(99).rolls)
    lines = station.journal.read(lambda db: db.execute("select line from event where kind = 'CopiesIssued'").fetchall())
    (copies,) = [decode_event(bytes(line)).public["copies"] for (line,) in lines]
    assert [copy.get("voids") for copy in copies] == [None, None, None]
    assert secret_of_receipt(station)


def test_O17_reprinting_the_set_and_the_receipt(world, station):
    """All labels anew, and the receipt with a new access code."""
    done = station.desk.register(world.wish(world.package_id(1)))
    before = secret_of_receipt(station)

    jobs = station.desk.reprint(done.claim, None, "shopper lost everything", receipt=True)

    assert {job.copy for job in jobs}.isdisjoint({job.copy for job in done.jobs})
    assert len(jobs) == 4
    assert secret_of_receipt(station) not in (None, before)
    unknown = world.package_id(7)
    assert refusal(lambda: station.desk.reprint(done.claim, (unknown,), "x")).reason is DeskReason.UNKNOWN_ROLL
    assert refusal(lambda: station.desk.reprint("0" * 32, None, "x")).reason is DeskReason.UNKNOWN_CLAIM


def secret_of_receipt(station) -> str:
    """Print the labels, and return the access code of the receipt that follows."""
    while (job := station.jobs.next_job()).kind == "roll":
        assert isinstance(job.label, RollLabel)
        station.jobs.begin(job.id, "p")
        station.jobs.printed(job.id, "test")
    assert isinstance(job.label, Receipt)
    assert job.label.access_url == f"https://photos.example/r#{job.label.access_code}"
    return job.label.access_code


def test_K4_the_receipt_tells_what_only_memory_knows(world, station):
    """Masked card and access code stand on paper, in the store's own time."""
    station.desk.register(world.wish(world.package_id(1)))
    while (job := station.jobs.next_job()).kind == "roll":
        station.jobs.begin(job.id, "p")
        station.jobs.printed(job.id, "test")

    receipt = job.label
    assert receipt.card_masked == "•••• 4711"
    assert len(receipt.access_code) == 17
    berlin = world.clock.now().astimezone(ZoneInfo("Europe/Berlin"))
    assert receipt.made_at.utcoffset() == berlin.utcoffset()
    assert receipt.product == "Sunny 400"
    assert receipt.rolls == world.manifest(1).rolls


def test_K4_a_station_without_a_roster_registers_nothing(world, station):
    """Nobody knows the store then; the desk says so."""
    station.journal.write(lambda transaction: transaction.connection.execute("delete from roster"))
    station.close()
    desk = world.open().desk

    assert refusal(lambda: desk.register(world.wish(world.package_id(1)))).reason is DeskReason.NO_ROSTER


def test_K4_looking_up_never_raises_for_the_unknown(world, station):
    """A package nobody knows is a view like any other, and the upstream is not asked while offline."""
    view = station.desk.look_up(world.package_id(99))

    assert (view.knowledge, view.package, view.rolls, view.registered) == ("unknown", None, (), None)
    assert not [request for request in world.service.requests if "/packages" in request.url]
    assert station.desk.look_up(world.package_id(1)).product.name == "Sunny 400"
    assert station.desk.look_up(world.package_id(1)).knowledge == "roster"


def test_K4_the_same_seed_prints_the_same_ids_and_never_one_twice(make_world):
    """A seeded demo shows the same copies; a second start with that seed still gives fresh ones."""
    world = make_world()
    world.enrol()

    def printed(serial: int):
        seams = replace(world.seams(), printed=SeededEntropy("demo"))
        station = open_station(world.folder, seams, carry=False, under=Footing(reserve_bytes=4096))
        try:
            done = station.desk.register(world.wish(world.package_id(serial)))
            copies = {job.copy for job in done.jobs}
            station.desk.undo(done.claim)
            again = station.desk.register(world.wish(world.package_id(serial)))
            station.desk.undo(again.claim)
            return done.number, again.number, copies, {job.copy for job in again.jobs}
        finally:
            station.close()

    first, second = printed(1), printed(1)

    assert len({first[0], first[1], second[0], second[1]}) == 4
    labels = [first[2], first[3], second[2], second[3]]
    assert all(len(copies) == 4 for copies in labels)
    other = make_world()
    other.enrol()
    world = other
    assert printed(1)[0] == first[0]


def test_O17_a_label_names_its_rolls_own_film(make_world):
    """By the roll's GTIN where the roster has it, else by the package's."""
    base = make_world()
    package, roll = base.snapshot.products
    named = (package, replace_struct(roll, name="Sunny 400 roll"))
    world = make_world(snapshot=base.roster(products=named))
    world.enrol()
    desk = world.open()
    desk.desk.register(world.wish(world.package_id(1)))
    assert desk.jobs.next_job().label.product == "Sunny 400 roll"

    bare = make_world(snapshot=base.roster(products=(package,)))
    bare.enrol()
    desk = bare.open()
    desk.desk.register(bare.wish(bare.package_id(1)))
    assert desk.jobs.next_job().label.product == "Sunny 400"
    assert desk.jobs.next_job().label.detail == "135-36"


def test_S5_the_answer_carries_the_link_that_the_receipt_will_bear(world, station):
    """For the shopper's own phone; asked again only while the code waits for its receipt, and never in a ``repr``."""
    wish = world.wish(world.package_id(1))
    done = station.desk.register(wish)
    again = station.desk.register(wish)
    while (job := station.jobs.next_job()).kind == "roll":
        station.jobs.begin(job.id, "p")
        station.jobs.printed(job.id, "test")

    assert done.link == again.link == job.label.access_url
    assert job.label.access_code not in repr(done)

    station.jobs.begin(job.id, "p")
    station.jobs.printed(job.id, "test")
    assert station.desk.register(wish).link == ""
