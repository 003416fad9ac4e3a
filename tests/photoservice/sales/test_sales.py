"""What tills tell the photoservice: sold, given back, corrected; who may, and what follows (K5; DESIGN 5C, 5D)."""

import pytest

from photocore.kinds import LabelCopy
from photocore.wire import encode_batch
from photoservice.claims_at_home import Wish
from photoservice.custody.custody import Told
from photoservice.errors import ClaimRefused
from photoservice.throttle import Source

ANNA, BEN = "952114100000000018", "952114100000000025"


def verdicts(ack, *events):
    found = {v.id: (v.verdict.value, v.cause) for v in ack.verdicts}
    return [found[event.id] for event in events]


def word(world, item):
    row = world.registration(item)
    return row["word"] if row else None


def held(world, station, serial, card=ANNA):
    """Pack a package and claim it, waiting for the till; return package, rolls and claim."""
    package, rolls = world.pack(serial)
    claim = station.claim(package, card, activation="till")
    assert station.send().verdicts[-1].outcome.word == "held"
    return package, rolls, claim


def opened(world, station, claim):
    return world.running.service.access_codes.mac_of(station.secrets[claim.id].access_code)


def shown(world, station, claim):
    """Return the rolls a receipt's access code shows; None when it opens nothing."""
    codes = world.running.service.access_codes
    return world.running.do(lambda session: codes.shown_by(session, opened(world, station, claim)))


def test_K5_a_sale_opens_what_was_held_and_the_counter_hears_of_it(world, station):
    """Whoever paid; the station that claimed it gets the news, the till an ack."""
    package, rolls, claim = held(world, station, "SERIAL-1")
    till = world.till()
    sold = till.sell(rolls[0])
    assert verdicts(till.send(), sold) == [("applied", "")]
    assert word(world, package) == "registered"
    assert station.drain_news()[claim.id].outcome.word == "registered"
    assert shown(world, station, claim) == tuple(rolls)


def test_K5_a_refund_ends_the_claim_its_labels_and_its_access_code(world, station, builders):
    """And what the till takes back counts as if it had never been."""
    package, rolls = world.pack("SERIAL-1")
    copies = tuple(LabelCopy(roll=roll, copy=builders.copy_id()) for roll in rolls)
    claim = station.claim(package, ANNA, activation="till", copies=copies)
    station.send()
    till = world.till()
    sold = till.sell(package, ANNA)
    refund = till.refund(sold)
    till.send()
    assert (word(world, package), shown(world, station, claim)) == (None, None)
    assert station.drain_news()[claim.id].outcome.word == "withdrawn"
    assert states(world, rolls[0]) == ["void"]
    till.send(till.correct(refund))
    assert (word(world, package), shown(world, station, claim)) == ("registered", tuple(rolls))
    assert (station.drain_news()[claim.id].outcome.word, states(world, rolls[0])) == ("registered", ["valid"])
    till.send(till.correct(sold))
    assert (word(world, package), shown(world, station, claim)) == ("held", ())


def states(world, roll):
    query = world.running.service.database.queries["claims.copies_of_roll"]
    return [row["state"] for row in world.sql(query, roll)]


def test_K5_a_refund_before_its_sale_and_a_sale_nobody_knows_wait(world, station, builders):
    """Nothing is parked for the order of arrival; the manifest may come last of all."""
    till, package = world.till(), builders.package_id("SERIAL-9")
    claim = station.claim(package, ANNA, activation="till")
    station.send()
    sold = till.sell(package, ANNA)
    refund, opening = till.refund(sold), till.events[0]
    assert verdicts(till.send(opening, refund), refund) == [("applied", "")]
    assert word(world, package) == "held"
    assert verdicts(till.send(sold), sold) == [("applied", "")]
    assert word(world, package) is None
    till.send(till.correct(refund))
    assert word(world, package) == "waiting"
    assert world.pack("SERIAL-9")[0] == package
    assert (word(world, package), world.registration(package)["claims"]) == (
        "registered",
        [f"{station.id}/{claim.id}"],
    )


def test_K5_sales_of_a_roll_follow_their_package_when_its_list_comes(world, station, builders):
    """A roll was scanned, and nobody knew of what; then the maker's list says."""
    till = world.till()
    package, roll = builders.package_id("SERIAL-8"), builders.roll_ids("SERIAL-8")[1]
    station.claim(package, ANNA, activation="till")
    station.send()
    sold = till.sell(roll, ANNA)
    till.send()
    assert word(world, package) == "held"
    world.pack("SERIAL-8")
    assert word(world, package) == "registered"
    till.send(till.refund(sold, item=package))
    assert word(world, package) is None


