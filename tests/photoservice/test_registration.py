"""A package scanned at a counter becomes its shopper's (O1, O6, O11, O18, O19): real HTTP, real PostgreSQL."""

import threading

import msgspec

from photocore.codes import mint_access_code, mint_claim_code
from photocore.events import sign_event, without_box
from photocore.kinds import AccessCodeReplaced, AccessCodeReplacedSecrets, LabelCopy
from photocore.wire import Verdict


def outcome(ack, event):
    return next(v.outcome for v in ack.verdicts if v.id == event.id)


def test_O11_a_claim_on_the_package_registers_all_its_rolls(world, station):
    """One scan of the box registers every roll its maker put in."""
    package, rolls = world.pack("PKG00001")

    claim = station.claim(package)
    ack = station.send()

    said = outcome(ack, claim)
    assert (said.word, said.package, said.rolls) == ("registered", package, tuple(rolls))
    assert [v.verdict for v in ack.verdicts] == [Verdict.APPLIED, Verdict.APPLIED]
    assert ack.high.seq == 2
    assert ack.need == ()


def test_O11_any_one_roll_registers_the_whole_package(world, station):
    """The ID of any one roll stands for the package it was packed in (seed 000:18)."""
    package, rolls = world.pack("PKG00002")

    claim = station.claim(rolls[2], level="roll")
    said = outcome(station.send(), claim)

    assert (said.word, said.package, said.rolls) == ("registered", package, tuple(rolls))
    assert world.registration(package)["owner"] == said.account


def test_O6_an_account_is_made_by_itself_and_found_again(world, station):
    """The first scan of a card makes its account; the second, at another store, finds it (O19)."""
    first, _ = world.pack("PKG00003")
    second, _ = world.pack("PKG00004")
    elsewhere = world.station("9521141000014")

    a = outcome(station.send(station.events[0], station.claim(first)), station.events[-1])
    b = outcome(elsewhere.send(elsewhere.events[0], elsewhere.claim(second)), elsewhere.events[-1])

    assert a.account == b.account
    assert len(world.sql("select * from account")) == 1


def test_O6_the_same_number_of_another_card_table_is_another_person(world, station):
    """The key is (table, number): two retailers' schemes may hold the same digits."""
    first, _ = world.pack("PKG00005")
    second, _ = world.pack("PKG00006")

    one = station.claim(first, "2912345678901", table="club-a")
    two = station.claim(second, "2912345678901", table="club-b")
    ack = station.send()

    assert outcome(ack, one).account != outcome(ack, two).account


def test_O6_no_card_number_and_no_code_is_kept_in_plain_text(world, station, builders):
    """A dump of every table holds neither the card's number nor a code, nor anything derived without our keys."""
    package, rolls = world.pack("PKG00007")
    code = mint_claim_code(builders.ENTROPY)
    assert world.codes(package, {rolls[0]: code}).status_code == 204
    claim = station.claim(package, "952114100000000018", claim_code=code)
    station.send()
    access = station.secrets[claim.id].access_code

    tables = [r["tablename"] for r in world.sql("select tablename from pg_tables where schemaname = 'public'")]
    for table in tables:
        dump = str(world.sql(f"select * from {table} as t")) + str(
            world.sql(f"select t::text, encode(convert_to(t::text, 'utf8'), 'escape') as e from {table} as t")
        )
        for secret in ("952114100000000018", code, access):
            assert secret not in dump
            assert secret.encode().hex() not in dump


def test_O6_destroying_the_accounts_key_erases_the_person_and_leaves_the_events(world, station):
    """After erasure nothing opens the personal part, the chain and the counts stand, and the card begins anew."""
    package, _ = world.pack("PKG00008")
    claim = station.claim(package)
    account = outcome(station.send(), claim).account
    accounts = world.running.service.accounts
    card = world.running.do(lambda s: accounts.card_of(s, account))
    assert card.card_number == "952114100000000018"

    world.running.do(lambda s: accounts.erase(s, account))

    assert world.sql("select * from account_key where account = $1", account) == []
    assert world.sql("select * from account_card") == []
    assert len(world.sql("select * from event_personal")) == 1
    another, _ = world.pack("PKG00009")
    fresh = station.claim(another)
    ack = station.send(fresh)
    assert outcome(ack, fresh).account != account
    assert ack.high.seq == 3


