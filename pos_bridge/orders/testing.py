"""A photoservice's order codes without a photoservice, and one bridge's codes round it; for tests and the demo."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal

from photocore.codes import parse_order_code
from photocore.errors import ChannelDown, CodeError
from photocore.seams import HttpRequest, HttpResponse
from photocore.testing import ManualClock, SeededEntropy
from pos_bridge.orders.charges import Charges
from pos_bridge.orders.service import OrderService
from pos_bridge.orders.store import IssuedCodes
from pos_bridge.settings import CodeSettings
from sync.database import Schema, open_database
from sync.writer import GroupWriter, StraightWriter

STORE: Final = "9521141000007"
KEY: Final = "tenant-key"
_SCHEMA: Final = Schema(application_id=0x54574E54, what="books of a test", room="pos_bridge")


@dataclass
class FakePhotoservice:
    """Order codes as ``/order-codes`` has them: one answer for all that is wrong, and one redemption a key.

    ``codes`` are what is to be paid; ``paid`` which key paid a code. ``breaks``: the network gives no answer, after the
    request was carried out, or before it.
    """

    clock: ManualClock
    stores: frozenset[str] = frozenset({STORE})
    key: str = KEY
    codes: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    paid: dict[str, str] = field(default_factory=dict[str, str])
    answered: dict[str, tuple[str, int, str]] = field(default_factory=dict[str, tuple[str, int, str]])
    breaks: Literal["", "before", "after"] = ""
    asked: list[str] = field(default_factory=list[str])

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; a :class:`photocore.seams.Channel`."""
        self.asked.append(request.url.rpartition("/")[2])
        if self.breaks == "before":
            raise ChannelDown("no route")
        answer = self._answer(request)
        if self.breaks == "after":
            raise ChannelDown("the answer was lost")
        return answer

    def _answer(self, request: HttpRequest) -> HttpResponse:
        said = json.loads(request.body)
        if request.headers["authorization"] != f"Bearer {self.key}":
            return _problem(401, "unproven")
        if said["store"] not in self.stores:
            return _problem(403, "store-foreign")
        try:
            code = parse_order_code(said["code"])
        except CodeError:
            return _problem(403, "order-code-refused")
        if request.url.endswith("/redeem"):
            return self._redeem(said, code)
        if code not in self.codes or code in self.paid:
            return _problem(403, "order-code-refused")
        minor, currency = self.codes[code]
        until = (self.clock.now() + timedelta(days=10)).isoformat()
        return _told({"minor": minor, "currency": currency, "expires_at": until})

    def _redeem(self, said: dict[str, Any], code: str) -> HttpResponse:
        meant = (code, int(said["minor"]), str(said["currency"]))
        if said["key"] in self.answered:
            if self.answered[said["key"]] != meant:
                return _problem(422, "key-reused")
        elif code in self.paid or self.codes.get(code) != meant[1:]:
            return _problem(403, "order-code-refused")
        else:
            self.answered[said["key"]], self.paid[code] = meant, said["key"]
        body = {"order": f"O-{code}", "minor": meant[1], "currency": meant[2], "is_new": True}
        return _told(body | {"at": self.clock.now().isoformat()})


def open_books(folder: Path) -> StraightWriter:
    """Open books of codes alone, as a bridge's ledger keeps them."""
    books = StraightWriter(
        lambda: open_database(folder / "codes.db", schema=_SCHEMA),
        on_commit=lambda: None,
        on_failure=lambda error: None,
    )
    books.start()
    return books


def open_shared_books(folder: Path) -> GroupWriter:
    """Open them for many threads."""
    books = GroupWriter(
        lambda: open_database(folder / "codes.db", schema=_SCHEMA),
        on_commit=lambda: None,
        on_failure=lambda error: None,
    )
    books.start()
    return books


class CodesBench:
    """One bridge's codes and charges in a folder, which can be put down and taken up again; the dice begin anew."""

    def __init__(
        self, folder: Path, clock: ManualClock, service: FakePhotoservice, settings: CodeSettings | None = None
    ) -> None:
        self.settings = settings or CodeSettings()
        self._folder, self._clock, self._service = folder, clock, service
        self.start()

    def start(self) -> None:
        """Open the books."""
        self.books = open_books(self._folder)
        asks = OrderService(channel=self._service, url="https://photos.example", key=KEY, store=STORE)
        dice = SeededEntropy(1)
        self.issued = IssuedCodes(self.books, self.settings, store=STORE, clock=self._clock, entropy=dice, service=asks)
        self.charges = Charges(self.books, self.issued, clock=self._clock, service=asks)

    def stop(self) -> None:
        """Close them."""
        self.books.close()

    def restart(self) -> None:
        """Close them, and open them again."""
        self.stop()
        self.start()


def _told(said: Mapping[str, object]) -> HttpResponse:
    return HttpResponse(status=200, body=json.dumps(said).encode())


def _problem(status: int, slug: str) -> HttpResponse:
    return HttpResponse(status=status, body=json.dumps({"type": f"urn:twincheck:problem:{slug}"}).encode())
