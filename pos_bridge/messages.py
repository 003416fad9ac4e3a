"""What comes in from tills, before and after it is understood: the contract of every adapter.

An adapter is two pure functions. ``verify`` says whether the raw bytes are genuine, and by which key a repeated
delivery is known; nothing is parsed before. ``read`` turns a kept message into lines of sales. So a message can be kept
first and answered at once, read later, and read again by a better version (``twincheck till replay``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from photocore.seams import Channel
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import SourceSettings

MOST_BYTES: Final = 1_000_000
"""Of one message over HTTP; what is longer is refused before it is read."""

State = Literal["new", "read", "refused"]


@dataclass(frozen=True, kw_only=True)
class RawMessage:
    """One message as it came. ``key`` is the sender's own name of it: the same key again is the same message.

    ``headers`` are those the adapter wants to read later, in lower case; none that is secret.
    """

    source: str
    key: str
    received_at: datetime
    body: bytes
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return f"RawMessage({self.source} {self.key} {len(self.body)} bytes)"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a message says. ``passed_over`` are one-line reasons for lines that are none of ours, for whoever looks.

    ``wants`` names what the message tells of but does not hold (Square's say only that an order changed): the source's
    poller fetches it (:class:`Fetcher`), and it comes as a message of its own.
    """

    sales: tuple[SaleObserved, ...] = ()
    passed_over: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()


class Adapter(Protocol):
    """How one kind of till system is understood. No I/O, no clock: the time is an argument."""

    @property
    def kind(self) -> str:
        """Its word in till.toml."""
        ...

    def verify(self, body: bytes, headers: Mapping[str, str], source: SourceSettings, now: datetime) -> str:
        """Return the key of a genuine message; ``headers`` are in lower case, ``body`` is raw.

        Raises:
            NotGenuine: it is not, or too old.
        """
        ...

    def read(self, message: RawMessage, source: SourceSettings) -> Reading:
        """Return what the message says; the same bytes always say the same.

        Raises:
            MessageUnreadable: it cannot be understood.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """One page of a till system's own list of sales, and where to go on. ``is_last``: nothing is left for now."""

    messages: Sequence[RawMessage]
    cursor: str
    is_last: bool = True


class Poller(Protocol):
    """How a till system is asked for its sales, beside or instead of its messages."""

    def fetch(self, source: SourceSettings, cursor: str, channel: Channel, now: datetime) -> Fetched:
        """Return what is new since ``cursor`` ("" at first), with an overlap, so that nothing falls between.

        A sale fetched and the same sale told by webhook are lines with one natural key.

        Raises:
            SourceDown: no answer, or none that can be used.
        """
        ...


class Fetcher(Protocol):
    """A poller that can also fetch single things by name, as :attr:`Reading.wants` names them."""

    def fetch_wanted(
        self, source: SourceSettings, wants: Sequence[str], channel: Channel, now: datetime
    ) -> Sequence[RawMessage]:
        """Return what is there of ``wants``; what no longer is, is left out.

        Raises:
            SourceDown: no answer, or none that can be used.
        """
        ...
