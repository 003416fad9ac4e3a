"""Every route of images, asked by everybody: who may see what; all else is the same 404 (O1, O17; DESIGN 5C)."""

from dataclasses import replace
from typing import Any

import pytest
import requests

from photocore.codes import mint_access_code
from photocore.kinds import AccessCodeReplaced, AccessCodeReplacedSecrets


@pytest.fixture
def askers(world, lab, other_lab, owned, scanned):
    """Everybody who may ask, by name."""

    def bearing(bearer=""):
        return replace(lab, bearer=bearer)

    everybody = {
        "nobody": bearing(),
        "junk": bearing("tcv_" + "0" * 64),
        "maker": bearing(world.maker),
        "lab": lab,
        "other lab": other_lab,
        "retailer": bearing(world.retailer),
        "viewer": scanned.view(),
        "other viewer": owned("OTHER001").view(),
        "closed": scanned.view(),
    }
    assert everybody["closed"].ask("DELETE", "/viewings/current").status_code == 204
    return everybody


def routes(paths, image, link) -> dict[str, str]:
    roll = image.roll
    return {
        "roll": paths(roll),
        "frames": paths(roll, "frames"),
        "frame": paths(roll, "frames", image.frame),
        "sidecar": paths(roll, "frames", image.frame, "sidecar.xmp"),
        "original": f"/images/{image.id}/original",
        "256": f"/images/{image.id}/256",
        "2048": f"/images/{image.id}/2048",
        "link": link,
    }


EXPECTED = {
    "nobody": 401,
    "junk": 401,
    "maker": 403,
    "lab": 200,
    "other lab": 404,
    "retailer": 404,
    "viewer": 200,
    "other viewer": 404,
    "closed": 401,
}


def test_O1_every_route_by_every_role(askers, scanned, paths, lab):
    """A lab sees its own, the bearer of the code the roll of their registration; a good address opens to anybody."""
    image = scanned.filed[0]
    link = lab.told(paths(image.roll, "frames", image.frame))["images"][0]["tiers"]["256"]["link"]
    for name, path in routes(paths, image, link).items():
        for role, asker in askers.items():
            replies = [asker.ask("GET", path)]
            if name in ("original", "256", "2048", "link"):
                replies.append(asker.ask("HEAD", path))
            expected = 200 if name == "link" else EXPECTED[role]
            assert {reply.status_code for reply in replies} == {expected}, (name, role, replies[0].text)
            if expected in (403, 404):
                assert replies[0].headers["Content-Type"] == "application/problem+json"
                assert replies[0].headers["Cache-Control"] == "no-store", "a 404 that is kept would be shown to others"
    for role, asker in askers.items():
        reply = asker.get("/rolls")
        told = {"lab": [image.roll], "viewer": [image.roll]}
        if EXPECTED[role] in (200, 404):
            assert [roll["roll"] for roll in reply.json()["rolls"]] == told.get(role, []), role
        else:
            assert reply.status_code == EXPECTED[role], role


def test_O1_what_is_not_theirs_reads_as_what_is_not_there(askers, scanned, paths):
    """Byte for byte, but for the request's ID: nobody learns which rolls, frames or images exist."""
    image = scanned.filed[0]

    def problem(asker: Any, path: str) -> dict[str, Any]:
        reply = asker.get(path)
        return {"status": reply.status_code, **{k: v for k, v in reply.json().items() if k != "request_id"}}

    nowhere = paths(image.roll.replace("SCANNED1", "NOWHERE1"))
    pairs = [
        (paths(image.roll), nowhere),
        (paths(image.roll, "frames"), f"{nowhere}/frames"),
        (paths(image.roll, "frames", "1"), f"{nowhere}/frames/1"),
        (f"/images/{image.id}/original", "/images/IM-0000000000000000/original"),
        (f"/images/{image.id}/256", "/images/IM-0000000000000000/256"),
    ]
    for role in ("other lab", "retailer", "other viewer"):
        for theirs, nobodys in pairs:
            assert problem(askers[role], theirs) == problem(askers[role], nobodys)


