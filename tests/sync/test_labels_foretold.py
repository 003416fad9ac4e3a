"""A look-up says which labels registering would bring, so that a screen can say it before anybody confirms."""

import pytest

from photocore.roster import StoreSettings


def rolls_labelled(done):
    return tuple(job.roll for job in done.jobs if job.kind == "roll")


def test_O18_a_package_made_up_for_the_shelf_gets_no_second_labels(world, station):
    """Its cartridges bear theirs: by the package's label or a roll's, none is foretold and none comes."""
    made = station.desk.make_up(world.make_up_wish(2))

    assert [station.desk.look_up(item).to_label for item in (made.package, *made.rolls)] == [(), (), ()]
    done = station.desk.register(world.wish(made.package, world.anna))
    assert [job.kind for job in done.jobs] == ["receipt"]


def test_K1_a_makers_package_gets_a_label_for_each_roll(world, station):
    """All are foretold, and all come; after an undo once more."""
    item = world.package_id(1)
    foretold = station.desk.check_claim(item, world.anna)
    first = station.desk.register(world.wish(item, world.anna))
    station.desk.undo(first.claim, "shopper", "")

    assert foretold.to_label == foretold.rolls == rolls_labelled(first)
    assert station.desk.look_up(item).to_label == foretold.rolls


def test_K1_what_nobody_knows_foretells_no_label(world, station):
    """Until the maker's list comes there are no rolls to label."""
    assert station.desk.look_up(world.package_id(99)).to_label == ()


@pytest.mark.parametrize("is_shelf", [False, True])
def test_K4_a_registration_that_is_corrected_takes_its_own_labels_with_it(world, station, is_shelf):
    """Those come anew, and are foretold; labels of the shelf stay, and are not."""
    item = station.desk.make_up(world.make_up_wish(2)).package if is_shelf else world.package_id(1)
    parked = station.desk.register(world.wish(item, world.anna))
    world.service.faults.parks.add(parked.claim)
    world.sync(station)

    foretold = station.desk.check_claim(item, world.ben).to_label
    again = station.desk.register(world.wish(item, world.ben, corrects=parked.claim, staff=world.staff))

    assert foretold == (() if is_shelf else again.rolls)
    assert rolls_labelled(again) == foretold


def test_K1_where_the_store_prints_receipts_only_a_makers_package_foretells_no_label(make_world):
    """The maker's IDs stand on the cartridges."""
    world = make_world(snapshot=make_world().roster(settings=StoreSettings(labels="receipt_only")))
    world.enrol()
    desk = world.open().desk

    view = desk.look_up(world.package_id(1))
    assert (len(view.rolls), view.to_label) == (3, ())
