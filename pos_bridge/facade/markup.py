"""What a till may print: text, and the few escape sequences of UnifiedPOS that we know. Nothing else gets through.

A till's text is data. A control byte in it could kick a drawer, cut the paper or set the printer's own memory, so the
whole text is refused with E_ILLEGAL if it holds one; and the printer's commands come from our own encoder alone
(:mod:`hardware.render.escpos_text`). An escape sequence that UnifiedPOS knows and we do not is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from hardware.render.escpos_text import Line
from pos_bridge.facade.words import DeviceRefused, Fault

MOST_CHARACTERS: Final = 16_384
"""Of one call."""
MOST_FEED: Final = 40

_TOKEN: Final = re.compile(
    r"\x1b\|(?P<number>[0-9]{0,4})(?P<what>[!*]?[a-z]{0,2}[A-Z])|(?P<end>\r\n|\n|\r)|(?P<bad>[\x00-\x1f\x7f])"
)
"""An escape sequence ends with its one capital letter."""
_PLAIN: Final = Line()
_SIZES: Final = {"1C": (1, None), "2C": (2, None), "3C": (1, True), "4C": (2, None)}


@dataclass(frozen=True)
class Cut:
    """The paper is cut here."""


@dataclass
class Typewriter:
    """Makes lines of what comes; a line that has no end yet waits for the rest of it."""

    line: Line = _PLAIN

    def type(self, text: str) -> list[Line | Cut]:
        """Return the lines that ``text`` ends, and its cuts. Styles hold to the end of the call (UnifiedPOS 1.14).

        Raises:
            DeviceRefused: E_ILLEGAL, a control byte, or too much at once; nothing of it is taken then.
        """
        if len(text) > MOST_CHARACTERS:
            raise DeviceRefused(Fault.E_ILLEGAL, f"At most {MOST_CHARACTERS} characters are printed by one call.")
        if any(token["bad"] for token in _TOKEN.finditer(text)):
            raise DeviceRefused(Fault.E_ILLEGAL, "The text holds a control character; only ESC| sequences are known.")
        made = list(self._type(text))
        self.line = Line(text=self.line.text)
        return made

    def rest(self) -> list[Line | Cut]:
        """Return the line that had no end."""
        left, self.line = self.line, _PLAIN
        return [left] if left.text else []

    def _type(self, text: str) -> Iterator[Line | Cut]:
        at = 0
        for token in _TOKEN.finditer(text):
            self._add(text[at : token.start()])
            at = token.end()
            if token["end"]:
                yield self.line
                self.line = replace(self.line, text="")
            else:
                yield from self._obey(token["number"], token["what"])
        self._add(text[at:])

    def _add(self, text: str) -> None:
        if text:
            self.line = replace(self.line, text=self.line.text + text)

    def _obey(self, number: str, what: str) -> Iterator[Line | Cut]:
        if what in ("P", "fP", "sP"):
            yield from self.rest()
            yield Cut()
        elif what == "lF":
            yield from self.rest()
            yield from [_PLAIN] * min(int(number or "1"), MOST_FEED)
        else:
            self._style(number, what)

    def _style(self, number: str, what: str) -> None:
        if what == "N":
            self.line = Line(text=self.line.text)
        elif what in ("bC", "!bC"):
            self.line = replace(self.line, bold=what == "bC")
        elif what == "cA":
            self.line = replace(self.line, align="center")
        elif what == "rA":
            self.line = replace(self.line, align="right")
        elif what == "lA":
            self.line = replace(self.line, align="left")
        elif number + what in _SIZES:
            size, is_bold = _SIZES[number + what]
            bold = self.line.bold if is_bold is None else is_bold
            self.line = replace(self.line, size=2 if size == 2 else 1, bold=bold)
