"""A printer as UnifiedPOS has it. A piece of paper, from its first line to its cut, is one job.

So a receipt is whole or it is not: no label of ours comes out in the middle of one, and the printer vouches for it
once. What a till prints is taken at once; the call that ends the piece (cutPaper, or transactionPrint that ends) is the
one that waits for the paper, or in AsyncMode is told of it by an OutputCompleteEvent for each call of the piece.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hardware.printer.status import PrinterStatus
from hardware.render.escpos_text import Line
from pos_bridge.facade import words
from pos_bridge.facade.events import Event
from pos_bridge.facade.machine import DeviceMachine, Rung, Session
from pos_bridge.facade.markup import Cut, Typewriter
from pos_bridge.facade.words import DeviceRefused, Fault, Locus, Power, PrinterNews, State

MOST_PARTS: Final = 600
"""Lines and codes of one piece of paper."""
LEFT_S: Final = 5.0
"""Paper that nobody cuts comes out after so long."""
MOST_CODE: Final = 512


@dataclass(frozen=True, kw_only=True)
class BarCode:
    """A code to be drawn: PTR_BCS_ ``symbology``, its text, dots of height, and where it stands."""

    symbology: int
    text: str
    height_dots: int
    align: int
    has_text: bool


def check_bar_code(code: BarCode) -> None:
    """Refuse a code that is not drawn here. Raises DeviceRefused: E_ILLEGAL."""
    known = (words.PTR_BCS_EAN13, words.PTR_BCS_CODE128, words.PTR_BCS_QRCODE, words.PTR_BCS_DATAMATRIX)
    is_plain = code.text.isascii() and code.text.isprintable()
    if code.symbology not in known or not is_plain or not 1 <= len(code.text) <= MOST_CODE:
        raise DeviceRefused(Fault.E_ILLEGAL, "EAN-13, Code 128, QR and Data Matrix of 1 to 512 ASCII signs are drawn.")


Part = Line | BarCode


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One piece of paper, ready to print. ``output_ids`` are the calls in AsyncMode that made it."""

    number: int
    session: str
    parts: tuple[Part, ...]
    output_ids: tuple[int, ...]


@dataclass
class _Sheet:
    """The piece of paper that a session writes on."""

    parts: list[Part] = field(default_factory=list[Part])
    output_ids: list[int] = field(default_factory=list[int])
    pen: Typewriter = field(default_factory=Typewriter)
    touched_at: float = 0.0
    is_transaction: bool = False
    is_async: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.parts and not self.pen.line.text


