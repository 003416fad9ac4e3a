"""Every screen in every state that looks different, as plain states: for the tour, and for tests of fit and words."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.flow.access import Access
from kiosk.flow.effects import FindRegistration
from kiosk.flow.notes import Note, Why
from kiosk.flow.states import (
    Attract,
    Before,
    Cause,
    Confirming,
    CopyShown,
    Labelling,
    NumberUnknown,
    PhoneShown,
    Registering,
    Scanning,
    State,
    Stop,
    Stopped,
    Trouble,
    Typing,
    Undone,
    Waiting,
)
from kiosk.flow.values import (
    Item,
    LabelState,
    Level,
    Light,
    Printer,
    Seen,
)
from kiosk.testing.gallery_access import access_pictures
from kiosk.testing.gallery_cards import card_pictures
from kiosk.testing.gallery_making_up import making_up_pictures
from kiosk.testing.gallery_staff import staff_pictures
from kiosk.testing.gallery_tools import tool_pictures
from kiosk.testing.gallery_values import (
    CARD,
    ITEM,
    LINK,
    OFFLINE,
    PACKAGE,
    REGISTRATION,
    ROLLS,
    TYPED_CARD,
    UNKNOWN,
    WISH,
    at,
    labels,
)


def gallery() -> Iterator[tuple[str, State]]:
    """Yield every picture of the tour: its name and its state, in the order a shopper may meet them."""
    for number, (name, state) in enumerate(_pictures(), start=1):
        yield f"{number:03d}_{name}", state


def _pictures() -> Iterator[tuple[str, State]]:
    yield from _attract()
    yield from _scanning()
    yield from _typing()
    yield from _confirming()
    yield from _labelling()
    yield from _endings()
    yield from _trouble()
    yield from card_pictures()
    yield from making_up_pictures()
    yield from staff_pictures()
    yield from access_pictures()
    yield from tool_pictures()


def _attract() -> Iterator[tuple[str, State]]:
    yield "attract", at(Attract())
    yield "attract_offline", at(Attract(), station={"light": OFFLINE})
    yield "attract_no_paper", at(Attract(), station={"printer": Printer.PAPER_OUT})
    yield "attract_no_scanner", at(Attract(), station={"has_scanner": False})
    nothing = {"has_scanner": False, "printer": Printer.PAPER_OUT}
    yield "attract_no_devices", at(Attract(), station=nothing)
    yield "closed", at(Attract(), station={"light": Light(has_journal=False)})
    yield "attract_contrast", at(Attract(), access=Access(has_contrast=True))


def _scanning() -> Iterator[tuple[str, State]]:
    yield "scan_empty", at(Scanning())
    yield "scan_package_here", at(Scanning(item=ITEM, package=PACKAGE))
    yield "scan_card_first", at(Scanning(card=CARD))
    yield "scan_looking_up", at(Scanning(item=ITEM), station={"light": OFFLINE})
    yield "scan_unknown", at(Scanning(item=Item(item=UNKNOWN.item, level="unknown"), package=UNKNOWN))
    yield "scan_price_code", at(Scanning(note=Note(why=Why.PRICE_CODE)))
    yield "scan_badge", at(Scanning(item=ITEM, package=PACKAGE, note=Note(why=Why.BADGE)))
    yield "scan_misread", at(Scanning(item=ITEM, package=PACKAGE, note=Note(why=Why.REFUSED, detail="misread")))
    yield "scan_changed", at(Scanning(item=ITEM, package=PACKAGE, note=Note(why=Why.PACKAGE_CHANGED)))
    yield "scan_both", at(Scanning(item=ITEM, package=PACKAGE, card=CARD, checking_since=0.0))
    yield "scan_contrast", at(Scanning(item=ITEM, package=PACKAGE), access=Access(has_contrast=True))
    yield "idle_warning", at(Scanning(item=ITEM, package=PACKAGE), now=47.0)


def _typing() -> Iterator[tuple[str, State]]:
    yield "type_package", at(Typing(wanted="package", under=Scanning()))
    yield "type_package_text", at(Typing(wanted="package", under=Scanning(), text="TCP-7Q2M9XKD4F"))
    wrong = Typing(wanted="card", under=Scanning(), text="2900471", note=Note(why=Why.TYPED_NOT_CARD))
    yield "type_card_wrong", at(wrong)
    yield "type_claim_code", at(Typing(wanted="claim_code", under=Confirming(wish=WISH, package=PACKAGE)))


def _confirming() -> Iterator[tuple[str, State]]:
    yield "confirm", at(Confirming(wish=WISH, package=PACKAGE))
    typed = replace(WISH, card=TYPED_CARD, claim_code="7Q2M9XKD4F8TP")
    yield "confirm_typed", at(Confirming(wish=typed, package=PACKAGE, note=Note(why=Why.CLAIM_CODE_KEPT)))
    unknown = replace(WISH, item=Item(item=UNKNOWN.item, level="unknown"))
    yield "confirm_unknown", at(Confirming(wish=unknown, package=UNKNOWN))
    out = {"printer": Printer.PAPER_OUT}
    yield "confirm_no_paper", at(Confirming(wish=WISH, package=PACKAGE), station=out)
    shelf = replace(PACKAGE, to_label=())
    yield "confirm_labelled", at(Confirming(wish=WISH, package=shelf))
    yield "confirm_labelled_no_paper", at(Confirming(wish=WISH, package=shelf), station=out)
    yield "confirm_one_missing", at(Confirming(wish=WISH, package=replace(PACKAGE, to_label=ROLLS[2:3])))
    yield "confirm_contrast", at(Confirming(wish=WISH, package=PACKAGE), access=Access(has_contrast=True))
    yield "registering", at(Registering(wish=WISH, package=PACKAGE, since=0.0))


def _labelling() -> Iterator[tuple[str, State]]:
    s = LabelState
    here = Labelling(registration=REGISTRATION, labels=labels(s.PRINTED, s.PRINTED, s.AWAITING_PROOF, s.QUEUED))
    yield "printing", at(here, station={"light": OFFLINE})
    all_out = labels(s.PRINTED, receipt=s.PRINTED)
    confirmed = replace(REGISTRATION, level=Level.CONFIRMED)
    yield "done_here", at(replace(here, labels=all_out), station={"light": OFFLINE})
    yield "done_confirmed", at(replace(here, registration=confirmed, labels=all_out))
    held = replace(REGISTRATION, level=Level.HELD)
    yield "done_held", at(replace(here, registration=held, labels=all_out))
    contested = replace(REGISTRATION, level=Level.CONTESTED)
    yield "done_contested", at(replace(here, registration=contested, labels=all_out))
    refused = replace(REGISTRATION, level=Level.REFUSED, reason="the package was recalled")
    yield "done_refused", at(replace(here, registration=refused, labels=all_out))
    maybe = labels(s.PRINTED, s.MAYBE, s.PRINTED, receipt=s.PRINTED)
    yield "maybe", at(replace(here, labels=maybe))
    settled = replace(here, labels=all_out, note=Note(why=Why.COPY_SETTLED))
    yield "maybe_settled", at(settled)
    held_up = replace(here, labels=labels(s.PRINTED, s.PRINTED, s.QUEUED))
    yield "held_up", at(held_up, station={"printer": Printer.PAPER_OUT, "light": OFFLINE})
    receipt = labels(rolls=(), receipt=s.AWAITING_PROOF)
    yield "printing_receipt", at(replace(here, labels=receipt))
    yield "held_up_receipt", at(replace(here, labels=receipt), station={"printer": Printer.PAPER_OUT})
    waiting = replace(REGISTRATION, package=UNKNOWN, is_waiting=True)
    slip = labels(rolls=(), receipt=s.PRINTED)
    yield "waiting_for_list", at(Labelling(registration=waiting, labels=slip))
    yield "undo_question", at(replace(here, labels=all_out, asking="undo"))
    yield "again_question", at(replace(here, labels=all_out, asking="again"))
    many = tuple(
        f"TCR-{serial}" for serial in ("7Q2M9XKD4FA", "8R3N0YME5GB", "9S4P1ZNF6HC") * 6 + ("0T5Q2AOG7JD", "1V6R3BPH8KE")
    )
    states = (s.PRINTED,) * 11 + (s.AWAITING_PROOF, s.QUEUED)
    brick = replace(PACKAGE, name="Halide Gold 400, brick of 20", rolls=many)
    twenty = replace(REGISTRATION, package=brick)
    yield "printing_twenty", at(Labelling(registration=twenty, labels=labels(*states, rolls=many)))
    one = replace(PACKAGE, rolls=ROLLS[:1])
    single = labels(s.PRINTED, receipt=s.AWAITING_PROOF, rolls=ROLLS[:1])
    yield "printing_one", at(Labelling(registration=replace(REGISTRATION, package=one), labels=single))
    mine = replace(here, labels=all_out, registration=replace(REGISTRATION, link=LINK))
    yield "done_link", at(mine)
    yield (
        "held_up_link",
        at(replace(mine, labels=labels(s.PRINTED, s.PRINTED, s.QUEUED)), station={"printer": Printer.PAPER_OUT}),
    )
    yield "phone", at(PhoneShown(resume=mine))
    yield "phone_contrast", at(PhoneShown(resume=mine), access=Access(has_contrast=True))
    yield "done_contrast", at(replace(here, labels=all_out), access=Access(has_contrast=True))


def _endings() -> Iterator[tuple[str, State]]:
    s = LabelState
    found = Labelling(
        registration=replace(REGISTRATION, card=None, level=Level.CONFIRMED),
        labels=labels(s.PRINTED, s.AWAITING_PROOF, s.QUEUED, receipt=s.PRINTED),
        origin="receipt",
    )
    yield "receipt_printing", at(found)
    yield "receipt_done", at(replace(found, labels=labels(s.PRINTED, receipt=s.PRINTED)))
    undone = replace(found, labels=(), registration=replace(found.registration, is_withdrawn=True))
    yield "receipt_undone", at(undone)
    yield (
        "receipt_looking",
        at(Waiting(doing="receipt", asked=FindRegistration(session=1, number="TCN-7Q2M9XKD4"), since=0.0)),
    )
    yield "receipt_unknown", at(NumberUnknown(number="TCN-8R3N0YME5"), station={"light": OFFLINE})
    for verdict in ("valid", "replaced", "void", "unknown"):
        seen = Seen.NO if verdict == "unknown" else Seen.HERE
        package = replace(PACKAGE, item=ROLLS[1], seen=seen)
        yield f"copy_{verdict}", at(CopyShown(item=ROLLS[1], copy="8K2QT7", verdict=verdict, package=package))
    mine = replace(PACKAGE, seen=Seen.SAME_CARD, claim="0" * 32, number="TCN-7Q2M9XKD4")
    yield "before_same_card", at(Before(item=ITEM, package=mine, card=CARD))
    yield "undone", at(Undone(printed=4, moving=1))


def _trouble() -> Iterator[tuple[str, State]]:
    yield "other_card", at(Stopped(stop=Stop.OTHER_CARD, item=ITEM, card=CARD))
    yield "revoked", at(Stopped(stop=Stop.REVOKED, item=ITEM, card=CARD))
    down = Light(has_journal=False)
    lost = Trouble(cause=Cause.NOT_STORED, doing="register", wish=WISH, package=PACKAGE)
    yield "trouble_not_stored", at(lost, station={"light": down})
    yield "trouble_no_answer", at(replace(lost, cause=Cause.NO_ANSWER))
    shown = Labelling(registration=REGISTRATION, labels=labels(LabelState.PRINTED, receipt=LabelState.PRINTED))
    yield "trouble_undo_unsure", at(Trouble(cause=Cause.NO_ANSWER, doing="undo", resume=shown))
    yield "trouble_again_unsure", at(Trouble(cause=Cause.NO_ANSWER, doing="again", resume=shown))
    yield "trouble_check", at(Trouble(cause=Cause.FAULT, doing="check"))
    yield "trouble_contrast", at(lost, access=Access(has_contrast=True))
