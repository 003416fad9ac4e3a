"""A store makes up packages of film without serials; the photoservice takes them as its lists (O18, O6, DESIGN 5B)."""

import itertools
import random
import threading
from dataclasses import replace

import pytest

from photocore.codes import mint_claim_code, mint_copy_id, mint_house_package, mint_house_roll
from photocore.events import without_box
from photocore.host import SystemEntropy
from photocore.kinds import EpochOpened, LabelCopy, PackageMadeUp
from photocore.roster import StoreSettings, verify_package, verify_roster
from photoservice.intake.retry import retry_parked

CARD_A, CARD_B = "952114100000000018", "952114100000000025"
ALONE = "9521141000038"
ENTROPY = SystemEntropy()


def told(ack, event):
    return next(v for v in ack.verdicts if v.id == event.id)


def verdicts(ack):
    return [v.verdict.value for v in ack.verdicts]


def opening(world, package):
    """Return the HMACs of the codes that open a package."""
    rows = world.sql("select mac from claim_code where package = $1 and voided_at is null", package)
    return {bytes(row["mac"]) for row in rows}


def macs(world, made):
    mac = world.running.service.keyring.mac
    return {mac("claim code", made.package, code) for code in made.codes.values()}


def roster_of(station):
    return verify_roster(station.roster().content, station.sign_public)


def test_O18_a_made_up_package_is_its_stores_list_and_any_roll_registers_it(world, station):
    """Film with nothing but an EAN: known to the store's roster, and one roll's scan registers all of them."""
    made = station.make_up(3)
    assert verdicts(station.send()) == ["applied", "applied"]

    claim = station.claim(made.rolls[1], level="roll", claim_code=made.codes[made.rolls[1]])
    said = told(station.send(claim), claim).outcome

    assert (said.word, said.package, said.rolls) == ("registered", made.package, made.rolls)
    assert world.registration(made.package)["proof"] in ("unopposed", "confirmed")
    assert len(world.sql("select * from confirmation")) == 1  # the code proved it
    (manifest,) = roster_of(world.station()).manifests
    assert (manifest.package, manifest.rolls, manifest.source) == (made.package, made.rolls, "retailer")
    assert (manifest.product, manifest.destination) == ("04006381333931", "9521141000007")


def test_O18_a_made_up_package_goes_to_its_own_stores_roster_and_is_found_by_the_others(world, station):
    """Another store of the retailer looks it up beyond its roster."""
    made = station.make_up(2)
    station.send()
    elsewhere = world.station("9521141000014")

    assert roster_of(elsewhere).manifests == ()
    reply = elsewhere.look_up(made.rolls[0])
    facts = verify_package(reply.content, elsewhere.id, elsewhere.sign_public)
    assert facts.manifest.rolls == made.rolls
    assert facts.product is None  # nobody has said what this EAN is


def test_O18_a_store_without_a_retailer_makes_up_packages_too(world):
    """The list is the store's own then."""
    world.running.add_store(ALONE, "Alone", settings=StoreSettings(make_up="shopper"))
    station = world.station(ALONE)
    made = station.make_up(1, product=None)
    claim = station.claim(made.package)

    ack = station.send()

    assert verdicts(ack) == ["applied"] * 3
    assert told(ack, claim).outcome.word == "registered"
    roster = roster_of(station)
    assert [m.package for m in roster.manifests] == [made.package]
    assert roster.settings.make_up == "shopper"
    assert roster.settings.claim_url.endswith("/claim")
    assert world.sql("select tenant, store from manifest") == [{"tenant": None, "store": ALONE}]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_O18_make_up_and_registration_of_one_commit_may_come_in_any_order(world, station, order):
    """In one batch or in three: the whole package is registered, and no claim code is known."""
    made = station.make_up(3, coded=False)
    claim = station.claim(made.package, level="package")
    events = [station.events[0], made.event, claim]
    for place in order:
        assert verdicts(station.send(events[place])) == ["applied"]

    said = told(station.send(claim), claim).outcome
    assert (said.word, said.rolls) == ("registered", made.rolls)
    assert world.sql("select * from claim_code") == []


def test_O18_a_registration_by_a_roll_waits_for_a_make_up_that_comes_later(world, station):
    """The other store was faster: its shopper waits for the list, and has all rolls when it comes."""
    made = station.make_up(3)
    elsewhere = world.station("9521141000014")
    claim = elsewhere.claim(made.rolls[2], level="unknown", claim_code=made.codes[made.rolls[2]])
    assert told(elsewhere.send(), claim).outcome.word == "waiting"

    station.send()

    (news,) = elsewhere.drain_news().values()
    assert (news.claim, news.outcome.word, news.outcome.rolls) == (claim.id, "registered", made.rolls)
    said = told(elsewhere.send(claim), claim).outcome
    assert said == news.outcome
    assert world.registration(made.package)["claims"] == [f"{elsewhere.id}/{claim.id}"]


