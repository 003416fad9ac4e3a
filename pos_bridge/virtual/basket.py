"""The basket of a virtual till: what was scanned, at what price, and what was taken back. No port, no clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from photocore.aim import split_aim
from photocore.digital_link import is_link, parse_link
from photocore.errors import CodeError
from photocore.gs1 import GS, gtin14, parse_elements
from photocore.gs1_rules import has_good_check_digit

Kind = Literal["sold", "returned", "voided"]


@dataclass(frozen=True, kw_only=True)
class Article:
    """What the till knows of a product; ``price`` is in minor units."""

    title: str
    price: int


@dataclass(frozen=True, kw_only=True)
class TillRules:
    """How this till is set up.

    ``price_codes`` are the prefixes of EAN-13 with a price inside, each with its layout (as CodeSettings has it, A
    for a digit of the amount). ``takes_2d``: it understands the square codes; ``tells_serials``: it puts what they say
    of the piece on the line. ``cards`` is what a customer's card looks like.
    """

    price_codes: Mapping[str, str] = field(default_factory=lambda: {"21": "PPRRRRVAAAAAC"})
    takes_2d: bool = True
    tells_serials: bool = False
    cards: str = r"29[0-9]{11}"


@dataclass(frozen=True, kw_only=True)
class BasketLine:
    """One line. ``amount`` is its total, positive; ``given_back`` names the sale that it takes back."""

    line: int
    kind: Kind
    title: str
    amount: int
    quantity: int = 1
    gtin: str | None = None
    code: str = ""
    serial: str | None = None
    given_back: Mapping[str, Any] | None = None

    @property
    def signed(self) -> int:
        """Return the amount as it counts in the total."""
        return self.amount if self.kind == "sold" else -self.amount

    def as_dict(self) -> dict[str, Any]:
        """Return it in plain words for whoever makes a message of it."""
        return {
            "line": self.line,
            "kind": self.kind,
            "title": self.title,
            "gtin": self.gtin,
            "code": self.code,
            "serial": self.serial,
            "quantity": self.quantity,
            "amount": self.amount,
            "given_back": dict(self.given_back) if self.given_back else None,
        }


class NotSold(ValueError):
    """The till does not know what was scanned: its cashier hears that, and nothing is added."""


@dataclass
class Basket:
    """What lies on the counter. Lines are never taken away: a void is a line of its own, as in a till's journal."""

    rules: TillRules
    articles: Mapping[str, Article]
    lines: list[BasketLine] = field(default_factory=list[BasketLine])
    customer: str | None = None

    @property
    def total(self) -> int:
        """Return what is to be paid, in minor units."""
        return sum(line.signed for line in self.lines)

    def scan(self, code: str, *, kind: Kind = "sold", of: Mapping[str, Any] | None = None) -> BasketLine | None:
        """Add what was scanned; None for a customer's card. ``of`` names the sale that a return gives back.

        Raises:
            NotSold: the till does not know it.
        """
        _, text = split_aim(code.strip())
        if re.fullmatch(self.rules.cards, text):
            self.customer = text
            return None
        line = self._priced(text) or self._known(text)
        return self._add(replace(line, kind=kind, given_back=of))

    def count(self, quantity: int) -> BasketLine:
        """Make the last line so many units.

        Raises:
            NotSold: there is no line, or no such number.
        """
        if not self.lines or not 1 <= quantity <= 99:
            raise NotSold(f"{quantity} of nothing")
        last = self.lines[-1]
        self.lines[-1] = replace(last, quantity=quantity, amount=last.amount // last.quantity * quantity)
        return self.lines[-1]

    def void(self, number: int, of: Mapping[str, Any]) -> BasketLine:
        """Take a line of this basket back; ``of`` names the basket.

        Raises:
            NotSold: there is no such line, or it was taken back before.
        """
        found = next((line for line in self.lines if line.line == number and line.kind != "voided"), None)
        if found is None or any((line.given_back or {}).get("line") == number for line in self.lines):
            raise NotSold(f"no line {number}")
        return self._add(replace(found, kind="voided", given_back={**of, "line": number}))

    def _add(self, line: BasketLine) -> BasketLine:
        added = replace(line, line=len(self.lines) + 1)
        self.lines.append(added)
        return added

    def _priced(self, text: str) -> BasketLine | None:
        layout = self.rules.price_codes.get(text[:2]) if re.fullmatch(r"[0-9]{13}", text) else None
        if layout is None or not has_good_check_digit(text):
            return None
        amount = int("".join(digit for digit, letter in zip(text, layout, strict=True) if letter == "A"))
        return BasketLine(line=0, kind="sold", title=f"CODE {text}", amount=amount, code=text)

    def _known(self, text: str) -> BasketLine:
        gtin, serial = self._read(text)
        article = self.articles.get(gtin)
        if article is None:
            raise NotSold(f"unknown article {gtin}")
        shown = serial if self.rules.tells_serials else None
        return BasketLine(line=0, kind="sold", title=article.title, amount=article.price, gtin=gtin, serial=shown)

    def _read(self, text: str) -> tuple[str, str | None]:
        """Return GTIN and, of a square code, the piece as (01)...(21)...; as tills read them, without our rules."""
        try:
            if re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", text):
                return gtin14(text), None
            if not self.rules.takes_2d:
                raise NotSold("this till reads no square codes")
            elements = parse_link(text) if is_link(text) else parse_elements(text.strip(GS))
        except CodeError as cause:
            raise NotSold("unreadable") from cause
        gtin, serial = elements.get("01"), elements.get("21")
        if gtin is None:
            raise NotSold("no article in it")
        return gtin, f"(01){gtin}(21){serial}" if serial else None