class PrinterMachine(DeviceMachine):
    """One printer. See :class:`DeviceMachine`. ``on_piece`` gets what is to be printed."""

    category = "POSPrinter"

    def __init__(
        self,
        name: str,
        on_event: Callable[[str, Event], object] = lambda session, event: None,
        on_piece: Callable[[Piece], object] = lambda piece: None,
    ) -> None:
        super().__init__(name, on_event)
        self.status = PrinterStatus()
        self._on_piece = on_piece
        self._sheets: dict[str, _Sheet] = {}
        self._under_way: dict[int, Piece] = {}
        self._last_output = self._last_piece = 0

    # -- what a till asks ---------------------------------------------------------------------------------------------

    def print_normal(self, session: str, station: int, text: str, now: float) -> int:
        """Print text; return its OutputID in AsyncMode, else 0.

        Raises:
            DeviceRefused: as :meth:`enabled`; E_ILLEGAL: another station, a control byte, too much; E_OFFLINE,
                E_EXTENDED: the printer cannot print now.
        """
        sheet = self._begin(session, station, now)
        self._write(session, sheet, sheet.pen.type(text))
        return self._numbered(sheet, now)

    def print_bar_code(self, session: str, station: int, code: BarCode, now: float) -> int:
        """Print a bar code. Raises as :meth:`print_normal`; E_ILLEGAL for a symbology that is not drawn here."""
        check_bar_code(code)
        sheet = self._begin(session, station, now)
        self._write(session, sheet, [*sheet.pen.rest(), code])
        return self._numbered(sheet, now)

    def cut_paper(self, session: str, percentage: int, now: float) -> Piece | None:
        """End the piece; return it, or None inside a transaction or where nothing was printed. Raises E_ILLEGAL too."""
        if not 0 <= percentage <= 100:
            raise DeviceRefused(Fault.E_ILLEGAL, "A cut goes through 0 to 100 per cent of the paper.")
        sheet = self._begin(session, words.PTR_S_RECEIPT, now)
        self._numbered(sheet, now)
        return None if sheet.is_transaction else self._end(session)

    def transaction_print(self, session: str, station: int, control: int, now: float) -> Piece | None:
        """Begin a transaction, or end it and return its piece. Raises as :meth:`print_normal`."""
        sheet = self._begin(session, station, now)
        if control == words.PTR_TP_TRANSACTION:
            if sheet.is_transaction:
                raise DeviceRefused(Fault.E_ILLEGAL, "A transaction has begun already.")
            sheet.is_transaction = True
            return None
        if control != words.PTR_TP_NORMAL or not sheet.is_transaction:
            raise DeviceRefused(Fault.E_ILLEGAL, "transactionPrint begins (11) a transaction, or ends (12) one.")
        self._numbered(sheet, now)
        return self._end(session)

    def clear_output(self, session: str, now: float) -> tuple[int, ...]:
        """Forget what is not printed yet; return the numbers of pieces that may still be held back."""
        self.claimed(session, now)
        self._sheets.pop(session, None)
        return tuple(number for number, piece in self._under_way.items() if piece.session == session)

    # -- what becomes of it -------------------------------------------------------------------------------------------

    def printed(self, number: int, *, is_proven: bool) -> None:
        """Note that a piece is on paper."""
        piece = self._under_way.pop(number, None)
        session = self.sessions.get(piece.session) if piece else None
        if piece is None or session is None:
            return
        for output_id in piece.output_ids:
            self.tell(session, "OutputCompleteEvent", output_id=output_id, is_proven=is_proven)
        if not self._under_way and session.rung == Rung.ENABLED:
            self.tell(session, "StatusUpdateEvent", status=int(PrinterNews.IDLE))

    def failed(self, number: int, why: str, *, is_told: bool = True) -> DeviceRefused:
        """Note that a piece is not, or perhaps not, on paper; it is not printed again by itself. Return the error.

        ``is_told``: nobody waits for it, so it is told by an ErrorEvent.
        """
        error = _cause(why) or self.trouble() or DeviceRefused(Fault.E_FAILURE, why)
        piece = self._under_way.pop(number, None)
        session = self.sessions.get(piece.session) if piece else None
        if piece is not None and session is not None and (is_told or piece.output_ids):
            self.tell(
                session,
                "ErrorEvent",
                error_code=error.code,
                error_code_extended=error.extended,
                error_locus=Locus.EL_OUTPUT,
                output_ids=piece.output_ids,
                message=why,
            )
        return error

    def withdrawn(self, number: int) -> None:
        """Note that a piece was taken back before its first byte."""
        self._under_way.pop(number, None)

    def left(self, now: float) -> None:
        """Let paper come out that nobody has cut for a while; not of a transaction, which is whole or not at all."""
        self.expire(now)
        for session, sheet in list(self._sheets.items()):
            if not sheet.is_transaction and not sheet.is_blank and now - sheet.touched_at >= LEFT_S:
                self._end(session)

    def note_status(self, status: PrinterStatus) -> None:
        """Take what the printer says of itself; who enabled it is told what changed."""
        before, self.status = self.status, status
        self.note_power(is_there=status.connected and status.offline is not True)
        holder = self.holder()
        if holder is None or holder.rung < Rung.ENABLED:
            return
        if status.cover_open is not None and status.cover_open != before.cover_open:
            news = PrinterNews.COVER_OPEN if status.cover_open else PrinterNews.COVER_OK
            self.tell(holder, "StatusUpdateEvent", status=int(news))
        papers = {"ok": PrinterNews.REC_PAPEROK, "near_end": PrinterNews.REC_NEAREMPTY, "out": PrinterNews.REC_EMPTY}
        if status.paper in papers and status.paper != before.paper:
            self.tell(holder, "StatusUpdateEvent", status=int(papers[status.paper]))

    def trouble(self) -> DeviceRefused | None:
        """Return why the printer cannot print now; None while nothing is known against it."""
        status = self.status
        if not status.connected:
            return DeviceRefused(Fault.E_OFFLINE, "The printer is not there.")
        if status.cover_open:
            return DeviceRefused(Fault.E_EXTENDED, "The printer's cover is open.", words.EPTR_COVER_OPEN)
        if status.paper == "out":
            return DeviceRefused(Fault.E_EXTENDED, "The printer is out of paper.", words.EPTR_REC_EMPTY)
        if status.offline or status.errors:
            return DeviceRefused(Fault.E_OFFLINE, status.fault or "The printer is offline.")
        return None

    def properties(self, session: str, now: float) -> dict[str, Any]:
        """Return all properties. Raises E_CLOSED."""
        common = super().properties(session, now)
        status, sheet = self.status, self._sheets.get(session)
        return common | {
            "AsyncMode": sheet.is_async if sheet else False,
            "CapRecPresent": True,
            "CapTransaction": True,
            "CapCoverSensor": status.cover_open is not None,
            "CapRecEmptySensor": status.paper != "unknown",
            "CapRecNearEndSensor": status.paper != "unknown",
            "CoverOpen": bool(status.cover_open),
            "RecEmpty": status.paper == "out",
            "RecNearEnd": status.paper in ("near_end", "out"),
            "OutputID": self._last_output,
        }

    def state_of(self, session: Session) -> State:
        """Return the State property of a session."""
        if any(piece.session == session.id for piece in self._under_way.values()):
            return State.S_BUSY
        is_wrong = session.rung == Rung.ENABLED and self.power is not Power.PS_UNKNOWN and self.trouble() is not None
        return State.S_ERROR if is_wrong else super().state_of(session)

    def set(self, session: str, name: str, value: object, now: float) -> None:
        """Set one property; the printer's own, or a common one. Raises as :meth:`DeviceMachine.set`."""
        if name != "AsyncMode":
            super().set(session, name, value, now)
            return
        self.at(session, now)
        if value not in (True, False):
            raise DeviceRefused(Fault.E_ILLEGAL, "AsyncMode is true or false.")
        self._sheets.setdefault(session, _Sheet()).is_async = bool(value)

    def close(self, session: str, now: float) -> None:
        """Close it. Raises E_CLOSED."""
        super().close(session, now)
        self._sheets.pop(session, None)

    def expire(self, now: float) -> None:
        """As :meth:`DeviceMachine.expire`; the sheets of forgotten clients are forgotten too."""
        super().expire(now)
        for session in self._sheets.keys() - self.sessions.keys():
            del self._sheets[session]

    # -- inside -------------------------------------------------------------------------------------------------------

    def _begin(self, session: str, station: int, now: float) -> _Sheet:
        self.enabled(session, now)
        if station != words.PTR_S_RECEIPT:
            raise DeviceRefused(Fault.E_ILLEGAL, "There is a receipt station (2) only.")
        trouble = self.trouble()
        if trouble is not None:
            raise trouble
        sheet = self._sheets.setdefault(session, _Sheet())
        sheet.touched_at = now
        return sheet

    def _write(self, session: str, sheet: _Sheet, made: Sequence[Part | Cut]) -> None:
        if len(sheet.parts) + len(made) > MOST_PARTS:
            raise DeviceRefused(Fault.E_ILLEGAL, f"A piece of paper has at most {MOST_PARTS} lines: cut it.")
        for part in made:
            if not isinstance(part, Cut):
                sheet.parts.append(part)
            elif not sheet.is_transaction:
                self._end(session)

    def _numbered(self, sheet: _Sheet, now: float) -> int:
        sheet.touched_at = now
        if not sheet.is_async:
            return 0
        self._last_output += 1
        sheet.output_ids.append(self._last_output)
        return self._last_output

    def _end(self, session: str) -> Piece | None:
        """Hand a session's piece over to be printed; a blank one is none."""
        sheet = self._sheets[session]
        parts = (*sheet.parts, *(part for part in sheet.pen.rest() if not isinstance(part, Cut)))
        made = _Sheet(is_async=sheet.is_async, pen=sheet.pen)
        self._sheets[session] = made
        if not parts:
            for output_id in sheet.output_ids:
                self.tell(self.sessions[session], "OutputCompleteEvent", output_id=output_id)
            return None
        self._last_piece += 1
        piece = Piece(number=self._last_piece, session=session, parts=parts, output_ids=tuple(sheet.output_ids))
        self._under_way[piece.number] = piece
        self._on_piece(piece)
        return piece

    def _end_claim(self, session: Session, code: Fault, why: str) -> None:
        """As :meth:`DeviceMachine._end_claim`; what such a client had not cut is not printed: it prints it again."""
        self._sheets.pop(session.id, None)
        super()._end_claim(session, code, why)

    def _step_down(self, session: Session, rung: Rung) -> None:
        """Let what was printed so far come out of a printer that its client gives back; not of one that died."""
        is_given_back = session.rung == Rung.ENABLED and rung < Rung.ENABLED
        sheet = self._sheets.get(session.id)
        if is_given_back and sheet is not None and not sheet.is_blank and not sheet.is_transaction:
            self._end(session.id)
        super()._step_down(session, rung)
        if rung < Rung.ENABLED and sheet is not None:
            self._sheets[session.id] = _Sheet(is_async=sheet.is_async)


def _cause(why: str) -> DeviceRefused | None:
    """Return the error of a cause that the printer named; its status may tell of it a moment later, or no more."""
    causes = {
        PrinterStatus(connected=True, cover_open=True).fault: words.EPTR_COVER_OPEN,
        PrinterStatus(connected=True, paper="out").fault: words.EPTR_REC_EMPTY,
    }
    return DeviceRefused(Fault.E_EXTENDED, why, causes[why]) if why in causes else None