def test_O1_two_labs_of_one_roll_learn_nothing_of_each_other(archive, lab, other_lab, scanned, paths):
    """Each sees its own images, counts and words; the owner of the film sees what stands, whoever scanned it."""
    roll = scanned.rolls[0]
    copper = archive.tenant("Copper Lab")
    mine = archive.file(roll, "2", copper, note="our secret", lab="Copper", stock="Gold")
    rival = archive.file(roll, "1", copper, state="rival")

    told = other_lab.told(paths(roll, "frames"))
    assert [(one["image"], one["state"]) for one in told["frames"]] == [(rival.id, "rival"), (mine.id, "standing")]
    summary = other_lab.told(paths(roll))
    assert (summary["images"], summary["rivals"], summary["note"], summary["stock"]) == (1, 1, "our secret", "Gold")
    for text in (other_lab.get(paths(roll)).text, other_lab.get(paths(roll, "frames")).text):
        assert "Silver" not in text
        assert "bent leader" not in text
    assert (lab.told(paths(roll))["images"], lab.told(paths(roll))["rivals"]) == (3, 0)
    assert "Copper" not in lab.get(paths(roll, "frames")).text

    viewer = scanned.view()
    assert [one["frame"] for one in viewer.told(paths(roll, "frames"))["frames"]] == ["00", "1", "2", "12A"]
    assert viewer.told(paths(roll))["images"] == 4
    assert viewer.get(f"/images/{rival.id}/256").status_code == 404
    assert viewer.get(f"/images/{rival.id}/original").status_code == 404


def test_O17_the_owner_is_told_no_secret_of_the_lab(scanned, paths):
    """No tenant, no note, no path of a file, in any answer or header."""
    viewer = scanned.view()
    image = scanned.filed[0]
    for path in ("/rolls", *routes(paths, image, "/rolls").values()):
        reply = viewer.get(path)
        assert reply.status_code == 200
        for secret in ("bent leader", "/mnt", "mnt", "T-", 'Silver Lab"', 'rival"'):
            assert secret not in reply.text.replace('"rivals":null', "") or path.startswith("/images"), (path, secret)
            assert secret not in str(reply.headers), (path, secret)
    told = viewer.told(paths(image.roll))
    assert (told["note"], told["rivals"], told["lab"]) == (None, None, "Silver Lab Mitte")
    assert viewer.told(paths(image.roll, "frames", "1"))["images"][0]["file_name"] is None


@pytest.mark.parametrize("word", ["contested", "withdrawn", "replaced", "expired", "old"])
def test_O17_a_viewing_shows_nothing_once_its_registration_does_not_stand(world, station, lab, scanned, paths, word):
    """Contested: neither lists nor pictures, nor by an address that was given before; voided: the viewing is over."""
    viewer, image = scanned.view(), scanned.filed[0]
    link = viewer.told(paths(image.roll, "frames", "1"))["images"][0]["tiers"]["256"]["link"]
    assert viewer.get(link).status_code == 200
    if word == "contested":
        station.claim(scanned.package, "952114100000000025")
    elif word == "withdrawn":
        station.withdraw(scanned.claim)
    elif word == "replaced":
        body = AccessCodeReplaced(claim=scanned.claim.id, reason="lost")
        station.write(
            body, secrets=AccessCodeReplacedSecrets(access_code=mint_access_code(world.running.service.entropy))
        )
    elif word == "expired":
        world.clock.advance(12 * 3600 + 1)
    elif word == "old":
        world.sql("update access_code set made_at = made_at - interval '181 days'")
    station.send()

    expected = 404 if word == "contested" else 401
    for path in routes(paths, image, paths(image.roll)).values():
        assert viewer.get(path).status_code == expected, (word, path)
    assert viewer.get("/rolls").status_code == (200 if word == "contested" else 401)
    if word == "contested":
        assert viewer.told("/rolls")["rolls"] == []
        assert viewer.get(link).status_code == 404
        assert scanned.view().told("/rolls")["rolls"] == []
    assert lab.get(f"/images/{image.id}/256").status_code == 200


def test_O17_each_roll_of_an_opened_package_is_shown_by_its_own_owner(
    world, station, lab, owned, archive, paths, builders
):
    """Who registered the whole package before it was opened sees the rest of it, and no roll that another contests."""
    mine = owned("OPENED01")
    images = [archive.file(roll, "1", archive.tenant("Silver Lab")) for roll in mine.rolls[:2]]
    opening = builders.packing(mine.package, mine.rolls, action="DELETE", bizStep="unpacking")
    opening.pop("disposition")
    assert world.captured(builders.document(opening))["photo:parked"] == 0
    viewer = mine.view()
    assert [viewer.get(f"/images/{image.id}/256").status_code for image in images] == [200, 200]

    station.claim(mine.rolls[1], "952114100000000025", level="roll")
    station.send()

    assert world.registration(mine.rolls[1])["word"] == "contested"
    for asker in (viewer, mine.view()):
        assert [roll["roll"] for roll in asker.told("/rolls")["rolls"]] == [mine.rolls[0]]
        assert [asker.get(f"/images/{image.id}/256").status_code for image in images] == [200, 404]
        assert asker.get(f"/images/{images[1].id}/original").status_code == 404
        assert asker.get(paths(mine.rolls[1], "frames")).status_code == 404


