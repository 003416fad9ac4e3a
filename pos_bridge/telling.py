"""Carries what the facts say to the station's desk: what is new is told, what turned out wrong is taken back first.

Each thing has an event ID made of what it says and its round, so whatever is repeated after a crash is the same event.
It is noted in bridge.db before the desk is asked (from then on it may have been told) and again after. A refusal of
the desk is a case for the manager; a journal that is down stops the round, which is made again later.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import apsw
import msgspec
import structlog

from photocore.cards import CardNumber
from photocore.errors import TwincheckError
from pos_bridge.ledger.ledger import Ledger
from pos_bridge.ledger.results import Assertion, Kind, identity, is_due, read_assertions
from pos_bridge.matching.outcome import Charged, GivenBack, Registers, Sold, case_key
from pos_bridge.orders.charges import Charge
from pos_bridge.sale import LineKey
from pos_bridge.sale_wishes import refund_wish, sale_wish
from sync.errors import DeskReason, DeskRefusal, JournalDown
from sync.statements import Row, one, run
from sync.till_views import CorrectionWish, RefundWish, SaleWish, Told
from sync.views import ClaimLevel, Registered, RegisterWish, Undone

AT_ONCE: Final = 100
_Q = "pos_bridge/results."

_FIRST_TAKEN_BACK: Final[tuple[Kind, ...]] = ("registers", "given_back", "charged", "sold")
_FIRST_TOLD: Final[tuple[Kind, ...]] = ("sold", "given_back", "registers", "charged")
"""What was given back is told before what registers: it ends what stands in the next customer's way."""
_IS_GONE: Final = frozenset({DeskReason.UNKNOWN_SALE, DeskReason.SALE_CORRECTED, DeskReason.UNKNOWN_CLAIM})
"""Refusals to take something back that is not there any more, or never was."""
_NOT_YET: Final = frozenset({DeskReason.NO_ROSTER})
"""Refusals of a station that is not ready: nothing is wrong with what it is told."""

_log = structlog.get_logger(__name__)


class StationDesk(Protocol):
    """What the bridge asks of its station: :class:`sync.desk.Desk`."""

    def sell(self, wish: SaleWish) -> Told:
        """Tell that a unit of a sale was a piece."""
        ...

    def refund_sale(self, wish: RefundWish) -> Told:
        """Tell that a unit was given back."""
        ...

    def correct_sale(self, wish: CorrectionWish) -> Told:
        """Take back what was told."""
        ...

    def find_told(self, event_id: str) -> Told | None:
        """Return what the station holds of an event that told of a sale."""
        ...

    def register(self, wish: RegisterWish) -> Registered:
        """Register a piece to a card."""
        ...

    def level(self, claim: str) -> ClaimLevel:
        """Say how far a claim has come; DeskRefusal if there is none."""
        ...

    def undo(self, claim: str, *, reason: str = "", staff: str | None = None) -> Undone:
        """Withdraw a claim."""
        ...


class ChargeDesk(Protocol):
    """Where charges of order codes go: :class:`pos_bridge.orders.charges.Charges`."""

    def paid(self, charge: Charge) -> bool:
        """Note that a till took the money in."""
        ...

    def taken_back(self, line: LineKey) -> bool:
        """Note that a line was voided, or was no sale after all."""
        ...


