"""A source that is set up wrong is found before its first sale is lost."""

import msgspec
import pytest

from pos_bridge import fixtures
from pos_bridge.adapters.setup import troubles_of
from pos_bridge.settings import SourceSettings

STORE = "9521141000007"


@pytest.mark.parametrize("name", sorted(fixtures.sources()))
def test_K5_the_days_sources_are_set_up_well(name):
    """Nothing is odd about the sources of the fixtures and the demo."""
    assert troubles_of(fixtures.sources()[name]) == ()


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("shopify", {"zone": "Europe/Nowhere"}, "zone"),
        ("shopify", {"zone": "../etc"}, "zone"),
        ("shopify", {"secrets": ()}, "neither call nor"),
        ("shopify", {"every_s": 60.0, "token": ""}, "url, token"),
        ("shopify", {"options": {"gtin_fron": "sku"}}, "gtin_fron"),
        ("shopify", {"options": {"gtin_from": "barcode"}}, "sku, variants, property"),
        ("shopify", {"options": {"variants": {"1": 2}}}, "options.variants"),
        ("shopify", {"options": {"customer_from": "tag:"}}, "attribute:, tag:"),
        ("shopify", {"options": {"customer_from": 7}}, "attribute:, tag:"),
        ("shopify", {"options": {"first_days": "2"}}, "first_days"),
        ("square", {"url": ""}, "signs the address"),
        ("square", {"token": ""}, "hold no lines"),
        ("square", {"stores": {}}, "one to ten"),
        ("square", {"options": {"till_from": "name"}}, "device, location"),
        ("standard", {"secrets": ()}, "none, so no message"),
        ("standard", {"secrets": ("whsec_c2hvcnQ=",)}, "number 1 is no secret"),
        ("standard", {"secrets": ("whpk_%%%",)}, "number 1 is no public key"),
        ("odoo", {"every_s": None}, "calls nobody"),
        ("odoo", {"options": {"customer_from": "email"}}, "barcode, loyalty"),
    ],
)
def test_K5_what_is_odd_is_said_in_one_sentence(kind, changes, said):
    """Each slip is named by its place in till.toml, and no secret with it."""
    source = msgspec.structs.replace(fixtures.sources()[kind], **changes)

    found = troubles_of(source)

    assert len(found) == 1
    assert said in found[0]
    assert not any(secret and secret in found[0] for secret in (*source.secrets, source.token))


def test_K5_kinds_of_files_are_looked_at_elsewhere():
    """Folders and files have their own lines in the doctor."""
    assert troubles_of(SourceSettings(name="poslog", kind="poslog", store=STORE, zone="x")) == ()