def test_K5_one_unit_told_by_two_bridges_is_one_sale(world, station):
    """One refund takes both back."""
    package, _, _ = held(world, station, "SERIAL-1")
    one, two = world.till(), world.till()
    told, again = one.sell(package, ANNA), two.sell(package, ANNA)
    one.send()
    two.send()
    assert told.public["sale"] == again.public["sale"]
    assert len(world.sql("select from sale where root = $1", package)) == 2
    one.send(one.refund(told))
    assert word(world, package) is None


def test_K5_the_card_in_the_basket_proves_whose_it_is(world, station):
    """Two claims without a code: the one whose card lay in the basket; merged cards are one customer's."""
    package, _ = world.pack("SERIAL-1")
    station.claim(package, ANNA)
    station.claim(package, BEN)
    station.send()
    assert word(world, package) == "contested"
    till = world.till()
    till.sell(package, "952114100000000032")
    till.send()
    assert word(world, package) == "contested"
    station.merge("household", "952114100000000032", BEN)
    station.send()
    row = world.registration(package)
    assert (row["word"], row["proof"]) == ("registered", "sale")


@pytest.mark.parametrize("kind", ["PackageSold", "SaleRefunded", "SaleCorrected"])
def test_K5_a_kiosk_may_not_say_what_was_sold(world, station, kind):
    """It is parked with its reason; both may tell of bags."""
    package, _, _ = held(world, station, "SERIAL-1")
    sold = station.sell(package, ANNA)
    event = {"PackageSold": sold, "SaleRefunded": station.refund(sold), "SaleCorrected": station.correct(sold)}[kind]
    dropped = station.drop_off(None)
    assert verdicts(station.send(), event, dropped) == [("parked", "role"), ("applied", "")]
    assert word(world, package) == "held"


def test_K5_a_till_may_not_make_up_packages_nor_tie_cards(world, builders):
    """Its key carries what a till needs."""
    till = world.till()
    made, merge = till.make_up().event, till.merge("household", BEN, ANNA)
    claim = till.claim(builders.package_id("SERIAL-1"), ANNA)
    assert verdicts(till.send(), made, merge, claim) == [("parked", "role"), ("parked", "role"), ("applied", "")]


def test_K5_a_till_speaks_for_its_own_store(world, station, builders):
    """Neither a sale in another store's name, nor a unit named like one of another store's."""
    package, _, _ = held(world, station, "SERIAL-1")
    till, other = world.till(), world.till(builders.OTHER_STORE)
    real = till.sell(package)
    foreign = other.sell(package, store=builders.STORE)
    named = other.sell(package, sale=real.public["sale"])
    bag = other.drop_off(None, store=builders.STORE)
    taken = other.pick_up(store=builders.STORE)
    parked = verdicts(other.send(), foreign, named, bag, taken)
    store = ("parked", "other_store")
    assert parked == [store, ("parked", "malformed"), store, store]
    assert word(world, package) == "held"


def test_K5_what_a_till_forges_is_parked_whole(world, builders):
    """Amounts beyond any till, a day that is none, an amount without its currency, a misspelt item."""
    till, item = world.till(), builders.package_id("SERIAL-1")
    events = [
        till.sell(item, said={"amount": 2**52}),
        till.sell(item, business_day="2026-02-31"),
        till.sell(item, said={"currency": None}),
        till.sell(item, line=2**52),
        till.sell(item.lower().replace("serial", "SERIAL") + " "),
        till.drop_off(item, item),
    ]
    assert {verdict for verdict, _ in verdicts(till.send(), *events)} == {"parked"}
    assert world.sql("select from sale") == world.sql("select from drop_off") == []


def test_K5_a_refund_counts_in_the_stores_of_one_retailer_alone(world, station, builders):
    """Who sells elsewhere cannot end anybody's registration here by a unit's name."""
    world.running.add_tenant("Rival", "retailer", "9521998")
    world.running.add_store("9521141000045", "Rival", retailer="Rival")
    package, _, _ = held(world, station, "SERIAL-1")
    till, sister, rival = world.till(), world.till(builders.OTHER_STORE), world.till("9521141000045")
    sold = till.sell(package, ANNA)
    till.send()
    rival.send(rival.events[0], rival.refund(sold))
    assert word(world, package) == "registered"
    sister.send(sister.events[0], sister.refund(sold))
    assert word(world, package) is None


def test_K5_a_sister_store_names_the_line_and_which_of_its_units_it_was_follows_from_the_piece(
    world, station, builders
):
    """Two packages on one line: the second is brought to another store, which knows no unit but the first."""
    (first, _, _), (second, _, _) = held(world, station, "SERIAL-1"), held(world, station, "SERIAL-2", BEN)
    till, sister = world.till(), world.till(builders.OTHER_STORE)
    one = till.sell(first, ANNA)
    till.sell(second, BEN, unit=2)
    till.send()
    sister.send(sister.events[0], sister.refund(one, item=second))
    assert (word(world, first), word(world, second)) == ("registered", None)