def test_O11_an_unknown_package_waits_and_settles_in_one_step_when_its_manifest_comes(world, station, builders):
    """Accepted, waiting for the maker's list; then all rolls at once, also when it was claimed by one of them."""
    package, rolls = builders.package_id("PKG00010"), builders.roll_ids("PKG00010")

    claim = station.claim(rolls[1], level="unknown")
    waiting = outcome(station.send(), claim)
    assert (waiting.word, waiting.package, waiting.rolls) == ("waiting", None, ())

    world.pack("PKG00010")

    settled = outcome(station.send(claim), claim)
    assert (settled.word, settled.package, settled.rolls) == ("registered", package, tuple(rolls))
    assert world.registration(rolls[1]) is None


def test_O18_a_package_claimed_by_box_and_by_roll_before_its_manifest_is_one_package(world, station, builders):
    """Two customers, one by the box and one by a roll, are contested once the manifest tells it is one package."""
    package, rolls = builders.package_id("PKG00011"), builders.roll_ids("PKG00011")
    box = station.claim(package, "952114100000000018")
    roll = station.claim(rolls[0], "952114100000000025", level="unknown")
    station.send()

    world.pack("PKG00011")

    ack = station.send(box, roll)
    assert {outcome(ack, box).word, outcome(ack, roll).word} == {"contested"}


def test_O19_two_stations_claiming_one_package_at_once_are_both_kept(world):
    """Neither store wins by speed: two customers at the same moment are contested, and both claims stand."""
    package, _ = world.pack("PKG00012")
    stations = [world.station(), world.station("9521141000014")]
    claims = [s.claim(package, f"95211410000000{n}018"[:18]) for n, s in enumerate(stations)]
    acks = [None, None]

    def run(n):
        acks[n] = stations[n].send()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    finals = [outcome(s.send(c), c).word for s, c in zip(stations, claims, strict=True)]
    assert finals == ["contested", "contested"]
    assert len(world.sql("select * from claim")) == 2


def test_O19_the_same_customer_at_two_stores_owns_it_once(world):
    """Two claims of one card are one customer, not a contest."""
    package, _ = world.pack("PKG00013")
    one, two = world.station(), world.station("9521141000014")
    a, b = one.claim(package), two.claim(package)
    one.send()

    said = outcome(two.send(), b)

    assert said.word == "registered"
    assert outcome(one.send(a), a).word == "registered"
    assert len(world.registration(package)["claims"]) == 2


def test_O11_the_only_claim_code_wins_over_an_unproven_claim(world, station, builders):
    """Possession before the sale decides, whoever's store synced first, and confirms at once."""
    package, rolls = world.pack("PKG00014")
    code = mint_claim_code(builders.ENTROPY)
    assert world.codes(package, {roll: mint_claim_code(builders.ENTROPY) for roll in rolls} | {rolls[2]: code}).ok
    without = station.claim(package, "952114100000000018")
    station.send()

    proven = station.claim(package, "952114100000000025", claim_code=code)
    ack = station.send(without, proven)

    assert outcome(ack, proven).word == "registered"
    assert outcome(ack, without).word in ("refused", "case")
    assert world.registration(package)["owner"] == outcome(ack, proven).account
    assert len(world.sql("select * from confirmation")) == 1


def test_O11_a_claim_code_of_another_package_or_a_wrong_one_proves_nothing(world, station, builders):
    """The HMAC is of package and code, so a code is worth nothing elsewhere."""
    package, _ = world.pack("PKG00015")
    other, other_rolls = world.pack("PKG00016")
    code = mint_claim_code(builders.ENTROPY)
    world.codes(other, {other_rolls[0]: code})
    mine = station.claim(package, "952114100000000018", claim_code=code)
    theirs = station.claim(package, "952114100000000025", claim_code=mint_claim_code(builders.ENTROPY))

    ack = station.send()

    assert outcome(ack, mine).word == outcome(ack, theirs).word == "contested"


