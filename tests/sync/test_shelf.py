"""Labels for the shelf: a code under each strip, reprinted with a new one, and no code on paper that does not count."""

from contextlib import suppress
from dataclasses import replace

import pytest

from photocore.events import decode_event
from photocore.roster import StoreSettings
from photocore.testing import SeededEntropy
from sync.copies import MAX_COPIES
from sync.errors import DeskReason, DeskRefusal, JournalDown, NotStored
from sync.label_states import LabelState
from sync.labels import LabelJobs
from sync.station import Footing
from sync.testing_disk import FailingDisk


def refusal(call) -> DeskReason:
    with pytest.raises(DeskRefusal) as caught:
        call()
    return caught.value.reason


def events(station, kind: str) -> list:
    rows = station.journal.read(lambda db: db.execute("select line from event order by ordinal, seq").fetchall())
    return [event for event in (decode_event(bytes(line)) for (line,) in rows) if event.kind == kind]


def print_all(jobs: LabelJobs, proof: str = "process id") -> list:
    """Print what is queued and return the labels."""
    printed = []
    while (job := jobs.next_job()) is not None:
        jobs.begin(job.id, "p")
        jobs.printed(job.id, proof)
        printed.append(job.label)
    return printed


def codes_on(labels) -> dict[str, str]:
    return {label.roll: label.claim_code for label in labels if hasattr(label, "claim_code")}


@pytest.fixture
def shelf(world, station):
    """Return a package of three for the shelf, its labels printed, and the codes on them."""
    done = station.desk.make_up(world.make_up_wish(3))
    return done, codes_on(print_all(station.jobs))


def test_O18_a_pre_sale_reprint_is_a_new_copy_with_a_new_code_and_the_old_of_both_are_void(world, station, shelf):
    """One event names the roll, the copy, what it voids, who and why; its code is the one on the new paper."""
    done, codes = shelf
    roll, old = done.rolls[1], done.jobs[1]

    jobs = station.desk.reprint_presale(done.package, (roll,), staff=world.staff, reason="torn")

    (new,) = [job for job in jobs if job.roll == roll]
    assert station.desk.copy_state(roll, old.copy) == "replaced"
    assert station.desk.copy_state(roll, new.copy) == "valid"
    fresh = codes_on(print_all(station.jobs))
    world.sync(station)
    assert world.service.made_up.codes == codes | fresh
    assert world.service.made_up.dead_codes == {codes[roll]}
    (event,) = events(station, "ClaimCodesReplaced")
    assert event.public == {
        "package": done.package,
        "copies": [{"roll": roll, "copy": new.copy, "voids": old.copy}],
        "reason": "torn",
        "staff": world.staff,
    }


def test_O18_all_labels_of_a_package_and_its_own_are_reprinted_as_one_event(world, station, shelf):
    """The box's label proves nothing: what tells of it is who printed it anew."""
    done, codes = shelf

    jobs = station.desk.reprint_presale(done.package, None, staff=world.staff, reason="new reel", package_label=True)

    assert [job.kind for job in jobs] == ["roll", "roll", "roll", "package"]
    assert {job.copy for job in jobs}.isdisjoint({job.copy for job in done.jobs})
    printed = print_all(station.jobs)
    assert not set(codes_on(printed).values()) & set(codes.values())
    assert printed[-1].copy == jobs[-1].copy
    assert station.desk.copy_state(done.package, done.jobs[-1].copy) == "replaced"
    world.sync(station)
    assert world.service.made_up.codes == codes_on(printed)
    assert len(events(station, "ClaimCodesReplaced")) == 1
    (override,) = events(station, "StaffOverrode")
    assert (override.public["act"], override.public["about"]) == ("package_label_reprinted", done.event_id)
    assert world.service.parked == {}


