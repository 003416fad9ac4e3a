"""Enter from paper: which row, and what day and time stand in it."""

from kiosk.flow.from_paper import WHEN_DIGITS
from kiosk.flow.states import State
from kiosk.flow.tool_pages import PaperRowWanted, PaperTime
from kiosk.view.making_up import DIGIT_ROWS
from kiosk.view.row_words import row_number
from kiosk.view.screen import Button, Keypad, Screen, Slot, Strings
from kiosk.view.staff import back_button
from kiosk.view.words import notice_of


def view_row_wanted(state: State, page: PaperRowWanted, t: Strings) -> Screen:
    """Ask for the square code of a row."""
    del state
    return Screen(
        name="paper_row",
        layout="slots",
        title=t.gettext("Scan the row of the paper list"),
        guidance=t.gettext("Each row has a square code of its own. Every row can be entered once."),
        slots=(
            Slot(
                kind="package",
                title=t.gettext("Paper list"),
                value=t.gettext("Waiting for the scan"),
                state="live",
                hint="square_code",
            ),
        ),
        notice=notice_of(page.note, t),
        buttons=(back_button(t),),
    )


def view_paper_time(state: State, page: PaperTime, t: Strings) -> Screen:
    """Ask for the day and the time that were written down."""
    del state
    buttons = [back_button(t)]
    if page.text:
        buttons.append(Button(id="delete", text=t.gettext("Delete"), icon="backspace"))
    if len(page.text) == WHEN_DIGITS:
        buttons.append(Button(id="ok", text=t.gettext("Go on"), icon="forward", kind="primary"))
    return Screen(
        name="paper_time",
        layout="keypad",
        title=t.gettext("When was it written?"),
        guidance=t.gettext("Day, hour and minute as they stand in row {row}.").format(row=row_number(page.row)),
        notice=notice_of(page.note, t),
        keypad=Keypad(
            text=" ".join(page.text[n : n + 2] for n in range(0, len(page.text), 2)),
            placeholder=t.gettext("Touch the keys below"),
            rows=DIGIT_ROWS,
            example=t.gettext("21 14 05: the 21st, five past two in the afternoon"),
        ),
        buttons=tuple(buttons),
    )
