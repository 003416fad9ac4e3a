"""What the pages say, in every language they speak; which one a reader wants.

Words are data (``words/<language>/<topic>.toml``), looked up by a dotted name; a test holds the languages to the same
names and blanks. What a language lacks all the same, or says with a blank nobody fills, is said in English: a page with
one foreign sentence is better than none.
"""

import functools
import re
import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, Final

import structlog
from markupsafe import Markup, escape

from photocore.bidi import isolated
from photocore.money import Money
from photoservice.web.counting import decimal, figure, plural
from photoservice.web.prices import write_price

log = structlog.get_logger(__name__)

WORDS = Path(__file__).parent / "words"

LANGUAGES: Final = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pl": "Polski",
    "tr": "Türkçe",
    "ar": "العربية",
    "he": "עברית",
    "hi": "हिन्दी",
    "zh": "中文",
    "ja": "日本語",
}
"""Every language by its own name, as at the kiosk; the first is spoken to who asks for none of them."""

_ONCE_CALLED: Final = {"iw": "he"}
"""What browsers on old systems still call a language."""

DEFAULT: Final = "en"

STAFF_LANGUAGES: Final = ("en", "de")
"""What operators are spoken to in, by decision (docs/translations.md): no other language has topics for staff."""

_UNITS: Final = (("gb", 10**9, 2), ("mb", 10**6, 1), ("kb", 10**3, 0))
"""What sizes are said in: the word, how many bytes it is, and how many decimals it has."""


