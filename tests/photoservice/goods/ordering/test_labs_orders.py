"""Labs read what was handed over, with its manifest, and tell each line's steps; their customers hear of it."""

import base64
import hashlib

import pytest
import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from photocore.signed import Signed, read_signed
from photoservice.ordering.manifests import OrderAddress, OrderManifest


@pytest.fixture
def lab(shop):
    """Ask as the lab: ``lab("GET", path)``."""

    def ask(method, path, said=None, *, key=None):
        headers = {"Authorization": f"Bearer {key or shop.world.lab}"}
        return requests.request(method, shop.world.url + path, json=said, headers=headers, timeout=30)

    return ask


@pytest.fixture
def released(shop, owner):
    """Return an owner, and an order of theirs that went out."""

    def make(serial):
        mine = owner(serial)
        mine.lives()
        shop.credit(mine.home.package)
        order = shop.order(shop.of_plan(mine, person=mine.person, cooling=None))
        assert shop.release() == 1
        return mine, order

    return make


def step(name, key, line=1, **more):
    return {"line": line, "step": name, "at": "2026-11-21T10:00:00+01:00", "key": key, **more}


def test_O20_a_lab_reads_what_is_to_be_made_and_where_it_goes(shop, lab, released):
    mine, order = released("LABS0001")
    waiting = shop.order(shop.wish(mine))
    listed = lab("GET", "/orders?state=released").json()
    assert [one["order"] for one in listed["orders"]] == [order]
    assert listed["orders"][0]["lines"][0] == {
        "number": 1, "item": "cd", "kind": "disc", "quantity": 1, "images": 3, "stage": "released"
    }  # fmt: skip
    told = lab("GET", f"/orders/{order}/manifest").json()
    public = shop.service.keyring.sign.public
    manifest = read_signed("order", Signed(**told["manifest"]), public, OrderManifest)
    address = read_signed("order_address", Signed(**told["address"]), public, OrderAddress)
    assert (manifest.order, address.order, address.address.town) == (order, order, "Bern")
    for path in (f"/orders/{waiting}", f"/orders/{waiting}/manifest", "/orders/O-1", "/orders/none"):
        assert lab("GET", path).status_code == 404
    assert lab("GET", "/orders?state=mine").status_code == 400
    assert lab("GET", "/orders?cursor=%21").status_code == 400
    assert lab("GET", "/orders", key=shop.world.maker).status_code == 403


def test_O20_steps_are_kept_once_in_any_order_and_told_to_the_customer(shop, lab, released):
    mine, order = released("LABS0002")
    path = f"/orders/{order}/steps"
    sent = {"steps": [step("made", "a"), step("making", "b"), step("made", "a"), step("sent", "b")]}
    answers = lab("POST", path, sent).json()["steps"]
    assert [one["verdict"] for one in answers] == ["applied", "applied", "duplicate", "refused"]
    assert shop.look(order).standing.stage == "made"
    assert [one["verdict"] for one in lab("POST", path, sent).json()["steps"]][:3] == ["duplicate"] * 3
    lab("POST", path, {"steps": [step("sent", "c"), step("sent", "d"), step("making", "e", line=9)]})
    assert (shop.look(order).standing.stage, mine.told()[-1]) == ("sent", "order_sent")
    assert mine.told().count("order_sent") == 1
    assert lab("GET", f"/orders/{order}").json()["is_open"] is False
    assert lab("GET", "/orders").json()["orders"] == []
    assert [one["order"] for one in lab("GET", "/orders?state=ended").json()["orders"]] == [order]
    assert lab("GET", f"/orders/{order}/manifest").json()["address"] is None


def test_O20_what_a_lab_refuses_its_customer_may_cancel(shop, lab, released):
    mine, order = released("LABS0003")
    lab("POST", f"/orders/{order}/steps", {"steps": [step("refused", "a", note="scratched")]})
    assert shop.look(order).standing.actions >= {"cancel", "remake"}
    shop.steer(mine, "cancel", order)
    assert (shop.look(order).standing.stage, shop.used(mine.home.package)) == ("cancelled", 0)
    late = lab("POST", f"/orders/{order}/steps", {"steps": [step("made", "b")]}).json()["steps"]
    assert late[0]["verdict"] == "refused"


def test_attack_steps_out_of_form_are_refused_and_keep_nothing(shop, lab, released):
    _, order = released("LABS0004")
    path = f"/orders/{order}/steps"
    bad = [
        {"steps": []},
        {"steps": [step("released", "a")]},
        {"steps": [step("cancelled", "a")]},
        {"steps": [step("made", "no spaces")]},
        {"steps": [step("made", "")]},
        {"steps": [{**step("made", "a"), "at": "2027-12-01T10:00:00+01:00"}]},
        {"steps": [{**step("made", "a"), "at": "2026-11-21"}]},
        {"steps": [step("made", "a", line=-1)]},
        {"steps": [step("made", "a", note="\u0007")]},
        {"steps": [step("made", "a")] * 201},
    ]
    assert {lab("POST", path, one).status_code for one in bad} == {400}
    assert shop.steps(order) == [(1, "released", "")]


def test_attack_who_makes_nothing_of_an_order_learns_nothing_of_it(shop, lab, released):
    """A till's key is no list of customers, and an order that one lab makes is no other lab's any more."""
    mine, order = released("LABS0005")
    till = shop.world.running.add_tenant("Till Keeper", "retailer")
    other = shop.world.running.add_tenant("Other Lab", "lab")
    for path in ("/orders", f"/orders/{order}", f"/orders/{order}/manifest"):
        refused = lab("GET", path, key=till)
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (403, "for-labs"), path
    assert lab("POST", f"/orders/{order}/steps", {"steps": [step("sent", "T1")]}, key=till).status_code == 403

    assert lab("GET", f"/orders/{order}/manifest", key=other).json()["address"]
    lab("POST", f"/orders/{order}/steps", {"steps": [step("refused", "R1")]}, key=other)
    lab("POST", f"/orders/{order}/steps", {"steps": [step("making", "M1")]})
    assert lab("GET", "/orders", key=other).json()["orders"] == []
    assert [one["order"] for one in lab("GET", "/orders").json()["orders"]] == [order]
    for path in (f"/orders/{order}", f"/orders/{order}/manifest"):
        assert (lab("GET", path, key=other).status_code, lab("GET", path).status_code) == (404, 200), path
    taken = {"steps": [step("sent", "S1")]}
    assert lab("POST", f"/orders/{order}/steps", taken, key=other).status_code == 404
    records = shop.world.sql("select about from people.record where kind = 'address_told' and person = $1", mine.person)
    assert [row["about"].count(order) for row in records] == [1, 1]


def test_O20_a_lab_verifies_what_it_got_by_the_key_anybody_may_ask_for(shop, lab, released):
    """By another program's means: nothing of ours but the answers."""
    _, order = released("LABS0006")
    told = lab("GET", f"/orders/{order}/manifest").json()
    key = requests.get(shop.world.url + "/keys", timeout=30).json()
    public = base64.b64decode(key["sign"])
    assert key["key"] == hashlib.sha256(public).hexdigest()[:16] == told["manifest"]["key"]
    for name, domain in (("manifest", b"order"), ("address", b"order_address")):
        text, signature = told[name]["text"].encode(), base64.b64decode(told[name]["sig"])
        said = b"twincheck " + domain + b" v1\0"
        Ed25519PublicKey.from_public_bytes(public).verify(signature, hashlib.sha256(said + text).digest())
        with pytest.raises(InvalidSignature):
            Ed25519PublicKey.from_public_bytes(public).verify(signature, hashlib.sha256(said + text + b" ").digest())
