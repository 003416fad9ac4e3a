"""Making up a package of film without serials: one commit, house codes of the store's own, never twice."""

from contextlib import suppress

import pytest

from photocore.codes import CodeKind, parse_code
from photocore.events import decode_event
from photocore.gs1_rules import check_digit
from photocore.package import MAX_ROLLS
from photocore.roster import StoreSettings
from photocore.testing import SeededEntropy
from sync.errors import DeskReason, DeskRefusal, DiskFull, JournalDown, NotStored
from sync.label_states import LabelState
from sync.station import Footing
from sync.testing_disk import FailingDisk


def refusal(call) -> DeskReason:
    with pytest.raises(DeskRefusal) as caught:
        call()
    return caught.value.reason


def events(station, kind: str | None = None) -> list:
    rows = station.journal.read(lambda db: db.execute("select line from event order by ordinal, seq").fetchall())
    found = [decode_event(bytes(line)) for (line,) in rows]
    return [event for event in found if kind in (None, event.kind)]


def test_O18_an_ordinary_three_pack_is_made_up_and_registered_in_one_commit(world, station):
    """Staff, a price code, three cartridges, a card: a package, its registration, labels without codes, a receipt."""
    wish = world.make_up_wish(3, world.anna)

    done = station.desk.make_up(wish)

    assert not done.coded
    assert done.product.name == "Sunny 400"
    assert parse_code(done.package, CodeKind.HOUSE_PACKAGE) == done.package
    assert [parse_code(roll, CodeKind.HOUSE_ROLL) for roll in done.rolls] == list(done.rolls)
    assert [job.kind for job in done.jobs] == ["roll", "roll", "roll", "receipt"]
    assert done.registration.claim == wish.claim_id
    assert (done.registration.package, done.registration.rolls) == (done.package, done.rolls)
    made, claimed = events(station)[-2:]
    assert (made.kind, claimed.kind) == ("PackageMadeUp", "PackageClaimed")
    assert (made.id, claimed.id) == (wish.event_id, wish.claim_id)
    assert made.public["coded"] is False
    assert made.public["copies"] == []
    assert made.secrets is None
    assert made.public["staff"] == claimed.public["staff"] == world.staff
    assert (claimed.public["item"], claimed.public["level"]) == (done.package, "package")
    assert [copy["roll"] for copy in claimed.public["copies"]] == list(done.rolls)
    label = station.jobs.next_job().label
    assert (label.claim_code, label.product, label.detail) == (None, "Sunny 400", "135-36")


def test_O18_without_a_card_the_package_is_for_the_shelf_with_a_code_under_each_strip(world, station):
    """n labels with claim codes and one label for the box; the codes are the event's secrets and nobody else's."""
    done = station.desk.make_up(world.make_up_wish(3))

    assert done.coded
    assert done.registration is None
    assert [job.kind for job in done.jobs] == ["roll", "roll", "roll", "package"]
    printed = []
    while (job := station.jobs.next_job()) is not None:
        station.jobs.begin(job.id, "p")
        station.jobs.printed(job.id, "process id")
        printed.append(job.label)
    world.sync(station)
    assert [label.roll for label in printed[:3]] == list(done.rolls)
    assert {label.roll: label.claim_code for label in printed[:3]} == world.service.made_up.codes
    assert (printed[3].package, printed[3].of) == (done.package, 3)
    assert not station.desk.secrets.holds(done.event_id)


def test_O18_the_event_names_the_copies_that_print(world, station):
    """What the photoservice is told is what is on paper."""
    done = station.desk.make_up(world.make_up_wish(2))

    (made,) = events(station, "PackageMadeUp")
    told = [(copy["roll"], copy["copy"]) for copy in made.public["copies"]]
    assert told == [(job.roll, job.copy) for job in done.jobs if job.kind == "roll"]
    assert (made.public["product"], made.public["store"]) == (done.gtin, "4012345000009")
    assert made.secrets is not None


@pytest.mark.parametrize("with_card", [True, False])
def test_O18_the_same_event_id_again_is_the_same_package(world, station, with_card):
    """A retry finds what was stored: the same house codes, the same copies, nothing written."""
    wish = world.make_up_wish(3, world.anna if with_card else None)
    first = station.desk.make_up(wish)
    count = len(events(station))

    again = station.desk.make_up(wish)

    assert again.already
    assert (again.package, again.rolls, again.jobs) == (first.package, first.rolls, first.jobs)
    assert (again.registration.number if with_card else None) == (first.registration.number if with_card else None)
    assert len(events(station)) == count


