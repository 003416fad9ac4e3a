"""The staff's pages round devices and the room: tools, printer, new label roll, position of the print, cleaning."""

from math import ceil

from kiosk.flow.staff_tools import TOOL_DUTIES
from kiosk.flow.staff_values import Shift
from kiosk.flow.states import State
from kiosk.flow.tool_pages import Calibrating, Cleaning, PrinterShown, RollChange, RollStep, ToolsShown, TrainingAsked
from kiosk.flow.values import Printer
from kiosk.view.figures import tenths_words
from kiosk.view.screen import Block, Button, Chip, Entry, Row, Screen, Strings
from kiosk.view.staff import allowed, back_button, section
from kiosk.view.staff_words import printer_word
from kiosk.view.words import notice_of


def view_tools(state: State, page: ToolsShown, t: Strings) -> Screen:
    """Show what is done now and then."""
    contested = state.station.troubles.contested
    paper = t.gettext("What was written down while this kiosk was out of order")
    rivals = t.gettext("Registered to more than one card")
    lines = (
        section("printer", "print", t.gettext("Label printer"), t.gettext("Test label, new roll"), t),
        section("from_paper", "list", t.gettext("Enter from a paper list"), paper, t),
        section("contested", "help", t.gettext("Contested packages"), rivals, t, count=contested),
        section("training", "badge", t.gettext("Training"), t.gettext("Try everything; nothing counts"), t),
        section("cleaning", "touch", t.gettext("Clean the screen"), t.gettext("Touches do nothing"), t),
    )
    entries = tuple(allowed(state, TOOL_DUTIES[line.button.id], line, t) for line in lines if line.button)
    return Screen(
        name="tools",
        layout="list",
        title=t.gettext("More"),
        notice=notice_of(page.note, t),
        entries=entries,
        buttons=(back_button(t),),
    )


def view_printer(state: State, page: PrinterShown, t: Strings) -> Screen:
    """Show how the printer is, and what can be done at it."""
    word, tone = printer_word(state.station.printer, t)
    is_paused = state.station.printer is Printer.PAUSED
    pause = section(
        "pause",
        "schedule",
        t.gettext("Pause printing"),
        t.gettext("Labels wait. Shoppers can register as before."),
        t,
    )
    resume = section(
        "resume",
        "schedule",
        t.gettext("Let labels print again"),
        t.gettext("Those that wait go to the printer in their order."),
        t,
    )
    nothing = t.gettext("It counts for nothing and makes no label void.")
    entries = (
        section("test_print", "label", t.gettext("Print a test label"), nothing, t),
        section("roll_change", "refresh", t.gettext("Change the label roll"), t.gettext("Step by step"), t),
        allowed(
            state,
            "calibrate",
            section("calibrate", "search", t.gettext("Where the print lies"), t.gettext("Move it on the label"), t),
            t,
        ),
        resume if is_paused else pause,
    )
    return Screen(
        name="printer_paused" if is_paused else "printer",
        layout="list",
        title=t.gettext("Label printer"),
        chips=(Chip(text=word, tone=tone, icon="print"),),
        notice=notice_of(page.note, t),
        entries=entries,
        buttons=(back_button(t),),
    )


def view_calibrating(state: State, page: Calibrating, t: Strings) -> Screen:
    """Show where the print lies, and the ways to move it."""
    del state
    shift = page.shift
    title = t.gettext("Where the print lies")
    if shift is None:
        return Screen(
            name="calibrating_reading",
            layout="list",
            title=title,
            empty=t.gettext("One moment."),
            buttons=(back_button(t),),
        )
    ways = (
        ("right", "forward", t.gettext("Further right")),
        ("left", "back", t.gettext("Further left")),
        ("down", "remove", t.gettext("Further down")),
        ("up", "add", t.gettext("Further up")),
    )
    return Screen(
        name="calibrating",
        layout="list",
        title=title,
        guidance=t.gettext("Half a millimetre at each touch. The test label shows a ruler and a frame."),
        notice=notice_of(page.note, t),
        rows=(Row(icon="search", title=t.gettext("Moved by"), value=shift_words(shift, t), tone="plain"),),
        entries=tuple(
            Entry(icon=icon, title=text, button=Button(id=way, text=text, icon="forward")) for way, icon, text in ways
        ),
        buttons=(
            back_button(t),
            Button(id="print", text=t.gettext("Print a test label"), icon="print"),
            Button(id="keep", text=t.gettext("Keep it"), icon="check", kind="primary"),
        ),
    )


