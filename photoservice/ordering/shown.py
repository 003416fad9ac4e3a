"""An order as it is read: its lines with their snapshot, how it stands, and what may be done with it now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from photocore.catalogue import Kind as ItemKind
from photocore.money import Money
from photocore.orders import Pays, Standing, Step
from photoservice.ordering.wishes import Kind


@dataclass(frozen=True, kw_only=True)
class ImageShown:
    """An image of a line: ``edit`` is the pinned version or None, ``dropped`` a word why it is not made, or nothing."""

    place: int
    image: str
    edit: int | None
    dropped: str


@dataclass(frozen=True, kw_only=True)
class StepShown:
    """A step that was noted of a line: by whom, when it was, and what they wrote."""

    step: Step
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, kw_only=True)
class OptionShown:
    """A chosen value, in words by language as they were when it was ordered."""

    option: str
    value: str
    option_titles: Mapping[str, str]
    value_titles: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """A line. ``credit``: the place of the package's credit that covers it, or None where it is to be paid."""

    number: int
    item: str
    kind: ItemKind
    titles: Mapping[str, str]
    options: tuple[OptionShown, ...]
    quantity: int
    images: tuple[ImageShown, ...]
    units: int
    piece: Money
    gross: Money
    tax: Money
    rate: int
    credit: int | None
    is_shipped: bool
    steps: tuple[StepShown, ...]

    @property
    def chosen(self) -> dict[str, str]:
        """The options by name."""
        return {one.option: one.value for one in self.options}

    @property
    def live_images(self) -> tuple[str, ...]:
        """The images that are made, in their order."""
        return tuple(one.image for one in self.images if not one.dropped)


@dataclass(frozen=True, kw_only=True)
class OrderShown:
    """An order. ``price`` and ``tax`` are of what is to be paid: lines that live and that no credit covers.

    ``why`` holds facts (``{"plan": ..., "met": ...}``); ``paid`` is what came in less what was given back.
    """

    id: str
    origin: str
    kind: Kind
    person: str | None
    root: str | None
    plan: str | None
    firing: int | None
    roll: str | None
    share: str | None
    guest: str | None
    why: Mapping[str, object]
    catalogue: str
    price: Money
    tax: Money
    paid: Money
    pays: Pays
    standing: Standing
    lines: tuple[LineShown, ...]
    needs_confirmation: bool
    confirmed_at: datetime | None
    has_address: bool
    language: str
    version: int
    made_at: datetime
    changed_at: datetime
    released_at: datetime | None

    @property
    def waits(self) -> tuple[str, ...]:
        """What it waits for, in the order in which a customer is asked."""
        return self.standing.waits

    def line(self, number: int) -> LineShown | None:
        """Return the line of that number."""
        return next((one for one in self.lines if one.number == number), None)


@dataclass(frozen=True, kw_only=True)
class OrdersPage:
    """Some of a person's orders, the newest first; ``behind`` is the cursor of the next page, or nothing."""

    orders: tuple[OrderShown, ...]
    behind: str = ""