_Pieces = list[tuple[str, str]]
"""A sentence in pieces: words, escaped, and the name of the blank behind them, or nothing."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """All that is said in one language; what it has no words to count is ``lent`` from English, by its name."""

    language: str
    tree: Mapping[str, Any]
    lent: frozenset[str] = frozenset()
    said: dict[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)
    """What was said before, escaped: a page says hundreds of words."""

    @functools.cached_property
    def direction(self) -> str:
        """Where lines begin: ``ltr`` or ``rtl``."""
        return self.text("direction")

    def text(self, name: str) -> str:
        """Return the words called ``name``.

        Raises:
            KeyError: there are none of that name.
        """
        return str(self._find(name))

    def item(self, name: str, place: int) -> str:
        """Return the words at ``place`` of the list called ``name``.

        Raises:
            KeyError: there is no list of that name.
        """
        return str(self._find(name)[place])

    def say(self, name: str, /, **blanks: object) -> Markup:
        """Return the words called ``name`` for HTML, their blanks filled in with facts that turn no line round.

        Raises:
            KeyError: there are none of that name, or a blank is left.
        """
        said = self.said.get(name) or self._prepare(name)
        if isinstance(said, Markup):
            return said
        filled = [part for words, blank in said for part in (words, escape(self._fact(blanks[blank])) if blank else "")]
        return Markup("".join(filled))  # noqa: S704  # each of its parts is escaped

    def count(self, name: str, n: int) -> str:
        """Return ``n`` things called ``name``, in the plural their number asks for."""
        counts_as = DEFAULT if name in self.lent else self.language
        return str(self._find(f"count.{name}.{plural(counts_as, n)}")).replace("{n}", figure(self.language, n))

    def size(self, size: int) -> str:
        """Return a number of bytes as people read it: the next larger unit from a thousand on, kilobytes rounded up."""
        for unit, of, decimals in _UNITS:
            if size >= of and decimals:
                return self.text(f"download.unit.{unit}").format(n=decimal(self.language, size / of, decimals))
        return self.text("download.unit.kb").format(n=figure(self.language, -(-size // 10**3)))

    def price(self, money: Money) -> str:
        """Return an amount as people write it, in one piece where lines read the other way."""
        return isolated(write_price(self.language, money), in_rtl=self.direction == "rtl")

    def moment(self, at: datetime) -> str:
        """Return a date and time as people write it; of UTC, which is nobody's own clock, it says so."""
        month = self.item("date.months", at.month - 1)
        moment = self.text("date.form").format(day=at.day, month=month, year=at.year, time=f"{at:%H:%M}")
        return f"{moment} (UTC)" if at.tzinfo is UTC else moment

    def day(self, day: date, *, is_past_year: bool = False) -> str:
        """Return a day as people write it, with its year only when ``is_past_year``."""
        form = self.text("date.day_of_year" if is_past_year else "date.day")
        return form.format(day=day.day, month=self.item("date.months", day.month - 1), year=day.year)

    def wait(self, seconds: int) -> str:
        """Return how long to wait, in minutes, or in hours when it is long."""
        minutes = -(-seconds // 60)
        return self.count("minutes", minutes) if minutes <= 90 else self.count("hours", -(-minutes // 60))

    def _prepare(self, name: str) -> Markup | _Pieces:
        text = self.text(name)
        pieces = [(str(escape(words)), blank or "") for words, blank, _, _ in Formatter().parse(text)]
        said = self.said[name] = pieces if any(blank for _, blank in pieces) else escape(text)
        return said

    def _fact(self, fact: object) -> str:
        """Return what fills a blank: it stands apart where it reads the other way, and turns nothing round."""
        return fact if isinstance(fact, Markup) else isolated(str(fact), in_rtl=self.direction == "rtl")

    def _find(self, name: str) -> Any:  # noqa: ANN401  # a leaf of the file: text, or a list of it
        found: Any = self.tree
        for step in name.split("."):
            found = found[step]
        return found


@functools.cache
def read_words() -> Mapping[str, Words]:
    """Return the words of every language; a process reads them once, as they are hundreds of files and never change."""
    topics = _topics(DEFAULT)
    english, staff = _together(topics), {name for topic in filter(is_for_staff, topics) for name in topics[topic]}
    return MappingProxyType({language: _words(language, english, staff) for language in LANGUAGES})


def is_for_staff(topic: str) -> bool:
    """Say whether only operators read a topic, ``ops`` or ``ops_<what>``: it is written in STAFF_LANGUAGES alone."""
    return topic.partition("_")[0] == "ops"


def choose_language(chosen: str | None, accepted: str) -> str:
    """Return the language a reader ``chosen``, else the best of an Accept-Language header (RFC 9110, 12.5.4)."""
    if chosen in LANGUAGES:
        return chosen
    wanted = [_preference(entry) for entry in accepted[:400].split(",")]
    offered = [(weight, language) for weight, language in wanted if weight > 0 and language in LANGUAGES]
    return max(offered, key=lambda one: one[0])[1] if offered else DEFAULT


def _words(language: str, english: Mapping[str, Any], staff: Set[str]) -> Words:
    """Return the words of a language, over English where it lacks any; what it lacks is logged, once.

    Not logged are the tables of ``staff`` where the language is none that operators are spoken to in.
    """
    theirs, lacking = _together(_topics(language)), list[str]()
    tree = _over(english, theirs, "", lacking)
    needed = {plural(language, n) for n in range(201)}
    lent = {thing for thing in english["count"] if not needed <= theirs["count"].get(thing, {}).keys()}
    tree["count"] = {**theirs["count"], **{thing: english["count"][thing] for thing in lent}}
    if language not in STAFF_LANGUAGES:
        lacking = [name for name in lacking if name.partition(".")[0] not in staff]
    lacking += sorted(f"count.{thing}" for thing in lent)
    if lacking:
        log.warning("words.lacking", language=language, names=lacking)
    return Words(language=language, tree=tree, lent=frozenset(lent))


def _over(english: Mapping[str, Any], theirs: Mapping[str, Any], path: str, lacking: list[str]) -> dict[str, Any]:
    """Return ``theirs``, with the ``english`` words where one is missing or does not fit; those go to ``lacking``."""
    tree: dict[str, Any] = {}
    for name, words in english.items():
        said = theirs.get(name)
        if path + name == "count":
            continue
        if isinstance(words, dict):
            tree[name] = _over(words, said if isinstance(said, dict) else {}, f"{path}{name}.", lacking)  # pyright: ignore[reportUnknownArgumentType]
        elif _fits(said, words):
            tree[name] = said
        else:
            tree[name] = words
            lacking.append(path + name)
    return tree


def _fits(said: Any, english: Any) -> bool:  # noqa: ANN401  # leaves of the files: texts, or lists of them
    if isinstance(english, list):
        return isinstance(said, list) and len(said) == len(english)  # pyright: ignore[reportUnknownArgumentType]
    return isinstance(said, str) and set(re.findall(r"{(\w*)", said)) <= set(re.findall(r"{(\w*)", english))


def _topics(language: str) -> dict[str, Mapping[str, Any]]:
    """Return what each file of a language says, by its name."""
    files = sorted((WORDS / language).glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


def _together(topics: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the topics' words as one tree; only ``count`` may stand in several."""
    tree: dict[str, Any] = {"count": {}}
    for topic in topics.values():
        tree["count"] |= topic.get("count", {})
        tree |= {name: words for name, words in topic.items() if name != "count"}
    return tree


def _preference(entry: str) -> tuple[float, str]:
    tag, _, weight = entry.partition(";")
    match = re.fullmatch(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", weight) if weight else None
    named = tag.strip().lower().partition("-")[0]
    return (float(match[1]) if match else 0.0 if weight else 1.0, _ONCE_CALLED.get(named, named))
