"""Makers and retailers forward manifests by EPCIS 2.0 (O18): documents as foreign systems send them, over real HTTP."""

import json
import urllib.request
from pathlib import Path

import msgspec
import pytest
import requests

from photocore.roster import verify_roster

DOCUMENTS = Path(__file__).parent / "documents"


def retail(builders, package, **more):
    return {
        "type": "ObjectEvent",
        "eventTime": "2026-11-20T12:00:00Z",
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "epcList": [builders.link(package)],
        **more,
    }


def test_O18_a_foreign_client_forwards_a_document_and_the_store_knows_the_package(world, station, eventually):
    """urllib alone, no library of ours: POST a document, follow its Location, and the kiosk's roster has it."""
    request = urllib.request.Request(
        f"{world.url}/capture",
        data=(DOCUMENTS / "packed.json").read_bytes(),
        headers={"Authorization": f"Bearer {world.maker}", "Content-Type": "application/ld+json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        assert reply.status == 202
        assert reply.headers["GS1-EPCIS-Version"] == "2.0.0"
        location = reply.headers["Location"]

    job = world.finished(location)
    assert job["success"] is True
    assert job["errors"] == []
    assert job["photo:parked"] == 0

    roster = verify_roster(station.roster().content, station.sign_public)
    (manifest,) = roster.manifests
    assert manifest.package == "(01)09521141012345(21)GOLDP0001"
    assert manifest.rolls == ("(01)09521141012352(21)GOLDR0001", "(01)09521141012352(21)GOLDR0002")
    assert manifest.destination == "9521141000007"
    products = {product.gtin: product for product in roster.products}
    box, roll = products["09521141012345"], products["09521141012352"]
    assert (box.level, box.name, box.detail) == (
        "package",
        "Halide Gold 200, five rolls",
        "135-36 · ISO 200 · C-41",
    )
    assert (roll.level, roll.name, roll.exposures) == ("roll", "Halide Gold 200", 36)


def test_O18_the_whole_document_is_understood_in_both_spellings_and_as_a_bare_list(world, builders):
    """URNs and links name the same piece; an event list without an envelope is taken, too."""
    package, rolls = builders.package_id("BARE0001"), builders.roll_ids("BARE0001")
    assert world.captured([builders.packing(package, rolls)])["success"]
    assert world.captured({"eventList": [builders.packing(package, rolls)]})["success"]
    assert len(world.sql("select * from epcis_event")) == 1
    assert [r["roll"] for r in world.sql("select roll from manifest_roll order by place")] == rolls


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"eventTimeZoneOffset": None}, "eventTimeZoneOffset"),
        ({"eventTime": "yesterday"}, "eventTime"),
        ({"eventTime": "2026-13-45T00:00:00Z"}, "eventTime"),
        ({"action": "PUT"}, "action"),
        ({"bizStep": "packed"}, "bizStep"),
        ({"disposition": "closed"}, "disposition"),
        ({"childEPC": []}, "childEPC"),
        ({"childEPCs": []}, "childEPCs"),
        ({"parentID": None}, "parentID"),
        ({"parentID": "not a uri"}, "parentID"),
        ({"readPoint": {"id": "https://id.gs1.org/414/9521141000007", "name": "x"}}, "readPoint"),
        ({"type": "PackEvent"}, "type"),
        ({"ilmd": {}}, "ilmd"),
        ({"type": "ObjectEvent", "parentID": None, "childEPCs": None, "ilmd": {"iso": 200}}, "ilmd"),
        ({"certificationInfo": 7}, "certificationInfo"),
    ],
)
def test_O18_a_document_out_of_the_standards_form_is_refused_whole(lasting_world, builders, change, told):
    """400 with EPCIS's own exception, naming the place; nothing is kept."""
    event = builders.packing(builders.package_id("BAD00001"), builders.roll_ids("BAD00001"), **change)
    reply = lasting_world.capture(builders.document({k: v for k, v in event.items() if v is not None}))

    assert reply.status_code == 400
    assert reply.headers["Content-Type"] == "application/problem+json"
    problem = reply.json()
    assert problem["type"] == "epcisException:ValidationException"
    assert told in problem["detail"]
    assert lasting_world.sql("select * from capture") == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b"42", b'"x"', b"[1]", b"\xff\xfe", b'{"epcisBody":{}}', b"[" * 5000 + b"]" * 5000],
)
def test_O18_nonsense_is_a_problem_and_never_a_fault_of_ours(lasting_world, body):
    """Whatever arrives is hostile: 400 and a sentence."""
    reply = lasting_world.capture(body)
    assert reply.status_code == 400, reply.text
    assert reply.json()["type"] == "epcisException:ValidationException"


