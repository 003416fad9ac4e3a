"""What the ears of the lanes tell, and to whom."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from hardware.tee.copies import ReceiptEnded
from photocore.refusals import RefusalReason
from photocore.scans import Scan
from pos_bridge.sighting import CardSighting, Sighting

Sound = Literal["good", "refused"]
"""What a cashier should hear before looking."""


@dataclass(frozen=True, kw_only=True)
class CodeSeen:
    """A code went by that is no package and no card: an order code, a receipt's number, a claim code.

    ``text`` is what was read, for the order codes' own rules: it may be a secret. ``scan`` is what it means, None for
    an order code by the shop's own layout.
    """

    id: str
    at: datetime
    lane: str
    text: str = field(repr=False)
    scan: Scan | None = None


@dataclass(frozen=True, kw_only=True)
class RefusedSeen:
    """A code went by that looks like ours and cannot be used. What was read is not kept."""

    id: str
    at: datetime
    lane: str
    reason: RefusalReason


@dataclass(frozen=True, kw_only=True)
class GapHeard:
    """Bytes of a scanner were not heard: ``missed`` of them, None if it is not known how many (another epoch)."""

    at: datetime
    lane: str
    missed: int | None


def _nobody(_told: object) -> None:
    pass


def _at_once(then: Callable[[], object]) -> None:
    then()


def _no_sound(_lane: str, _sound: Sound) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """Who is told what; all on the ears' thread, so each must be quick. What nobody wants goes nowhere.

    ``when_kept`` calls back, on any thread, once all that was told before is written down: the tee keeps it till then.
    """

    on_sighting: Callable[[Sighting], object] = _nobody
    on_card: Callable[[CardSighting], object] = _nobody
    on_code: Callable[[CodeSeen], object] = _nobody
    on_refused: Callable[[RefusedSeen], object] = _nobody
    on_receipt: Callable[[ReceiptEnded], object] = _nobody
    on_gap: Callable[[GapHeard], object] = _nobody
    sound: Callable[[str, Sound], object] = _no_sound
    when_kept: Callable[[Callable[[], object]], object] = _at_once