def test_O18_an_event_id_cannot_stand_for_two_packages(world, station):
    """Another count, product or card under the same ID is refused; so is an ID that a registration has."""
    wish = world.make_up_wish(3, world.anna)
    station.desk.make_up(wish)
    registered = station.desk.register(world.wish(world.package_id(1)))
    desk = station.desk

    def again(**changes: object):
        values = {"event_id": wish.event_id, "claim_id": wish.claim_id, "card": world.anna} | changes
        return lambda: desk.make_up(world.make_up_wish(**({"count": 3} | values)))

    assert refusal(again(count=4)) is DeskReason.EVENT_ID_REUSED
    assert refusal(again(product=None)) is DeskReason.EVENT_ID_REUSED
    assert refusal(again(card=world.ben)) is DeskReason.EVENT_ID_REUSED
    assert refusal(again(card=None, claim_id=None)) is DeskReason.EVENT_ID_REUSED
    assert refusal(again(event_id=registered.claim)) is DeskReason.EVENT_ID_REUSED
    assert refusal(again(event_id="ab" * 16, claim_id=registered.claim)) is DeskReason.EVENT_ID_REUSED
    assert refusal(again(event_id="ab" * 16, claim_id="ab" * 16)) is DeskReason.EVENT_ID_REUSED
    reused = world.wish(world.package_id(2), event_id=wish.event_id)
    assert refusal(lambda: desk.register(reused)) is DeskReason.EVENT_ID_REUSED
    assert len(events(station, "PackageMadeUp")) == 1


@pytest.mark.parametrize("count", [0, -1, MAX_ROLLS + 1])
def test_O18_a_package_holds_one_to_fifty_rolls(world, station, count):
    """Anything else was mistyped."""
    assert refusal(lambda: station.desk.make_up(world.make_up_wish(count))) is DeskReason.COUNT
    assert events(station, "PackageMadeUp") == []


def test_O18_fifty_rolls_are_one_event(world, station):
    """The largest package: one event that fits the wire, fifty labels and the box's own."""
    done = station.desk.make_up(world.make_up_wish(MAX_ROLLS))

    assert len(set(done.rolls)) == MAX_ROLLS
    assert [job.kind for job in done.jobs].count("roll") == MAX_ROLLS
    world.sync(station)
    assert len(world.service.made_up.codes) == MAX_ROLLS
    assert world.service.parked == {}


@pytest.mark.parametrize("product", ["12345", "abc", "4006381333932", "١٢٣٤٥٦٧٠", "4006381333931" * 9, ""])
def test_O18_a_product_code_that_is_none_is_refused(world, station, product):
    """A price code with a wrong check digit, a word, another script's digits: nothing is made up of it."""
    assert refusal(lambda: station.desk.make_up(world.make_up_wish(1, product=product))) is DeskReason.PRODUCT


def test_O18_an_unknown_product_and_none_at_all_work_too(world, station):
    """A film nobody told us about has no words, and is a film all the same; an EAN-13 becomes a GTIN-14."""
    unknown = station.desk.make_up(world.make_up_wish(1, product="4006381333931"))
    unread = station.desk.make_up(world.make_up_wish(1, product=None))

    assert (unknown.product, unknown.gtin) == (None, "04006381333931")
    assert (unread.product, unread.gtin) == (None, None)
    label = station.jobs.next_job().label
    assert (label.product, label.detail) == ("", "")


def test_O18_a_single_box_with_a_rolls_product_code_is_a_package_of_one(world, station):
    """The box of one film bears the roll's own GTIN."""
    stem = "0401234567891"
    done = station.desk.make_up(world.make_up_wish(1, world.anna, product=stem + str(check_digit(stem))))

    assert (done.product.level, len(done.rolls)) == ("roll", 1)
    assert station.jobs.next_job().label.product == "Sunny 400"


