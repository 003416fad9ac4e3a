"""A till that needs no till: it opens its side of the tee as a real one does, sells, and prints a receipt.

It knows nothing of Twincheck. What it sold it tells as one plain dict (:meth:`VirtualTill.pay`), of which tests and the
demo make the message of any till system::

    {"store", "till", "business_day", "sequence", "at", "currency", "customer", "total", "receipt",
     "lines": [{"line", "kind", "title", "gtin", "code", "serial", "quantity", "amount", "given_back"}]}

``kind`` is sold, returned or voided; ``amount`` the line's total in minor units, positive; ``given_back`` names till,
business day, sequence and line of what a return or a void takes back.
"""

import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from hardware.errors import PortDown
from hardware.transport import Port, PortOpener, open_port
from photocore.seams import Clock
from pos_bridge.virtual.basket import Article, Basket, BasketLine, NotSold, TillRules
from pos_bridge.virtual.receipt_paper import CUT_WITH_FEED, receipt_bytes

READ_WAIT_S: Final = 1.0
AGAIN_S: Final = 0.1
_ENDS: Final = re.compile(rb"[\r\n\t\x02\x03]+")

Told = dict[str, Any]


class VirtualTill:
    """One till of one store.

    ``articles`` are its products by 14-digit GTIN. ``scanner`` and ``printer`` are the addresses of its ports, empty
    for none; what is scanned in between is sold at once. ``first_sequence`` is the number of its first receipt.
    ``on_sale`` is told each sale. ``beep`` is written to the scanner for what the till does not know.
    """

    def __init__(
        self,
        *,
        store: str,
        till: str,
        articles: Mapping[str, Article],
        clock: Clock,
        scanner: str = "",
        printer: str = "",
        rules: TillRules | None = None,
        currency: str = "EUR",
        title: str = "PHOTO STORE",
        first_sequence: int = 1,
        cut: bytes = CUT_WITH_FEED,
        beep: bytes = b"",
        on_sale: Callable[[Told], object] = lambda sale: None,
        opener: PortOpener = open_port,
    ) -> None:
        self.store, self.till, self.currency, self.title = store, till, currency, title
        self.articles = articles
        self.sales: list[Told] = []
        self.refused: list[str] = []
        self._rules = rules or TillRules()
        self._clock = clock
        self._addresses = scanner, printer
        self._opener = opener
        self._cut, self._beep = cut, beep
        self._on_sale = on_sale
        self._next = first_sequence
        self._basket = self._new_basket()
        self._suspended: dict[int, Basket] = {}
        self._returning: Told | None = None
        self._is_returning = False
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._port: Port | None = None
        self._thread = threading.Thread(target=self._run, name=f"virtual till {till}", daemon=True)

    def start(self) -> None:
        """Open the scanner's port and listen; a port that is not there is tried again."""
        self._thread.start()

    def stop(self) -> None:
        """Close the till."""
        self._stopping.set()
        port = self._port
        if port is not None:
            port.cancel()
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- what a cashier does ------------------------------------------------------------------------

    @property
    def lines(self) -> tuple[BasketLine, ...]:
        """Return what is in the basket."""
        with self._changed:
            return tuple(self._basket.lines)

    @property
    def customer(self) -> str | None:
        """Return the card that was scanned into the basket."""
        return self._basket.customer

    @property
    def is_listening(self) -> bool:
        """Say whether the scanner's port is open: a scan before that is in nobody's ear."""
        return self._port is not None

    def await_lines(self, count: int, timeout: float = 30.0) -> bool:
        """Wait until the basket has so many lines, however they came."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._basket.lines) >= count, timeout)

    def await_refused(self, count: int, timeout: float = 30.0) -> bool:
        """Wait until the till has refused so many scans."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.refused) >= count, timeout)

    def await_customer(self, timeout: float = 30.0) -> bool:
        """Wait until a customer's card was scanned."""
        with self._changed:
            return self._changed.wait_for(lambda: self._basket.customer is not None, timeout)

    def scan(self, code: str) -> BasketLine | None:
        """Take a code as if its scanner had read it; None if it was refused, or a card."""
        with self._changed:
            try:
                return self._basket.scan(
                    code, kind="returned" if self._is_returning else "sold", of=self._named(self._returning)
                )
            except NotSold:
                self.refused.append(code)
                self._complain()
                return None
            finally:
                self._changed.notify_all()

    def quantity(self, count: int) -> BasketLine:
        """Make the last line so many units.

        Raises:
            NotSold: there is no line, or no such number.
        """
        with self._changed:
            return self._basket.count(count)

    def void(self, line: int) -> BasketLine:
        """Take a line of the open basket back.

        Raises:
            NotSold: there is none, or it was taken back before.
        """
        with self._changed:
            return self._basket.void(line, self._place(self._next))

    def give_back(self, of: Told | None = None) -> None:
        """Let the next scans be returns until the basket is paid; ``of`` is the sale they name, if the till asks."""
        with self._changed:
            self._is_returning, self._returning = True, of

    def sell_on(self) -> None:
        """Let the next scans be sales again: an exchange has both in one basket."""
        with self._changed:
            self._is_returning, self._returning = False, None

    def suspend(self) -> int:
        """Put the basket aside and return its number; the next customer begins an empty one."""
        with self._changed:
            number = max(self._suspended, default=0) + 1
            self._suspended[number] = self._basket
            self._begin()
            return number

    def resume(self, number: int) -> None:
        """Take a basket up that was put aside; the open one must be empty.

        Raises:
            NotSold: there is no such basket, or another one is open.
        """
        with self._changed:
            if number not in self._suspended or self._basket.lines:
                raise NotSold(f"no basket {number} to take up now")
            self._basket = self._suspended.pop(number)

    def pay(self) -> Told:
        """End the basket: print its receipt, tell the sale, return it.

        Raises:
            NotSold: the basket is empty.
            PortDown: the printer took no receipt. The sale stands: it was told.
        """
        with self._changed:
            if not self._basket.lines:
                raise NotSold("an empty basket")
            sale, receipt = self._close(self._basket)
            self._begin()
        self.sales.append(sale)
        self._on_sale(sale)
        self._print(receipt)
        return sale

    def void_sale(self, sale: Told) -> Told:
        """Take a whole sale back afterwards, as one transaction of voids; print and tell it."""
        lines = [line for line in sale["lines"] if line["kind"] == "sold"]
        with self._changed:
            basket = self._new_basket()
            for line in lines:
                basket.lines.append(_taken_back(line, len(basket.lines) + 1, self._named(sale) or {}))
            told, receipt = self._close(basket)
        self.sales.append(told)
        self._on_sale(told)
        self._print(receipt)
        return told

    # -- how it works -------------------------------------------------------------------------------

    def _close(self, basket: Basket) -> tuple[Told, bytes]:
        number, now = self._next, self._clock.now()
        self._next += 1
        told: Told = {
            "store": self.store,
            **self._place(number, day=now.date().isoformat()),
            "at": now.isoformat(),
            "currency": self.currency,
            "customer": basket.customer,
            "total": basket.total,
            "receipt": f"{number:04d}",
            "lines": [line.as_dict() for line in basket.lines],
        }
        receipt = receipt_bytes(
            basket.lines,
            store=self.title,
            till=self.till,
            number=told["receipt"],
            currency=self.currency,
            total=basket.total,
            cut=self._cut,
        )
        return told, receipt

    def _place(self, number: int, *, day: str = "") -> dict[str, str]:
        day = day or self._clock.now().date().isoformat()
        return {"till": self.till, "business_day": day, "sequence": str(number)}

    def _named(self, sale: Told | None) -> Mapping[str, Any] | None:
        return None if sale is None else {name: sale[name] for name in ("till", "business_day", "sequence")}

    def _new_basket(self) -> Basket:
        return Basket(rules=self._rules, articles=self.articles)

    def _begin(self) -> None:
        self._basket = self._new_basket()
        self._is_returning, self._returning = False, None
        self._changed.notify_all()

    def _print(self, receipt: bytes) -> None:
        printer = self._addresses[1]
        if printer:
            port = self._opener(printer)
            try:
                port.write(receipt)
            finally:
                port.close()

    def _complain(self) -> None:
        port = self._port
        if port is not None and self._beep:
            with suppress(PortDown):
                port.write(self._beep)

    # -- its scanner --------------------------------------------------------------------------------

    def _run(self) -> None:
        scanner = self._addresses[0]
        while scanner and not self._stopping.is_set():
            with suppress(PortDown):
                port = self._opener(scanner)
                try:
                    self._port = port
                    self._listen(port)
                finally:
                    self._port = None
                    port.close()
            self._stopping.wait(AGAIN_S)

    def _listen(self, port: Port) -> None:
        held = b""
        while not self._stopping.is_set():
            *codes, held = _ENDS.split(held + port.read(READ_WAIT_S))
            for code in codes:
                if code:
                    self.scan(code.decode("ascii", "replace"))


def _taken_back(line: Told, number: int, of: Mapping[str, Any]) -> BasketLine:
    kept = {name: line[name] for name in ("title", "gtin", "code", "serial", "quantity", "amount")}
    return BasketLine(line=number, kind="voided", given_back={**of, "line": line["line"]}, **kept)
