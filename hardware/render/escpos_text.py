"""Lines of text in the printer's own letters, composed with python-escpos; nothing but ink gets through.

python-escpos passes control bytes of a text on to the printer: a customer's name could kick the drawer or cut the paper
(research/reliability.md 0, finding 7). So every text is encoded here first, by a list of what is allowed: signs of the
printer's code page, or a plain stand-in; commands come from our own calls alone.
"""

import tempfile
import textwrap
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from hardware.printer.profile import PrinterProfile
from hardware.render.content import visible

STAND_INS: Final = {
    "•": "*",
    "·": "-",
    "…": "...",
    "–": "-",
    "—": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "€": "EUR",
    "ß": "ss",
}
UNPRINTABLE: Final = "?"
_IMPORTING: Final = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a receipt; ``size`` 2 doubles both directions."""

    text: str = ""
    align: Literal["left", "center", "right"] = "left"
    bold: bool = False
    size: Literal[1, 2] = 1


def allowed(text: str, codepage: str) -> str:
    """Return ``text`` with only what ``codepage`` prints as ink: no control byte can come of it."""
    return "".join(_stand_in(sign, codepage) for sign in visible(text))


def can_print(sign: str, codepage: str) -> bool:
    """Say whether ``codepage`` has ``sign``, or something that can stand for it."""
    return sign == UNPRINTABLE or _stand_in(sign, codepage) != UNPRINTABLE


def wrapped(text: str, columns: int) -> list[str]:
    """Return ``text`` in lines of at most ``columns`` signs; a word that is longer is broken."""
    return textwrap.wrap(text, columns) or [""]


def column(name: str, value: str, indent: int, columns: int) -> list[str]:
    """Return a name and its value as lines: values stand below each other, ``indent`` signs from the left."""
    first, *more = wrapped(value, columns - indent)
    return [f"{name[: indent - 1]:<{indent}}{first}", *(" " * indent + line for line in more)]


def text_bytes(lines: list[Line], profile: PrinterProfile) -> bytes:
    """Return the commands that print ``lines``."""
    composer = _composer(profile)
    for line in lines:
        composer.set_with_default(
            align=line.align,
            bold=line.bold,
            custom_size=line.size > 1,
            width=line.size,
            height=line.size,
        )
        text = allowed(line.text, profile.codepage)
        for part in wrapped(text, profile.columns // line.size):
            composer.text(part + "\n")
    return bytes(composer.output)


def _stand_in(sign: str, codepage: str) -> str:
    for candidate in (sign, STAND_INS.get(sign, ""), unicodedata.normalize("NFKD", sign)[:1]):
        if candidate and _is_ink(candidate, codepage):
            return candidate
    return UNPRINTABLE


def _is_ink(text: str, codepage: str) -> bool:
    try:
        encoded = text.encode(codepage)
    except UnicodeEncodeError:
        return False
    return all(byte >= 0x20 and byte != 0x7F for byte in encoded) and len(encoded) == len(text)


def _composer(profile: PrinterProfile) -> Any:  # noqa: ANN401  python-escpos has no types
    composer: Any = _dummy()(profile=profile.escpos_profile)
    composer.magic.force_encoding(profile.codepage.upper())
    return composer


@cache
def _dummy() -> Any:  # noqa: ANN401  python-escpos has no types
    """Import python-escpos's printer without a printer.

    Late, since it costs a fifth of a second, which a kiosk should not pay before its first screen. While it is
    imported it makes a folder for its table of models in the system's temporary one, even if it was told another, and
    leaves it there for ever (3.1, ``capabilities.py``): so this thread, and no other, is lent one that goes again.
    """
    ours = threading.get_ident()
    with _IMPORTING, tempfile.TemporaryDirectory(prefix="twincheck-") as scratch:
        make: Any = tempfile.mkdtemp

        def lend(*how: Any, **named: Any) -> str:  # noqa: ANN401  as mkdtemp
            return scratch if threading.get_ident() == ours else make(*how, **named)

        tempfile.mkdtemp = lend
        try:
            from escpos.printer import Dummy  # noqa: PLC0415
        finally:
            tempfile.mkdtemp = make
    return Dummy