def test_O6_the_code_under_the_strip_outweighs_a_claim_that_came_first(world, station):
    """Minted before the sale, though the claim without a code reached us before the make-up did."""
    made = station.make_up(2)
    elsewhere = world.station("9521141000014")
    without = elsewhere.claim(made.package, CARD_A)
    elsewhere.send()
    station.send()

    proven = elsewhere.claim(made.rolls[0], CARD_B, level="roll", claim_code=made.codes[made.rolls[0]])
    ack = elsewhere.send(without, proven)

    assert told(ack, proven).outcome.word == "registered"
    assert world.registration(made.package)["owner"] == told(ack, proven).outcome.account


def test_O18_a_new_label_voids_the_code_of_the_old_one(world, station):
    """The spoiled label in the bin opens nothing; the other rolls' labels stay good."""
    made = station.make_up(3)
    anew = station.replace_codes(made, made.rolls[0])
    assert set(verdicts(station.send())) == {"applied"}

    assert opening(world, made.package) == macs(world, anew)
    states = world.running.service.database.queries["claims.copies_of_roll"]
    first, second = world.sql(states, made.rolls[0])
    assert (first["state"], second["state"]) == ("replaced", "valid")
    old = station.claim(made.package, CARD_A, claim_code=made.codes[made.rolls[0]])
    new = station.claim(made.package, CARD_B, claim_code=anew.codes[made.rolls[0]])
    ack = station.send(old, new)
    assert told(ack, new).outcome.word == "registered"
    assert told(ack, old).outcome.word in ("refused", "case")


def test_O18_a_label_that_lost_its_predecessor_voids_it_all_the_same(world, station):
    """A crash lost code and copy before paper; the new label names nothing that it replaces."""
    made = station.make_up(2)
    anew = station.replace_codes(replace(made, copies=()))
    assert all(copy.voids is None for copy in anew.copies)
    station.send()
    assert opening(world, made.package) == macs(world, anew)


def test_O18_which_codes_open_does_not_depend_on_the_order_of_arrival(world):
    """Any shuffle, batched in any way: the newest label of each roll opens, nothing else does (DESIGN 5C)."""
    for seed in range(12):
        chance = random.Random(seed)
        station = world.station()
        made = station.make_up(3)
        now = made
        for _ in range(4):
            now = station.replace_codes(now, *chance.sample(made.rolls, chance.randint(1, 3)))
        claim = station.claim(made.rolls[0], level="roll", claim_code=now.codes[made.rolls[0]])
        events = list(station.events)
        chance.shuffle(events)
        while events:
            size = chance.randint(1, 3)
            batch, events = events[:size], events[size:]
            assert set(verdicts(station.send(*batch))) == {"applied"}, seed

        assert opening(world, made.package) == macs(world, now), seed
        ack = station.send(claim)
        assert told(ack, claim).outcome.rolls == made.rolls
        assert world.sql("select * from confirmation where claim = $1", claim.id), seed


def test_O18_a_pre_sale_reprint_of_a_registered_package_is_parked(world, station):
    """Who holds the printer must not be able to take a sold package away (DESIGN 5D)."""
    made = station.make_up(2)
    home = world.station("9521141000014")
    station.send()
    home.claim(made.package, CARD_A)
    home.send()

    again = station.replace_codes(made)
    said = told(station.send(again.event), again.event)

    assert (said.verdict.value, said.cause) == ("parked", "package_claimed")
    assert opening(world, made.package) == macs(world, made)


def test_O18_a_reprint_that_was_long_in_coming_is_taken_behind_its_own_code(world, station):
    """The label was sold and its code shown elsewhere before its station came online."""
    made = station.make_up(2)
    station.send()
    anew = station.replace_codes(made)
    elsewhere = world.station("9521141000014")
    claim = elsewhere.claim(made.package, CARD_A, claim_code=anew.codes[made.rolls[1]])
    elsewhere.send()

    assert verdicts(station.send(anew.event)) == ["applied"]

    assert opening(world, made.package) == macs(world, anew)
    elsewhere.send(claim)
    assert world.sql("select why from confirmation") == [{"why": "claim code"}]


def test_O18_another_stores_package_is_not_reprinted_nor_taken_back(world, station):
    """Pre-sale reprints are for the own roster only (DESIGN 5D)."""
    made = station.make_up(2)
    station.send()
    other = world.station("9521141000014")
    reprint, undo = other.replace_codes(made), other.unmake(made)

    ack = other.send()

    assert [(v.verdict.value, v.cause) for v in ack.verdicts[1:]] == [("parked", "other_store")] * 2
    assert opening(world, made.package) == macs(world, made)
    assert reprint.event.id != undo.id


