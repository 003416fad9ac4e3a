"""The pictures of film without serials: whose help it needs, the count, is this right, and labels for the shelf."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.flow.access import Access
from kiosk.flow.effects import Asked
from kiosk.flow.make_up_pages import Counting, MakeUpConfirming, MakingUp, Presale, ProductWanted, Unnumbered
from kiosk.flow.make_up_values import CartridgeFacts, Film, MadeUp, MakeUpWish
from kiosk.flow.notes import Note, Why
from kiosk.flow.states import Cause, Labelling, Scanning, State, Trouble, Undone, Waiting
from kiosk.flow.values import Label, LabelState, Package, Printer
from kiosk.testing.gallery_values import CARD, MARA, REGISTRATION, TYPED_CARD, at, labels

FILM = Film(gtin="04006381333900", name="Kestrel Pan 100 Trio", detail="135-36 · ISO 100 · B&W", rolls=3)
NAMELESS = Film(gtin="04006381333931")
SERIALS = ("7Q2M9XKD4FA", "8R3N0YME5GB", "9S4P1ZNF6HC", "0T5Q2AOG7JD", "1V6R3BPH8KE")
ASKED = Asked(session=1)


def house_rolls(count: int) -> tuple[str, ...]:
    """Return as many house codes of rolls, each its own."""
    return tuple(f"TCR-{n:02d}{SERIALS[n % len(SERIALS)][2:]}" for n in range(count))


def shelf_labels(*states: LabelState, count: int = 3, package: LabelState = LabelState.QUEUED) -> tuple[Label, ...]:
    """Return one label a roll in the states given, the last one for the rest, and the package label."""
    rolls = labels(*states, rolls=house_rolls(count))[:-1]
    last = Label(job=count + 1, kind="package", roll=None, number=1, of=1, copy="P4V1QX", state=package)
    return (*rolls, last)


def made_up(count: int = 3) -> MadeUp:
    """Return a package made up of ``count`` cartridges."""
    return MadeUp(package="TCP-7Q2M9XKD4FP", name=FILM.name, detail=FILM.detail, rolls=house_rolls(count))


def wish(count: int = 3) -> MakeUpWish:
    """Return the wish for a package of ``count`` cartridges for the shelf."""
    return MakeUpWish(event_id="0" * 32, claim_id="1" * 32, film=FILM, count=count, staff=MARA.id)


def making_up_pictures() -> Iterator[tuple[str, State]]:
    """Yield the pictures in the order people meet them."""
    yield from _unnumbered()
    yield from _counting()
    yield from _presale()
    yield from _endings()


def _unnumbered() -> Iterator[tuple[str, State]]:
    yield "unnumbered", at(Unnumbered(film=FILM))
    yield "unnumbered_card", at(Unnumbered(film=FILM, card=CARD, note=Note(why=Why.CARD_NOTED)))
    yield "unnumbered_shopper", at(Unnumbered(film=FILM), station={"make_up": "shopper"})
    yield "unnumbered_nameless", at(Unnumbered(film=NAMELESS))
    price = Scanning(note=Note(why=Why.PRICE_CODE), price_code=NAMELESS.gtin)
    yield "scan_no_square", at(price)
    yield "make_up_scan", at(ProductWanted(), staff=MARA)
    yield "make_up_scan_numbered", at(ProductWanted(note=Note(why=Why.NUMBERED)), staff=MARA)


def _counting() -> Iterator[tuple[str, State]]:
    yield "count", at(Counting(film=FILM), staff=MARA)
    yield "count_card", at(Counting(film=FILM, typed="12", card=CARD), staff=MARA)
    yield "count_one", at(Counting(film=NAMELESS, typed="1"), staff=MARA)
    kestrel = CartridgeFacts(digits="911544", code="115-4", name="Kestrel Pan 100", exposures=36, verdict="same")
    yield "count_cartridge", at(Counting(film=FILM, cartridge=kestrel), staff=MARA)
    strange = replace(kestrel, name="Fujicolor Superia X-TRA 400", verdict="other")
    yield "count_other_film", at(Counting(film=FILM, card=CARD, cartridge=strange), staff=MARA)
    unknown = CartridgeFacts(digits="911544", code="115-4")
    yield "count_unknown_film", at(Counting(film=NAMELESS, cartridge=unknown), staff=MARA)
    yield "count_fifty", at(Counting(film=FILM, typed="50", note=Note(why=Why.COUNT_RANGE)), staff=MARA)
    yield "count_shopper", at(Counting(film=FILM), station={"make_up": "shopper"})
    yield "count_contrast", at(Counting(film=FILM, typed="3"), staff=MARA, access=Access(has_contrast=True))
    yield "make_up_preparing", at(Counting(film=FILM, asked=ASKED, since=0.0), staff=MARA)
    yield "make_up_confirm_1", at(MakeUpConfirming(wish=wish(1)), staff=MARA)
    yield "make_up_confirm_3", at(MakeUpConfirming(wish=wish()), staff=MARA)
    yield "make_up_confirm_20", at(MakeUpConfirming(wish=wish(20)), staff=MARA)
    yield "make_up_confirm_card", at(MakeUpConfirming(wish=replace(wish(), card=TYPED_CARD)), staff=MARA)
    out = {"printer": Printer.PAPER_OUT}
    yield "make_up_confirm_no_paper", at(MakeUpConfirming(wish=wish()), staff=MARA, station=out)
    yield "making_up", at(MakingUp(wish=wish(), since=0.0), staff=MARA)


def _presale() -> Iterator[tuple[str, State]]:
    s = LabelState
    three = Presale(made_up=made_up(), labels=shelf_labels(s.PRINTED, s.AWAITING_PROOF, s.QUEUED))
    yield "presale_printing", at(three, staff=MARA)
    one = Presale(made_up=made_up(1), labels=shelf_labels(s.AWAITING_PROOF, count=1))
    yield "presale_printing_1", at(one, staff=MARA)
    twenty = shelf_labels(*(s.PRINTED,) * 11, s.AWAITING_PROOF, s.QUEUED, count=20)
    yield "presale_printing_20", at(Presale(made_up=made_up(20), labels=twenty), staff=MARA)
    done = replace(three, labels=shelf_labels(s.PRINTED, package=s.PRINTED))
    yield "presale_done", at(done, staff=MARA)
    yield "presale_done_signed_out", at(done)
    yield "presale_maybe", at(replace(done, labels=shelf_labels(s.PRINTED, s.MAYBE, package=s.PRINTED)), staff=MARA)
    held = replace(done, labels=shelf_labels(s.QUEUED))
    yield "presale_no_paper", at(held, staff=MARA, station={"printer": Printer.PAPER_OUT})
    yield "presale_undo_question", at(replace(done, asking="undo"), staff=MARA)
    yield "presale_again_question", at(replace(done, asking="again"), staff=MARA)
    again = replace(three, note=Note(why=Why.LABELS_AGAIN))
    yield "presale_printing_again", at(again, staff=MARA)
    found = replace(done, origin="found")
    yield "made_up_found", at(found, staff=MARA)
    claimed = replace(found, made_up=replace(found.made_up, is_claimed=True))
    yield "made_up_claimed", at(claimed, staff=MARA)
    withdrawn = replace(found, made_up=replace(found.made_up, is_withdrawn=True), labels=())
    yield "made_up_withdrawn", at(withdrawn, staff=MARA)
    house = Package(item=made_up().package, package=made_up().package, name=FILM.name, detail=FILM.detail)
    mine = replace(REGISTRATION, package=replace(house, rolls=house_rolls(3)))
    printing = labels(s.PRINTED, s.AWAITING_PROOF, s.QUEUED, rolls=house_rolls(3))
    yield "made_up_registered", at(Labelling(registration=mine, labels=printing), staff=MARA)


def _endings() -> Iterator[tuple[str, State]]:
    s = LabelState
    yield "taken_back", at(Undone(printed=4, is_made_up=True), staff=MARA)
    shown = Presale(made_up=made_up(), labels=shelf_labels(s.PRINTED, package=s.PRINTED))
    yield "wait_unmake", at(Waiting(doing="unmake", asked=ASKED, since=0.0, resume=shown), staff=MARA)
    lost = Trouble(cause=Cause.NOT_STORED, doing="make_up", make=wish())
    yield "trouble_make_up_not_stored", at(lost, staff=MARA)
    yield "trouble_make_up_no_answer", at(replace(lost, cause=Cause.NO_ANSWER), staff=MARA)
    refused = replace(lost, cause=Cause.REFUSED, reason="staff_needed", make=None)
    yield "trouble_make_up_refused", at(refused)
    yield "trouble_presale_unsure", at(Trouble(cause=Cause.NO_ANSWER, doing="presale", resume=shown), staff=MARA)
    sold = Trouble(cause=Cause.REFUSED, doing="presale", reason="registered_meanwhile", resume=shown)
    yield "trouble_presale_refused", at(sold, staff=MARA)
