"""What the pages of ordering show, for those whose pictures they are and for guests of a share alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as kept
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response

from photocore.catalogue import Catalogue, Titles, say
from photocore.money import Money
from photocore.pricing import Choice
from photoservice.db.database import Session
from photoservice.errors import Malformed, Unknown
from photoservice.gallery.sight import Sight
from photoservice.goods_errors import AddressShort
from photoservice.ordering.making import fit
from photoservice.ordering.wishes import Quoted
from photoservice.paying.tabs import Tab
from photoservice.persons.profiles import Address
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest
from photoservice.web.my.account_routes import address_in
from photoservice.web.my.baskets import OPTION, Basket, Priced, read_choice, read_key, read_lines, to_pay
from photoservice.web.my.pictures import Picture
from photoservice.web.my.selected import read_selected
from photoservice.web.my.showing import Stage
from photoservice.web.my.visiting import field, see_other

SHOWN: Final = 12
"""Pictures of an order that its pages show before it is made."""

PAYS: Final = ("till", "checkout", "account")

TYPED: Final = ("name", "lines", "postcode", "town", "region", "country", "address", "pays")
"""The fields of a confirmation that somebody fills in."""

_LONGEST_TYPED: Final = 800

NO_ADDRESS: Final = Address(id="typed", name="", lines=())

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Till:
    """How the confirmation page lets somebody pay and where goods may go; ``typed`` is what they filled in so far."""

    addresses: tuple[Address, ...] = ()
    tab: Tab | None = None
    has_checkout: bool = False
    asks_pays: bool = True
    to_owner: bool = False
    """Whether it goes to whoever shares the pictures, who pays it."""
    must_confirm: bool = False
    typed: Mapping[str, str] = kept(default_factory=dict[str, str])

    @property
    def address(self) -> Address:
        """The address as it was typed."""
        said = {name: self.typed.get(name, "") for name in ("name", "postcode", "town", "region", "country")}
        return Address(id="typed", lines=tuple(self.typed.get("lines", "").splitlines()), **said)


@dataclass(frozen=True, kw_only=True)
class Counter:
    """A page of ordering: who is served, and what they have chosen so far; ``more`` is what its frame wants."""

    on: Stage
    catalogue: Catalogue
    basket: Basket
    pictures: Sequence[Picture] = ()
    room: str = ""
    more: Mapping[str, Any] = kept(default_factory=dict[str, Any])

    @property
    def currency(self) -> str:
        """The currency in which prices are shown: the catalogue's usual one."""
        return self.catalogue.currencies[0]

    def show(self, name: str, *, status: int = 200, **values: Any) -> Response[bytes]:  # noqa: ANN401  # as the page has it
        """Return a page of it."""
        language = self.on.reader.words.language
        return self.on.show(
            f"{self.room}{name}",
            status=status,
            basket=self.basket,
            pictures=self.pictures,
            said=saying(language),
            language=language,
            **self.more,
            **values,
        )

    def goods(self) -> Response[bytes]:
        """Return the page of all goods."""
        return self.show("ordering", offers=self.basket.offers(self.catalogue, self.currency))

    def options(self, item: str, fields: Fields) -> Response[bytes]:
        """Return the page of one kind of goods: its options, how many, and the price; or the price alone, for htmx."""
        priced = self.basket.priced(self.catalogue, read_choice(item, fields), self.currency)
        if priced is None:
            raise Unknown("There are no such goods.")
        name = "ordering_price" if self.on.is_fragment else "ordering_goods"
        if self.on.is_fragment:
            return self.on.show(name, priced=priced, basket=self.basket, **self.more)
        return self.show(name, priced=priced, item=priced.item, quantity=(fields.get("quantity") or ["1"])[-1][:6])

    def confirm(
        self,
        quoted: Quoted,
        till: Till,
        *,
        prepaid: Sequence[int | None] = (),
        status: int = 200,
        trouble: str = "",
        left: Money | None = None,
    ) -> Response[bytes]:
        """Return the page on which an order is confirmed: its lines, tax, price, where it goes, who pays."""
        covered = list(prepaid) or [None] * len(quoted.lines)
        gross, tax = to_pay(quoted, covered)
        lines = [
            Priced(item=item, choice=choice, quote=priced, is_prepaid=place is not None)
            for choice, priced, place in zip(self.basket.lines, quoted.lines, covered, strict=True)
            if (item := self.catalogue.item(choice.item)) is not None
        ]
        return self.show(
            "ordering_confirm",
            status=status,
            lines=lines,
            gross=gross,
            tax=tax,
            digest=quoted.digest,
            till=till,
            is_shipped=any(line.item.is_shipped for line in lines),
            trouble=trouble,
            left=left,
        )


