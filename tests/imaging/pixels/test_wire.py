"""A child that was taken over can answer anything; what is not what was asked for is not believed."""

import pytest

from imaging.errors import ScanRefused
from imaging.pixels.limits import Limits
from imaging.pixels.testing import draw_scan, scan_bytes
from imaging.pixels.wire import Made, Refused, believed, decode_answer, encode

LIMITS = Limits()


def replaced(value, **fields):
    """Return a frozen value with other fields."""
    return type(value)(**{name: getattr(value, name) for name in value.__dataclass_fields__} | fields)


@pytest.fixture
def made(darkroom, filed) -> Made:
    derived = darkroom.derive_now(filed(scan_bytes(draw_scan(1, 300, 200), "jpeg")))
    return Made(probe=derived.probe, derived=derived)


def test_an_answer_comes_back_as_it_was_sent(made):
    assert decode_answer(encode(made)) == made
    assert believed(made, LIMITS) is made


@pytest.mark.parametrize(
    "raw", [b"", b"\xc1", b"\x93abc", b"\x81\xa4type\xa4made", encode(Refused(word="", sentence=""))[:-1]]
)
def test_attack_A10_what_is_no_answer_is_not_decoded(raw):
    with pytest.raises(ValueError):
        decode_answer(raw)


@pytest.mark.parametrize(
    "fields",
    [
        {"media": "text/html"},
        {"width": 0},
        {"width": -1},
        {"width": 60_001},
        {"height": 2**40},
        {"bits": 0},
        {"channels": 9},
    ],
)
def test_attack_A10_a_probe_that_cannot_be_is_not_believed(made, fields):
    probe = replaced(made.probe, **fields)

    with pytest.raises(ScanRefused):
        believed(Made(probe=probe, derived=replaced(made.derived, probe=probe)), LIMITS)


@pytest.mark.parametrize(
    "lie",
    ["no tiers", "one tier twice", "another size", "larger than its tier", "a comment", "a page", "a long placeholder"],
)
def test_attack_A10_renditions_that_are_none_are_not_believed(made, lie):
    small, large = made.derived.renditions
    page = b"<html><script>alert(1)</script></html>"
    lies = {
        "no tiers": {"renditions": ()},
        "one tier twice": {"renditions": (small, small)},
        "another size": {"renditions": (replaced(small, width=9), large)},
        "larger than its tier": {"renditions": (replaced(large, tier="256"), large)},
        "a comment": {"renditions": (replaced(small, header=small.header + b"\xff\xfe\x00\x04hi"), large)},
        "a page": {"renditions": (small, replaced(large, header=page, body=page))},
        "a long placeholder": {"placeholder": bytes(2_000)},
    }

    with pytest.raises(ScanRefused):
        believed(Made(probe=made.probe, derived=replaced(made.derived, **lies[lie])), LIMITS)
