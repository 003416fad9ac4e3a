"""The door for programs: messages are proven, kept and answered; nobody else gets in, under no other name."""

import asyncio
import dataclasses
import json
import socket
import time

import pytest
import requests

from photocore.errors import SettingsError
from pos_bridge.fixtures import load
from pos_bridge.messages import MOST_BYTES, RawMessage
from pos_bridge.settings import DoorSettings
from pos_bridge.testing import DOOR_KEY, BridgeBench, package_id, signed
from pos_bridge.threads import StandingBack
from pos_bridge.web.keeping import Keeper
from pos_bridge.web.taking import taking
from pos_bridge.wiring import bind_door
from sync.errors import JournalDown

BODY = load("standard", "sale-of-two.json")


def post(url, name="shop", body=BODY, **headers):
    return requests.post(f"{url}/in/{name}", data=body, headers=headers, timeout=30)


def genuine(message, body=BODY):
    return signed(body, message=message, at=int(time.time()))


def test_K5_a_message_is_kept_before_it_is_answered_and_told_again_it_is_the_same(served):
    """Two deliveries of one message are answered 200 and kept once."""
    answers = [post(served.url, **genuine("twice")).status_code for _ in range(2)]
    assert answers == [200, 200]
    kept = [one.message for one in served.opened.ledger.messages("shop") if one.message.key == "twice"]
    assert [message.body for message in kept] == [BODY]
    assert all("signature" not in name for message in kept for name in message.headers)


@pytest.mark.parametrize(
    "spoil",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-timestamp": "1"},
        {"webhook-id": "another"},
    ],
    ids=["wrong", "none", "old", "other-id"],
)
def test_K5_a_forged_message_is_told_401_and_never_what_was_wrong(served, spoil):
    """Whatever is not right with a signature, the answer is one and the same, and nothing is kept."""
    before = served.opened.ledger.figures()
    answer = post(served.url, **{**genuine("forged"), **spoil})
    plain = post(served.url)
    assert (answer.status_code, answer.content) == (401, plain.content)
    assert answer.headers["content-type"] == "application/problem+json"
    after = served.opened.ledger.figures()
    assert after.unread + after.read + after.refused == before.unread + before.read + before.refused


def test_K5_an_unknown_source_is_404_and_a_body_too_long_413(served):
    """A body is bounded whether its length is said or not."""
    assert post(served.url, "nobody", **genuine("m")).status_code == 404
    long = b"x" * (MOST_BYTES + 1)
    assert post(served.url, body=long, **genuine("long", long)).status_code == 413
    assert post(served.url, body=iter([long]), **genuine("streamed", long)).status_code == 413


def test_K5_messages_are_posted_and_every_answer_there_is_a_problem_with_its_policy(served):
    """What is no message is told so in the door's own words; a name may end in a slash, and holds no further one."""
    looked = requests.get(f"{served.url}/in/shop", headers={"accept": "text/html"}, timeout=30)
    assert (looked.status_code, looked.headers["allow"], looked.json()["reason"]) == (405, "POST", "method-not-allowed")
    assert looked.headers["content-security-policy"].startswith("default-src 'n")
    assert (looked.headers["cache-control"], looked.headers["x-content-type-options"]) == ("no-store", "nosniff")
    answers = [post(served.url, name, **genuine("slash")).status_code for name in ("shop/", "shop/x", "", "x" * 900)]
    assert answers == [200, 404, 404, 404]


def test_K5_a_sender_that_goes_away_in_the_middle_leaves_nothing(served):
    """Half a message is no message; the door goes on."""
    host, port = served.url.removeprefix("http://").split(":")
    before = len(served.opened.ledger.messages("shop"))
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(f"POST /in/shop HTTP/1.1\r\nhost: x\r\ncontent-length: {len(BODY)}\r\n\r\n".encode() + BODY[:9])
    assert post(served.url, **genuine("after-half")).status_code == 200
    assert len(served.opened.ledger.messages("shop")) == before + 1


