"""Held once more below the screen: who asks for a deed is in the staff book still, and their role allows it.

The pages offer only what a role may do. Here it is judged by the book as it is now: somebody may have been taken out of
it, or been given less, while they were signed in.
"""

from collections.abc import Mapping
from typing import Final

from kiosk.flow import staff_effects as ask
from kiosk.flow import tool_effects as tools
from kiosk.flow.card_effects import JoinCards
from kiosk.flow.effects import Effect, Register
from kiosk.flow.make_up_effects import MakeUp, ReprintMadeUp, WithdrawMadeUp
from kiosk.staff_ports import StaffBook
from photocore.roles import Duty, may
from sync.errors import DeskReason, DeskRefusal, JournalDown, NotStored

DUTY_OF_EFFECT: Final[Mapping[type, Duty]] = {
    ask.ReleaseJob: "queue",
    ask.SettleJob: "queue",
    ask.PrintForStaff: "registrations",
    ask.VoidRegistration: "void",
    ask.SendAgain: "parked",
    ask.CloseParked: "parked",
    ask.NoteRestored: "restored",
    ask.SettleDevice: "devices",
    tools.PrintTrial: "paper",
    tools.PausePrinting: "paper",
    tools.NoteRollChanged: "paper",
    tools.KeepShift: "calibrate",
    tools.RestartQueue: "restart",
    tools.BeginTraining: "training",
    JoinCards: "cards",
    ReprintMadeUp: "make_up",
    WithdrawMadeUp: "make_up",
}
"""Every deed with its duty. What was made up just now is its maker's to undo; the pages know which that is."""


def demand_duty(effect: Effect, book: StaffBook | None) -> None:
    """Let ``effect`` pass, if whoever asks for it may.

    Raises:
        DeskRefusal: they may not, or are in the book no more.
        NotStored: the book could not be read, so nothing was done.
    """
    duty, staff = _asked(effect)
    if duty is None or book is None:
        return
    try:
        role = book.role_of(staff)
    except JournalDown as cause:
        raise NotStored("nobody could look into the staff book, so it was not done") from cause
    if role is None or not may(role, duty):
        raise DeskRefusal(DeskReason.STAFF_NEEDED)


def _asked(effect: Effect) -> tuple[Duty | None, str]:
    """Return the duty of ``effect`` and who asks for it. What a shopper could do alone has none."""
    match effect:
        case Register(wish=wish) if wish.corrects is not None:
            return "parked", wish.staff or ""
        case Register(wish=wish) if wish.paper is not None:
            return "from_paper", wish.staff or ""
        case MakeUp(wish=wish) if wish.staff:
            return "make_up", wish.staff
        case _:
            return DUTY_OF_EFFECT.get(type(effect)), getattr(effect, "staff", "")
