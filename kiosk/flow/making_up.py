"""Make up a package of film without serials: which film, how many cartridges, for whom, is this right (DESIGN 5B).

The order is free: badge, product and card may come as they come. Both event IDs exist before the confirm page, so that
any number of tries makes one package.
"""

from dataclasses import replace

from kiosk.flow.consent import agreed_version, open_notice
from kiosk.flow.effects import ReadStation
from kiosk.flow.events import Answer, DeskRefused, Happened, NotStored, Pressed, Scanned, Unanswered
from kiosk.flow.make_up_effects import MakeUp, MintIds, ReadCartridge
from kiosk.flow.make_up_events import CartridgeRead, IdsMinted, PackageMade, ProductRead
from kiosk.flow.make_up_pages import Counting, MakeUpConfirming, MakingUp, Presale, ProductWanted, Unnumbered
from kiosk.flow.make_up_values import MOST_CARTRIDGES, CartridgeFacts, MakeUpWish
from kiosk.flow.moves import BAD, GOOD, Step, end, go, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.products import may_make_up, staff_may_make_up, take_product
from kiosk.flow.scanning import as_item, explain, find_receipt, take_item
from kiosk.flow.signing_in import DIGITS, ask_pin, go_home
from kiosk.flow.states import Cause, Labelling, Scanning, State, Trouble
from kiosk.flow.values import Card
from photocore.scans import (
    BadgeScan,
    CardScan,
    CartridgeScan,
    CopyScan,
    PackageScan,
    ProductScan,
    ReceiptScan,
    RollScan,
    Scan,
)

Collecting = Unnumbered | Counting | MakeUpConfirming
"""Pages that hold a film and perhaps a card, before anything is stored."""


def step_unnumbered(state: State, page: Unnumbered, event: Happened) -> Step:
    """Say what is missing; another code, a card or a badge leads on."""
    match event:
        case ProductRead(film=film) if film.gtin == page.film.gtin:
            return go(state, replace(page, film=film))
        case Pressed(button="cancel"):
            return end(state)
        case Pressed(button="other"):
            return go(state, Scanning(card=page.card))
        case Pressed(button="go_on") if state.station.make_up == "shopper":
            return go(state, Counting(film=page.film, card=page.card))
        case Scanned(scan=PackageScan() | RollScan() as scan):
            return take_item(state, Scanning(card=page.card), as_item(scan))
        case Scanned(scan=ReceiptScan(number=number)) if page.card is None:
            return find_receipt(state, number, is_scanned=True)
        case Scanned(scan=scan):
            return _take_scan(state, page, scan)
        case _:
            return stay(state)


def step_product_wanted(state: State, page: ProductWanted, event: Happened) -> Step:
    """Wait for the price code of the film that staff want to make up."""
    match event:
        case Pressed(button="back"):
            return go_home(state)
        case Scanned(scan=ProductScan() as scan):
            return take_product(state, scan, None)
        case Scanned(scan=BadgeScan(card=badge)):
            return ask_pin(state, badge, page)
        case Scanned(scan=CardScan() as scan):
            # the card first: the film comes next, in the shopper's own session
            return go(state, Scanning(card=Card(card=scan.card, is_typed=scan.typed)), GOOD)
        case Scanned(scan=PackageScan() | RollScan()):
            return go(state, replace(page, note=Note(why=Why.NUMBERED)), BAD)
        case Scanned(scan=scan):
            return go(state, replace(page, note=explain(scan)), BAD)
        case _:
            return stay(state)


def step_counting(state: State, page: Counting, event: Happened) -> Step:
    """Set the count, and for whom it is."""
    match event:
        case ProductRead(film=film) if film.gtin == page.film.gtin:
            return go(state, replace(page, film=film))
        case CartridgeRead() if page.since is None and event.gtin == page.film.gtin:
            return take_cartridge(state, page, event.cartridge)
        case IdsMinted() if event.about == page.asked:
            return _ask_whether_right(state, page, event)
        case Unanswered(about=about) if about == page.asked:
            return give_up_preparing(state, page)
        case Scanned() if page.since is not None:
            return stay(state, BAD)
        case Pressed(button=button) if page.since is None:
            return _press_count(state, page, button)
        case Scanned(scan=CartridgeScan(dx=dx)):
            return go(state, page, ReadCartridge(session=state.session, dx=dx, gtin=page.film.gtin))
        case Scanned(scan=scan):
            return _take_scan(state, page, scan)
        case _:
            return stay(state)