def test_O18_too_much_at_once_is_told_before_and_refused_after(world, builders):
    """OPTIONS tells the limits; what exceeds them is 413."""
    options = requests.options(f"{world.url}/capture", timeout=30)
    assert options.status_code == 204
    events = int(options.headers["GS1-EPCIS-Capture-Limit"])
    size = int(options.headers["GS1-EPCIS-Capture-File-Size-Limit"])

    packing = builders.packing(builders.package_id("BIG00001"), builders.roll_ids("BIG00001", 1))
    many = world.capture([packing] * (events + 1))
    large = world.capture(b" " * (size + 1))

    assert (many.status_code, large.status_code) == (413, 413)
    assert many.json()["type"] == "epcisException:CaptureLimitExceededException"


def test_O18_a_tenant_names_its_own_company_prefix_only(world, builders):
    """Another's GTIN anywhere in a document rolls the whole back; with proceed only its own part is kept."""
    foreign_roll = f"(01){builders.gtin('0614141712345')}(21)FOREIGN01"
    good, rolls = builders.package_id("OWN00001"), builders.roll_ids("OWN00001")
    bad = builders.packing(builders.package_id("OWN00002"), [foreign_roll])
    both = builders.document(builders.packing(good, rolls), bad)

    refused = world.captured(both)
    assert refused["success"] is False
    assert refused["errors"][0]["type"] == "epcisException:SecurityException"
    assert refused["errors"][0]["eventIndex"] == 1
    assert world.sql("select * from manifest") == [] == world.sql("select * from epcis_event")

    proceeded = world.captured(both, behaviour="proceed")
    assert proceeded["success"] is False
    assert len(proceeded["errors"]) == 1
    assert [row["package"] for row in world.sql("select * from manifest")] == [good]


def test_O18_a_serial_under_eight_symbols_names_no_piece(world, builders):
    """It is a batch or a running number; two stores may hold the same."""
    event = builders.packing(builders.package_id("SHORT001"), builders.roll_ids("SHORT001"))
    event["childEPCs"][0] = event["childEPCs"][0].rpartition("/")[0] + "/R1"
    job = world.captured(builders.document(event))
    assert job["success"] is False
    assert "8 symbols" in job["errors"][0]["detail"]


def test_O11_the_same_manifest_again_is_a_duplicate_and_more_rolls_before_a_claim_are_accepted(world, builders):
    """Sent again it changes nothing, with or without another time; a late roll joins its package."""
    package, rolls = builders.package_id("AGAIN001"), builders.roll_ids("AGAIN001", 4)
    for more in ({}, {}, {"eventTime": "2026-11-21T08:00:00Z"}):
        assert world.captured(builders.document(builders.packing(package, rolls[:3], **more)))["success"]
    assert len(world.sql("select * from manifest_roll")) == 3

    assert world.captured(builders.document(builders.packing(package, rolls[3:])))["photo:parked"] == 0
    assert [r["roll"] for r in world.sql("select roll from manifest_roll order by place")] == rolls


def test_O11_rolls_added_after_a_claim_are_parked_and_shown_to_their_tenant_only(world, station, builders):
    """Somebody registered what was known then: a person must look, and nothing is lost."""
    package, _ = world.pack("LATE0001")
    station.claim(package)
    station.send()

    job = world.captured(builders.document(builders.packing(package, builders.roll_ids("LATEXX01", 1))))

    assert (job["success"], job["photo:parked"]) == (True, 1)
    (parked,) = world.get("/parked").json()
    assert "registered already" in parked["reason"]
    assert parked["event"]["parentID"].endswith("LATE0001")
    assert world.get("/parked", key=world.retailer).json() == []
    assert len(world.sql("select * from manifest_roll")) == 3


def test_O11_a_retailer_against_the_makers_own_list_is_parked(world, builders):
    """The maker knows what it packed; a retailer that was lent its prefix may repeat, never contradict."""
    lent = world.running.add_tenant("Repacker", "retailer", "9521141")
    package, rolls = world.pack("AGAINST1")

    same = world.captured(builders.document(builders.packing(package, rolls)), key=lent)
    other = world.captured(builders.document(builders.packing(package, builders.roll_ids("OTHER001"))), key=lent)

    assert (same["photo:parked"], other["photo:parked"]) == (0, 1)
    assert "maker" in world.get("/parked", key=lent).json()[0]["reason"]


def test_O11_one_roll_is_in_one_package(world, builders):
    """A roll that is packed twice is parked, and the half of the second package is not written."""
    _, rolls = world.pack("TWICE001")
    second = builders.package_id("TWICE002")
    fresh = builders.roll_ids("TWICE002", 1)

    job = world.captured(builders.document(builders.packing(second, [*fresh, rolls[0]])))

    assert job["photo:parked"] == 1
    assert world.sql("select * from manifest where package = $1", second) == []
    assert world.sql("select * from manifest_roll where roll = $1", fresh[0]) == []


