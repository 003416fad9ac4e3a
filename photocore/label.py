"""What a label and a receipt say, in the words of the trade: no dots, no printers, no fonts.

A station decides these values once, in the transaction that writes the job; whoever prints them may be
another process, another printer or another day, and prints the same. They know no device (DESIGN 2).

Secrets never show in a ``repr``: a label or a receipt may end up in a log line or a traceback.
"""

from dataclasses import dataclass, field
from datetime import datetime

from photocore.codes import COPY_SYMBOLS
from photocore.ids import ItemId
from photocore.till_kinds import Negatives, Process, ScanSize
from photocore.twin_checks import BAG, TWIN_CHECK, SeasonNumber


@dataclass(frozen=True, kw_only=True)
class RollLabel:
    """One copy of one roll's peelable ID label (seeds 000:60, 000:61).

    ``copy`` is the copy ID: a second print is another value, since a new copy voids the old (DESIGN 5F).
    ``claim_code`` stands on labels made before the sale only; after registration it is ``None`` (DESIGN 5A).
    ``number`` counts from 1 to ``of``, the rolls in the package. ``link`` is the open address of the page where a
    package is registered at home; it carries no code, and is printed on labels made before the sale.
    """

    roll: ItemId
    number: int
    of: int
    copy: str
    package: ItemId | None = None
    product: str = ""
    detail: str = ""
    store: str = ""
    language: str = "en"
    link: str = ""
    claim_code: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse a label that could name no roll of a package.

        Raises:
            ValueError: the number is not one of ``of``, or the copy ID has another length.
        """
        if not 1 <= self.number <= self.of:
            raise ValueError(f"roll {self.number} of {self.of} does not exist")
        if len(self.copy) != COPY_SYMBOLS:
            raise ValueError(f"a copy ID has {COPY_SYMBOLS} symbols, not {len(self.copy)}")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the shopper takes home from a registration; the only paper with the access code (DESIGN 5A).

    ``state_words`` say what was known when it was made, one sentence each, in ``language`` (DESIGN 5H).
    ``access_url`` carries the access code in its fragment, so that no web server ever sees it.
    ``rolls`` is empty while the package waits for the maker's list.
    ``made_at`` is aware and printed in the zone it brings along.
    ``guest_card`` is the number of a card that stands nowhere else: open as any card's, and no key to anything.
    """

    number: str
    package: ItemId
    store: str
    made_at: datetime
    card_masked: str
    rolls: tuple[ItemId, ...] = ()
    product: str = ""
    detail: str = ""
    state_words: tuple[str, ...] = ()
    language: str = "en"
    copy: str = ""
    guest_card: str = field(default="", repr=False)
    access_code: str | None = field(default=None, repr=False)
    access_url: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse a time that names no instant, and a link that would show the secret to a server.

        Raises:
            ValueError: ``made_at`` is naive, or the access link has no fragment.
        """
        if self.made_at.tzinfo is None:
            raise ValueError("a receipt's time must be aware")
        if self.access_url is not None and "#" not in self.access_url:
            raise ValueError("an access link carries its code in the fragment")


@dataclass(frozen=True, kw_only=True)
class PackageLabel:
    """The label outside a package that the store made up: its open ID, and what is in it (DESIGN 5A, 5B).

    It proves nothing and holds no secret. ``of`` is the number of rolls; ``copy`` tells this print from another.
    ``link`` is the open address of the page where the package is registered at home.
    """

    package: ItemId
    of: int
    copy: str
    product: str = ""
    detail: str = ""
    store: str = ""
    language: str = "en"
    link: str = ""

    def __post_init__(self) -> None:
        """Refuse a label of an empty package.

        Raises:
            ValueError: no rolls, or the copy ID has another length.
        """
        if self.of < 1:
            raise ValueError("a package holds at least one roll")
        if len(self.copy) != COPY_SYMBOLS:
            raise ValueError(f"a copy ID has {COPY_SYMBOLS} symbols, not {len(self.copy)}")


@dataclass(frozen=True, kw_only=True)
class TrialLabel:
    """A label that stands for nothing: a test, a calibration (``has_ruler``), or training (``band``). It has no code.

    ``right`` and ``down`` say where it is printed, in tenths of a millimetre; None where the printer prints anyway.
    """

    title: str
    lines: tuple[str, ...] = ()
    band: str = ""
    has_ruler: bool = False
    right: int | None = None
    down: int | None = None
    language: str = "en"
    """What its words are in: the staff's language."""


