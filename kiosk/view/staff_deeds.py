"""The staff's pages round a deed: why, really, one moment, and what became of it when it did not work."""

from kiosk.flow.effects import Asked
from kiosk.flow.make_up_effects import ReadMadeUp
from kiosk.flow.staff_deeds import CHANGES, can_retry
from kiosk.flow.staff_effects import OpenRegistration
from kiosk.flow.staff_pages import ReasonAsked, StaffTrouble, StaffWaiting
from kiosk.flow.staff_values import REASONS, Deed
from kiosk.flow.states import Cause, State
from kiosk.flow.tool_effects import BeginTraining
from kiosk.view.presale import presale_again_question
from kiosk.view.registered import print_again_question
from kiosk.view.screen import Button, Entry, Overlay, Screen, Strings
from kiosk.view.staff import back_button
from kiosk.view.staff_words import deed_words, reason_words
from kiosk.view.words import blocks_of, desk_words, notice_of


def view_reason(state: State, page: ReasonAsked, t: Strings) -> Screen:
    """Ask why; then, over it, whether it is really meant."""
    del state
    title, guidance = deed_words(page.deed, t)
    return Screen(
        name=f"why_{page.deed}",
        layout="list",
        title=title,
        guidance=guidance,
        notice=notice_of(page.note, t),
        entries=tuple(
            Entry(
                icon="forward",
                title=reason_words(reason, t),
                button=Button(id=f"reason:{reason}", text=reason_words(reason, t), icon="forward"),
            )
            for reason in REASONS[page.deed]
        ),
        buttons=(back_button(t),),
        overlay=_question(page.deed, t) if page.reason else None,
    )


def _question(deed: Deed, t: Strings) -> Overlay:
    if deed == "labels_again":
        return print_again_question(t)
    if deed == "presale_again":
        return presale_again_question(t)
    titles: dict[Deed, str] = {
        "receipt_again": t.gettext("Print the receipt again?"),
        "void": t.gettext("Void this registration?"),
        "withdraw": t.gettext("Take this package back?"),
        "restart_all": t.gettext("Print all of them again?"),
    }
    is_print = deed in ("receipt_again", "restart_all")
    yes = {
        "receipt_again": t.gettext("Yes, print"),
        "void": t.gettext("Yes, void it"),
        "withdraw": t.gettext("Yes, take it back"),
        "restart_all": t.gettext("Yes, print"),
    }
    return Overlay(
        title=titles.get(deed, ""),
        text=deed_words(deed, t)[1],
        icon="print" if is_print else "undo",
        buttons=(
            Button(id="no", text=t.gettext("No"), icon="back"),
            Button(
                id="yes",
                text=yes.get(deed, ""),
                icon="print" if is_print else "undo",
                kind="primary" if is_print else "danger",
            ),
        ),
    )


def view_staff_waiting(state: State, page: StaffWaiting, t: Strings) -> Screen:
    """Say that the desk is at work."""
    del state
    return Screen(
        name="staff_waiting",
        layout="busy",
        title=_doing(page.asked, t),
        guidance=t.gettext("One moment, please."),
        picture="looking",
        leaves_by_itself=True,
    )


def _doing(asked: Asked, t: Strings) -> str:
    match asked:
        case BeginTraining():
            return t.gettext("Training is being set up")
        case OpenRegistration():
            return t.gettext("Looking for the registration")
        case ReadMadeUp():
            return t.gettext("Looking for the package")
        case _:
            return t.gettext("Writing it down")


def view_staff_trouble(state: State, page: StaffTrouble, t: Strings) -> Screen:
    """Say what is known: not done, refused, or that nobody can tell yet."""
    del state
    title, happened, safe, todo = _trouble_words(page, t)
    buttons = [back_button(t)]
    if can_retry(page):
        buttons.append(Button(id="retry", text=t.gettext("Try again"), icon="refresh", kind="primary"))
    return Screen(
        name=f"staff_trouble_{page.cause.value}",
        layout="message",
        picture="trouble",
        tone="bad",
        title=title,
        blocks=blocks_of(happened, safe, todo, t),
        buttons=tuple(buttons),
    )


def _trouble_words(page: StaffTrouble, t: Strings) -> tuple[str, str, str, str]:
    if not isinstance(page.asked, CHANGES):
        return (
            t.gettext("We could not find out"),
            t.gettext("This kiosk could not look it up just now."),
            t.gettext("Nothing was changed or printed."),
            t.gettext("Try again. If it happens twice, look at Devices and connection."),
        )
    if page.cause is Cause.REFUSED:
        return (
            t.gettext("That cannot be done"),
            desk_words(page.reason, t),
            t.gettext("Nothing was changed or printed."),
            t.gettext("Go back: the page shows how things are now."),
        )
    if page.cause is Cause.NOT_STORED:
        return (
            t.gettext("Not stored"),
            t.gettext("This kiosk could not write it down, so it was not done."),
            t.gettext("Everything is as it was."),
            t.gettext("Try again. If it does not work, look at Devices and connection."),
        )
    return (
        t.gettext("We do not know yet"),
        t.gettext("No answer has come. It may have been done, or not."),
        t.gettext("Nothing is lost: what was stored before is safe."),
        t.gettext("Go back: the page then shows how things are."),
    )
