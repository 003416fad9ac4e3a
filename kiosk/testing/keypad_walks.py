"""Whole walks by keypad alone, with a headset on or without: tests play them, and their transcripts stand in docs.

    python -c "from kiosk.testing.keypad_walks import write_transcripts; write_transcripts()"

writes the transcripts anew after a change of words; what changed in them is then to be read, line by line.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from kiosk.flow import effects as ask
from kiosk.testing.counter import CARD, PACKAGE, PIN, Counter, badge_frame, card_frame, film_store, frame, stocked_desk
from kiosk.testing.desk import SilentScanner
from kiosk.testing.keypad import Hand
from photocore.testing import ManualClock
from sync.label_states import LabelState

FOLDER: Final = Path(__file__).parents[2] / "docs" / "transcripts"


def register(hand: Hand) -> None:
    """Start, scan package and card, register, wait for the labels, finish."""
    hand.press("start")
    hand.scan("package", frame(PACKAGE))
    hand.scan("card", card_frame(CARD))
    hand.press("register")
    _print(hand)
    hand.press("finish")


def type_and_undo(hand: Hand) -> None:
    """Scan the package, type the card, with one digit wrong; register; undo it; finish."""
    hand.scan("package", frame(PACKAGE))
    hand.press("type")
    hand.type_in(CARD[:-1])
    hand.type_in("9")
    hand.press("delete")
    hand.type_in(CARD[-1])
    hand.press("ok")
    hand.key("repeat")
    hand.press("register")
    _print(hand)
    hand.press("undo")
    hand.key("back")
    hand.press("undo", "yes", "finish")


def staff_reprint(hand: Hand) -> None:
    """Sign in by badge and PIN, find a registration, print its labels again with a reason, sign out."""
    hand.counter.register()
    hand.counter.press("finish")
    hand.scan("staff badge", badge_frame())
    hand.type_in(PIN)
    hand.press("ok", "recent", "open:0", "labels_again", "reason:lost", "yes")
    hand.key("back")
    hand.press("sign_out")


def change_what_helps(hand: Hand) -> None:
    """Open the menu, make text large and contrast high, read louder, leave it; say it again; leave the page."""
    hand.press("start", "access", "large", "contrast")
    hand.key("volume")
    hand.key("back")
    hand.key("repeat")
    hand.key("back")


WALKS: Final[dict[str, Callable[[Hand], None]]] = {
    "register": register,
    "type_and_undo": type_and_undo,
    "staff_reprint": staff_reprint,
    "change_what_helps": change_what_helps,
}


def walked(name: str, *, is_heard: bool = True) -> Hand:
    """Play one walk at a kiosk of its own, and return the hand that walked it."""
    counter = Counter(clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner())
    counter.owed.append(ask.ReadStation())
    counter.settle()
    hand = Hand(counter)
    if is_heard:
        hand.plug_in()
    WALKS[name](hand)
    if is_heard:
        hand.pull_out()
    return hand


def transcript(name: str, *, is_heard: bool = True) -> str:
    """Return what a walk met: each key, the page, the part one stands on, and what is said."""
    story = WALKS[name].__doc__
    return "\n".join((f"{story}", "", *walked(name, is_heard=is_heard).lines, ""))


def transcript_path(name: str, *, is_heard: bool = True) -> Path:
    """Return where the transcript stands."""
    return FOLDER / f"{name}{'' if is_heard else '_unheard'}.txt"


def write_transcripts() -> None:
    """Write all of them anew."""
    FOLDER.mkdir(exist_ok=True)
    for name in WALKS:
        for is_heard in (True, False):
            path = transcript_path(name, is_heard=is_heard)
            path.write_text(transcript(name, is_heard=is_heard), encoding="utf-8")


def _print(hand: Hand) -> None:
    """Let the printer print, and prove it."""
    counter = hand.counter
    claim = next(iter(counter.desk.held))
    counter.desk.settle(claim, LabelState.PRINTED)
    counter.owed.append(ask.ReadClaim(session=counter.machine.state.session, claim=claim))
    hand.note("labels come out")
