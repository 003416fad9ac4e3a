"""What is wrong with something that people wrote, and where: for its field on a page, and as a sentence. Pure.

A fault is one word and its facts, so that each language has its own sentence; the English ones are here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "version": "a version is up to 32 letters, digits, dots and dashes",
    "currencies": "1 to {most} currencies, each once",
    "currency": "{currency!r} is no currency: three capital letters, as in ISO 4217",
    "languages": "1 to {most} languages, each by its BCP 47 tag",
    "rates": "up to {most} rates of tax",
    "rate": "a rate of tax is 0 to 100 %",
    "items": "up to {most} items",
    "twice": "{name} is there twice",
    "name": "{name!r} is no name: up to 40 small letters, digits, - and _",
    "untitled": "there is no title in {language}",
    "title": "a title is up to {most} letters in one line, and its language a BCP 47 tag",
    "about": "a description is up to {most} letters",
    "no_rate": "there is no rate of tax called {name}",
    "images": "images go from 0 to {most}, the least not above the most",
    "quantity": "the most of it is 1 to {most}",
    "page": "a page holds 1 to {most} images",
    "days": "making takes 0 to {most} days",
    "options": "up to {most} options",
    "values": "an option has 1 to {most} values",
    "exclusions": "up to {most} exclusions",
    "exclusion_short": "an exclusion names two options or more",
    "exclusion_strange": "an exclusion names {name} = {value}, which there is not",
    "exclusion_usual": "the usual values of all options must go together",
    "no_price": "there is no price; goods for nothing have a base of 0",
    "steps": "up to {most} steps",
    "step": "a step begins at 1 to {most} units",
    "first_step": "the first step begins at one unit",
    "steps_rise": "each step begins above the one before",
    "strange_currency": "a price in {currency}, which is none of the currencies",
    "unpriced": "there is no price in {currency}",
    "amount": "a price beyond all measure",
    "amount_below": "a price is not below 0, nor beyond all measure",
}
"""What can be wrong with a catalogue, by one word each; the blanks are facts."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SHOWN: Final = 40
"""So many letters of what somebody wrote are repeated in a sentence about it."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something a catalogue is at odds with itself about.

    ``place`` leads there, such as ``items.0.options.1.titles.de``, ``where`` says the same by names; ``word`` is one of
    :data:`SENTENCES`, whose blanks are ``facts``.
    """

    place: str
    where: str
    word: str
    facts: Mapping[str, str | int]

    def __str__(self) -> str:
        sentence = SENTENCES[self.word].format(**self.facts)
        return f"{self.where}: {sentence}" if self.where else sentence


@dataclass(frozen=True, kw_only=True)
class At:
    """Where one looks: by places for programs, by names for people."""

    place: str = ""
    where: str = ""

    def to(self, step: object, name: str = "") -> "At":
        """Return what lies a ``step`` further in, called ``name`` where people should hear of it."""
        place = f"{self.place}.{step}" if self.place else str(step)
        where = ": ".join(part for part in (self.where, name[:_SHOWN]) if part)
        return At(place=place, where=where)

    def fault(self, word: str, **facts: str | int) -> Fault:
        """Return a fault here; what somebody wrote is cut short."""
        cut = {name: fact[:_SHOWN] if isinstance(fact, str) else fact for name, fact in facts.items()}
        return Fault(place=self.place, where=self.where, word=word, facts=cut)


def is_plain(text: str) -> bool:
    """Say whether ``text`` is one line without controls; joiners, which some scripts need, are none."""
    return _CONTROL.search(text) is None
