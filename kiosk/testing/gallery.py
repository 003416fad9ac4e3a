"""Every screen in every state that looks different, as plain states: for the tour, and for tests of fit and words."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kiosk.flow.effects import FindRegistration
from kiosk.flow.states import (
    Attract,
    Before,
    Cause,
    Confirming,
    CopyShown,
    Labelling,
    Note,
    NumberUnknown,
    Page,
    Registering,
    Scanning,
    State,
    Stop,
    Stopped,
    Trouble,
    Typing,
    Undone,
    Waiting,
    Why,
)
from kiosk.flow.values import (
    Card,
    Item,
    Label,
    LabelState,
    Level,
    Light,
    Package,
    Printer,
    Registration,
    Seen,
    Station,
    Wish,
)
from photocore.cards import CardNumber

PACKAGE_ID = "(01)09506000134352(21)7KQ2481MPX"
ROLLS = tuple(f"(01)09506000134369(21){serial}" for serial in ("R4T9XK20A7", "R4T9XK21BC", "R4T9XK22DM", "R4T9XK23FW"))
PACKAGE = Package(
    item=PACKAGE_ID, package=PACKAGE_ID, name="Halide Gold 400", detail="135-36 · ISO 400 · C-41", rolls=ROLLS
)
UNKNOWN = Package(item="(01)09506000199993(21)ZX81QQ7730")
ITEM = Item(item=PACKAGE_ID, level="package")
CARD = Card(card=CardNumber(table="demo", number="2900000004711"))
TYPED_CARD = replace(CARD, is_typed=True)
WISH = Wish(event_id="0" * 32, item=ITEM, card=CARD)
REGISTRATION = Registration(claim="0" * 32, number="TCN-7Q2M9XKD4", package=PACKAGE, card=CARD.masked)
ONLINE = Light(is_online=True)
OFFLINE = Light(unsent=3, oldest_s=12 * 60)
STATION = Station(store="Halide & Co.", light=ONLINE, printer=Printer.READY)


def labels(
    *states: LabelState, receipt: LabelState = LabelState.QUEUED, rolls: tuple[str, ...] = ROLLS
) -> tuple[Label, ...]:
    """Return one label a roll in the states given, the last one for the rest, and the receipt."""
    of = len(rolls)
    made = [
        Label(job=n, kind="roll", roll=roll, number=n, of=of, copy=f"8K{n}QT7", state=states[min(n, len(states)) - 1])
        for n, roll in enumerate(rolls, start=1)
    ]
    slip = Label(job=of + 1, kind="receipt", roll=None, number=1, of=1, copy="R4V1QX", state=receipt)
    return (*made, slip)


def gallery() -> Iterator[tuple[str, State]]:
    """Yield every picture of the tour: its name and its state, in the order a shopper may meet them."""
    for number, (name, state) in enumerate(_pictures(), start=1):
        yield f"{number:02d}_{name}", state


def _pictures() -> Iterator[tuple[str, State]]:
    yield from _attract()
    yield from _scanning()
    yield from _typing()
    yield from _confirming()
    yield from _labelling()
    yield from _endings()
    yield from _trouble()


def _at(page: Page, *, station: dict[str, Any] | None = None, now: float = 0.0, has_contrast: bool = False) -> State:
    return State(page=page, station=replace(STATION, **(station or {})), now=now, has_contrast=has_contrast)


def _attract() -> Iterator[tuple[str, State]]:
    yield "attract", _at(Attract())
    yield "attract_offline", _at(Attract(), station={"light": OFFLINE})
    yield "attract_no_paper", _at(Attract(), station={"printer": Printer.PAPER_OUT})
    yield "attract_no_scanner", _at(Attract(), station={"has_scanner": False})
    yield "closed", _at(Attract(), station={"light": Light(has_journal=False)})
    yield "attract_contrast", _at(Attract(), has_contrast=True)


def _scanning() -> Iterator[tuple[str, State]]:
    yield "scan_empty", _at(Scanning())
    yield "scan_package_here", _at(Scanning(item=ITEM, package=PACKAGE))
    yield "scan_card_first", _at(Scanning(card=CARD))
    yield "scan_looking_up", _at(Scanning(item=ITEM), station={"light": OFFLINE})
    yield "scan_unknown", _at(Scanning(item=Item(item=UNKNOWN.item, level="unknown"), package=UNKNOWN))
    yield "scan_price_code", _at(Scanning(note=Note(why=Why.PRICE_CODE)))
    yield "scan_badge", _at(Scanning(item=ITEM, package=PACKAGE, note=Note(why=Why.BADGE)))
    yield "scan_misread", _at(Scanning(item=ITEM, package=PACKAGE, note=Note(why=Why.REFUSED, detail="misread")))
    yield "scan_changed", _at(Scanning(item=ITEM, package=PACKAGE, note=Note(why=Why.PACKAGE_CHANGED)))
    yield "scan_both", _at(Scanning(item=ITEM, package=PACKAGE, card=CARD, checking_since=0.0))
    yield "scan_contrast", _at(Scanning(item=ITEM, package=PACKAGE), has_contrast=True)
    yield "idle_warning", _at(Scanning(item=ITEM, package=PACKAGE), now=47.0)


def _typing() -> Iterator[tuple[str, State]]:
    yield "type_package", _at(Typing(wanted="package", under=Scanning()))
    yield "type_package_text", _at(Typing(wanted="package", under=Scanning(), text="TCP-7Q2M9XKD4F"))
    wrong = Typing(wanted="card", under=Scanning(), text="2900471", note=Note(why=Why.TYPED_NOT_CARD))
    yield "type_card_wrong", _at(wrong)
    yield "type_claim_code", _at(Typing(wanted="claim_code", under=Confirming(wish=WISH, package=PACKAGE)))


def _confirming() -> Iterator[tuple[str, State]]:
    yield "confirm", _at(Confirming(wish=WISH, package=PACKAGE))
    typed = replace(WISH, card=TYPED_CARD, claim_code="7Q2M9XKD4F8TP")
    yield "confirm_typed", _at(Confirming(wish=typed, package=PACKAGE, note=Note(why=Why.CLAIM_CODE_KEPT)))
    unknown = replace(WISH, item=Item(item=UNKNOWN.item, level="unknown"))
    yield "confirm_unknown", _at(Confirming(wish=unknown, package=UNKNOWN))
    out = {"printer": Printer.PAPER_OUT}
    yield "confirm_no_paper", _at(Confirming(wish=WISH, package=PACKAGE), station=out)
    yield "confirm_contrast", _at(Confirming(wish=WISH, package=PACKAGE), has_contrast=True)
    yield "registering", _at(Registering(wish=WISH, package=PACKAGE, since=0.0))


def _labelling() -> Iterator[tuple[str, State]]:
    s = LabelState
    here = Labelling(registration=REGISTRATION, labels=labels(s.PRINTED, s.PRINTED, s.AWAITING_PROOF, s.QUEUED))
    yield "printing", _at(here, station={"light": OFFLINE})
    all_out = labels(s.PRINTED, receipt=s.PRINTED)
    confirmed = replace(REGISTRATION, level=Level.CONFIRMED)
    yield "done_here", _at(replace(here, labels=all_out), station={"light": OFFLINE})
    yield "done_confirmed", _at(replace(here, registration=confirmed, labels=all_out))
    held = replace(REGISTRATION, level=Level.HELD)
    yield "done_held", _at(replace(here, registration=held, labels=all_out))
    contested = replace(REGISTRATION, level=Level.CONTESTED)
    yield "done_contested", _at(replace(here, registration=contested, labels=all_out))
    refused = replace(REGISTRATION, level=Level.REFUSED, reason="the package was recalled")
    yield "done_refused", _at(replace(here, registration=refused, labels=all_out))
    maybe = labels(s.PRINTED, s.MAYBE, s.PRINTED, receipt=s.PRINTED)
    yield "maybe", _at(replace(here, labels=maybe))
    settled = replace(here, labels=all_out, note=Note(why=Why.COPY_SETTLED))
    yield "maybe_settled", _at(settled)
    held_up = replace(here, labels=labels(s.PRINTED, s.PRINTED, s.QUEUED))
    yield "held_up", _at(held_up, station={"printer": Printer.PAPER_OUT, "light": OFFLINE})
    waiting = replace(REGISTRATION, package=UNKNOWN, is_waiting=True)
    slip = labels(rolls=(), receipt=s.PRINTED)
    yield "waiting_for_list", _at(Labelling(registration=waiting, labels=slip))
    yield "undo_question", _at(replace(here, labels=all_out, asking="undo"))
    yield "again_question", _at(replace(here, labels=all_out, asking="again"))
    many = tuple(
        f"TCR-{serial}" for serial in ("7Q2M9XKD4FA", "8R3N0YME5GB", "9S4P1ZNF6HC") * 6 + ("0T5Q2AOG7JD", "1V6R3BPH8KE")
    )
    states = (s.PRINTED,) * 11 + (s.AWAITING_PROOF, s.QUEUED)
    brick = replace(PACKAGE, name="Halide Gold 400, brick of 20", rolls=many)
    twenty = replace(REGISTRATION, package=brick)
    yield "printing_twenty", _at(Labelling(registration=twenty, labels=labels(*states, rolls=many)))
    one = replace(PACKAGE, rolls=ROLLS[:1])
    single = labels(s.PRINTED, receipt=s.AWAITING_PROOF, rolls=ROLLS[:1])
    yield "printing_one", _at(Labelling(registration=replace(REGISTRATION, package=one), labels=single))
    yield "done_contrast", _at(replace(here, labels=all_out), has_contrast=True)


def _endings() -> Iterator[tuple[str, State]]:
    s = LabelState
    found = Labelling(
        registration=replace(REGISTRATION, card=None, level=Level.CONFIRMED),
        labels=labels(s.PRINTED, s.AWAITING_PROOF, s.QUEUED, receipt=s.PRINTED),
        origin="receipt",
    )
    yield "receipt_printing", _at(found)
    yield "receipt_done", _at(replace(found, labels=labels(s.PRINTED, receipt=s.PRINTED)))
    undone = replace(found, labels=(), registration=replace(found.registration, is_withdrawn=True))
    yield "receipt_undone", _at(undone)
    yield (
        "receipt_looking",
        _at(Waiting(doing="receipt", asked=FindRegistration(session=1, number="TCN-7Q2M9XKD4"), since=0.0)),
    )
    yield "receipt_unknown", _at(NumberUnknown(number="TCN-8R3N0YME5"), station={"light": OFFLINE})
    for verdict in ("valid", "replaced", "void", "unknown"):
        seen = Seen.NO if verdict == "unknown" else Seen.HERE
        package = replace(PACKAGE, item=ROLLS[1], seen=seen)
        yield f"copy_{verdict}", _at(CopyShown(item=ROLLS[1], copy="8K2QT7", verdict=verdict, package=package))
    mine = replace(PACKAGE, seen=Seen.SAME_CARD, claim="0" * 32, number="TCN-7Q2M9XKD4")
    yield "before_same_card", _at(Before(item=ITEM, package=mine, card=CARD))
    yield "undone", _at(Undone(printed=4, moving=1))


def _trouble() -> Iterator[tuple[str, State]]:
    yield "other_card", _at(Stopped(stop=Stop.OTHER_CARD, item=ITEM, card=CARD))
    yield "revoked", _at(Stopped(stop=Stop.REVOKED, item=ITEM, card=CARD))
    down = Light(has_journal=False)
    lost = Trouble(cause=Cause.NOT_STORED, doing="register", wish=WISH, package=PACKAGE)
    yield "trouble_not_stored", _at(lost, station={"light": down})
    yield "trouble_no_answer", _at(replace(lost, cause=Cause.NO_ANSWER))
    shown = Labelling(registration=REGISTRATION, labels=labels(LabelState.PRINTED, receipt=LabelState.PRINTED))
    yield "trouble_undo_unsure", _at(Trouble(cause=Cause.NO_ANSWER, doing="undo", resume=shown))
    yield "trouble_again_unsure", _at(Trouble(cause=Cause.NO_ANSWER, doing="again", resume=shown))
    yield "trouble_check", _at(Trouble(cause=Cause.FAULT, doing="check"))
    yield "trouble_contrast", _at(lost, has_contrast=True)