def take_cartridge(state: State, page: Counting, cartridge: CartridgeFacts) -> Step:
    """Show what film a cartridge is; another than this film, or than the one before it, is said and stops nobody.

    Its code tells a kind of film and no piece, so it counts nothing: the same cartridge may be held there twice.
    """
    before = page.cartridge
    if before and before.verdict != "other" and before.digits[1:] != cartridge.digits[1:]:
        cartridge = replace(cartridge, verdict="other")
    is_other = cartridge.verdict == "other"
    return go(state, replace(page, cartridge=cartridge, note=None), BAD if is_other else GOOD)


def give_up_preparing(state: State, page: Counting) -> Step:
    """Stay on the count: nothing was begun, and it can be tried again."""
    return go(state, replace(page, asked=None, since=None, note=Note(why=Why.NOT_PREPARED)))


def step_make_up_confirming(state: State, page: MakeUpConfirming, event: Happened) -> Step:
    """Take one event on the page that asks whether this is right."""
    wish = page.wish
    match event:
        case Pressed(button="make_up"):
            notice = agreed_version(state) if wish.card else None
            return make_up(state, replace(wish, language=state.language, notice=notice))
        case Pressed(button="privacy") if wish.card and state.privacy.notices:
            return open_notice(state, page)
        case Pressed(button="back"):
            return go(state, Counting(film=wish.film, typed=str(wish.count), card=wish.card))
        case Pressed(button="cancel"):
            return _cancel(state, wish.card)
        case Scanned(scan=scan):
            return _take_scan(state, page, scan)
        case _:
            return stay(state)


def make_up(state: State, wish: MakeUpWish, *, is_unsure: bool = False) -> Step:
    """Ask for the commit; the same wish keeps its event IDs through every retry, so it can only be stored once.

    ``is_unsure`` says that an earlier try may have been stored.
    """
    page = MakingUp(wish=wish, since=state.now, is_unsure=is_unsure)
    if not state.station.can_store:
        return go(state, _trouble(page, Cause.NOT_STORED), ReadStation())
    return go(state, page, MakeUp(session=state.session, wish=wish))


def answers_make_up(event: Answer, wish: MakeUpWish | None) -> bool:
    """Say whether an answer is about this make-up, and no older question."""
    return wish is not None and isinstance(event.about, MakeUp) and event.about.wish.event_id == wish.event_id


def step_making_up(state: State, page: MakingUp, event: Happened) -> Step:
    """Wait for the journal's word; nothing else may make the screen say that there is a package."""
    match event:
        case Answer() if not answers_make_up(event, page.wish):
            return stay(state)
        case PackageMade():
            return show_made(state, event)
        case NotStored():
            return go(state, _trouble(page, Cause.NOT_STORED))
        case DeskRefused(reason=reason):
            return go(state, replace(_trouble(page, Cause.REFUSED), make=None, reason=reason))
        case Unanswered():
            return give_up_making(state, page)
        case Scanned():
            return stay(state, BAD)
        case _:
            return stay(state)


def give_up_making(state: State, page: MakingUp) -> Step:
    """Say that we do not know: the commit may still come, and its answer is still taken."""
    return go(state, _trouble(page, Cause.NO_ANSWER))


def show_made(state: State, event: PackageMade) -> Step:
    """Show the package that is stored: as a registration where there was a card, else its labels for the shelf."""
    if event.registration:
        return go(state, Labelling(registration=event.registration, labels=event.labels), GOOD)
    return go(state, Presale(made_up=event.made_up, labels=event.labels), GOOD)


def _trouble(page: MakingUp, cause: Cause) -> Trouble:
    """Say what failed. That an earlier try may have been stored is not forgotten because this one surely was not."""
    return Trouble(cause=Cause.NO_ANSWER if page.is_unsure else cause, doing="make_up", make=page.wish)