def test_O18_the_boxes_label_alone_is_reprinted_without_touching_a_code(world, station, shelf):
    """No rolls named: every code stays."""
    done, _ = shelf

    station.desk.reprint_presale(done.package, (), staff=world.staff, reason="fell off", package_label=True)

    assert [label.package for label in print_all(station.jobs)] == [done.package]
    assert events(station, "ClaimCodesReplaced") == []


def test_O18_a_pre_sale_reprint_is_refused_where_there_is_nothing_to_reprint(world, station, shelf):
    """A strange roll or package, a registered one, one that never had codes, one that was undone."""
    done, _ = shelf
    desk = station.desk
    with_card = desk.make_up(world.make_up_wish(1, world.ben))

    def reprint(package, rolls=None):
        return lambda: desk.reprint_presale(package, rolls, staff=world.staff, reason="x")

    assert refusal(reprint(world.package_id(1))) is DeskReason.UNKNOWN_PACKAGE
    assert refusal(reprint(done.rolls[0])) is DeskReason.UNKNOWN_PACKAGE
    assert refusal(reprint(done.package, (with_card.rolls[0],))) is DeskReason.UNKNOWN_ROLL
    assert refusal(reprint(with_card.package)) is DeskReason.REGISTERED_MEANWHILE
    claim = desk.register(world.wish(done.rolls[2])).claim
    assert refusal(reprint(done.package)) is DeskReason.REGISTERED_MEANWHILE
    desk.undo(claim)
    assert reprint(done.package)()
    desk.unmake(done.package, staff=world.staff, reason="wrong film")
    assert refusal(reprint(done.package)) is DeskReason.MAKE_UP_WITHDRAWN


@pytest.mark.parametrize("level", ["package", "roll"])
def test_O18_a_package_from_the_shelf_is_registered_by_its_label_or_a_rolls(world, station, shelf, level):
    """Its cartridges bear valid labels already: the receipt alone prints, and nothing is void."""
    done, _ = shelf
    item = done.package if level == "package" else done.rolls[1]

    registered = station.desk.register(world.wish(item, level=level))

    assert (registered.package, registered.rolls) == (done.package, done.rolls)
    assert [job.kind for job in registered.jobs] == ["receipt"]
    assert [station.desk.copy_state(job.roll or done.package, job.copy) for job in done.jobs] == ["valid"] * 4
    assert station.desk.find_made_up(item).claimed
    assert len(station.desk.jobs_of_package(done.package)) == 5
    (claimed,) = events(station, "PackageClaimed")
    assert (claimed.public["level"], claimed.public["copies"]) == (level, [])
    world.sync(station)
    assert station.desk.level(registered.claim).word == "confirmed"


def test_O17_a_registered_package_from_the_shelf_reprints_like_any_other_without_codes(world, station, shelf):
    """The shelf's copies are void by the registration's new ones; no claim code is made or printed."""
    done, codes = shelf
    registered = station.desk.register(world.wish(done.package))

    jobs = station.desk.reprint(registered.claim, None, "labels lost", staff=world.staff)

    assert [job.roll for job in jobs if job.kind == "roll"] == list(done.rolls)
    assert [station.desk.copy_state(job.roll, job.copy) for job in done.jobs[:3]] == ["replaced"] * 3
    (issued,) = events(station, "CopiesIssued")
    assert (issued.public["claim"], issued.public["staff"]) == (registered.claim, world.staff)
    assert [copy["voids"] for copy in issued.public["copies"]] == [job.copy for job in done.jobs[:3]]
    assert set(codes_on(print_all(station.jobs)).values()) == {None}
    world.sync(station)
    assert world.service.made_up.codes == codes


def test_O18_what_was_still_queued_when_it_was_registered_prints_without_its_code(world, station):
    """After the registration no label shows a claim code (DESIGN 5A); nothing is minted for it either."""
    done = station.desk.make_up(world.make_up_wish(2))
    station.desk.register(world.wish(done.package))

    printed = print_all(station.jobs)

    assert codes_on(printed[:2]) == dict.fromkeys(done.rolls)
    assert [label.link for label in printed[:2]] == ["", ""]
    assert events(station, "ClaimCodesReplaced") == []
    assert not station.desk.secrets.holds(done.event_id)


