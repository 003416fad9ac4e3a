"""A book of films: what the DX number of a cartridge is called, and whether that is the film a product names.

We bring no book along: the good one is open under a licence that asks for credit and for its like (CC BY-SA 4.0), so a
store loads it itself (``twincheck film import``), and every answer can say whose word it is. One number has many names:
makers fill the same film for many brands, so a name is never more than a hint to a person.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

import msgspec

from photocore.errors import SettingsError
from photocore.film import DxCartridge
from photocore.package import Product

Verdict = Literal["same", "other", "unknown"]

MOST_FILMS: Final = 50_000
"""Rows with a DX number that a book may have; the open database of 2026 has 1,670."""

CREDIT_LENGTH: Final = 400

LONG_WORD: Final = 4
"""Letters of a word that is not found in another by chance."""

_TELLS_NOTHING: Final = frozenset({
    "135", "35mm", "36", "24", "27", "c41", "agfa", "black", "box", "cinestill", "color", "colour", "exp",
    "exposures", "film", "films", "for", "fuji", "fujicolor", "fujifilm", "gen", "harman", "high", "ilford", "iso",
    "asa", "din", "kodak", "lomography", "made", "negative", "new", "of", "pack", "pan", "perutz", "plus", "print",
    "prints", "pro", "professional", "roll", "rolls", "speed", "super", "the", "white",
})  # fmt: skip
"""Words of a name that a film shares with its neighbours: maker, format, and what is said of any film."""


class FilmName(msgspec.Struct, frozen=True, kw_only=True):
    """One name of a film: ``extract`` is its DX number as four digits, ``digits`` a whole cartridge code of it."""

    extract: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}\Z")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    digits: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{6})?\Z")] = ""
    maker: Annotated[str, msgspec.Meta(max_length=80)] = ""


class FilmPages(msgspec.Struct, frozen=True, kw_only=True):
    """A book as it is kept: the names, and ``credit``, which is shown beside them."""

    credit: Annotated[str, msgspec.Meta(max_length=CREDIT_LENGTH)]
    films: Annotated[tuple[FilmName, ...], msgspec.Meta(max_length=MOST_FILMS)]


@dataclass(frozen=True, kw_only=True)
class FilmBook:
    """Films by their DX numbers; an empty one knows none, and says *unknown* to everything."""

    credit: str = ""
    by_extract: dict[str, tuple[FilmName, ...]] = field(default_factory=dict[str, tuple[FilmName, ...]])

    def names_of(self, extract: str) -> tuple[FilmName, ...]:
        """Return every name of a film by its four digits: those listed with a whole code first, short before long.

        What is listed without a code is often a brand that filled another maker's film.
        """
        return self.by_extract.get(extract, ())

    def names_on(self, cartridge: DxCartridge) -> tuple[FilmName, ...]:
        """Return the names of a cartridge: those listed with its own whole code before the others."""
        return tuple(sorted(self.names_of(cartridge.extract), key=lambda name: name.digits != cartridge.digits))


def bind(films: Iterable[FilmName], credit: str) -> FilmBook:
    """Return the book of ``films``."""
    by_extract: dict[str, list[FilmName]] = {}
    for film in films:
        by_extract.setdefault(film.extract, []).append(film)
    for names in by_extract.values():
        names.sort(key=lambda name: (not name.digits, len(name.name)))
    return FilmBook(credit=credit, by_extract={extract: tuple(names) for extract, names in by_extract.items()})


def name_to_show(names: Collection[FilmName], product: Product | None) -> str:
    """Return the name a cashier sees: the one that fits the product, where one does; empty without a name."""
    fitting = [name for name in names if product and _compare_names(product, name.name) == "same"]
    return next((name.name for name in (*fitting, *names)), "")


def compare(cartridge: DxCartridge, names: Collection[FilmName], product: Product | None) -> Verdict:
    """Say whether a cartridge is the film of a product: by its exposures, and by what the book calls it.

    ``names`` are the cartridge's. A different number of exposures is another film whatever it is called. Without names
    or without a product nobody can tell, and *unknown* is said, not *same*.
    """
    if product is None:
        return "unknown"
    if product.exposures and cartridge.exposures and product.exposures != cartridge.exposures:
        return "other"
    verdicts = {_compare_names(product, name.name) for name in names}
    return "same" if "same" in verdicts else "other" if verdicts == {"other"} else "unknown"


def _compare_names(product: Product, name: str) -> Verdict:
    """Say whether a name can mean the product's film: a word in common, and no speeds that contradict each other."""
    own, its = _words_in(product.name), _words_in(name)
    speeds = _numbers(own) or ({str(product.iso)} if product.iso else set())
    if speeds and _numbers(its) and not speeds & _numbers(its):
        return "other"
    own_words, its_words = own - _numbers(own), its - _numbers(its)
    if not own_words or not its_words:
        return "unknown"
    is_within = any(word in _squeezed(name) for word in own_words if len(word) >= LONG_WORD)
    holds = any(word in _squeezed(product.name) for word in its_words if len(word) >= LONG_WORD)
    return "same" if own_words & its_words or is_within or holds else "other"


def _squeezed(name: str) -> str:
    """Return a name without what stands between its words: ``T-Max`` and ``TMAX``, ``Ultra Max`` and ``UltraMax``."""
    return re.sub("[^a-z0-9]", "", name.lower())


def _words_in(name: str) -> set[str]:
    """Return the words of a film's name that tell it from others: of ``Kodak Portra 400 new``, ``portra``, ``400``."""
    return set(re.findall(r"[a-z0-9]{2,}", re.sub(r"\bc-41\b|#\S+", " ", name.lower()))) - _TELLS_NOTHING


def _numbers(words: set[str]) -> set[str]:
    return {word for word in words if word.isdigit()}


def write_book(pages: FilmPages) -> bytes:
    """Return a book's pages as they are kept."""
    return msgspec.json.format(msgspec.json.encode(pages), indent=1)


def open_book(text: bytes) -> FilmBook:
    """Return the book in ``text``.

    Raises:
        SettingsError: it is no book of ours.
    """
    try:
        pages = msgspec.json.decode(text, type=FilmPages)
    except (msgspec.DecodeError, msgspec.ValidationError) as cause:
        raise SettingsError(f"no book of films: {cause}; import it again") from cause
    return bind(pages.films, pages.credit)
