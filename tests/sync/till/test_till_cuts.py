"""Power cuts all over a till's day: what was told is there whole, and told again it is told once (DESIGN 3)."""

import contextlib

import pytest

from photocore.testing import SeededEntropy
from sync.audit import check_chain
from sync.errors import DeskReason, DeskRefusal, JournalDown
from sync.station import Footing
from sync.testing_disk import FailingDisk
from sync.till_views import DropRoll

CUTS = 20


def day(world, till):
    """Return the deeds of a day at the till, each of which can be done again by whoever does not know that it was."""
    package, other = world.package_id(1), world.package_id(2)
    claim = world.wish(package, world.anna)
    drop = till.drop(DropRoll(process="C-41"), DropRoll(process="B&W", stops=1))
    refund = till.refund(package)

    def register(desk):
        try:
            return desk.register(claim).claim
        except DeskRefusal as refused:  # told again when it was given back since
            return claim.event_id if refused.reason is DeskReason.WITHDRAWN else ""

    return (
        lambda desk: desk.sell(till.sale(package, card=world.anna)).event_id,
        register,
        lambda desk: desk.sell(till.sale(other, "101")).event_id,
        lambda desk: desk.drop_off(drop).event_id,
        lambda desk: desk.refund_sale(refund).event_id,
        lambda desk: desk.correct_sale(till.correction(refund.event_id, package)).event_id,
        lambda desk: desk.pick_up(till.pick_up(desk.drop_off(drop).bag)).bag,
    )


def assert_nothing_is_half(db) -> None:
    """Every event has its row, every drop-off its numbers and papers, and a registration ends with its refund."""

    def ids(sql: str) -> set:
        return {row[0] for row in db.execute(sql).fetchall()}

    assert ids("select event from till_told") == ids(
        "select id from event where kind in ('PackageSold', 'SaleRefunded', 'SaleCorrected')"
    )
    drops = ids("select event from drop_off")
    assert drops == ids("select id from event where kind = 'RollsDropped'")
    assert ids("select event from bag_pick_up") == ids("select id from event where kind = 'BagPickedUp'")
    for event in drops:
        papers = db.execute("select kind from label_job where claim = ? and valid = 1", (event,)).fetchall()
        assert sorted(kind for (kind,) in papers) == ["bag", "stub", "twin", "twin"]
        assert db.execute("select count(*) from drop_number where event = ?", (event,)).fetchone() == (3,)
    refunded = ids("select event from till_told where kind = 'refunded' and corrected_by is null")
    assert ids("select claim from registration where withdrawn = 1") == ids("select claim from till_ended")
    assert len(ids("select claim from till_ended")) == len(refunded)
    assert ids("select id from event") == ids("select event from outbox")


@pytest.fixture
def image(world):
    world.open().close()
    return {"journal.db": (world.folder / "journal.db").read_bytes()}


def lived(world, deeds, disk) -> list:
    """Live a day on ``disk`` until the power goes; returns what was acknowledged."""
    acked = []
    with contextlib.suppress(JournalDown):
        station = world.open(under=Footing(vfs=disk.name, reserve_bytes=1))
        try:
            for deed in deeds:
                acked.append(deed(station.desk))  # noqa: PERF401  what was done counts when the next fails
        finally:
            station.close()
    disk.unregister()
    return acked


def test_K5_a_cut_anywhere_in_a_tills_day_leaves_nothing_half_and_nothing_twice(world, image, till):
    """Afterwards the whole day is told again, as a caller does that does not know how far it came."""
    deeds = day(world, till)
    whole = FailingDisk("till-whole", SeededEntropy(0), image)
    assert len(lived(world, deeds, whole)) == len(deeds)
    lengths = set()
    for index in range(CUTS):
        cut = 1 + whole.operations * index // CUTS
        disk = FailingDisk(f"till-{cut}", SeededEntropy(cut), image)
        disk.cut_at = cut
        acked = lived(world, deeds, disk)
        lengths.add(len(acked))
        after = FailingDisk(f"till-after-{cut}", SeededEntropy(cut), disk.survivors())
        station = world.open(under=Footing(vfs=after.name, reserve_bytes=1))
        station.journal.read(assert_nothing_is_half)
        again = [deed(station.desk) for deed in deeds]
        assert again[: len(acked)] == acked
        station.journal.read(assert_nothing_is_half)
        station.journal.read(lambda db: check_chain(db, world.keys().signing.public))
        counts = station.journal.read(
            lambda db: db.execute("select kind, count(*) from event group by kind order by kind").fetchall()
        )
        assert dict(counts) | {"EpochOpened": 0} == {
            "BagPickedUp": 1,
            "EpochOpened": 0,
            "PackageClaimed": 1,
            "PackageSold": 2,
            "RollsDropped": 1,
            "SaleCorrected": 1,
            "SaleRefunded": 1,
        }
        station.close()
        after.unregister()
    assert len(lengths) > 3, "the cuts fell into every part of the day"