def test_K5_a_correction_is_of_ones_own_words(world, station):
    """Another till's correction of the same ID takes nothing back."""
    package, _, _ = held(world, station, "SERIAL-1")
    till, other = world.till(), world.till()
    sold = till.sell(package, ANNA)
    till.send()
    other.send(other.events[0], other.correct(sold))
    assert word(world, package) == "registered"


def test_K5_film_that_came_in_though_it_was_given_back_waits_for_a_person(world, station):
    """Whichever is told first; and it is let go when the lab takes its word back."""
    custody = world.running.service.people.custody
    package, rolls, claim = held(world, station, "SERIAL-1")
    till = world.till()
    sold = till.sell(package, ANNA)
    till.send(*till.events, till.refund(sold))
    assert word(world, package) is None
    lab = world.sql("select id from tenant where kind = 'retailer'")[0]["id"]
    told = Told(roll=rolls[1], step="received", at=world.clock.now(), key="K1")
    world.running.do(lambda session: custody.tell(session, lab, [told]))
    assert word(world, package) == "contested"
    assert shown(world, station, claim) == ()
    assert station.drain_news()[claim.id].outcome.word == "contested"
    world.running.do(lambda session: custody.take_back(session, lab, "K1"))
    assert word(world, package) is None
    assert shown(world, station, claim) is None


def test_K5_a_sale_keeps_its_card_under_the_accounts_key_and_forgets_it_with_it(world, station):
    """Erased stays erased when the till sends its sale again, or only then; the sale itself stays."""
    package, _, _ = held(world, station, "SERIAL-1")
    till = world.till()
    sold, late = till.sell(package, ANNA), till.sell(package, ANNA, sequence="1002")
    till.send(till.events[0], sold)
    (row,) = world.sql("select account from sale")
    assert len(world.sql("select from event_personal where event = $1", sold.id)) == 1
    assert ANNA.encode() not in world.sql("select line from event where id = $1", sold.id)[0]["line"]
    world.clock.advance(60)
    world.running.do(lambda session: world.running.service.accounts.erase(session, row["account"]))
    till.send(till.events[0], sold, late)
    assert {one["account"] for one in world.sql("select account from sale")} == {row["account"]}
    assert world.sql("select from event_personal where event = $1", late.id) == []
    assert world.sql("select from account_key") == []


def test_K5_a_forgotten_sale_finds_its_erased_customer_again(world, builders):
    """The database came back from before the sale: the ledger names the sale's event."""
    till = world.till()
    sold = till.sell(builders.package_id("SERIAL-1"), ANNA)
    till.send()
    (row,) = world.sql("select account from sale")
    world.running.do(lambda session: world.running.service.accounts.erase(session, row["account"]))
    erasures = world.running.service.accounts.erasures
    assert erasures.of_account(row["account"]).names(f"{till.id}/{sold.id}")


def test_K5_batches_may_come_twice_and_a_sale_is_parked_by_no_neighbour(world, builders):
    """The same bytes again get the same verdicts; nothing is written twice."""
    till = world.till()
    till.sell(builders.package_id("SERIAL-1"), ANNA)
    till.sell(builders.package_id("SERIAL-2"), said={"currency": None})
    body = encode_batch(till.events)
    first, again = till.send(body=body), till.send(body=body)
    assert [v.verdict.value for v in first.verdicts] == ["applied", "applied", "parked"]
    assert [v.verdict.value for v in again.verdicts] == ["duplicate", "duplicate", "parked"]
    assert len(world.sql("select from sale")) == 1


def test_K5_a_made_up_package_that_was_given_back_can_be_unmade(world, station):
    """The claim on it ended with its sale, at whatever counter that was made."""
    made, other, till = station.make_up(), world.station(), world.till()
    station.send()
    other.claim(made.package, ANNA)
    other.send()
    refused = station.unmake(made)
    assert verdicts(station.send(refused), refused) == [("parked", "package_claimed")]
    sold = till.sell(made.package, ANNA)
    till.refund(sold)
    till.send()
    undone = station.unmake(made)
    assert verdicts(station.send(undone), undone) == [("applied", "")]


def test_K5_a_claim_code_at_home_opens_what_was_given_back(world, station):
    """The next buyer has the code under the strip; the one who gave it back has spent nothing."""
    package, rolls, codes = world.pack_coded("SERIAL-1")
    station.claim(package, ANNA, claim_code=codes[0])
    till = world.till()
    sold = till.sell(package, ANNA)
    station.send()
    till.send()
    home = world.running.service.claims_at_home
    wish = Wish(roll=rolls[1], code=codes[1], key="key-of-the-wish", source=Source(near="192.0.2.0/24"))
    with pytest.raises(ClaimRefused):
        world.running.run(home.claim(wish))
    till.send(till.refund(sold))
    assert world.running.run(home.claim(wish)).word == "registered"