def test_O18_making_up_needs_staff_unless_the_store_lets_shoppers(make_world):
    """A shopper may make up what is registered at once; codes for the shelf are always the staff's."""
    base = make_world()
    for setting, allowed in (("staff", False), ("shopper", True)):
        world = make_world(snapshot=base.roster(settings=StoreSettings(make_up=setting)))
        world.enrol()
        desk = world.open().desk

        with_card, without = world.make_up_wish(1, world.anna, staff=None), world.make_up_wish(1, staff=None)

        assert refusal(lambda desk=desk, wish=without: desk.make_up(wish)) is DeskReason.STAFF_NEEDED
        if allowed:
            assert desk.make_up(with_card).registration
        else:
            assert refusal(lambda desk=desk, wish=with_card: desk.make_up(wish)) is DeskReason.STAFF_NEEDED


def test_O18_where_the_store_prints_receipts_only_house_codes_still_get_their_labels(make_world):
    """The profile is about a maker's IDs, which stand on the cartridges; house codes stand nowhere else."""
    world = make_world(snapshot=make_world().roster(settings=StoreSettings(labels="receipt_only")))
    world.enrol()
    desk = world.open().desk

    assert [job.kind for job in desk.make_up(world.make_up_wish(2)).jobs] == ["roll", "roll", "package"]
    assert [job.kind for job in desk.make_up(world.make_up_wish(2, world.anna)).jobs] == ["roll", "roll", "receipt"]
    assert [job.kind for job in desk.register(world.wish(world.package_id(1))).jobs] == ["receipt"]


def test_O18_a_station_without_a_roster_makes_nothing_up(world, station):
    """Nobody knows the store then."""
    station.journal.write(lambda transaction: transaction.connection.execute("delete from roster"))
    station.close()
    desk = world.open().desk

    assert refusal(lambda: desk.make_up(world.make_up_wish())) is DeskReason.NO_ROSTER


def test_O18_a_made_up_package_is_known_at_its_station_whatever_the_roster_holds(world, station):
    """At once and offline; after the roster switched; and when the roster brings the same list."""
    done = station.desk.make_up(world.make_up_wish(2))

    def views():
        return [station.desk.look_up(item) for item in (done.package, *done.rolls)]

    assert {(view.package, view.rolls, view.knowledge) for view in views()} == {(done.package, done.rolls, "roster")}
    station.roster.switch(world.roster(2, 5), "")
    assert {(view.package, view.knowledge) for view in views()} == {(done.package, "roster")}
    theirs = world.manifest(1)
    brought = type(theirs)(package=done.package, rolls=done.rolls, source="retailer", product=done.gtin)
    station.roster.switch(world.roster(3, 5, manifests=(brought,)), "")
    assert {(view.package, view.rolls, view.knowledge) for view in views()} == {(done.package, done.rolls, "roster")}
    assert views()[0].product.name == "Sunny 400"
    assert [request for request in world.service.requests if "/packages" in request.url] == []


def test_O18_it_is_found_again_by_the_box_and_by_any_roll(world, station):
    """Staff scan whatever they have in their hands."""
    done = station.desk.make_up(world.make_up_wish(2))

    found = [station.desk.find_made_up(item) for item in (done.package, *done.rolls)]

    assert {view.event_id for view in found} == {done.event_id}
    assert (found[0].coded, found[0].withdrawn, found[0].claimed) == (True, False, False)
    assert found[0].jobs == done.jobs == station.desk.jobs_of_package(done.package)
    assert found[0].made_at == events(station, "PackageMadeUp")[0].at
    assert station.desk.find_made_up(world.package_id(1)) is None
    assert refusal(lambda: station.desk.jobs_of_package(done.rolls[0])) is DeskReason.UNKNOWN_PACKAGE


def test_O18_a_seeded_station_never_gives_a_house_code_twice(world):
    """A second start with the same seed draws other codes."""
    drawn = []
    for _ in range(2):
        world.entropy = SeededEntropy("again")
        station = world.open()
        drawn += [station.desk.make_up(world.make_up_wish(2)) for _ in range(2)]
        station.close()

    items = [item for done in drawn for item in (done.package, *done.rolls)]
    assert len(set(items)) == len(items) == 12


def test_O18_the_photoservice_takes_package_and_claim_and_answers_registered(world, station):
    """Both events of the commit go up in their order; the claim's own package is known when it is judged."""
    done = station.desk.make_up(world.make_up_wish(3, world.anna))

    world.sync(station)

    assert world.service.parked == {}
    assert world.service.made_up.codes == {}
    level = station.desk.level(done.registration.claim)
    assert level.word == "confirmed"
    assert tuple(level.outcome["rolls"]) == done.rolls


