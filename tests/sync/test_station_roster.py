"""The roster on the station: switched whole, never back, and knowledge for whoever reads scans."""

import pytest

from photocore.roster import PackageFacts
from sync.errors import AnswerRefused, JournalDown


def test_K4_the_roster_is_the_knowledge_that_scans_are_read_by(world, station):
    """GTIN levels and card tables come from the snapshot in force."""
    gtins = {product.gtin: product.level for product in world.snapshot.products}

    assert {gtin: station.roster.level_of(gtin) for gtin in gtins} == gtins
    assert station.roster.level_of("00000000000000") is None
    assert [table.name for table in station.roster.card_tables] == ["club"]
    assert station.roster.settings.labels == "print"
    assert station.roster.store.name == "Foto Linde"


def test_K4_a_switch_is_whole_what_is_gone_is_gone(world, station):
    """Packages, recalls and tables of the old snapshot do not linger."""
    station.roster.switch(
        world.roster(2, 0, manifests=(world.manifest(9),), revoked=(world.package_id(9),), card_tables=()), "tag"
    )

    assert station.desk.look_up(world.package_id(1)).knowledge == "unknown"
    assert station.desk.look_up(world.package_id(9)).revoked
    assert station.roster.card_tables == ()
    assert station.roster.etag == "tag"
    station.roster.switch(world.roster(3, 1), "")
    assert not station.desk.look_up(world.package_id(9)).revoked


def test_K4_a_version_never_goes_back(world, station):
    """An old snapshot, rightly signed, is refused; the same one again is no error."""
    station.roster.switch(world.roster(5, 2), "")
    with pytest.raises(AnswerRefused, match="older than 5"):
        station.roster.switch(world.roster(4, 5), "")
    station.roster.switch(world.roster(5, 2), "")

    assert station.roster.version == 5
    assert station.desk.look_up(world.package_id(5)).knowledge == "unknown"


def test_K4_a_switch_that_is_not_stored_is_not_in_force(world, station):
    """Memory follows the disk, never the other way round."""
    station.journal.close()

    with pytest.raises(JournalDown):
        station.roster.switch(world.roster(2, 9), "")

    assert station.roster.version == 1


def test_K4_the_roster_outlives_a_restart(world, station):
    """Offline from the first second."""
    station.roster.switch(world.roster(7, 3), '"7"')
    station.close()
    world.service.faults.down = True

    reborn = world.open()

    assert (reborn.roster.version, reborn.roster.etag) == (7, '"7"')
    assert reborn.desk.look_up(world.roll_id(3, 1)).package == world.package_id(3)


def test_K4_what_the_roster_says_goes_before_what_was_learned(world, station):
    """A package learned from upstream gives way when the roster has it."""
    station.roster.learn(PackageFacts(manifest=world.manifest(50, rolls=2)))
    assert station.desk.look_up(world.package_id(50)).knowledge == "upstream"
    assert len(station.desk.look_up(world.package_id(50)).rolls) == 2

    station.roster.switch(world.roster(2, 0, manifests=(world.manifest(50, rolls=4),)), "")

    assert station.desk.look_up(world.package_id(50)).knowledge == "roster"
    assert len(station.desk.look_up(world.package_id(50)).rolls) == 4