def test_O18_house_codes_known_already_are_parked_each_with_its_reason(world, station):
    """A package ID or a roll ID twice, a package of another store, labels and codes that do not fit the rolls."""
    made = station.make_up(2)
    again = station.make_up(1, package=made.package)
    shared = station.make_up(rolls=(made.rolls[0],))
    foreign = station.make_up(1, store="9521141000014")
    twice = station.make_up(2)
    two = station.write(
        PackageMadeUp(
            package=mint_house_package(ENTROPY),
            rolls=(twice.rolls[0], twice.rolls[0]),
            product=None,
            store=station.store,
            coded=False,
            copies=(),
        )
    )
    bad = station.make_up(rolls=("TCR-00000000001",))
    mistyped = station.make_up(1, product="04006381333930")
    missing = station.make_up(2, codes={twice.rolls[0]: mint_claim_code(ENTROPY)})

    ack = station.send()

    said = {v.id: (v.verdict.value, v.cause) for v in ack.verdicts}
    assert said[made.event.id] == said[twice.event.id] == ("applied", "")
    assert said[again.event.id] == ("parked", "package_known")
    assert said[shared.event.id] == ("parked", "roll_known")
    assert said[foreign.event.id] == ("parked", "other_store")
    assert (
        said[two.id]
        == said[bad.event.id]
        == said[missing.event.id]
        == said[mistyped.event.id]
        == ("parked", "malformed")
    )
    assert all(v.reason for v in ack.verdicts if v.verdict.value == "parked")
    kept = {row["package"] for row in world.sql("select package from manifest")}
    assert kept == {made.package, twice.package}


def test_O18_two_labels_with_one_code_are_parked(world, station):
    """One code a label, or losing one would lose two."""
    code = mint_claim_code(ENTROPY)
    rolls = (mint_house_roll(ENTROPY), mint_house_roll(ENTROPY))
    made = station.make_up(rolls=rolls, codes=dict.fromkeys(rolls, code))
    assert told(station.send(), made.event).cause == "malformed"


def test_O18_a_make_up_taken_back_voids_its_codes_and_revokes_its_items(world, station):
    """Wrongly counted: the labels of the wrong package open nothing, and no station sells it."""
    made = station.make_up(2)
    undo = station.unmake(made)
    assert set(verdicts(station.send())) == {"applied"}

    assert opening(world, made.package) == set()
    assert set(roster_of(world.station()).revoked) == {made.package, *made.rolls}
    states = world.running.service.database.queries["claims.copies_of_roll"]
    assert [row["state"] for row in world.sql(states, made.rolls[0])] == ["void"]
    assert verdicts(station.send(undo)) == ["duplicate"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_O18_make_up_registration_and_the_undoing_of_both_may_come_in_any_order(world, order):
    """The shopper changed their mind: nothing is registered, nothing is for sale, whatever the order."""
    station = world.station()
    made = station.make_up(2, coded=False)
    claim = station.claim(made.package)
    undone = station.withdraw(claim)
    unmade = station.unmake(made)
    events = [made.event, claim, undone, unmade]
    station.send(station.events[0])
    for place in order:
        assert verdicts(station.send(events[place])) == ["applied"], order

    assert told(station.send(claim), claim).outcome.word == "withdrawn"
    assert world.registration(made.package) is None
    revoked = {row["item"] for row in world.sql("select item from revoked_item")}
    assert revoked == {made.package, *made.rolls}


def test_O18_a_make_up_somebody_else_registered_is_not_taken_back(world, station):
    """Parked: a person looks. Once that claim is withdrawn, the next try takes it back."""
    made = station.make_up(2)
    station.send()
    other = world.station("9521141000014")
    claim = other.claim(made.package, CARD_A)
    other.send()
    undo = station.unmake(made)

    assert told(station.send(undo), undo).cause == "package_claimed"
    assert world.sql("select * from revoked_item") == []

    other.withdraw(claim)
    other.send(other.events[-1])
    done = world.running.run(retry_parked(world.running.service.receiver, station.id))
    assert (done.applied, done.parked) == (1, 0)
    assert opening(world, made.package) == set()


def test_O18_labels_whose_codes_are_lost_are_told_to_be_printed_again(world, station):
    """Sent again after our restore, the ciphertext long deleted: the package stands, its codes are gone."""
    made = station.make_up(2)
    anew = station.replace_codes(made, made.rolls[0])
    opened, first, second = station.events
    ack = station.send(opened, without_box(first), without_box(second))

    assert verdicts(ack) == ["applied"] * 3
    assert all("print the labels again" in v.reason for v in ack.verdicts[1:])
    assert [v.cause for v in ack.verdicts[1:]] == ["secrets_lost"] * 2
    late = station.claim(made.package, CARD_A, claim_code=made.codes[made.rolls[1]])
    station.send(late)
    assert world.sql("select * from confirmation") == []
    station.withdraw(late)
    last = station.replace_codes(anew)
    station.send(*station.events[-2:])
    assert macs(world, last) <= opening(world, made.package)
    assert told(station.send(station.claim(made.package, claim_code=last.codes[made.rolls[0]])), station.events[-1])
    assert len(world.sql("select * from confirmation")) == 1


def test_O6_no_claim_code_of_a_made_up_package_is_kept_in_plain_text(world, station):
    """A dump of every table holds none of them; what was parked keeps its box shut."""
    made = station.make_up(2)
    anew = station.replace_codes(made)
    parked = station.make_up(1, package=made.package)
    station.send()
    codes = {*made.codes.values(), *anew.codes.values(), *parked.codes.values()}

    for row in world.sql("select tablename from pg_tables where schemaname = 'public'"):
        dump = str(world.sql(f"select t::text from {row['tablename']} as t"))
        assert not any(code in dump or code.encode().hex() in dump for code in codes), row["tablename"]


def test_O18_two_stations_at_once_cannot_make_up_one_package_twice(world):
    """The same house codes at the same moment (a cloned disk): one stands, the other is parked."""
    stations = [world.station() for _ in range(2)]
    first = stations[0].make_up(2)
    second = stations[1].make_up(package=first.package, rolls=first.rolls)
    acks = [None, None]

    def run(n):
        acks[n] = stations[n].send()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told(a, m.event).verdict.value for a, m in zip(acks, (first, second), strict=True)) == [
        "applied",
        "parked",
    ]
    assert len(world.sql("select * from manifest_roll")) == 2