def shift_words(shift: Shift, t: Strings) -> str:
    """Say how far the print is moved: millimetres, and which way."""
    parts: list[str] = []
    if shift.right:
        words = t.gettext("{mm} mm to the right") if shift.right > 0 else t.gettext("{mm} mm to the left")
        parts.append(words.format(mm=tenths_words(abs(shift.right), t)))
    if shift.down:
        words = t.gettext("{mm} mm down") if shift.down > 0 else t.gettext("{mm} mm up")
        parts.append(words.format(mm=tenths_words(abs(shift.down), t)))
    return " · ".join(parts) or t.gettext("not moved")


def view_roll_change(state: State, page: RollChange, t: Strings) -> Screen:
    """Guide through a new label roll, a step at a time."""
    del state
    title, todo = _roll_words(page.step, t)
    number = {"open": 1, "load": 2, "check": 3}[page.step]
    buttons = [Button(id="cancel", text=t.gettext("Stop changing"), icon="close")]
    if page.step == "check":
        buttons += [
            Button(id="again", text=t.gettext("Print another"), icon="print"),
            Button(id="good", text=t.gettext("It is good"), icon="check", kind="primary"),
        ]
    else:
        words = t.gettext("Print a test label") if page.step == "load" else t.gettext("Go on")
        buttons.append(Button(id="go_on", text=words, icon="forward", kind="primary"))
    return Screen(
        name=f"roll_{page.step}",
        layout="message",
        picture="staff",
        title=title,
        guidance=t.gettext("Step {n} of {count}").format(n=number, count=3),
        notice=notice_of(page.note, t),
        blocks=(
            Block(icon="forward", title=t.gettext("What to do"), text=todo),
            Block(
                icon="lock",
                title=t.gettext("What is safe"),
                text=t.gettext("Printing is paused, so no label is lost. Those that wait print when you are done."),
            ),
        ),
        buttons=tuple(buttons),
    )


def _roll_words(step: RollStep, t: Strings) -> tuple[str, str]:
    match step:
        case "open":
            return (
                t.gettext("Take the old roll out"),
                t.gettext("Open the cover of the printer and take the old roll out."),
            )
        case "load":
            return (
                t.gettext("Put the new roll in"),
                t.gettext("Lay the new roll in, labels facing the print head, pull the end out and shut the cover."),
            )
        case "check":
            return (
                t.gettext("Look at the test label"),
                t.gettext("Is it whole, straight and dark? If nothing came out, look at the cover and the roll."),
            )


def view_training_asked(state: State, page: TrainingAsked, t: Strings) -> Screen:
    """Say what training is before it begins."""
    del state
    return Screen(
        name="training_asked",
        layout="message",
        picture="staff",
        title=t.gettext("Begin training?"),
        notice=notice_of(page.note, t),
        blocks=(
            Block(
                icon="forward",
                title=t.gettext("What happens"),
                text=t.gettext("Everything looks as ever, with TRAINING on each page and each paper."),
            ),
            Block(
                icon="lock",
                title=t.gettext("What is safe"),
                text=t.gettext("Nothing is registered or sent. All of it is forgotten when you sign out."),
            ),
        ),
        buttons=(
            back_button(t),
            Button(id="begin", text=t.gettext("Begin training"), icon="badge", kind="primary"),
        ),
    )


def view_cleaning(state: State, page: Cleaning, t: Strings) -> Screen:
    """Count down while the screen is wiped."""
    n = max(0, ceil(page.until - state.now))
    text = t.ngettext("Touches do nothing for {n} second more.", "Touches do nothing for {n} seconds more.", n).format(
        n=n
    )
    badge = t.gettext("A staff badge ends it.")
    return Screen(
        name="cleaning",
        layout="busy",
        title=t.gettext("You can clean the screen now"),
        guidance=f"{text} {badge}",
        picture="staff",
        leaves_by_itself=True,
    )
