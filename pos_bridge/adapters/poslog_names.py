"""The children of a POSLog element by their own names. Those that nothing here reads, and vendors' own, are not."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from pos_bridge.adapters.files_shape import LONGEST_TEXT
from pos_bridge.errors import MessageUnreadable
from pos_bridge.intake.markup import Element

_READ: Final = (
    *("RetailTransaction", "RetailStoreID", "BusinessUnit", "UnitID", "WorkstationID", "SequenceNumber"),
    *("BusinessDayDate", "BeginDateTime", "EndDateTime", "POSLogDateTime", "ReceiptDateTime", "CurrencyCode"),
    *("LineItem", "LineItemSequenceNumber", "Sale", "Return", "Void", "ItemLink", "TransactionLink", "ReasonCode"),
    *("GTIN", "POSIdentity", "POSItemID", "ItemID", "SerialNumber", "Quantity", "ExtendedAmount"),
    *("ActualSalesUnitPrice", "LoyaltyAccount", "LoyaltyMembership", "LoyaltyID", "LoyaltyAccountID", "Customer"),
    *("CustomerID", "AlternateID"),
)


class Named:
    """Children by name, in their order. ``names`` are those that are read, in the namespace they stand in.

    Plain and with slots: a nightly file has millions of them.
    """

    __slots__ = ("_firsts", "_more", "names")

    def __init__(self, element: Element, names: Mapping[str, str]) -> None:
        self.names = names
        self._firsts: dict[str, Element] = {}
        self._more: dict[str, list[Element]] = {}
        firsts = self._firsts
        for child in element:
            name = names.get(child.tag)
            if name is None:
                continue
            if name in firsts:
                self._more.setdefault(name, []).append(child)
            else:
                firsts[name] = child

    def __contains__(self, name: str) -> bool:
        return name in self._firsts

    def first(self, name: str) -> Element | None:
        """Return the first child of that name."""
        return self._firsts.get(name)

    def all(self, name: str) -> Sequence[Element]:
        """Return every child of that name."""
        first = self._firsts.get(name)
        if first is None:
            return ()
        return (first, *self._more[name]) if name in self._more else (first,)

    def text(self, name: str) -> str:
        """Return what the first child of that name says, "" without one.

        Raises:
            MessageUnreadable: more than a field can be.
        """
        found = self._firsts.get(name)
        if found is None:
            return ""
        text = found.text
        if text is None:
            return ""
        return text.strip() if len(text) <= LONGEST_TEXT else text_of(found)

    def texts_in(self, name: str, inner: str) -> Iterator[str]:
        """Yield what the children ``inner`` of each child ``name`` say, if anything. Raises as :meth:`text`."""
        for around in self.all(name):
            for element in around:
                if self.names.get(element.tag) == inner and (text := text_of(element)):
                    yield text

    def inside(self, element: Element) -> "Named":
        """Return the children of one of these, in the same namespace."""
        return Named(element, self.names)


def named(element: Element) -> Named:
    """Return the children of ``element`` that stand in its own namespace."""
    return Named(element, _names(element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""))


def store_text(parts: Named) -> str:
    """Return the store that a transaction, or a link to one, names: by RetailStoreID, or as POSLog 6 does."""
    told = parts.text("RetailStoreID")
    unit = None if told else parts.first("BusinessUnit")
    return told if unit is None else parts.inside(unit).text("UnitID")


def text_of(element: Element) -> str:
    """Return what an element says, without the blanks around it.

    Raises:
        MessageUnreadable: more than a field can be.
    """
    text = element.text
    if text is None:
        return ""
    if len(text) > LONGEST_TEXT:
        raise MessageUnreadable(f"a field of {len(text):,} characters")
    return text.strip()


@lru_cache(maxsize=32)
def _names(namespace: str) -> dict[str, str]:
    return {f"{{{namespace}}}{name}" if namespace else name: name for name in _READ}
