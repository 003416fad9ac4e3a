"""The code on the cashier's screen is read back by an independent reader as what it is to charge."""

from datetime import UTC, datetime

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from pos_bridge.orders.store import Issued
from pos_bridge.web.barcodes import bars_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def issued(code):
    form = "ean13" if code.isdigit() else "code128"
    told = {"reference": "1", "minor": 1299, "currency": "EUR", "store": "4012345000009", "about": "", "is_order": True}
    return Issued(number=1, form=form, code=code, order_code=None, issued_at=NOW, expires_at=NOW, **told)


def drawn(code):
    bars, width = bars_of(issued(code))
    line = np.full(width, 255, dtype=np.uint8)
    for bar in bars:
        line[bar.x : bar.x + bar.width] = 0
    return Image.fromarray(np.repeat(np.repeat(line[None, :], 90, axis=0), 3, axis=1))


@pytest.mark.parametrize("code", ["2112345012995", "4006381333931", "0000000000000", "9780201379624"])
def test_S4_an_ean13_is_read_as_its_digits(code):
    """All first digits' patterns come from one table; a scanner reads what was meant."""
    (found,) = zxingcpp.read_barcodes(drawn(code))
    assert (found.text, found.format) == (code, zxingcpp.BarcodeFormat.EAN13)


def test_S4_another_code_is_a_code_128():
    """Letters need the other symbology."""
    (found,) = zxingcpp.read_barcodes(drawn("TCC-7Q2M9K001299A"))
    assert (found.text, found.format) == ("TCC-7Q2M9K001299A", zxingcpp.BarcodeFormat.Code128)
