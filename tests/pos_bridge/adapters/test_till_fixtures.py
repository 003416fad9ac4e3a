"""Fixtures, published schema and pages: what one says, the others say too."""

import base64
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocore.seams import HttpResponse
from pos_bridge import fixtures
from pos_bridge.adapters import ADAPTERS, POLLERS
from pos_bridge.adapters.standard import schema
from pos_bridge.errors import MessageUnreadable
from pos_bridge.messages import RawMessage
from pos_bridge.virtual.shops import VirtualOdoo

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "till"
KINDS = ("shopify", "square", "standard", "odoo")
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", KINDS)
def test_K5_fixtures_say_what_they_were_built_from(kind):
    """Each is JSON, can be loaded by its name, and the note beside says that none was recorded."""
    note = ROOT / "pos_bridge" / "fixtures" / kind / "README.md"

    assert "none was recorded" in note.read_text(encoding="utf-8")
    assert len(fixtures.names(kind)) >= 8
    assert all(json.loads(fixtures.load(kind, name)) for name in fixtures.names(kind))


def test_K5_what_is_no_fixture_is_said():
    """A wrong kind or name is a LookupError; no path leads out of the folder."""
    for kind, name in (("shopify", "none.json"), ("nokind", "x"), ("shopify", "../till.toml"), ("..", "day.md")):
        with pytest.raises(LookupError):
            fixtures.load(kind, name)


def test_K5_the_odoo_messages_are_those_of_the_virtual_odoo():
    """What the poller keeps of the virtual database is what lies there as fixtures, byte for byte as JSON."""

    class Direct:
        def exchange(self, request) -> HttpResponse:
            return VirtualOdoo(fixtures.backend("odoo", "tables"), key="odoo-demo-key").answer(request)

    page = POLLERS["odoo"].fetch(fixtures.sources()["odoo"], "", Direct(), NOW)

    kept = {json.dumps(json.loads(message.body)) for message in page.messages}
    assert kept == {json.dumps(json.loads(fixtures.load("odoo", name))) for name in fixtures.names("odoo")}


def test_K5_the_published_schema_is_the_one_we_read_by():
    """docs/till/sale.schema.json is what the code says; an independent validator takes every fixture by it."""
    published = json.loads((PAGES / "sale.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(published)

    assert published == schema()
    for name in fixtures.names("standard"):
        validator.validate(json.loads(fixtures.load("standard", name)))


@settings(max_examples=80, deadline=None)
@given(draw=st.data())
def test_K5_what_the_published_schema_refuses_we_refuse(draw):
    """Whoever keeps to the schema is understood; what an independent validator refuses by it, we do not take either."""
    message = json.loads(fixtures.load("standard", draw.draw(st.sampled_from(fixtures.names("standard")))))
    record = draw.draw(st.sampled_from([message["data"], message["data"]["lines"][0]]))
    field = draw.draw(st.sampled_from([*sorted(record), "unknown"]))
    values = [None, "", "x" * 100, -1, 10**7, 1.5, [], {}, True, "sold", "2026-1-1", "EURO"]
    record[field] = draw.draw(st.sampled_from(values))
    body = json.dumps(message).encode()

    if jsonschema_rs.validator_for(schema()).is_valid(message):
        return
    raw = RawMessage(source="standard", key="k", received_at=NOW, body=body, headers={})
    with pytest.raises(MessageUnreadable):
        ADAPTERS["standard"].read(raw, fixtures.sources()["standard"])


@pytest.mark.parametrize(
    ("page", "key", "before", "kind", "name"),
    [
        ("shopify.md", b"shopify-demo-secret", b"", "shopify", "refund.json"),
        (
            "square.md",
            b"square-demo-key",
            b"https://till.halide.example/in/square",
            "square",
            "event-payment-updated.json",
        ),
        (
            "standard-webhooks.md",
            base64.b64decode("ZGVtby1vbmx5LWRlbW8tb25seS1kZW1v"),
            b"msg_4711.1795172702.",
            "standard",
            "sale-with-serial.json",
        ),
    ],
)
def test_K5_the_worked_examples_are_signed_as_they_stand(page, key, before, kind, name):
    """The signature on the page is that of the fixture it names."""
    signature = base64.b64encode(hmac.digest(key, before + fixtures.load(kind, name), "sha256")).decode()

    assert (PAGES / page).read_text(encoding="utf-8").count(signature) == 2