def _press_count(state: State, page: Counting, button: str) -> Step:
    key = button.removeprefix("key:")
    if button != key and key in DIGITS and len(key) == 1:
        return go(state, _type_digit(page, key))
    match button:
        case "minus" if page.count > 1:
            return go(state, replace(page, typed=str(page.count - 1), note=None))
        case "plus" if page.count < MOST_CARTRIDGES:
            return go(state, replace(page, typed=str(page.count + 1), note=None))
        case "delete" if page.typed:
            return go(state, replace(page, typed=page.typed[:-1], note=None))
        case "shelf" if page.card and staff_may_make_up(state):
            return go(state, replace(page, card=None, note=None))
        case "go_on" if may_make_up(state, page.card):
            mint = MintIds(session=state.session, gtin=page.film.gtin, count=page.count, card=page.card)
            return go(state, replace(page, note=None, asked=mint, since=state.now), mint)
        case "cancel":
            return _cancel(state, page.card)
        case _:
            return stay(state)


def _type_digit(page: Counting, digit: str) -> Counting:
    """Return the page with one more digit; a number that no package holds is not taken, and said so."""
    typed = page.typed + digit
    if 1 <= int(typed) <= MOST_CARTRIDGES:
        return replace(page, typed=typed, note=None)
    return replace(page, note=Note(why=Why.COUNT_RANGE))


def _cancel(state: State, card: Card | None) -> Step:
    """Go back to the staff's pages; a shopper's session ends."""
    return go_home(state) if state.staff and card is None else end(state)


def _ask_whether_right(state: State, page: Counting, event: IdsMinted) -> Step:
    wish = MakeUpWish(
        event_id=event.event_id,
        claim_id=event.claim_id,
        film=page.film,
        count=page.count,
        staff=state.staff.id if state.staff and staff_may_make_up(state) else None,
        card=page.card,
        language=state.language if page.card else state.home_language,
    )
    return go(state, MakeUpConfirming(wish=wish))


def _take_scan(state: State, page: Collecting, scan: Scan) -> Step:
    """Let a code change the film or the card, or explain it; nothing that was brought is lost."""
    match scan:
        case BadgeScan(card=badge):
            return ask_pin(state, badge, page)
        case CardScan(card=number):
            return _take_card(state, page, Card(card=number, is_typed=scan.typed))
        case ProductScan(gtin=gtin) if gtin == _film_of(page):
            return go(state, replace(page, note=Note(why=Why.FILM_ALREADY_HERE)), GOOD)
        case ProductScan():
            other, effects = take_product(state, scan, _card_of(page))
            if isinstance(other.page, Counting):
                other = replace(other, page=replace(other.page, note=Note(why=Why.FILM_CHANGED)))
            return other, effects
        case PackageScan() | RollScan():
            return go(state, replace(page, note=Note(why=Why.NUMBERED)), BAD)
        case ReceiptScan():
            return go(state, replace(page, note=Note(why=Why.RECEIPT_FIRST_FINISH)), BAD)
        case CopyScan():
            return go(state, replace(page, note=Note(why=Why.LABEL_FIRST_FINISH)), BAD)
        case _:
            return go(state, replace(page, note=explain(scan)), BAD)


def _take_card(state: State, page: Collecting, card: Card) -> Step:
    """Hold a card: then the package is registered to it by the same commit that makes it."""
    held = _card_of(page)
    if held and held.card == card.card:
        note = Note(why=Why.CARD_ALREADY_HERE)
        card = replace(held, is_typed=held.is_typed and card.is_typed)
    else:
        note = Note(why=Why.CARD_CHANGED if held else Why.CARD_NOTED)
    if isinstance(page, MakeUpConfirming):
        return go(state, replace(page, wish=replace(page.wish, card=card), note=note), GOOD)
    return go(state, replace(page, card=card, note=note), GOOD)


def _card_of(page: Collecting) -> Card | None:
    return page.wish.card if isinstance(page, MakeUpConfirming) else page.card


def _film_of(page: Collecting) -> str:
    return page.wish.film.gtin if isinstance(page, MakeUpConfirming) else page.film.gtin