def test_K5_while_nothing_can_be_kept_the_sender_is_asked_to_come_again(tmp_path):
    """A ledger that is down is told 503 with Retry-After: the message is nobody's yet."""
    with BridgeBench(folder=tmp_path / "station").served() as served:
        served.opened.ledger.close()
        answer = post(served.url, **genuine("later"))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert requests.get(f"{served.url}/light", timeout=30).json()["is_kept"] is False


async def test_K5_messages_that_come_at_once_are_kept_in_few_commits():
    """Sixty senders wait for the disk together, and each is answered after its own message is durable."""
    batches, kept = [], []

    def keep(messages):
        batches.append(len(messages))
        kept.extend(message.key for message in messages)

    keeper = Keeper(keep)

    async def send(key):
        await keeper.keep(_raw(key))
        return key in kept

    assert all(await asyncio.gather(*(send(str(number)) for number in range(60))))
    assert (sum(batches), len(batches)) == (60, 2) or len(batches) < 10


async def test_K5_a_commit_that_fails_fails_everybody_in_it_and_nobody_behind():
    """Whoever was in the failed commit comes again; the next commit is another."""
    is_down = [True]

    def keep(_messages):
        if is_down.pop() if is_down else False:
            raise JournalDown("the disk is full")

    keeper = Keeper(keep)
    told = await asyncio.gather(*(keeper.keep(_raw(str(number))) for number in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [JournalDown] * 3
    await keeper.keep(_raw("after"))


async def test_K5_who_reads_messages_is_woken_once_a_commit():
    """Not before it is durable, and not once for each of a hundred messages."""
    deeds = []
    keeper = Keeper(lambda messages: deeds.append(len(messages)), lambda: deeds.append("woken"))
    await asyncio.gather(*(keeper.keep(_raw(str(number))) for number in range(60)))
    assert deeds[1::2] == ["woken"] * (len(deeds) // 2)
    assert sum(deeds[::2]) == 60
    assert len(deeds) < 20


async def test_K5_where_many_come_at_once_a_commit_waits_a_moment_for_them_and_a_lone_sender_for_nobody():
    """Twelve senders, each again after its answer, share commits; afterwards one alone has each for itself."""
    batches = []
    keeper = Keeper(lambda messages: batches.append(len(messages)))

    async def send(name, times):
        for number in range(times):
            await keeper.keep(_raw(f"{name}-{number}"))

    await asyncio.gather(*(send(name, 20) for name in range(12)))
    assert sum(batches) == 240
    assert len(batches) <= 120
    batches.clear()
    await send("alone", 5)
    assert batches == [1] * 5


async def test_K5_a_fault_of_ours_is_told_as_one_and_nothing_of_it(served):
    """The sender comes again; what went wrong is in the log alone."""

    class Faulty:
        def verify(self, *_):
            raise RuntimeError("a secret")

    said = []

    async def receive():
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message):
        said.append(message)

    bridge = dataclasses.replace(served.opened.bridge, adapters={"standard": Faulty()})
    scope = {"type": "http", "method": "POST", "path": "/in/shop", "headers": []}
    await taking(None, bridge, Keeper(len))(scope, receive, send)
    assert (said[0]["status"], json.loads(said[1]["body"])["reason"]) == (500, "internal")
    assert b"secret" not in said[1]["body"]


def _raw(key):
    from datetime import UTC, datetime

    return RawMessage(source="s", key=key, received_at=datetime.now(UTC), body=b"{}", headers={})


def tell(url, sightings, key=DOOR_KEY):
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return requests.post(f"{url}/sightings", json={"sightings": sightings}, headers=headers, timeout=30).status_code


def test_K5_a_kiosk_tells_what_it_saw_once_however_often_it_says_so(served):
    """A sighting is known by its ID; who shows no key, or another, tells nothing."""
    seen = {"id": "kiosk-1", "at": "2026-11-22T10:00:00+00:00", "via": "kiosk", "lane": None}
    seen |= {"item": str(package_id(11)), "gtin": None}
    before = served.opened.ledger.figures().sightings
    assert [tell(served.url, [seen]) for _ in range(3)] == [200, 200, 200]
    assert served.opened.ledger.figures().sightings == before + 1
    assert [tell(served.url, [seen], key) for key in ("", "wrong", "ä")] == [401, 401, 401]
    assert tell(served.url, [seen | {"via": "tee", "lane": "1"}]) == 400
    assert tell(served.url, [seen | {"id": 7}]) == 400
    for never in ("9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00", "2026-11-22T10:00:00"):
        assert tell(served.url, [seen | {"id": "kiosk-2", "at": never}]) == 400


def test_K5_pages_answer_under_the_doors_own_names_alone(served):
    """A foreign name that was pointed at this machine gets no page; webhooks come under any."""

    def ask(path, **headers):
        return requests.get(served.url + path, headers=headers, timeout=30).status_code

    assert ask("/lane/1", host="evil.example") == 421
    assert ask("/light", host="evil.example:8490") == 421
    assert ask("/lane/1", host="localhost:1") == 200
    assert post(served.url, **genuine("tunnel"), host="till.shop.example").status_code == 200


def test_K5_what_changes_something_comes_from_our_own_page(served):
    """A form that another site sends is refused before anybody looks at it."""
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
    ):
        answer = requests.post(f"{served.url}/lane/1/scan", data={"text": "x"}, headers=headers, timeout=30)
        assert (answer.status_code, answer.json()["reason"]) == (403, "from-elsewhere")


def test_K5_a_websocket_from_another_site_is_not_opened(served):
    """A page elsewhere cannot listen to the store's scanners through its visitor's browser."""
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    address = served.url.replace("http", "ws") + "/upos/events"
    with pytest.raises(InvalidStatus) as refused, connect(address, origin="https://evil.example"):
        pass
    assert refused.value.response.status_code == 403


def test_K5_every_answer_bears_a_policy(served):
    """Pages load nothing from elsewhere; problems load nothing at all."""
    page = requests.get(f"{served.url}/lane/1", timeout=30).headers
    assert "script-src 'self'" in page["content-security-policy"]
    assert "unsafe" not in page["content-security-policy"]
    assert (page["cache-control"], page["x-content-type-options"]) == ("no-store", "nosniff")
    cookie = page["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert requests.get(f"{served.url}/nix", timeout=30).headers["content-security-policy"].startswith("default-src 'n")


def test_K5_the_numbers_are_for_this_machine_or_for_who_has_the_key(served):
    """What comes through a proxy is from elsewhere, whatever its socket says."""

    def ask(**headers):
        return requests.get(f"{served.url}/metrics", headers=headers, timeout=30)

    assert "twincheck_till_durable 1" in ask().text.splitlines()
    far = {"x-forwarded-for": "203.0.113.9"}
    assert ask(**far).status_code == 401
    assert ask(**far, authorization=f"Bearer {DOOR_KEY}").status_code == 200


def test_K5_no_page_reads_the_numbers_by_pointing_its_own_name_at_this_machine(served):
    """Such a page comes from this machine, so its name must be ours; who has the key may use any."""

    def ask(host, **headers):
        return requests.get(f"{served.url}/metrics", headers={"host": host, **headers}, timeout=30).status_code

    assert [ask("evil.example"), ask("localhost:8490.evil.example"), ask("localhost:8490")] == [421, 421, 200]
    assert ask("evil.example", authorization="Bearer guessed") == 401
    assert ask("bridge.lan", authorization=f"Bearer {DOOR_KEY}") == 200


def test_K5_off_loopback_the_door_needs_a_certificate():
    """Badges and PINs never go over plain HTTP through the store's network."""
    for wrong in (DoorSettings(host="0.0.0.0", port=0), DoorSettings(certificate="a.pem")):
        with pytest.raises(SettingsError, match="certificate"):
            bind_door(wrong)


def test_K5_reading_stands_back_while_messages_come_and_goes_on_all_the_same():
    """Nothing new: at once. A door that never rests: after a bounded number of looks."""
    looks = []
    busy = StandingBack(lambda: looks.append(1) or len(looks))
    busy()
    assert len(looks) == StandingBack.LONGEST
    looks.clear()
    quiet = StandingBack(lambda: looks.append(1) or 7)
    quiet()
    assert len(looks) == 2
    quiet()
    assert len(looks) == 3
