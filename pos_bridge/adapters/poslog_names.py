"""The children of a POSLog element by their own names. Those that nothing here reads, and vendors' own, are not."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Named:
    """Children by name, in their order."""

    namespace: str
    children: dict[str, list[Element]]

    def first(self, name: str) -> Element | None:
        """Return the first child of that name."""
        found = self.children.get(name)
        return found[0] if found else None

    def all(self, name: str) -> list[Element]:
        """Return every child of that name."""
        return self.children.get(name, [])

    def text(self, name: str) -> str:
        """Return what the first child of that name says, "" without one.

        Raises:
            MessageUnreadable: more than a field can be.
        """
        found = self.children.get(name)
        return text_of(found[0]) if found else ""


def named(element: Element, namespace: str | None = None) -> Named:
    """Return the children of ``element`` that stand in ``namespace``, its own unless told."""
    if namespace is None:
        namespace = element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""
    names = _names(namespace)
    children: dict[str, list[Element]] = {}
    for child in element:
        name = names.get(child.tag)
        if name is not None:
            children.setdefault(name, []).append(child)
    return Named(namespace, children)


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