def test_O18_the_language_goes_with_the_labels_and_with_the_claim(world, station):
    """What the shopper chose."""
    done = station.desk.make_up(world.make_up_wish(1, world.anna, language="ar"))

    (claimed,) = events(station, "PackageClaimed")
    assert claimed.public["language"] == "ar"
    assert station.jobs.next_job().label.language == "ar"
    assert done.jobs[0].state is LabelState.QUEUED


def test_O18_a_card_and_the_id_of_its_registration_come_together(world):
    """Half a wish is a mistake of the program."""
    with pytest.raises(ValueError, match="together"):
        world.make_up_wish(1, world.anna, claim_id=None)


# -- when nobody knows ------------------------------------------------------------------------------


@pytest.fixture
def failing(world):
    """Return a station on a disk that fails on command, and that disk."""
    world.open().close()
    image = {"journal.db": (world.folder / "journal.db").read_bytes()}
    disk = FailingDisk(f"make-up-{id(image)}", SeededEntropy(7), image)
    station = world.open(under=Footing(vfs=disk.name, reserve_bytes=4096))
    yield station, disk
    station.close()
    disk.unregister()


def printed_codes(station) -> dict[str, str]:
    codes = {}
    while (job := station.jobs.next_job()) is not None:
        station.jobs.begin(job.id, "p")
        station.jobs.printed(job.id, "process id")
        if job.kind == "roll":
            codes[job.label.roll] = job.label.claim_code
    return codes


@pytest.mark.parametrize("fault", range(1, 5))
@pytest.mark.parametrize("with_card", [True, False])
def test_O18_after_a_doubtful_commit_the_retry_tells_one_package_with_the_events_codes(
    world, failing, fault, with_card
):
    """Stored or not, there is one package in the end, and its labels show the codes its event holds."""
    station, disk = failing
    wish = world.make_up_wish(2, world.anna if with_card else None)
    disk.sync_fails_at = disk.syncs + fault
    with suppress(JournalDown):
        station.desk.make_up(wish)
    disk.sync_fails_at = None
    done = station.desk.make_up(wish)

    codes = printed_codes(station)
    world.sync(station)

    assert len(events(station, "PackageMadeUp")) == 1
    assert len(events(station, "PackageClaimed")) == with_card
    assert {roll: code for roll, code in codes.items() if code} == world.service.made_up.codes
    assert set(codes) == set(done.rolls)
    assert world.service.parked == {}
    assert [event for event in events(station) if event.kind == "ClaimCodesReplaced"] == []


def test_O18_not_stored_is_not_said_of_a_package_an_earlier_try_may_have_stored(world, failing):
    """First nobody can tell; then the journal is closed. The second word must not take back the first."""
    station, disk = failing
    wish = world.make_up_wish(2)
    disk.sync_fails_at = disk.syncs + 1
    with pytest.raises(JournalDown):
        station.desk.make_up(wish)
    assert station.desk.secrets.holds(wish.event_id)
    station.close()

    with pytest.raises(JournalDown) as caught:
        station.desk.make_up(wish)

    assert not isinstance(caught.value, NotStored)


def test_O18_a_try_that_is_surely_not_stored_leaves_nothing_in_memory(world, station):
    """The journal is closed: no package, no codes."""
    wishes = [world.make_up_wish(2), world.make_up_wish(2, world.anna)]
    station.close()

    for wish in wishes:
        with pytest.raises(NotStored):
            station.desk.make_up(wish)
        assert not station.desk.secrets.holds(wish.event_id)
        assert not station.desk.secrets.holds(wish.claim_id)


def test_O18_a_full_disk_makes_nothing_up_and_says_so(world, station):
    """No room for new events: nothing is stored, nothing queued, nothing held; with room again the same ID works."""
    (world.folder / "journal.reserve").unlink()
    world.room.free = 0
    wish = world.make_up_wish(2)

    with pytest.raises(DiskFull):
        station.desk.make_up(wish)

    assert not station.desk.secrets.holds(wish.event_id)
    assert station.desk.queue() == ()
    world.room.free = 10**12
    assert not station.desk.make_up(wish).already