def test_O18_a_batch_that_must_go_in_one_by_one_keeps_make_ups_whole(world, station):
    """One event that only the database refuses parks alone; make-up and registration beside it are applied."""
    made = station.make_up(2)
    claim = station.claim(made.rolls[0], level="roll")
    poison = station.write(EpochOpened(software="\x00"))
    anew = station.make_up(1)
    ack = station.send()
    assert told(ack, poison).cause == "database"
    assert told(ack, claim).outcome.rolls == made.rolls
    assert opening(world, anew.package) == macs(world, anew)
    assert opening(world, made.package) == macs(world, made)


def test_O18_copies_printed_before_the_sale_are_kept_with_their_package(world, station):
    """And a reprint after the registration voids the label from before it."""
    made = station.make_up(2)
    claim = station.claim(made.package)
    fresh = LabelCopy(roll=made.rolls[0], copy=mint_copy_id(ENTROPY), voids=made.copies[0].copy)
    station.reissue(claim, fresh)
    station.send()
    rows = world.sql("select package, copy from label_copy order by place")
    assert {row["package"] for row in rows[:2]} == {made.package}
    states = world.running.service.database.queries["claims.copies_of_roll"]
    assert [row["state"] for row in world.sql(states, made.rolls[0])] == ["replaced", "valid"]


def test_O18_a_retry_after_release_makes_up_before_it_registers(world, station):
    """A held station's make-ups, registrations and reprints count in the order it wrote them."""
    station.send()
    world.running.do(lambda s: s.run("stations.stop", station.id, world.clock.now(), "a drill"))
    made = station.make_up(2)
    anew = station.replace_codes(made)
    claim = station.claim(made.package, claim_code=anew.codes[made.rolls[0]])
    assert {v.cause for v in station.send(*station.events[1:]).verdicts} == {"held"}
    world.running.do(lambda s: s.run("stations.release", station.id))

    done = world.running.run(retry_parked(world.running.service.receiver, station.id))

    assert (done.applied, done.parked) == (3, 0)
    assert told(station.send(claim), claim).outcome.rolls == made.rolls
    assert opening(world, made.package) == macs(world, anew)


def test_O18_codes_of_a_roll_that_is_not_in_the_package_open_nothing(world, station):
    """A reprint before its make-up is taken on trust; what does not fit the list is worth nothing."""
    made = station.make_up(1)
    odd = station.make_up(1)
    strange = station.replace_codes(replace(made, rolls=odd.rolls, codes={}, copies=()))
    station.send(station.events[0], strange.event)
    station.send(made.event, odd.event)
    thief = station.claim(made.package, CARD_B, claim_code=strange.codes[odd.rolls[0]])
    ack = station.send(thief)
    assert told(ack, thief).outcome.word == "registered"  # alone, and by no proof
    assert world.sql("select * from confirmation") == []
    late = station.replace_codes(replace(odd, rolls=made.rolls, codes={}, copies=()))
    assert told(station.send(late.event), late.event).cause == "not_in_package"
