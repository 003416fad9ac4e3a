"""A store as its scanner meets it: the codes on its packages, rolls, cards and papers, and what its station knows.

Everything is made by our own code, from a seed. ``Serials`` says how the maker numbers its pieces: drawn by chance, as
GS1 advises, or counted up, where one wrong digit is a neighbour's serial.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final, Literal

from photocore import codes
from photocore.cards import read_card_tables
from photocore.crockford import ALPHABET
from photocore.digital_link import link_for
from photocore.gs1 import GS, ElementString
from photocore.gs1_rules import check_digit
from photocore.ids import HouseCode, Sgtin, label_elements
from photocore.settings import load_toml, locate_config
from photocore.testing import KnownShop, SeededEntropy

Serials = Literal["drawn", "counted"]

PREFIX: Final = "9521141"
GTINS: Final = 8  # kinds of film in the shop, each with a GTIN for the package and one for the roll
ROLLS: Final = 3


def gtin(number: int) -> str:
    body = f"0{PREFIX}{number:05d}"
    return body + check_digit(body)


@dataclass(frozen=True, kw_only=True)
class Real:
    """One code as a sound scanner sends it, and what it is: ``names`` is the package, card or number it stands for."""

    text: str
    sort: str
    names: str


@dataclass
class Shop:
    """The station's knowledge and every code in the store. ``packages`` leads from an item's ID to its package's."""

    knows: KnownShop
    packages: dict[str, str] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    cards: set[str] = field(default_factory=set)
    codes: list[Real] = field(default_factory=list)


def make_shop(seed: int, serials: Serials, *, packages: int = 2_000, cards: int = 2_000) -> Shop:
    """Return a store with ``packages`` maker's packages, half as many made up in the store, and three kinds of card."""
    chance, entropy = Random(seed), SeededEntropy(seed)
    levels = {gtin(number): "package" for number in range(GTINS)}
    levels |= {gtin(GTINS + number): "roll" for number in range(GTINS)}
    tables = read_card_tables(load_toml(locate_config() / "cards" / "demo.toml"))
    shop = Shop(knows=KnownShop(levels, tables))  # type: ignore[arg-type]
    draw = _counted(chance) if serials == "counted" else _drawn(chance)
    for _ in range(packages):
        _add_package(shop, chance, draw, entropy)
    for _ in range(10 * packages):  # what stands in other stores; here its ID is nobody's
        shop.elsewhere.add(str(Sgtin(gtin(chance.randrange(GTINS)), next(draw))))
    for _ in range(packages // 2):
        _add_made_up(shop, entropy)
    for _ in range(cards):
        _add_cards(shop, chance, serials)
        _add_papers(shop, entropy)
    shop.elsewhere -= shop.packages.keys()
    return shop


def _drawn(chance: Random) -> Iterator[str]:
    """Serials of 8 to 14 symbols by chance: digits alone, or digits and capitals."""
    while True:
        alphabet = chance.choice(("0123456789", ALPHABET))
        yield "".join(chance.choices(alphabet, k=chance.choice((10, 12, 14) if alphabet.isdigit() else (8, 10, 12))))


def _counted(chance: Random) -> Iterator[str]:
    """Serials of a machine that counts."""
    number = chance.randrange(10_000_000)
    while True:
        number += 1
        yield f"{number:010d}"


def _add_package(shop: Shop, chance: Random, draw: Iterator[str], entropy: SeededEntropy) -> None:
    film = chance.randrange(GTINS)
    package = Sgtin(gtin(film), next(draw))
    rolls = [Sgtin(gtin(GTINS + film), next(draw)) for _ in range(ROLLS)]
    for item in (package, *rolls):
        shop.packages[str(item)] = str(package)
        sort = "package" if item is package else "roll"
        _add(shop, sort, str(package), _forms(item.elements, chance), link_for(item.elements))
    labelled = label_elements(rolls[0], codes.mint_copy_id(entropy))
    _add(shop, "label", str(package), _forms(labelled, chance))


def _forms(elements: ElementString, chance: Random) -> list[str]:
    """Return an element string as DataMatrix, GS1-128, GS1 QR, without an AIM id, and with a batch and a date in it."""
    sent = elements.transmitted
    (_, piece), *others = elements.elements
    batch = f"01{piece}17270131" + f"10L{chance.randrange(10_000)}{GS}" + "".join(a + v for a, v in others[:1])
    dated = [f"]d2{batch}"] if elements.get("01") and len(others) == 1 else []
    return [f"]d2{sent}", f"]C1{sent}", f"]Q3{sent}", sent, *dated]


def _add(shop: Shop, sort: str, names: str, forms: list[str], link: str | None = None) -> None:
    shop.codes += (Real(text=form, sort=sort, names=names) for form in forms)
    if link is not None:
        shop.codes += (Real(text=aim + link, sort="link", names=names) for aim in ("]Q1", "]d1", ""))


def _add_made_up(shop: Shop, entropy: SeededEntropy) -> None:
    package = codes.mint_house_package(entropy)
    shop.packages[package] = package
    _add(shop, "house", package, [f"]C0{package}", package])
    for _ in range(ROLLS):
        roll = codes.mint_house_roll(entropy)
        shop.packages[roll] = package
        labelled = label_elements(HouseCode(roll), codes.mint_copy_id(entropy)).transmitted
        _add(shop, "house", package, [f"]C0{roll}", f"]d2{labelled}", labelled])


def _add_cards(shop: Shop, chance: Random, serials: Serials) -> None:
    """One club card (EAN-13), one service relation number (GS1-128), one older pass (Code 128, Luhn)."""
    issued = len(shop.cards)
    free = (10**10, 10**10, 10**8)  # as many numbers as each kind has
    a, b, c = (issued, issued, issued) if serials == "counted" else map(chance.randrange, free)
    club = f"29{a:010d}"
    club += check_digit(club)
    gsrn = f"{PREFIX}{b:010d}"
    gsrn += check_digit(gsrn)
    photo = _with_luhn(f"{c:08d}")
    shop.cards |= {club, gsrn, photo}
    _add(shop, "card", club, [f"]E0{club}", club])
    _add(shop, "card", gsrn, [f"]C18018{gsrn}", f"8018{gsrn}"])
    _add(shop, "card", photo, [f"]C0{photo}", photo])


def _with_luhn(digits: str) -> str:
    doubled = [int(symbol) * 2 for symbol in reversed(digits)][::2]
    plain = [int(symbol) for symbol in reversed(digits)][1::2]
    total = sum(number - 9 if number > 9 else number for number in doubled) + sum(plain)
    return f"PC{digits}{-total % 10}"


def _add_papers(shop: Shop, entropy: SeededEntropy) -> None:
    number, claim = codes.mint_registration_number(entropy), codes.mint_claim_code(entropy)
    _add(shop, "receipt", number, [f"]C0{number}", f"]Q1{number}"])
    _add(shop, "claim code", claim, [f"]d1{claim}", f"]Q1{codes.grouped(claim)}"])