class Teller:
    """Tells the station what it is to be told. One thread at a time."""

    def __init__(
        self,
        ledger: Ledger,
        desk: StationDesk,
        charges: ChargeDesk | None = None,
        *,
        language: str = "en",
        on_registered: Callable[[str, str], object] = lambda claim, card: None,
    ) -> None:
        self._ledger = ledger
        self._desk = desk
        self._charges = charges
        self._language = language
        self._on_registered = on_registered
        self._has_spent = False

    def tell(self) -> int:
        """Tell all that is due; return how much was told or taken back.

        Raises:
            JournalDown: the station's journal or the ledger takes nothing now; nothing is lost, tell again later.
        """
        done = 0
        for kind in _FIRST_TAKEN_BACK:
            done += self._each(kind, self._find_out)
            done += self._each(kind, self._take_back)
        for kind in _FIRST_TOLD:
            done += self._each(kind, self._tell)
            while self._has_spent:
                self._has_spent = False
                done += self._each(kind, self._tell)
        return done

    def _each(self, kind: Kind, deed: Callable[[Sequence[Assertion]], int]) -> int:
        """Go through all of a kind that is due, a hundred at a time."""
        if kind == "charged" and self._charges is None:
            return 0
        done, after = 0, ""
        while True:
            wanted = {"kind": kind, "after": after, "limit": AT_ONCE}
            rows = self._ledger.read(lambda connection, wanted=wanted: run(connection, _Q + "due_assertions", wanted))
            if not rows:
                return done
            found = read_assertions(rows)
            done += deed(found)
            after = found[-1].key

    # -- what was begun and perhaps not ended -------------------------------------------------------------------------

    def _find_out(self, found: Sequence[Assertion]) -> int:
        """Note what of those that were being told when it was dark did arrive; the rest is as if never begun."""
        for one_ in found:
            if one_.stage == "telling":
                if self._is_there(one_):
                    self._note_told([one_])
                else:
                    self._note_not_told([one_], "", "")
        return 0

    def _is_there(self, one_: Assertion) -> bool:
        if one_.kind == "charged":  # to tell it again is harmless, and so is taking back what never was
            return identity(one_.wanted) != identity(one_.told)
        if one_.kind != "registers":
            return self._desk.find_told(event_id(one_)) is not None
        try:
            self._desk.level(event_id(one_))
        except DeskRefusal:
            return False
        return True

    # -- taking back --------------------------------------------------------------------------------------------------

    def _take_back(self, found: Sequence[Assertion]) -> int:
        wrong = [one_ for one_ in found if _is_wrong(one_)]
        self._write("begin_taking_back", [{"key": one_.key} for one_ in wrong if one_.stage == "settled"])
        gone: list[Assertion] = []
        try:
            for one_ in wrong:
                if self._is_taken_back(one_):
                    gone.append(one_)  # noqa: PERF401  what was done before a fault is noted
        finally:
            self._note_taken_back(gone)
        return len(gone)

    def _is_taken_back(self, one_: Assertion) -> bool:
        try:
            self._ask_back(one_)
        except JournalDown:
            raise
        except DeskRefusal as refusal:
            if refusal.reason in _NOT_YET:
                raise JournalDown(str(refusal)) from refusal
            if refusal.reason not in _IS_GONE:
                self._note_stuck(one_, refusal.reason)
                return False
        except (TwincheckError, ValueError) as fault:
            self._note_fault(one_, fault)
            self._note_stuck(one_, "fault")
            return False
        return True

    def _ask_back(self, one_: Assertion) -> None:
        told, why = one_.told, "the till's sales say otherwise"
        if isinstance(told, Sold | GivenBack):
            mine = event_id(one_)
            wish = CorrectionWish(event_id=_hash("correct", mine), told=mine, item=told.item, reason=why)
            self._desk.correct_sale(wish)
        elif isinstance(told, Registers):
            self._desk.undo(event_id(one_), reason=why)
        elif isinstance(told, Charged) and self._charges is not None:
            self._charges.taken_back(told.place)

    # -- telling ------------------------------------------------------------------------------------------------------

    def _tell(self, found: Sequence[Assertion]) -> int:
        new = [one_ for one_ in found if one_.stage == "settled" and one_.told is None and one_.wanted is not None]
        rows = [{"key": one_.key, "told": msgspec.json.encode(one_.wanted)} for one_ in new]
        self._write("begin_telling", rows)
        told: list[Assertion] = []
        try:
            for one_ in new:
                if self._is_told(one_):
                    told.append(one_)  # noqa: PERF401  as above
        finally:
            self._note_told(told)
        return len(told)

    def _is_told(self, one_: Assertion) -> bool:
        try:
            if (answer := self._ask(one_)) is not None and answer.corrected_by is not None:
                self._note_taken_back([one_])  # by a ledger before this one: only another round tells it anew
                self._has_spent = True
                return False
        except JournalDown:
            raise
        except DeskRefusal as refusal:
            if refusal.reason in _NOT_YET:
                raise JournalDown(str(refusal)) from refusal
            if refusal.reason == DeskReason.REGISTERED_TO_THIS_CARD:
                return True  # at a kiosk, say
            self._note_not_told([one_], refusal.reason, _refusal_case(one_))
            return False
        except CardGone:
            self._note_not_told([one_], "card_gone", _refusal_case(one_))
            return False
        except (TwincheckError, ValueError) as fault:
            self._note_fault(one_, fault)
            self._note_not_told([one_], "fault", _refusal_case(one_))
            return False
        return True

    def _ask(self, one_: Assertion) -> Told | None:
        match one_.wanted:
            case Sold() as sold:
                return self._desk.sell(sale_wish(event_id(one_), sold, self._card(sold.card) if sold.card else None))
            case GivenBack() as given:
                return self._desk.refund_sale(refund_wish(event_id(one_), given))
            case Registers() as registers:
                self._register(event_id(one_), registers)
            case Charged() as charged:
                self._charge(charged)
            case None:
                pass
        return None

    def _register(self, event: str, registers: Registers) -> None:
        card = self._card(registers.card)
        if card is None:
            raise CardGone("The card's number is not kept any more.")
        done = self._desk.register(
            RegisterWish(
                event_id=event,
                item=registers.item,
                level=self._ledger.ground.knowledge.level_of(registers.item),
                item_typed=False,
                card=card,
                card_typed=False,
                language=card.language or self._language,
                activation="till" if self._is_held(registers) else None,
            )
        )
        if not done.already:
            self._on_registered(done.claim, registers.card)

    def _is_held(self, registers: Registers) -> bool:
        """Say whether a claim waits for its sale: at a lane whose till tells it later (till.toml, ``at_scan``)."""
        lane = self._ledger.ground.settings.lane.get(registers.lane)
        return lane is not None and lane.registers == "at_scan"

    def _charge(self, charged: Charged) -> None:
        if self._charges is not None:
            self._charges.paid(
                Charge(number=charged.number, line=charged.place, minor=charged.minor, currency=charged.currency)
            )

    def _card(self, mark: str) -> CardNumber | None:
        row = self._ledger.read(lambda connection: one(connection, "pos_bridge/facts.card", {"mark": mark}))
        return CardNumber(**msgspec.json.decode(bytes(row[0]))) if row else None

    # -- notes --------------------------------------------------------------------------------------------------------

    def _note_told(self, told: Sequence[Assertion]) -> None:
        """Note that the station has it; what was said meanwhile may have made it due again already."""

        def work(connection: apsw.Connection) -> None:
            for one_ in told:
                now = _now(connection, one_.key)
                if now is not None:
                    due = is_due(now.wanted, now.told, "settled")
                    run(connection, _Q + "was_told", {"key": one_.key, "is_due": int(due)})
                    card = getattr(now.told, "card", None)
                    if card:
                        run(connection, "pos_bridge/facts.use_card", {"mark": card})
                    if isinstance(now.told, GivenBack):
                        _register_again(connection, now.told.item)

        if told:
            self._ledger.write(work)

    def _note_taken_back(self, gone: Sequence[Assertion]) -> None:
        def work(connection: apsw.Connection) -> None:
            for one_ in gone:
                now = _now(connection, one_.key)
                if now is not None:
                    due = is_due(now.wanted, None, "settled")
                    run(connection, _Q + "was_taken_back", {"key": one_.key, "is_due": int(due)})
                    if isinstance(now.told, Registers):
                        _register_again(connection, now.told.item)
            run(connection, _Q + "try_freed")

        if gone:
            self._ledger.write(work)

    def _note_not_told(self, refused: Sequence[Assertion], why: str, case: str) -> None:
        def work(connection: apsw.Connection) -> None:
            for one_ in refused:
                now = _now(connection, one_.key)
                if now is None:
                    continue
                is_changed = not why or now.wanted != one_.wanted
                due = is_changed and is_due(now.wanted, None, "settled")
                said = {"key": one_.key, "is_due": int(due), "told": None, "stage": "settled"}
                run(connection, _Q + "was_refused", said | {"refusal": "" if is_changed else why, "case": case})

        self._ledger.write(work)

    def _note_stuck(self, one_: Assertion, why: str) -> None:
        """Note that the station will not take something back: a manager is told, and may ask again."""
        body = msgspec.json.encode(one_.told)
        said = {"key": one_.key, "is_due": 0, "told": body, "stage": "taking_back", "refusal": why}
        self._write("was_refused", [said | {"case": _refusal_case(one_)}])

    def _note_fault(self, one_: Assertion, fault: Exception) -> None:
        _log.error("till.not_told", kind=one_.kind, key=one_.key.replace("\x1f", " "), cause=str(fault))

    def _write(self, name: str, rows: Sequence[dict[str, Any]]) -> None:
        def work(connection: apsw.Connection) -> None:
            for row in rows:
                run(connection, _Q + name, row)

        if rows:
            self._ledger.write(work)