def test_O17_of_a_customer_who_was_erased_nothing_is_shown(world, scanned, lab):
    """The receipt is still somebody's paper; the pictures are nobody's any more, but the lab's that filed them."""
    viewer, image = scanned.view(), scanned.filed[0]
    assert viewer.get(f"/images/{image.id}/256").status_code == 200
    (claim,) = world.sql("select account from claim where id = $1", scanned.claim.id)
    world.running.do(lambda session: world.running.service.accounts.erase(session, claim["account"]))
    for asker in (viewer, scanned.view()):
        assert asker.told("/rolls")["rolls"] == []
        assert asker.get(f"/images/{image.id}/256").status_code == 404
    seen = requests.post(f"{world.url}/registrations/lookup", json={"access_code": scanned.code}, timeout=30).json()
    assert (seen["word"], seen["rolls"]) == ("registered", 3)
    assert "/i/" not in str(seen["told"])
    assert lab.get(f"/images/{image.id}/256").status_code == 200


def test_O1_a_withdrawn_image_is_nobodys(world, lab, scanned, paths):
    """Not by a list, not by its name, not by an address from before."""
    viewer, image = scanned.view(), scanned.filed[0]
    link = viewer.told(paths(image.roll, "frames", "1"))["images"][0]["tiers"]["2048"]["link"]
    world.sql("update images.image set state = 'withdrawn' where id = $1", image.id)
    for asker in (lab, viewer):
        assert [one["frame"] for one in asker.told(paths(image.roll, "frames"))["frames"]] == ["00", "12A"]
        for path in (link, f"/images/{image.id}/256", f"/images/{image.id}/original", paths(image.roll, "frames", "1")):
            assert asker.get(path).status_code == 404, path


def test_O17_wrong_codes_open_no_viewing_and_are_counted(world, scanned):
    """One 403 for all of them, under the throttle of everybody who shows codes; the token is told once."""
    url = f"{world.url}/viewings"
    for code in (mint_access_code(world.running.service.entropy), "", "x", "0" * 17):
        reply = requests.post(url, json={"access_code": code}, timeout=30)
        assert (reply.status_code, reply.json()["type"]) == (403, "urn:twincheck:problem:access-refused")
    assert world.sql("select count(*) as n from wrong_tries")[0]["n"] > 0
    assert world.sql("select count(*) as n from images.viewing")[0]["n"] == 0
    for _ in range(6):
        requests.post(url, json={"access_code": "0" * 17}, timeout=30)
    refused = requests.post(url, json={"access_code": scanned.code}, timeout=30)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")


def test_O17_a_token_is_kept_as_a_lookup_only_and_is_forgotten(world, scanned):
    """Whoever reads the database finds no token; viewings that are over are dropped."""
    viewer = scanned.view()
    row = world.sql("select * from images.viewing")[0]
    assert viewer.bearer.encode() not in bytes(row["mac"]) + bytes(row["code"])
    assert bytes.fromhex(viewer.bearer[4:]) not in (bytes(row["mac"]), bytes(row["code"]))
    assert "viewings" not in world.sweep()
    world.clock.advance(13 * 3600)
    assert world.sweep()["viewings"] == 1


def test_O17_a_viewing_is_asked_for_in_form(world):
    """What is out of form is said to be, and counts as no wrong try."""
    for body in (b"", b"{}", b"[]", b'{"access_code": 1}', b'{"access_code": "\\ud800"}'):
        headers = {"Content-Type": "application/json"}
        reply = requests.post(f"{world.url}/viewings", data=body, headers=headers, timeout=30)
        assert (reply.status_code, reply.json()["type"]) == (400, "urn:twincheck:problem:malformed"), body
    assert world.sql("select * from wrong_tries") == []
    wrong = requests.post(f"{world.url}/viewings", data=b"x", headers={"Content-Type": "text/plain"}, timeout=30)
    assert wrong.status_code == 415