def test_O18_after_the_registration_is_undone_the_shelf_has_labels_again(world, station, shelf):
    """Rolls whose labels the registration had replaced have none; a pre-sale reprint gives every roll one."""
    done, codes = shelf
    registered = station.desk.register(world.wish(done.package))
    station.desk.reprint(registered.claim, (done.rolls[0],), "torn")
    station.desk.undo(registered.claim)
    assert [job.roll for job in station.desk.jobs_of_package(done.package)] == [*done.rolls[1:], None]

    jobs = station.desk.reprint_presale(done.package, None, staff=world.staff, reason="on the shelf again")

    assert sorted(job.roll for job in jobs if job.kind == "roll") == sorted(done.rolls)
    world.sync(station)
    assert world.service.made_up.codes == codes_on(print_all(station.jobs))
    assert world.service.made_up.dead_codes == set(codes.values())
    (event,) = events(station, "ClaimCodesReplaced")
    assert {copy["roll"]: copy["voids"] for copy in event.public["copies"]}[done.rolls[0]] is None


def test_O17_registering_prints_the_labels_that_are_missing_and_no_others(world, station, shelf):
    """One roll lost its valid label on the way: that one is printed, without a code."""
    done, _ = shelf
    first = station.desk.register(world.wish(done.package))
    station.desk.reprint(first.claim, (done.rolls[0],), "torn")
    station.desk.undo(first.claim)

    second = station.desk.register(world.wish(done.package, world.ben))

    assert [job.roll for job in second.jobs] == [done.rolls[0], None]


# -- what is spoiled, in doubt, or lost -------------------------------------------------------------


def test_O18_a_spoiled_pre_sale_label_is_replaced_with_a_new_code(world, station):
    """The waste may show the old one; in the same commit it is dead."""
    done = station.desk.make_up(world.make_up_wish(1))
    first = station.jobs.next_job()
    station.jobs.begin(first.id, "p")
    station.jobs.spoiled(first.id, "paper out in the middle")

    second = station.jobs.next_job()

    assert second.label.roll == first.label.roll
    assert second.copy != first.copy
    assert second.label.claim_code not in (None, first.label.claim_code)
    world.sync(station)
    assert world.service.made_up.codes == {done.rolls[0]: second.label.claim_code}
    assert world.service.made_up.dead_codes == {first.label.claim_code}


def test_O18_a_label_spoiled_after_the_registration_gets_no_code(world, station):
    """It is one of the registration's labels by then, and goes when that is undone."""
    done = station.desk.make_up(world.make_up_wish(1))
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    registered = station.desk.register(world.wish(done.package))
    station.jobs.spoiled(job.id, "cutter jam")

    again = station.jobs.next_job()

    assert (again.claim, again.label.claim_code) == (registered.claim, None)
    (issued,) = events(station, "CopiesIssued")
    assert issued.public["copies"] == [{"roll": done.rolls[0], "copy": again.copy, "voids": job.copy}]
    assert events(station, "ClaimCodesReplaced") == []
    station.desk.undo(registered.claim)
    assert station.desk.copy_state(done.rolls[0], again.copy) == "void"


@pytest.mark.parametrize("how", ["spoiled", "reprinted"])
def test_O18_a_code_that_no_label_will_show_any_more_is_let_go(world, station, how):
    """The label became the registration's before its code was on paper: memory keeps nothing of it."""
    done = station.desk.make_up(world.make_up_wish(1))
    job = station.jobs.next_job()
    registered = station.desk.register(world.wish(done.package))
    assert station.desk.secrets.get(done.event_id, done.rolls[0])

    if how == "spoiled":
        station.jobs.begin(job.id, "p")
        station.jobs.spoiled(job.id, "cutter jam")
    else:
        station.desk.reprint(registered.claim, None, "again")

    assert not station.desk.secrets.holds(done.event_id)
    assert set(codes_on(print_all(station.jobs)).values()) == {None}


