"""Enter from paper: what was written on a paper list while the kiosk was dead becomes registrations (S6).

A row is named by its square code. Then day and time as written, then package and card as ever; the registration says
from which row it came and what was written there, and its own time is now. No row is entered twice.
"""

from dataclasses import replace

from kiosk.flow.events import Happened, Pressed, Scanned
from kiosk.flow.moves import BAD, GOOD, Step, go, renew, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.signing_in import DIGITS, ask_pin
from kiosk.flow.states import Scanning, State
from kiosk.flow.tool_pages import PaperRowWanted, PaperTime, ToolsShown
from kiosk.flow.values import PaperRow
from photocore.scans import BadgeScan, PaperRowScan

WHEN_DIGITS = 6
"""Two digits each of day, hour and minute."""


def step_row_wanted(state: State, page: PaperRowWanted, event: Happened) -> Step:
    """Wait for the square code of a row."""
    match event:
        case Pressed(button="back"):
            return go(state, ToolsShown())
        case Scanned(scan=PaperRowScan(row=row)):
            return go(state, PaperTime(row=row), GOOD)
        case Scanned(scan=BadgeScan(card=badge)):
            return ask_pin(state, badge, page)
        case Scanned():
            return go(state, replace(page, note=Note(why=Why.NO_ROW)), BAD)
        case _:
            return stay(state)


def step_paper_time(state: State, page: PaperTime, event: Happened) -> Step:
    """Take day and time as they are written in the row."""
    match event:
        case Pressed(button="back"):
            return go(state, PaperRowWanted())
        case Pressed(button="delete"):
            return go(state, replace(page, text=page.text[:-1], note=None))
        case Pressed(button="ok") if len(page.text) == WHEN_DIGITS:
            return _take_time(state, page)
        case Pressed(button=button) if button.startswith("key:") and len(page.text) < WHEN_DIGITS:
            key = button.removeprefix("key:")
            return go(state, replace(page, text=page.text + key, note=None)) if key in DIGITS and key else stay(state)
        case Scanned(scan=PaperRowScan(row=row)):
            return go(state, PaperTime(row=row), GOOD)
        case Scanned():
            return go(state, replace(page, note=Note(why=Why.TIME_FIRST)), BAD)
        case _:
            return stay(state)


def _take_time(state: State, page: PaperTime) -> Step:
    day, hour, minute = (int(page.text[n : n + 2]) for n in (0, 2, 4))
    if not (1 <= day <= 31 and hour < 24 and minute < 60):
        return go(state, replace(page, text="", note=Note(why=Why.NO_TIME)))
    return renew(state, Scanning(paper=PaperRow(row=page.row, written=page.text)))