def test_O18_an_event_id_used_for_something_else_is_parked(world, builders):
    """Two events under one ID cannot both be meant."""
    id_ = "urn:uuid:00000000-0000-4000-8000-000000000001"
    one = builders.packing(builders.package_id("IDID0001"), builders.roll_ids("IDID0001"), eventID=id_)
    two = builders.packing(builders.package_id("IDID0002"), builders.roll_ids("IDID0002"), eventID=id_)
    assert world.captured(builders.document(one))["photo:parked"] == 0
    assert world.captured(builders.document(two))["photo:parked"] == 1
    assert len(world.sql("select * from manifest")) == 1


def test_O18_what_has_no_meaning_here_is_kept_and_what_is_declared_wrong_is_parked(world, builders):
    """Sold, shipped, a pallet: kept. An errorDeclaration: a person looks."""
    package, _ = world.pack("KEPT0001")
    sold = retail(builders, package, bizStep="retail_selling", disposition="retail_sold")
    wrong = {
        **sold,
        "errorDeclaration": {"declarationTime": "2026-11-21T08:00:00Z", "reason": "did_not_occur"},
    }
    job = world.captured(builders.document(sold, wrong))
    assert (job["success"], job["photo:parked"]) == (True, 1)
    assert len(world.sql("select * from epcis_event where kind = 'ObjectEvent'")) == 2


def test_O18_a_package_goes_to_the_store_it_was_shipped_to(world, station, builders):
    """Packed for nobody it is in no roster; shipped to a store it is in that store's, later shipped on in the next."""
    package, _ = world.pack("SHIP0001")
    nord = world.station(builders.OTHER_STORE)

    def known(one):
        return [m.package for m in verify_roster(one.roster().content, one.sign_public).manifests]

    def ship(gln, hour):
        to = [{"type": "location", "destination": f"https://id.gs1.org/414/{gln}"}]
        event = retail(builders, package, bizStep="shipping", disposition="in_transit", destinationList=to)
        assert world.captured(builders.document({**event, "eventTime": f"2026-11-20T{hour}:00:00Z"}))["success"]

    assert (known(station), known(nord)) == ([], [])
    ship(builders.STORE, 12)
    assert (known(station), known(nord)) == ([package], [])
    ship(builders.OTHER_STORE, 13)
    assert (known(station), known(nord)) == ([], [package])


def test_O18_a_manifest_for_the_retailer_is_in_all_its_stores(world, station, builders):
    """Sent to the retailer's own GLN, or written by the retailer itself, every store of it knows the package."""
    place = {"id": "urn:epc:id:sgln:9521141.00002.0"}
    package, _ = world.pack("CHAIN001", bizLocation=place)
    nord = world.station(builders.OTHER_STORE)
    for one in (station, nord):
        assert [m.package for m in verify_roster(one.roster().content, one.sign_public).manifests] == [package]


def test_O18_a_recalled_package_is_revoked_in_the_roster(world, station, builders):
    """A recall reaches the kiosks with the next roster."""
    where = {"bizLocation": {"id": f"https://id.gs1.org/414/{builders.STORE}"}}
    package, _ = world.pack("RECALL01", **where)
    assert world.captured(builders.document(retail(builders, package, disposition="recalled")))["success"]
    roster = verify_roster(station.roster().content, station.sign_public)
    assert roster.revoked == (package,)


def test_attack_A18_captures_of_another_tenant_are_not_there(world, builders):
    """Another's job is 404, as one that never was; the list holds one's own only."""
    mine = world.capture(
        builders.document(builders.packing(builders.package_id("MINE0001"), builders.roll_ids("X" * 8)))
    )
    location = mine.headers["Location"]
    world.finished(location)

    assert world.get(location, key=world.retailer).status_code == 404
    assert world.get("/capture", key=world.retailer).json() == []
    assert [job["captureID"] for job in world.get("/capture").json()] == [location.rpartition("/")[2]]


def test_O18_captures_are_listed_page_by_page(world, builders):
    """Link rel=next leads through all of them, in the order they came."""
    made = []
    for n in range(3):
        world.clock.advance(1)
        event = builders.packing(builders.package_id(f"PAGE000{n}"), builders.roll_ids(f"PAGE000{n}"))
        made.append(world.capture([event]).headers["Location"].rpartition("/")[2])

    seen, path = [], "/capture?perPage=2"
    while path:
        reply = world.get(path)
        seen += [job["captureID"] for job in reply.json()]
        path = reply.links.get("next", {}).get("url")
    assert seen == made


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer tck_wrong", "Basic eDp5", "Bearer  "])
def test_attack_a_wrong_tenant_key_opens_nothing(world, given):
    """401 with a challenge, before anything is read."""
    for method, path in (("POST", "/capture"), ("GET", "/capture"), ("GET", "/parked"), ("PUT", "/products/1")):
        reply = requests.request(method, world.url + path, headers={"Authorization": given}, timeout=30)
        assert reply.status_code == 401, (method, path)
        assert reply.headers["WWW-Authenticate"].startswith("Bearer")
        assert reply.json()["type"] == "urn:twincheck:problem:unproven"


