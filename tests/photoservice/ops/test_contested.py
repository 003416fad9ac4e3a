"""Contested packages: the evidence, a person's ruling, and what follows from it everywhere (issue 9; DESIGN 5C)."""

import re
from urllib.parse import quote

import pytest

from photocore.codes import mint_claim_code
from photocore.facts import Claim
from photoservice.registrations import load_roots, settle_roots

ANNA, BEN, CLEO = (f"95211410000000{n:04}" for n in (1, 2, 3))
STORE, OTHER = "9521141000007", "9521141000014"


def path(root):
    return f"/ops/contested/{quote(root, safe='')}"


def words(news):
    return {claim: one.outcome.word for claim, one in news.items()}


@pytest.fixture
def contest(world):
    """Two stores register one package for two customers."""
    package, rolls = world.pack("CASE0001")
    one, two = world.station(STORE), world.station(OTHER)
    first, second = one.claim(package, ANNA), two.claim(package, BEN)
    one.send()
    two.send()
    assert words(one.drain_news()) == {first.id: "contested"}
    return package, rolls, (one, first), (two, second)


def form(page, claim, **more):
    """Return the fields of the ruling's form, for the customer of a claim."""
    saw = re.search(r'name="saw" value="([0-9a-f]{64})"', page)
    subject = re.search(r'name="subject" value="([^"]+)"', page)
    chosen = re.search(rf'name="claim" value="([^"]+/{claim.id})"', page)
    assert None not in (saw, subject, chosen), page
    return {"saw": saw[1], "subject": subject[1], "claim": chosen[1], "why": "She showed the till's receipt", **more}


def test_O6_a_ruling_shows_the_pictures_to_their_owner_and_both_stations_are_told(
    world, operator, person, archive, contest, entries
):
    """Two stores claim one package: contested, hidden; somebody rules: the owner sees them, the other does not."""
    package, rolls, (one, first), (two, second) = contest
    filed = archive.file(rolls[0], "1", archive.tenant("Silver Lab"))
    anna, ben = person("anna"), person("ben")

    def looks(visitor):
        pages = (f"/my/rolls/{quote(rolls[0], safe='')}", f"/my/images/{filed.id}")
        return tuple(visitor.get(page).status_code for page in pages)

    for visitor, station, claim in ((anna, one, first), (ben, two, second)):
        visitor.done("/sign-in/code", access_code=station.secrets[claim.id].access_code)
        assert looks(visitor) == (404, 404)

    desk = operator("support")
    listed = desk.page("/ops/contested")
    assert "Corner Photo Mitte, Corner Photo Nord" in listed
    assert path(package) in desk.page(f"/ops/packages/{quote(package, safe='')}")
    page = desk.page(path(package))
    assert all(text in page for text in (one.id, two.id, "Corner Photo Nord", first.public["number"], "No till has"))
    done = desk.done(path(package) + "/rule", **form(page, first))
    assert "Ruled." in done.text
    assert "She showed the till&#39;s receipt" in done.text

    said = world.registration(package)
    assert (said["word"], said["proof"], said["has_case"]) == ("registered", "ruling", False)
    assert words(one.drain_news()) == {first.id: "registered"}
    assert words(two.drain_news()) == {second.id: "refused"}
    assert (looks(anna), looks(ben)) == ((200, 200), (404, 404))
    assert "Nothing waits for a ruling" in desk.page("/ops/contested")
    (entry,) = entries("package_decided")
    assert (entry["operator"], entry["subject"]) == (desk.id, package)
    assert '"was":"contested"' in entry["about"]
    assert entries("contested_seen")[0]["subject"] == package


def test_O6_what_came_meanwhile_is_looked_at_first(world, operator, contest, entries):
    """The form names all that was seen; a third claim, and nothing is ruled."""
    package, _, (_, first), (two, _) = contest
    desk = operator("manager")
    fields = form(desk.page(path(package)), first)
    third = two.claim(package, CLEO)
    two.send()
    refused = desk.post(path(package) + "/rule", **fields)
    assert (refused.status_code, "Somebody else changed this" in refused.text) == (409, True)
    assert world.registration(package)["word"] == "contested"
    assert entries("package_decided") == []
    desk.done(path(package) + "/rule", **form(desk.page(path(package)), third))
    assert world.registration(package)["word"] == "registered"
    again = desk.post(path(package) + "/rule", **fields)
    assert again.status_code == 409


def test_O6_two_rulings_that_had_not_seen_each_other_are_contested_again(world, operator, contest):
    """As a restored backup may bring; a third that has seen both ends it."""
    package, _, (_, first), (_, second) = contest
    desk = operator("support")
    desk.done(path(package) + "/rule", **form(desk.page(path(package)), first))

    account = world.sql("select account from claim where id = $1", second.id)[0]["account"]

    async def blind(session):
        facts = (await load_roots(session, [package]))[package].facts
        saw = [fact.id for fact in facts if isinstance(fact, Claim)]
        rule = (package, "R" * 20, None, account, saw, desk.id, "another day", world.clock.now())
        await session.run("registrations.rule", *rule)
        await settle_roots(session, [package], world.clock.now())

    world.running.do(blind)
    assert world.registration(package)["word"] == "contested"
    page = desk.page(path(package))
    assert ("another day" in page, "ruled before" in desk.page("/ops/contested")) == (True, True)
    desk.done(path(package) + "/rule", **form(page, second))
    assert (world.registration(package)["word"], world.registration(package)["proof"]) == ("registered", "ruling")


