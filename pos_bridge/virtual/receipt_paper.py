"""The receipt of a virtual till, as ESC/POS: letters, a logo as a picture, feeds and a cut."""

from collections.abc import Sequence
from typing import Final

from pos_bridge.virtual.basket import BasketLine

WIDTH: Final = 42
_INITIALISE: Final = b"\x1b@"
_CENTRE: Final = b"\x1ba\x01"
_LEFT: Final = b"\x1ba\x00"
_BOLD: Final = b"\x1bE\x01"
_LIGHT: Final = b"\x1bE\x00"
_FEED_4: Final = b"\x1bd\x04"
_LOGO_BYTES: Final = 24
_LOGO_ROWS: Final = 24
CUT_WITH_FEED: Final = b"\x1dVB\x00"
CUT_HERE: Final = b"\x1bi"


def receipt_bytes(
    lines: Sequence[BasketLine], *, store: str, till: str, number: str, currency: str, total: int, cut: bytes
) -> bytes:
    """Return a receipt from its first byte to its cut.

    Its logo's dots hold the bytes of cut commands: whoever looks for the cut must read lengths.
    """
    body = b"".join(_row(_title(line), money(line.signed)) for line in lines)
    return b"".join(
        (
            _INITIALISE + _CENTRE + _logo(),
            _text(store) + b"\n" + _LEFT,
            _text(f"Receipt {number}  Till {till}") + b"\n",
            b"-" * WIDTH + b"\n",
            body,
            b"-" * WIDTH + b"\n",
            _BOLD + _row(f"TOTAL {currency}", money(total)) + _LIGHT,
            _FEED_4,
            cut,
        )
    )


def money(minor: int) -> str:
    """Return minor units with a point before the last two digits."""
    sign, units = "-" if minor < 0 else "", abs(minor)
    return f"{sign}{units // 100}.{units % 100:02d}"


def _title(line: BasketLine) -> str:
    word = {"sold": "", "returned": "RETURN ", "voided": "VOID "}[line.kind]
    return f"{word}{f'{line.quantity} x ' if line.quantity > 1 else ''}{line.title}"


def _row(left: str, right: str) -> bytes:
    return _text(left[: WIDTH - len(right) - 1].ljust(WIDTH - len(right)) + right) + b"\n"


def _text(text: str) -> bytes:
    return text.encode("cp437", "replace")


def _logo() -> bytes:
    dots = (CUT_HERE + b"\x1dV\x00" + b"\x1bm" + b"\x81" * 17) * _LOGO_ROWS
    size = _LOGO_BYTES.to_bytes(2, "little") + _LOGO_ROWS.to_bytes(2, "little")
    return b"\x1dv0\x00" + size + dots