def test_O18_master_data_of_a_product_is_put_by_its_owner(world, station, builders):
    """PUT /products/{gtin}: own prefix only; the name reaches the roster."""
    place = {"bizLocation": {"id": f"https://id.gs1.org/414/{builders.STORE}"}}
    world.pack("PROD0001", **place)
    facts = {"level": "package", "name": "Halide Fine 100", "format": "120", "iso": 100, "rolls": 3}
    bearer = {"Authorization": f"Bearer {world.maker}"}

    done = requests.put(f"{world.url}/products/{builders.PACKAGE_GTIN}", json=facts, headers=bearer, timeout=30)
    foreign = requests.put(f"{world.url}/products/10614141000415", json=facts, headers=bearer, timeout=30)
    broken = requests.put(
        f"{world.url}/products/{builders.PACKAGE_GTIN}", json={**facts, "isoo": 1}, headers=bearer, timeout=30
    )

    assert (done.status_code, foreign.status_code, broken.status_code) == (204, 404, 400)
    roster = verify_roster(station.roster().content, station.sign_public)
    assert "Halide Fine 100" in {product.name for product in roster.products}


def test_O17_claim_codes_are_taken_from_their_own_tenant_only(world, builders):
    """BOLA: another's package is 404, whether it exists or not; a wrong roll or code is told."""
    package, rolls = world.pack("CODE0001")
    code = "7Q2M9XKD4F8T="  # the check symbol is one of the five extraordinary: none of ours
    from photocore.codes import mint_claim_code

    good = mint_claim_code(builders.ENTROPY)
    assert world.codes(package, {rolls[0]: good}, key=world.retailer).status_code == 404
    assert world.codes(builders.package_id("NEVER001"), {rolls[0]: good}, key=world.retailer).status_code == 404
    assert world.codes(package, {builders.roll_ids("ELSE0001")[0]: good}).status_code == 422
    refused = world.codes(package, {rolls[0]: code})
    assert refused.status_code == 422
    assert code not in refused.text
    assert world.codes(package, {rolls[0]: good.lower()}).status_code == 204
    assert world.codes(package, {rolls[0]: good}).status_code == 204  # the same again is no news
    assert len(world.sql("select * from claim_code")) == 1


def test_O18_a_capture_left_behind_by_a_killed_process_is_carried_out_by_the_next(world, builders, eventually):
    """The document is durable before the 202; whoever polls next runs it."""
    body = json.dumps(
        builders.document(builders.packing(builders.package_id("LEFT0001"), builders.roll_ids("LEFT0001")))
    )
    tenant = world.sql("select id from tenant where kind = 'maker'")[0]["id"]
    world.sql(
        "insert into capture (id, tenant, made_at, behaviour, document)"
        " values ('LEFTBEHIND', $1, now(), 'rollback', $2)",
        tenant,
        body.encode(),
    )
    eventually(lambda: not world.get("/capture/LEFTBEHIND").json()["running"])
    assert len(world.sql("select * from manifest")) == 1


def test_O18_a_poison_document_does_not_hold_the_queue(world, builders, eventually):
    """What fails on our side is tried three times, then shown as ours; the next document is not held up."""
    tenant = world.sql("select id from tenant where kind = 'maker'")[0]["id"]
    world.sql(
        "insert into capture (id, tenant, made_at, behaviour, document) values ('POISON', $1, now(), 'rollback', 'x')",
        tenant,
    )
    world.pack("QUEUE001")
    eventually(lambda: not world.get("/capture/POISON").json()["running"])
    job = world.get("/capture/POISON").json()
    assert job["success"] is False
    assert job["errors"][0]["status"] == 500


def test_O18_a_package_of_fifty_rolls_is_taken_and_one_more_refused(world, builders):
    """The trade's largest brick fits; what cannot be is told."""
    package = builders.package_id("BRICK001")
    job = world.captured([builders.packing(package, builders.roll_ids("BRICK001", 51))])
    assert job["success"] is False
    assert world.captured([builders.packing(package, builders.roll_ids("BRICK001", 50))])["success"]


def test_O18_numbers_and_text_in_documents_survive_as_sent(world, builders):
    """What is kept of an event is what was sent, with its extensions."""
    event = builders.packing(
        builders.package_id("EXTRA001"), builders.roll_ids("EXTRA001"), **{"photo:note": "Grüße, \u2603 \U0001f39e"}
    )
    world.captured([event])
    kept = world.sql("select body::text as body from epcis_event")[0]["body"]
    assert msgspec.json.decode(kept) == event