class CardGone(TwincheckError):
    """A piece was to be registered to a card whose number had to be wiped meanwhile."""


def event_id(one_: Assertion) -> str:
    """Return the ID of the event that tells this in its present round: 32 hex digits, the same after a crash."""
    return _hash(one_.about, str(one_.round))


def _register_again(connection: apsw.Connection, item: str) -> None:
    """Let registrations of a piece be asked for again that were refused while another stood in their way."""
    for one_ in read_assertions(run(connection, _Q + "refused_of", {"item": item})):
        if is_due(one_.wanted, one_.told, one_.stage):
            run(connection, _Q + "ask_once_more", {"key": one_.key})


def _is_wrong(one_: Assertion) -> bool:
    """Say whether the station was told what the facts do not say, or no longer."""
    if one_.stage == "taking_back":
        return True
    return one_.stage == "settled" and one_.told is not None and is_due(one_.wanted, one_.told, "settled")


def _refusal_case(one_: Assertion) -> str:
    return case_key(one_.home, "not_registered" if one_.kind == "registers" else "not_told", one_.about)


def _now(connection: apsw.Connection, key: str) -> Assertion | None:
    row: Row | None = one(connection, _Q + "assertion", {"key": key})
    return read_assertions([row])[0] if row else None


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(("till", *parts)).encode()).hexdigest()[:32]