def test_O18_a_code_that_may_be_on_paper_counts_until_a_person_settles_it(world, station):
    """Silence: the code stays the live one; "not printed" makes it dead, and a new one is printed."""
    done = station.desk.make_up(world.make_up_wish(1))
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    station.jobs.sent(job.id)
    station.jobs.maybe(job.id, "the printer is silent")
    world.sync(station)
    assert world.service.made_up.codes == {done.rolls[0]: job.label.claim_code}
    assert not station.desk.secrets.holds(done.event_id)

    station.desk.settle_job(job.id, printed=False, staff=world.staff, reason="nothing came out")

    again = station.jobs.next_job()
    world.sync(station)
    assert world.service.made_up.codes == {done.rolls[0]: again.label.claim_code}
    assert world.service.made_up.dead_codes == {job.label.claim_code}
    assert station.desk.copy_state(done.rolls[0], job.copy) == "replaced"


def test_O18_codes_lost_by_a_restart_are_made_anew_for_the_labels_not_yet_printed(world, station):
    """One label was printed and keeps its code; the others are minted by an event each, as they print."""
    done = station.desk.make_up(world.make_up_wish(3))
    first = station.jobs.next_job()
    station.jobs.begin(first.id, "p")
    station.jobs.printed(first.id, "process id")
    lost = [station.desk.secrets.get(done.event_id, roll).code for roll in done.rolls[1:]]
    station.close()

    reborn = world.open()
    printed = print_all(reborn.jobs)

    assert [label.roll for label in printed[:2]] == list(done.rolls[1:])
    world.sync(reborn)
    assert world.service.made_up.codes == codes_on([first.label, *printed])
    assert world.service.made_up.dead_codes == set(lost)
    assert len(events(reborn, "ClaimCodesReplaced")) == 2
    assert world.service.parked == {}


def test_O18_restarts_alone_never_wear_a_labels_patience_out(world, station):
    """A printer that is away for a fortnight of restarts: nothing was sent, so nothing is set aside."""
    done = station.desk.make_up(world.make_up_wish(1))
    for _ in range(MAX_COPIES + 2):
        station.close()
        station = world.open()
        assert station.jobs.next_job().label.claim_code

    (job, _) = station.desk.jobs_of_package(done.package)
    assert job.state is LabelState.QUEUED


def test_O18_a_printer_that_wastes_ten_coded_labels_stops_by_itself(world, station):
    """And goes on when a person lets it, with a code of its own again."""
    done = station.desk.make_up(world.make_up_wish(1))
    for _ in range(MAX_COPIES):
        job = station.jobs.next_job()
        station.jobs.begin(job.id, "p")
        station.jobs.spoiled(job.id, "garbage")
    (stuck, _) = station.desk.jobs_of_package(done.package)
    assert stuck.state is LabelState.DEFERRED

    station.desk.resume_job(stuck.id, staff=world.staff, reason="the head was cleaned")

    label = station.jobs.next_job().label
    world.sync(station)
    assert world.service.made_up.codes == {done.rolls[0]: label.claim_code}


def test_O18_a_label_set_aside_forgets_its_code_and_gets_a_new_one_when_let_go(world, station):
    """Nothing secret waits in memory for a person; what prints in the end is what the photoservice knows."""
    done = station.desk.make_up(world.make_up_wish(1))
    job = station.jobs.next_job()
    station.jobs.deferred(job.id, "too wide for this printer")
    assert station.desk.secrets.get(done.event_id, done.rolls[0]) is None

    station.desk.resume_job(job.id, staff=world.staff)

    again = station.jobs.next_job()
    world.sync(station)
    assert again.copy != job.copy
    assert world.service.made_up.codes == {done.rolls[0]: again.label.claim_code}