@dataclass(frozen=True, kw_only=True)
class WantedRoll:
    """How one roll is to be developed; ``stops`` is push (above nought) or pull (below)."""

    process: Process
    stops: int = 0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is wanted of a bag's rolls. A paper says it in its own language."""

    rolls: tuple[WantedRoll, ...]
    scan: ScanSize
    negatives: Negatives


@dataclass(frozen=True, kw_only=True)
class TwinCheckLabel:
    """A twin check: one number twice on one piece of paper, a half for the film and a half for its envelope.

    ``bag`` is the bag the roll was dropped off in, where there is one; ``wanted`` and the end of the ``roll``'s ID tell
    the rolls of a bag apart.
    """

    number: SeasonNumber
    bag: SeasonNumber | None = None
    language: str = "en"
    wanted: WantedRoll | None = None
    roll: ItemId | None = None
    copy: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers that name something else.

        Raises:
            ValueError: one is of the other kind.
        """
        if self.number.prefix != TWIN_CHECK or (self.bag is not None and self.bag.prefix != BAG):
            raise ValueError("a twin check is numbered as one, and lies in a bag")


@dataclass(frozen=True, kw_only=True)
class BagLabel:
    """The label outside a drop-off bag: its number, and how many rolls were put in. No name of a person stands on it.

    ``detail`` is what is wanted, in the words of the shop: the process, the scan size. With ``wanted`` the paper finds
    the words itself.
    """

    bag: SeasonNumber
    of: int
    detail: str = ""
    store: str = ""
    language: str = "en"
    wanted: Wanted | None = None
    copy: str = ""

    def __post_init__(self) -> None:
        """Refuse a bag with nothing in it.

        Raises:
            ValueError: no rolls, or the number is none of a bag.
        """
        if self.bag.prefix != BAG or self.of < 1:
            raise ValueError("a bag has a number of its own and holds at least one roll")


@dataclass(frozen=True, kw_only=True)
class ClaimStub:
    """What the shopper takes home from a drop-off: whoever brings it back gets the order. No name stands on it.

    ``made_at`` is aware and printed in the zone it brings along.
    """

    bag: SeasonNumber
    store: str
    made_at: datetime
    wanted: Wanted
    language: str = "en"
    copy: str = ""

    def __post_init__(self) -> None:
        """Refuse a stub of nothing, and a time that names no instant.

        Raises:
            ValueError: no rolls, the number is none of a bag, or ``made_at`` is naive.
        """
        if self.bag.prefix != BAG or not self.wanted.rolls:
            raise ValueError("a claim stub is of a bag with at least one roll")
        if self.made_at.tzinfo is None:
            raise ValueError("a claim stub's time must be aware")


QueuedLabel = RollLabel | PackageLabel | BagLabel | TwinCheckLabel
"""What a print job can hold that is laid out by a template: its length is known beforehand."""

Printable = QueuedLabel | Receipt | ClaimStub
"""What a print job can hold."""


@dataclass(frozen=True, kw_only=True)
class QualityLabel:
    """A label to be looked at, or photographed, to see how well its printer prints today.

    Its codes say ``TC-TEST``, which means nothing to any station. ``detail`` says which printer printed it, and when.
    """

    detail: str = ""
    store: str = ""
    language: str = "en"


QUALITY_TEXT = "TC-TEST"
"""What the codes of a :class:`QualityLabel` say."""

Label = RollLabel | PackageLabel | TwinCheckLabel | BagLabel | QualityLabel | TrialLabel
"""Whatever is laid out by a template of config/labels."""

Paper = Printable | Label
"""What a printer is given: what a print job can hold, or what stands for nothing in the queue."""
