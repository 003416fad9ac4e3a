"""Whose messages are taken: published vectors, an independent library, and everything that is not genuine."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks.webhooks import Webhook

from pos_bridge import fixtures
from pos_bridge.adapters import ADAPTERS, kept_headers
from pos_bridge.errors import NotGenuine
from pos_bridge.settings import SourceSettings
from pos_bridge.virtual.shops import VirtualSender, VirtualShopify, VirtualSquare

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STORE = "9521141000007"
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def source(kind: str, *secrets: str, url: str = "") -> SourceSettings:
    return SourceSettings(name=kind, kind=kind, store=STORE, secrets=secrets, url=url)


def test_K5_the_published_vector_of_standard_webhooks_is_genuine():
    """The message that the specification signs is taken, and known by its ID."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    then = datetime.fromtimestamp(1614265330, UTC)

    key = ADAPTERS["standard"].verify(b'{"test": 2432232314}', headers, source("standard", WHSEC), then)

    assert key == "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_K5_what_the_independent_library_signs_is_taken_and_what_our_sender_signs_it_takes():
    """``standardwebhooks`` and we agree in both directions."""
    body = fixtures.load("standard", "sale-with-serial.json")
    signed = Webhook(WHSEC).sign("msg_1", NOW, body.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW.timestamp())), "webhook-signature": signed}
    assert ADAPTERS["standard"].verify(body, headers, source("standard", WHSEC), NOW) == "msg_1"

    wall = datetime.now(UTC)
    request = VirtualSender(secret=WHSEC).deliver("http://x", body, name="msg_2", at=wall)
    assert Webhook(WHSEC).verify(body, request.headers)["type"] == "sale.completed"


def test_K5_a_sender_may_sign_with_its_own_key_and_with_several_at_once():
    """``v1a``: Ed25519 by the sender's private key; other signatures beside it do no harm."""
    private = Ed25519PrivateKey.generate()
    public = "whpk_" + base64.b64encode(private.public_key().public_bytes_raw()).decode()
    body, stamp = b'{"type":"x"}', str(int(NOW.timestamp()))
    signature = base64.b64encode(private.sign(f"msg_1.{stamp}.".encode() + body)).decode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,AAAA v2,new v1a,%%% v1a,{signature}",
    }

    assert ADAPTERS["standard"].verify(body, headers, source("standard", WHSEC, public), NOW) == "msg_1"
    with pytest.raises(NotGenuine):
        ADAPTERS["standard"].verify(body + b" ", headers, source("standard", WHSEC, public), NOW)
    with pytest.raises(NotGenuine):
        ADAPTERS["standard"].verify(body, headers, source("standard", WHSEC), NOW)


def test_K5_old_and_early_messages_are_refused_at_five_minutes():
    """A message is good five minutes either way, and not a second longer."""
    body = b"{}"
    request = VirtualSender(secret=WHSEC).deliver("http://x", body, name="msg_1", at=NOW)
    adapter, ours = ADAPTERS["standard"], source("standard", WHSEC)

    for off in (-300, 300):
        assert adapter.verify(body, request.headers, ours, NOW + timedelta(seconds=off)) == "msg_1"
    for off in (-301, 301, 86_400):
        with pytest.raises(NotGenuine):
            adapter.verify(body, request.headers, ours, NOW + timedelta(seconds=off))


def test_K5_vectors_of_square_and_shopify_hold():
    """The rules of research/standards.md 11, computed there by other code, give the same signatures."""
    body = b'{"hello":"world"}'
    shopify = {
        "x-shopify-hmac-sha256": "lKwOczI1TtKJsEXnCxx9TBMNBOHvuhU848A7Sa64ia8=",
        "x-shopify-webhook-id": "w-1",
    }
    assert ADAPTERS["shopify"].verify(body, shopify, source("shopify", "asdf1234"), NOW) == "w-1"

    square = source("square", "asdf1234", url="https://example.com/hook")
    signed = {"x-square-hmacsha256-signature": "pscZG80ZlVoHZRTwUTbVUKZ9hgX3R2dhTf733QdyeHs="}
    with pytest.raises(NotGenuine, match="event_id"):  # genuine, and yet without a name
        ADAPTERS["square"].verify(body, signed, square, NOW)


