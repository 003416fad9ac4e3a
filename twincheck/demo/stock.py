"""What lies on the demo store's shelf: packages with their rolls, a shopper's cards, a maker's keys to the service.

Every number here is from GS1's demonstration range (company prefix 9521141), and every serial follows from the seed,
so that ``--seed`` gives the same IDs again. Claim codes stand under the security strips; keys are never seeded.
"""

from dataclasses import dataclass
from typing import Final

from photocore.codes import mint_claim_code
from photocore.criteria import Images, Rolls
from photocore.crockford import draw
from photocore.gs1_rules import check_digit
from photocore.ids import ItemId, Sgtin, item_id
from photocore.package import Product
from photocore.pricing import Choice
from photocore.seams import Entropy
from photocore.terms import Credit, PlanTerms, Terms

PREFIX: Final = "9521141"
STORE_GLN: Final = "9521141000007"
STORE_NAME: Final = "Halide & Co."
MAKER_NAME: Final = "Silverline Film (demo maker)"
LAB_NAME: Final = "Silverline Lab (demo lab)"
RETAILER_NAME: Final = "Halide & Co. (demo retailer)"

SERIAL_SYMBOLS: Final = 10


def _with_check(body: str) -> str:
    return body + check_digit(body)


@dataclass(frozen=True, kw_only=True)
class FilmLine:
    """One film as it is sold: the package's master data and that of the roll inside."""

    package: Product
    roll: Product


def _line(number: int, *, name: str, iso: int, process: str, rolls: int, exposures: int = 36) -> FilmLine:
    def product(item: int, level: str, title: str, count: int) -> Product:
        return Product(
            gtin=_with_check(f"0{PREFIX}{item:05d}"),
            level="package" if level == "package" else "roll",
            name=title,
            format="135",
            process=process,
            iso=iso,
            exposures=exposures,
            rolls=count,
        )

    return FilmLine(package=product(number, "package", name, rolls), roll=product(number + 1, "roll", name, 1))


COLOUR: Final = _line(1234, name="Silverline Colour 400", iso=400, process="C-41", rolls=4)
MONO: Final = _line(2234, name="Silverline Mono 100", iso=100, process="B&W", rolls=3)
BRICK: Final = _line(3234, name="Silverline Colour 200", iso=200, process="C-41", rolls=5)
LINES: Final = (COLOUR, MONO, BRICK)

ORDINARY: Final = _line(4234, name="Silverline Everyday 200", iso=200, process="C-41", rolls=3)
"""A three-pack as most film is sold: a price code on the box, and no serial anywhere."""

ALBUM_PLAN: Final = "Album of this box"
ALBUM_ROLLS: Final = 3
ALBUM_PAGES: Final = 30
"""Four pictures a side, for three rolls with a frame or two more than is printed on the cartridge."""
DISC_PLAN: Final = "A CD for the first dozen"
DISC_IMAGES: Final = 12


def brings(line: FilmLine) -> Terms:
    """Return what a box of ``line`` has prepaid, and the plans it begins with.

    Album pages with its third roll, a CD with its twelfth picture, a fresh roll for each one that a lab receives.
    """
    film = "bw-400" if line.roll.process == "B&W" else f"colour-{line.roll.iso}"
    return Terms(
        credits=(
            Credit(item="album-pages", most_units=ALBUM_PAGES),
            Credit(item="cd"),
            Credit(item="next-roll", pieces=line.package.rolls),
        ),
        plans=(
            PlanTerms(name=ALBUM_PLAN, when=Rolls(count=ALBUM_ROLLS), make=Choice(item="album-pages")),
            PlanTerms(name=DISC_PLAN, when=Images(count=DISC_IMAGES), make=Choice(item="cd")),
            PlanTerms(
                kind="next_roll", make=Choice(item="next-roll", options={"film": film}), repeats=True, cooling_hours=0
            ),
        ),
    )


STAFF_NAME: Final = "Mara"
STAFF_PIN: Final = "314159"
"""Of the demo's one member of staff; a real one is typed twice and shown nowhere."""


@dataclass(frozen=True, kw_only=True)
class BoxedPackage:
    """One box on the shelf: its package ID, its rolls in order, and the claim code beside each roll's ID."""

    line: FilmLine
    item: ItemId
    rolls: tuple[ItemId, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Everything a demo shopper can pick up. ``unknown`` is a box whose manifest the maker has not sent yet."""

    packages: tuple[BoxedPackage, ...]
    unknown: BoxedPackage
    card: str
    other_card: str
    club_card: str
    ean: str
    badge: str


def stock_shelf(entropy: Entropy) -> Shelf:
    """Return a shelf whose IDs follow from ``entropy``."""
    boxes = tuple(_box(line, entropy) for line in LINES)
    return Shelf(
        packages=boxes,
        unknown=_box(COLOUR, entropy),
        card=_gsrn(entropy),
        other_card=_gsrn(entropy),
        club_card=_with_check(f"29{_digits(entropy, 10)}"),
        ean=ORDINARY.package.gtin[1:],
        badge=_gsrn(entropy),
    )


def _box(line: FilmLine, entropy: Entropy) -> BoxedPackage:
    def mint(product: Product) -> ItemId:
        return item_id(Sgtin(gtin=product.gtin, serial=draw(entropy, SERIAL_SYMBOLS)))

    rolls = tuple(mint(line.roll) for _ in range(line.package.rolls))
    return BoxedPackage(
        line=line, item=mint(line.package), rolls=rolls, codes=tuple(mint_claim_code(entropy) for _ in rolls)
    )


def _gsrn(entropy: Entropy) -> str:
    return _with_check(f"{PREFIX}{_digits(entropy, 10)}")


def _digits(entropy: Entropy, count: int) -> str:
    return f"{int.from_bytes(entropy.token(8), 'big') % 10**count:0{count}d}"