def test_O11_a_claim_code_shown_before_manifest_and_codes_came_still_proves(world, station, builders):
    """A code shown for an unknown package is kept locked away, and compared when package and codes are known."""
    package, rolls = builders.package_id("PKG00017"), builders.roll_ids("PKG00017")
    code = mint_claim_code(builders.ENTROPY)
    proven = station.claim(rolls[0], "952114100000000025", level="unknown", claim_code=code)
    plain = station.claim(package, "952114100000000018")
    station.send()

    world.pack("PKG00017")
    assert world.codes(package, {rolls[0]: code}).status_code == 204

    ack = station.send(proven, plain)
    assert outcome(ack, proven).word == "registered"
    assert world.registration(package)["owner"] == outcome(ack, proven).account
    assert world.sql("select * from claim where code_held is not null") == []


def test_O11_codes_minted_after_the_claim_cannot_take_a_registered_package_away(world, station, builders):
    """Who mints codes must not be able to hand a sold package to somebody else."""
    package, rolls = world.pack("PKG00018")
    owner = station.claim(package, "952114100000000018")
    station.send()

    code = mint_claim_code(builders.ENTROPY)
    assert world.codes(package, {rolls[0]: code}).status_code == 204
    world.clock.advance(60)
    thief = station.claim(package, "952114100000000025", claim_code=code)
    station.send(thief)

    ack = station.send(owner, thief)
    assert outcome(ack, owner).word == "contested"  # a person looks; nobody has won
    assert world.registration(package)["owner"] is None


def test_O19_an_unopposed_registration_is_confirmed_after_two_days_and_then_stands(world, station):
    """Before: a second customer makes it contested. After: theirs opens a case and changes nothing."""
    package, _ = world.pack("PKG00019")
    first = station.claim(package, "952114100000000018")
    account = outcome(station.send(), first).account

    world.clock.advance(47 * 3600)
    assert world.running.settle() == 0
    world.clock.advance(2 * 3600)
    assert world.running.settle() == 1
    assert world.running.settle() == 0

    late = station.claim(package, "952114100000000025")
    ack = station.send(first, late)
    assert outcome(ack, first).word == "registered"
    assert outcome(ack, late).word == "case"
    assert world.registration(package)["owner"] == account
    assert world.registration(package)["has_case"]


def test_O19_an_undone_claim_registers_nothing_and_voids_its_access_code(world, station):
    """Undo is an event, and works before and after the sync."""
    package, _ = world.pack("PKG00020")
    claim = station.claim(package)
    station.send()

    station.withdraw(claim)
    ack = station.send(station.events[-1])

    assert ack.verdicts[0].verdict is Verdict.APPLIED
    assert outcome(station.send(claim), claim).word == "withdrawn"
    assert world.registration(package) is None
    assert world.sql("select * from access_code where voided_at is null") == []


def test_O19_a_withdrawal_that_comes_before_its_claim_counts_all_the_same(world, station):
    """Facts are a set: the order of arrival does not matter."""
    package, _ = world.pack("PKG00021")
    opened = station.events[0]
    claim = station.claim(package)
    undo = station.withdraw(claim)

    early = station.send(opened, undo)
    assert early.high.seq == 1
    assert early.need == ((2, 2),)
    late = station.send(claim)

    assert outcome(late, claim).word == "withdrawn"
    assert late.high.seq == 3
    assert late.need == ()
    assert world.sql("select * from access_code where voided_at is null") == []


def test_O17_only_the_newest_copy_of_a_label_is_valid(world, station, builders):
    """A new copy voids the old one; undoing the claim voids them all."""
    package, rolls = world.pack("PKG00022", 1)
    old, new = builders.copy_id(), builders.copy_id()
    claim = station.claim(package, copies=(LabelCopy(roll=rolls[0], copy=old),))
    station.reissue(claim, LabelCopy(roll=rolls[0], copy=new, voids=old))
    station.send()

    def states():
        query = world.running.service.database.queries["claims.copies_of_roll"]
        return {row["copy"]: row["state"] for row in world.sql(query, rolls[0])}

    assert states() == {old: "replaced", new: "valid"}
    station.send(station.withdraw(claim))
    assert states() == {old: "void", new: "void"}