def test_K5_a_secret_is_changed_without_losing_a_message():
    """While both are listed, what the old and what the new secret signed is taken; afterwards only the new one's."""
    body = fixtures.load("shopify", "refund.json")
    old = VirtualShopify([], token="t", secret="old").deliver("http://x", "refunds/create", body, webhook="w-1")
    new = VirtualShopify([], token="t", secret="new").deliver("http://x", "refunds/create", body, webhook="w-2")
    adapter = ADAPTERS["shopify"]

    assert [adapter.verify(body, one.headers, source("shopify", "new", "old"), NOW) for one in (old, new)] == [
        "w-1",
        "w-2",
    ]
    assert adapter.verify(body, new.headers, source("shopify", "new"), NOW) == "w-2"
    with pytest.raises(NotGenuine):
        adapter.verify(body, old.headers, source("shopify", "new"), NOW)


def test_K5_square_signs_the_address_too():
    """An event for another address, or at another address, is not ours."""
    body = fixtures.load("square", "event-payment-updated.json")
    request = VirtualSquare([], [], [], token="t", key="k").deliver("https://a.example/in/square", body)
    adapter = ADAPTERS["square"]

    name = adapter.verify(body, request.headers, source("square", "k", url="https://a.example/in/square"), NOW)

    assert name == "13b867cf-db3d-4b1c-90b6-2f32a9d70001"
    for url in ("https://a.example/in/square/", "https://b.example/in/square", ""):
        with pytest.raises(NotGenuine):
            adapter.verify(body, request.headers, source("square", "k", url=url), NOW)


@pytest.mark.parametrize("kind", ["shopify", "square", "standard"])
def test_K5_forged_messages_are_refused(kind):
    """No signature, another's, one changed byte, no secret set, an empty secret, letters that are none: all refused."""
    body = fixtures.load(kind, fixtures.names(kind)[0])
    senders = {
        "shopify": lambda: VirtualShopify([], token="t", secret="k").deliver("http://x", "t", body, webhook="w"),
        "square": lambda: VirtualSquare([], [], [], token="t", key="k").deliver("http://x", body),
        "standard": lambda: VirtualSender(secret=WHSEC).deliver("http://x", body, name="m", at=NOW),
    }
    headers = senders[kind]().headers
    secret = WHSEC if kind == "standard" else "k"
    adapter, ours = ADAPTERS[kind], source(kind, secret, url="http://x")
    signature = next(name for name in headers if "hmac" in name or "signature" in name)

    forged = [
        (body, {**headers, signature: ""}, ours),
        (body, {**headers, signature: "AAAA"}, ours),
        (body, {**headers, signature: "v1,\N{SNOWMAN} \ud800"}, ours),
        (body, {name: value for name, value in headers.items() if name != signature}, ours),
        (body[:-2] + b" }", headers, ours),
        (body, headers, source(kind, url="http://x")),
        (body, headers, source(kind, "", "whsec_", "whpk_", "whpk_AAAA", url="http://x")),
        (body, headers, source(kind, "other", url="http://x")),
    ]

    for text, given, settings in forged:
        with pytest.raises(NotGenuine):
            adapter.verify(text, given, settings, NOW)


@pytest.mark.parametrize("name", ["", "a.b", "x" * 161, "tab\tin", "emoji\N{SNOWMAN}"])
def test_K5_a_message_without_a_name_that_can_be_kept_is_refused(name):
    """A standard message's ID is signed, and must be one; with a full stop it could be read in two ways."""
    request = VirtualSender(secret=WHSEC).deliver("http://x", b"{}", name=name, at=NOW)

    with pytest.raises(NotGenuine):
        ADAPTERS["standard"].verify(b"{}", request.headers, source("standard", WHSEC), NOW)


def test_K5_nobody_calls_for_odoo():
    """Odoo is only asked; whatever comes in its name is refused."""
    with pytest.raises(NotGenuine):
        ADAPTERS["odoo"].verify(b"{}", {}, source("odoo", "k"), NOW)


def test_K5_of_the_headers_only_what_is_no_secret_is_kept():
    """Signatures and authorizations are not kept with a message."""
    came = {"x-shopify-hmac-sha256": "s", "x-shopify-event-id": "e", "authorization": "Bearer s", "cookie": "s"}

    assert kept_headers("shopify", came) == {"x-shopify-event-id": "e"}
    assert kept_headers("unknown", came) == {}