def test_O18_an_undo_between_the_printers_looks_makes_no_new_code(world, station):
    """The queue saw the label, staff undid the package: no event for it, nothing held."""
    done = station.desk.make_up(world.make_up_wish(1))
    station.desk.secrets.forget(done.event_id)  # as a crash does

    class Interrupted:
        def __init__(self):
            self.is_done = False

        def read(self, work):
            found = station.journal.read(work)
            if not self.is_done:
                self.is_done = True
                station.desk.unmake(done.package, staff=world.staff, reason="wrong film")
            return found

        write = station.journal.write

    jobs = LabelJobs(
        journal=Interrupted(),
        drafter=station.jobs.drafter,
        roster=station.jobs.roster,
        secrets=station.jobs.secrets,
        on_change=lambda: None,
    )
    assert jobs.next_job() is None
    assert events(station, "ClaimCodesReplaced") == []
    assert not station.desk.secrets.holds(done.event_id)


def test_O18_a_reprint_that_was_rolled_back_leaves_the_old_labels_with_codes_that_count(world, station):
    """Memory held the new copies' codes for a moment; the old ones, still queued, must not show them."""
    done = station.desk.make_up(world.make_up_wish(2))

    class RollsBack:
        read = station.journal.read

        def write(self, work):
            def fail(transaction):
                work(transaction)
                raise NotStored("the disk failed before COMMIT")

            return station.journal.write(fail)

    with pytest.raises(NotStored):
        replace(station.desk, journal=RollsBack()).reprint_presale(
            done.package, None, staff=world.staff, reason="again"
        )

    codes = codes_on(print_all(station.jobs))
    world.sync(station)
    assert world.service.made_up.codes == codes


def test_O18_a_failed_reprint_never_prints_a_code_that_no_event_holds(world):
    """Whether the commit that failed is there or not: what prints is what the photoservice counts."""
    world.open().close()
    image = {"journal.db": (world.folder / "journal.db").read_bytes()}
    disk = FailingDisk(f"shelf-{id(image)}", SeededEntropy(7), image)
    station = world.open(under=Footing(vfs=disk.name, reserve_bytes=4096))
    done = station.desk.make_up(world.make_up_wish(2))
    printed = codes_on(print_all(station.jobs))
    for fault in range(1, 5):
        disk.sync_fails_at = disk.syncs + fault
        with suppress(JournalDown):
            station.desk.reprint_presale(done.package, None, staff=world.staff, reason="again")
        disk.sync_fails_at = None
        printed |= codes_on(print_all(station.jobs))
        world.sync(station)
        assert world.service.made_up.codes == printed
    station.close()
    disk.unregister()


def test_O18_a_box_label_under_the_scanner_proves_itself(world, station):
    """As a roll's does: silence is settled by the paper itself."""
    done = station.desk.make_up(world.make_up_wish(1))
    roll_label = station.jobs.next_job()
    station.jobs.begin(roll_label.id, "p")
    station.jobs.printed(roll_label.id, "process id")
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    station.jobs.sent(job.id)
    station.jobs.maybe(job.id, "silence")

    assert station.desk.mark_printed_by_scan(done.package, job.copy) is LabelState.PRINTED
    assert station.desk.copy_state(done.package, job.copy) == "valid"
    assert station.desk.copy_state(done.package, "ZZZZZZ") == "unknown"


def test_O18_labels_for_the_shelf_say_where_to_register_at_home(make_world):
    """The store's open page, beside the code and on the box; never on a registration's labels."""
    page = "https://photos.example/claim"
    world = make_world(snapshot=make_world().roster(settings=StoreSettings(claim_url=page)))
    world.enrol()
    station = world.open()
    station.desk.make_up(world.make_up_wish(1))
    station.desk.make_up(world.make_up_wish(1, world.anna))

    links = [getattr(label, "link", None) for label in print_all(station.jobs)]

    assert links == [page, page, "", None]