def test_O19_a_replaced_access_code_voids_the_one_before(world, station, builders):
    """A crash lost the receipt's code unprinted; the new one opens the registration, the old one nothing."""
    package, _ = world.pack("PKG00023")
    claim = station.claim(package)
    fresh = mint_access_code(builders.ENTROPY)
    station.write(
        AccessCodeReplaced(claim=claim.id, reason="crash"), secrets=AccessCodeReplacedSecrets(access_code=fresh)
    )
    station.send()

    mac = world.running.service.keyring.mac
    opens = {bytes(row["mac"]): row["voided_at"] is None for row in world.sql("select * from access_code")}
    assert opens == {mac("access", station.secrets[claim.id].access_code): False, mac("access", fresh): True}


def replace_code(station, claim, code: str):
    body = AccessCodeReplaced(claim=claim.id, reason="spoiled")
    return station.write(body, secrets=AccessCodeReplacedSecrets(access_code=code))


def test_K4_O19_a_claim_whose_secrets_are_lost_stands_and_says_so(world, station, builders):
    """Sent again after our restore, its secrets' ciphertext long deleted: registered, without an access code."""
    package, _ = world.pack("PKG00025")
    claim = station.claim(package, claim_code=mint_claim_code(builders.ENTROPY))
    opened, line = station.events[0], without_box(claim, sealed=False)

    first, again = station.send(opened, line), station.send(opened, line)

    assert [v.verdict.value for v in first.verdicts] == ["applied", "applied"]
    assert "no access code and no claim code" in first.verdicts[1].reason
    assert again.verdicts[1].reason == first.verdicts[1].reason
    assert outcome(first, claim).word == "registered"
    assert world.sql("select * from access_code") == []

    fresh = mint_access_code(builders.ENTROPY)
    replace_code(station, claim, fresh)
    station.send(station.events[-1])
    (row,) = world.sql("select mac from access_code where voided_at is null")
    assert bytes(row["mac"]) == world.running.service.keyring.mac("access", fresh)


def test_K4_O19_a_replacement_whose_secrets_are_lost_still_voids_the_code_before(world, station, builders):
    """Also when the claim it belongs to comes after it: the waste in the bin opens nothing."""
    package, _ = world.pack("PKG00026")
    claim = station.claim(package)
    lost = without_box(replace_code(station, claim, mint_access_code(builders.ENTROPY)))
    opened = station.events[0]

    assert [v.verdict.value for v in station.send(opened, lost).verdicts] == ["applied", "applied"]
    station.send(claim)

    assert world.sql("select * from access_code where voided_at is null") == []


def test_O19_of_two_new_access_codes_in_one_batch_the_later_opens(world, station, builders):
    """A receipt spoiled twice before the network came back: one code is live, and it is the printed one."""
    package, _ = world.pack("PKG00027")
    claim = station.claim(package)
    codes = [mint_access_code(builders.ENTROPY) for _ in range(2)]
    for code in codes:
        replace_code(station, claim, code)
    station.send()

    live = [bytes(row["mac"]) for row in world.sql("select mac from access_code where voided_at is null")]
    assert live == [world.running.service.keyring.mac("access", codes[1])]


def test_K4_an_event_that_never_had_secrets_is_parked(world, station):
    """Not even their hash: that is no claim a station of ours could write."""
    package, _ = world.pack("PKG00028")
    claim = sign_event(msgspec.structs.replace(station.claim(package), secrets=None), station.key)
    station.events[-1] = claim

    assert [v.verdict.value for v in station.send().verdicts] == ["applied", "parked"]


def test_O11_rolls_of_an_opened_package_register_singly(world, station, builders):
    """Once a shop has unpacked it, each roll is its own; a claim from before keeps them all."""
    package, rolls = world.pack("PKG00024")
    opened = {
        "type": "AggregationEvent",
        "eventTime": "2026-11-20T09:00:00Z",
        "eventTimeZoneOffset": "+01:00",
        "action": "DELETE",
        "bizStep": "unpacking",
        "parentID": builders.link(package),
    }
    assert world.captured(builders.document(opened))["success"]

    one = station.claim(rolls[0], "952114100000000018", level="roll")
    two = station.claim(rolls[1], "952114100000000025", level="roll")
    ack = station.send()

    assert [outcome(ack, c).word for c in (one, two)] == ["registered", "registered"]
    assert outcome(ack, one).rolls == (rolls[0],)
    assert world.registration(rolls[2]) is None