def test_O6_a_late_claims_case_is_closed_by_a_ruling(world, operator, contest):
    """Settled for one; another claims it after: a case, which a ruling closes, for either."""
    package, _ = world.pack("CASE0002")
    one, two = world.station(STORE), world.station(OTHER)
    first = one.claim(package, ANNA)
    one.send()
    world.clock.advance(49 * 3600)
    assert world.running.settle() == 1
    late = two.claim(package, BEN)
    two.send()
    desk = operator("support")
    assert package in desk.page("/ops/contested?of=case")
    assert package not in desk.page("/ops/contested?of=contested")
    desk.done(path(package) + "/rule", **form(desk.page(path(package)), first))
    said = world.registration(package)
    assert (said["word"], said["has_case"], said["claims"]) == ("registered", False, [f"{one.id}/{first.id}"])
    assert words(two.drain_news()) == {late.id: "refused"}


def test_O6_rolls_of_an_unpacked_package_are_ruled_on_one_by_one(world, operator, station, builders):
    """A ruling on one roll says nothing of the others; and it moves along when the list comes late."""
    package, rolls = builders.package_id("CASE0003"), builders.roll_ids("CASE0003", 2)
    desk, two = operator("support"), world.station(OTHER)
    first = station.claim(rolls[0], ANNA, level="roll")
    second = two.claim(rolls[0], BEN, level="roll")
    station.send()
    two.send()
    assert world.registration(rolls[0])["word"] == "contested"
    desk.done(path(rolls[0]) + "/rule", **form(desk.page(path(rolls[0])), second))
    assert (world.registration(rolls[0])["word"], words(station.drain_news())) == ("waiting", {first.id: "waiting"})
    world.pack("CASE0003", 2)
    assert (world.registration(package)["word"], world.registration(package)["proof"]) == ("registered", "ruling")

    opened, members = world.pack("CASE0004", 2)
    unpack = builders.packing(opened, members, action="DELETE", bizStep="unpacking")
    unpack.pop("disposition")
    assert world.captured(builders.document(unpack))["success"]
    claims = {roll: (station.claim(roll, ANNA, level="roll"), two.claim(roll, BEN, level="roll")) for roll in members}
    station.send()
    two.send()
    page = desk.page(path(opened))
    chosen = form(page, claims[members[0]][0], subject=members[0])
    foreign = form(page, claims[members[1]][0], subject=members[0])
    assert desk.post(path(opened) + "/rule", **foreign).status_code == 404
    desk.page("/ops")
    desk.done(path(opened) + "/rule", **chosen)
    assert [world.registration(roll)["word"] for roll in members] == ["registered", "contested"]


def test_O6_who_may_see_and_rule(world, operator, contest, entries):
    """A viewer does neither, a lab neither; one tenant's people do for theirs alone, never between two."""
    package, _, (_, first), _ = contest
    world.running.add_tenant("Discount Film", "retailer", "9521888", gln="9521141000038")
    house, viewer, lab = operator("support"), operator("viewer"), operator("lab")
    fields = form(house.page(path(package)), first)
    for desk in (viewer, lab):
        assert desk.get("/ops/contested").status_code == desk.get(path(package)).status_code == 403
        assert desk.post(path(package) + "/rule", **fields).status_code == 403
    stranger, mine = operator("manager", tenant="Discount Film"), operator("manager", tenant="Corner Photo")
    assert stranger.get(path(package)).status_code == 404
    assert "Nothing waits" in stranger.page("/ops/contested")
    assert stranger.post(path(package) + "/rule", **fields).status_code == 404
    account = world.sql("select account from claim limit 1")[0]["account"]
    assert account not in mine.page(path(package))

    world.sql("update store set retailer = (select id from tenant where name = 'Discount Film') where gln = $1", OTHER)
    page = mine.page(path(package))
    assert ("Somebody of the house rules" in page, "Corner Photo Nord" in page) == (True, False)
    assert mine.post(path(package) + "/rule", **fields).status_code == 403
    forged = house.post(path(package) + "/rule", **{**fields, "csrf": "0" * 32})
    assert forged.status_code == 403
    assert entries("package_decided") == []


NONSENSE = (({"why": ""}, 422), ({"claim": "ST-X/none"}, 404), ({"saw": "0" * 64}, 409), ({"subject": "x"}, 404))


def test_O6_a_ruling_that_makes_no_sense_changes_nothing(world, operator, contest, entries):
    """No reason, nobody's claim, another's facts, something else."""
    package, _, (_, first), _ = contest
    desk = operator("owner")
    fields = form(desk.page(path(package)), first)
    for odd, status in NONSENSE:
        reply = desk.post(path(package) + "/rule", **{**fields, **odd})
        assert reply.status_code == status, (odd, reply.status_code)
    for odd in ("?of=everything", "?days=-1", "?behind=%00", "?behind=AAAA", "?days=99999"):
        assert desk.get("/ops/contested" + odd).status_code == 400, odd
    assert desk.get(path("nothing here")).status_code == 404
    assert entries("package_decided") == []


def test_O6_evidence_tells_proofs_and_never_a_code(world, operator, builders):
    """A code that proves, one that does not, none: told; the code itself stands on no page."""
    package, rolls = world.pack("CASE0005")
    codes = {roll: mint_claim_code(builders.ENTROPY) for roll in rolls[:2]}
    assert world.codes(package, codes).ok
    one, two = world.station(STORE), world.station(OTHER)
    wrong = mint_claim_code(builders.ENTROPY)
    for station, card, code in ((one, ANNA, codes[rolls[0]]), (two, BEN, codes[rolls[1]]), (one, CLEO, wrong)):
        station.claim(package, card, claim_code=code)
        station.send()
    page = operator("support").page(path(package))
    assert ("its claim code" in page, "a code that proves nothing" in page) == (True, True)
    assert not [code for code in (*codes.values(), wrong) if code in page]