def saying(language: str) -> Callable[[Titles], str]:
    """Return what says titles in ``language``."""
    return lambda titles: say(titles, language)


def begin_basket(service: Photoservice, base: str, fields: Fields) -> Basket:
    """Return what a page was asked with, before anybody looked which pictures there are.

    Raises:
        Malformed: a line is none of ours.
    """
    return Basket(
        base=base,
        lines=read_lines(fields.get("line", ())),
        key=read_key(service.entropy, (fields.get("key") or [""])[-1]),
    )


async def seen_images(
    session: Session, person: str, sight: Sight, fields: Fields
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the fields that name pictures, and the pictures of them.

    Raises:
        Unknown: one that is named is not theirs to see.
    """
    selected = read_selected(fields)
    seen = await selected.seen(session, person, sight)
    if selected.scope is None and len(seen) != len(selected.images):
        raise Unknown("There is no such picture.")
    return tuple(selected.fields), seen


async def prepaid_root(session: Session, service: Photoservice, person: str, images: Sequence[str]) -> str | None:
    """Return the package that all of some pictures are of, whose credits may then pay; None where there is no one."""
    if not images:
        return None
    shown = await service.people.persons.shown(session, person)
    packages = {one.roll: one.package for one in shown}
    rows = await session.rows("ordering.rolls_of_images", sorted(images))
    roots = {packages.get(row["roll"], "") for row in rows}
    return roots.pop() if len(roots) == 1 and "" not in roots else None


async def prepaid_by(session: Session, service: Photoservice, root: str | None, quoted: Quoted) -> list[int | None]:
    """Return which credit of a package pays for each line, or None for those that are to be paid."""
    if root is None:
        return [None] * len(quoted.lines)
    await service.goods.defaults.begin(session, [root])
    return fit(await session.rows("ordering.credits", root), quoted.lines)


def add_item(counter: Counter, fields: Fields) -> Response[bytes]:
    """Send on to the confirmation with the line that a form of options adds, or back to it where it cannot be had so.

    Raises:
        Unknown: there are no such goods.
        Malformed: there are too many lines.
    """
    basket = counter.basket
    choice = read_choice((fields.get("item") or [""])[-1][:40], fields)
    priced = basket.priced(counter.catalogue, choice, counter.currency)
    if priced is None:
        raise Unknown("There are no such goods.")
    if priced.quote is None:
        chosen = [(name, value) for name, values in fields.items() if name.startswith(OPTION) for value in values]
        again = [*basket.fields, *chosen, ("quantity", (fields.get("quantity") or [""])[-1][:6])]
        return see_other(f"{basket.base}/goods/{choice.item}?{urlencode(again)}")
    whole = Choice(item=choice.item, options=dict(priced.quote.options), quantity=choice.quantity)
    return see_other(basket.with_line(whole).at("/confirm"))


def asked_of(request: AnyRequest) -> Fields:
    """Return the fields of an address, each with all its values."""
    asked = request.query_params
    return {name: [one.replace("\0", "") for one in asked.getall(name)] for name in asked}


def typed_in(fields: Mapping[str, list[str]], names: Sequence[str]) -> Mapping[str, str]:
    """Return what was typed into some fields."""
    return {name: field(fields, name, longest=_LONGEST_TYPED) for name in names}


def typed_address(fields: Mapping[str, list[str]], known: Mapping[str, Address]) -> Address | None:
    """Return where an order goes as its form says, one that is ``known`` or typed; None to be asked later.

    Raises:
        AddressShort: something of one was typed, and it is none yet.
    """
    chosen = field(fields, "address")
    if chosen in known:
        return known[chosen]
    if not any(field(fields, name, longest=_LONGEST_TYPED) for name in ("lines", "town", "postcode")):
        return None
    if not field(fields, "lines", longest=_LONGEST_TYPED) and not field(fields, "town"):
        raise AddressShort
    return address_in(fields, "typed")


def refuse_nothing(basket: Basket) -> None:
    """Refuse a confirmation of nothing. Raises Malformed."""
    if not basket.lines:
        raise Malformed("Nothing was chosen yet.")
