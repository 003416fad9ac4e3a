"""The PIN pad, and the bar that says who of the staff is signed in. A PIN is dots on the screen, and nothing else."""

from math import ceil

from kiosk.flow.make_up_pages import Presale, ProductWanted
from kiosk.flow.signing_in import SHORTEST_PIN, may_leave
from kiosk.flow.staff_pages import PinPad, StaffPage
from kiosk.flow.states import Attract, State
from kiosk.flow.tool_pages import Cleaning
from kiosk.view.making_up import DIGIT_ROWS
from kiosk.view.screen import Button, Keypad, Notice, Screen, StaffMark, Strings
from kiosk.view.words import MINUTE, blocks_of, notice_of


def view_pin(state: State, page: PinPad, t: Strings) -> Screen:
    """Ask for the PIN; or say that it did not fit, that the badge is locked, that nobody could look."""
    if page.since is not None:
        return _view_checking(t)
    if page.refused == "locked":
        return _view_locked(page, t)
    buttons = [Button(id="back", text=t.gettext("Back"), icon="back")]
    if page.text:
        buttons.append(Button(id="delete", text=t.gettext("Delete"), icon="backspace"))
    if len(page.text) >= SHORTEST_PIN:
        buttons.append(Button(id="ok", text=t.gettext("Sign in"), icon="lock", kind="primary"))
    badge = t.gettext("For the badge ending in {last}.").format(last=page.badge.masked[-4:])
    is_overheard = state.access.speaks and not state.station.is_jack_in
    hush = t.gettext("Put a headset on to hear the keys.") if is_overheard else ""
    return Screen(
        name=f"pin_{page.refused}" if page.refused else "pin",
        layout="keypad",
        title=t.gettext("Type your PIN"),
        guidance=" ".join(text for text in (badge, hush) if text),
        tone="bad" if page.refused else "plain",
        notice=notice_of(page.note, t) or _refusal(page, t),
        keypad=Keypad(
            text="•" * len(page.text),
            placeholder=t.gettext("Touch the keys below"),
            rows=DIGIT_ROWS,
            example=t.gettext("6 to 12 digits"),
            is_secret=True,
            told=_typed_words(len(page.text), t),
            is_overheard=is_overheard,
        ),
        buttons=tuple(buttons),
    )


def _typed_words(count: int, t: Strings) -> str:
    return t.ngettext("{n} digit typed", "{n} digits typed", count).format(n=count) if count else ""


def _refusal(page: PinPad, t: Strings) -> Notice | None:
    if page.refused == "wrong":
        text = (
            t.gettext("Badge and PIN do not fit."),
            t.gettext("Nothing was opened or changed."),
            t.gettext("Try again; after five wrong PINs the badge is locked for a while."),
        )
        return Notice(tone="bad", text="\n".join(text))
    if page.refused == "fault":
        text = (
            t.gettext("The PIN could not be checked just now."),
            t.gettext("Nothing was opened or changed."),
            t.gettext("Try again in a moment."),
        )
        return Notice(tone="bad", text="\n".join(text))
    return None


def _view_checking(t: Strings) -> Screen:
    return Screen(
        name="pin_checking",
        layout="busy",
        title=t.gettext("Checking badge and PIN"),
        guidance=t.gettext("One moment, please."),
        picture="staff",
        leaves_by_itself=True,
    )


def _view_locked(page: PinPad, t: Strings) -> Screen:
    wait = wait_words(page.wait_s, t)
    return Screen(
        name="pin_locked",
        layout="message",
        picture="staff_locked",
        tone="bad",
        title=t.gettext("This badge is locked"),
        blocks=blocks_of(
            t.gettext("There were too many wrong PINs. The badge opens again in {wait}.").format(wait=wait),
            t.gettext("Nothing was opened or changed. Shoppers can use this kiosk as before."),
            t.gettext("Wait, or ask the manager to unlock it. Another badge works now."),
            t,
        ),
        buttons=(Button(id="back", text=t.gettext("Back"), icon="back", kind="primary"),),
    )


def wait_words(seconds: float | None, t: Strings) -> str:
    """Say how long to wait, rounded up: never sooner than it is true."""
    if seconds is None:
        return t.gettext("a while")
    if seconds <= MINUTE:
        n = max(1, ceil(seconds))
        return t.ngettext("{n} second", "{n} seconds", n).format(n=n)
    n = ceil(seconds / MINUTE)
    return t.ngettext("{n} minute", "{n} minutes", n).format(n=n)


def staff_mark(state: State, t: Strings) -> StaffMark | None:
    """Say who is signed in, and offer the ways home and out; never where nobody is, and never to the public."""
    if state.staff is None or isinstance(state.page, Attract | Cleaning):
        return None
    if state.is_training:
        text = t.gettext("TRAINING: nothing counts · {name}").format(name=state.staff.name)
    else:
        text = t.gettext("{name} is signed in").format(name=state.staff.name)
    buttons: list[Button] = []
    if state.is_at_work:
        return StaffMark(text=text, buttons=())
    if may_leave(state.page, state):
        words = t.gettext("Overview") if isinstance(state.page, StaffPage | ProductWanted | Presale) else ""
        buttons.append(
            Button(id="staff_home", text=words or t.gettext("Staff pages"), icon="home", kind="inline"),
        )
    buttons.append(Button(id="sign_out", text=t.gettext("Sign out"), icon="sign_out", kind="inline"))
    return StaffMark(text=text, buttons=tuple(buttons))
