"""Collect a package and a card, in either order, and tell what is still missing (seeds 000:75, 000:76).

Every code that is not what is needed gets its own sentence: which code it was, and where the right one is.
"""

from dataclasses import dataclass, replace

from kiosk.flow.effects import Asked, CheckClaim, CheckCopy, Effect, FindRegistration, LookUp
from kiosk.flow.events import Answer, ClaimChecked, Happened, PackageFound, Pressed, Scanned, Unanswered
from kiosk.flow.make_up_effects import ReadProduct
from kiosk.flow.make_up_pages import Unnumbered
from kiosk.flow.make_up_values import Film
from kiosk.flow.moves import BAD, GOOD, Step, end, go, reset, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.products import take_product
from kiosk.flow.signing_in import ask_pin
from kiosk.flow.states import Before, Cause, Confirming, Scanning, State, Stop, Stopped, Trouble, Typing, Waiting
from kiosk.flow.values import Card, Item, Package, Seen, Wish
from photocore.symbology import (
    BadgeScan,
    CardScan,
    ClaimCodeScan,
    CopyScan,
    OrderCodeScan,
    PackageScan,
    ProductScan,
    ReceiptScan,
    Refused,
    RollScan,
    Scan,
)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A package or roll and a card that were looked at together."""

    item: Item
    card: Card


def step_scanning(state: State, page: Scanning, event: Happened) -> Step:
    """Take one event while package and card are being collected."""
    match event:
        case Scanned(scan=scan):
            return take_scan(state, page, scan)
        case Pressed(button="cancel"):
            return end(state)
        case Pressed(button="type") if not (page.item and page.card):
            field = "card" if page.item and not page.card else "package"
            return go(state, Typing(wanted=field, under=replace(page, note=None)))
        case Pressed(button="no_square") if offers_unnumbered(page):
            read = ReadProduct(session=state.session, gtin=page.price_code)
            return go(state, Unnumbered(film=Film(gtin=page.price_code), card=page.card), read)
        case Answer(about=about) if _waits_for(page, about):
            return _take_answer(state, page, event)
        case _:
            return stay(state)


def offers_unnumbered(page: Scanning) -> bool:
    """Say whether a price code was scanned last, and nothing better has come since."""
    is_last = page.note is not None and page.note.why is Why.PRICE_CODE
    return is_last and bool(page.price_code) and page.item is None and not is_bound(page)


def is_bound(page: Scanning) -> bool:
    """Say whether a registration with a number is wanted here: in another's place, or of a paper list's row."""
    return page.corrects is not None or page.paper is not None


def _waits_for(page: Scanning, about: Asked) -> bool:
    """Say whether ``about`` asks for what is here now: this very package, and with a check this very card."""
    match about:
        case CheckClaim(item=item, card=card) if page.item and page.card:
            return (item.item, card.card) == (page.item.item, page.card.card)
        case LookUp(item=item) if page.item:
            return item == page.item.item
        case _:
            return False


def _take_answer(state: State, page: Scanning, event: Answer) -> Step:
    match event:
        case PackageFound(package=package) if page.item:
            return _take_package(state, page, page.item, package)
        case ClaimChecked() if page.item and page.card:
            return _take_check(state, page, Pair(item=page.item, card=page.card), event)
        case Unanswered(about=CheckClaim()):
            return go(state, Trouble(cause=Cause.FAULT, doing="check"))
        case Unanswered() if page.checking_since is None and page.package is None:
            lost = replace(page, item=None, claim_code=None, note=Note(why=Why.LOOK_UP_FAILED))
            return go(state, lost)
        case _:
            return stay(state)


def start_with(state: State, scan: Scan) -> Step:
    """Begin a session with a code: no button needs to be touched first."""
    return take_scan(state, Scanning(), scan)


def begin_anew(state: State, scan: Scan) -> Step:
    """End the session that is over anyway and begin the next one with ``scan``.

    It is most likely the same shopper's second package: language and contrast stay, everything else is gone.
    """
    fresh = replace(reset(state), language=state.language, access=state.access)
    return start_with(fresh, scan)


def take_scan(state: State, page: Scanning, scan: Scan) -> Step:
    """Take one code, whatever it is; exactly one answer goes back to the scanner."""
    match scan:
        case PackageScan() | RollScan():
            return take_item(state, page, as_item(scan))
        case CardScan(card=number):
            return take_card(state, page, Card(card=number, is_typed=scan.typed))
        case ClaimCodeScan(code=code):
            kept = replace(page, claim_code=code, note=Note(why=Why.CLAIM_CODE_KEPT))
            return go(state, kept, GOOD)
        case ReceiptScan(number=number):
            return _leave_for(state, page, Why.RECEIPT_FIRST_FINISH, find_receipt(state, number, is_scanned=True))
        case CopyScan(item=item) if page.card and not page.item:
            return take_item(state, page, Item(item=item, level=scan.level or "unknown"))
        case CopyScan(item=item, copy=copy):
            return _leave_for(state, page, Why.LABEL_FIRST_FINISH, check_copy(state, item, copy))
        case ProductScan() if page.item is None and not is_bound(page):
            return take_product(state, scan, page.card)
        case BadgeScan(card=badge) if page.checking_since is None:
            return ask_pin(state, badge, page)
        case _:
            return go(state, replace(page, note=explain(scan)), BAD)


def as_item(scan: PackageScan | RollScan) -> Item:
    """Return the scanned ID with its level as far as it is known."""
    if isinstance(scan, RollScan):
        return Item(item=scan.item, level="roll", is_typed=scan.typed, lot=scan.lot, expires=scan.expires)
    level = "package" if scan.known else "unknown"
    return Item(item=scan.item, level=level, is_typed=scan.typed, lot=scan.lot, expires=scan.expires)


def take_item(state: State, page: Scanning, item: Item) -> Step:
    """Hold a package or a roll; another one replaces it and its claim code, and says so."""
    if page.item and page.item.item == item.item:
        return go(state, replace(page, note=Note(why=Why.ALREADY_HERE)), GOOD)
    note = Note(why=Why.PACKAGE_CHANGED) if page.item else None
    claim_code = None if page.item else page.claim_code
    held = replace(page, item=item, package=None, claim_code=claim_code, note=note)
    if held.card:
        return _check(state, held, GOOD)
    return go(state, held, GOOD, LookUp(session=state.session, item=item.item, of=item))


def take_card(state: State, page: Scanning, card: Card) -> Step:
    """Hold a registration card; another one replaces it, and says so."""
    if page.card and page.card.card == card.card:
        issued = card.card if card.card.issue is not None else page.card.card
        proven = Card(card=issued, is_typed=page.card.is_typed and card.is_typed)
        return go(state, replace(page, card=proven, note=Note(why=Why.CARD_ALREADY_HERE)), GOOD)
    held = replace(page, card=card, note=Note(why=Why.CARD_CHANGED) if page.card else None)
    return _check(state, held, GOOD)


def explain(scan: Scan) -> Note:
    """Say what a code was that is of no use here."""
    match scan:
        case ProductScan():
            return Note(why=Why.PRICE_CODE)
        case BadgeScan():
            return Note(why=Why.BADGE)
        case OrderCodeScan():
            return Note(why=Why.ORDER_CODE)
        case ClaimCodeScan():
            return Note(why=Why.CLAIM_CODE_ELSEWHERE)
        case Refused(reason=reason):
            return Note(why=Why.REFUSED, detail=str(reason))
        case _:
            return Note(why=Why.NOT_READ)


def find_receipt(state: State, number: str, *, is_scanned: bool) -> Step:
    """Look for a receipt's registration. The scanner hears good once it is found."""
    find = FindRegistration(session=state.session, number=number)
    return go(state, Waiting(doing="receipt", asked=find, since=state.now, is_scanned=is_scanned), find)


def check_copy(state: State, item: str, copy: str) -> Step:
    """Ask what a printed label is worth. The scanner hears the answer."""
    check = CheckCopy(session=state.session, item=item, copy=copy)
    return go(state, Waiting(doing="copy", asked=check, since=state.now, is_scanned=True), check)


def _leave_for(state: State, page: Scanning, otherwise: Why, there: Step) -> Step:
    """Go and look at a receipt or a label, unless the shopper is in the middle of a registration."""
    if page.item or page.card:
        return go(state, replace(page, note=Note(why=otherwise)), BAD)
    return there


def _check(state: State, page: Scanning, *first: Effect) -> Step:
    """Have package and card looked at together, once both are here."""
    if page.item is None or page.card is None:
        return go(state, page, *first)
    ask = CheckClaim(session=state.session, item=page.item, card=page.card)
    return go(state, replace(page, checking_since=state.now), *first, ask)


def _take_package(state: State, page: Scanning, item: Item, package: Package) -> Step:
    if stop := _recalled(package):
        return go(state, _stopped(page, stop, item, page.card))
    note = Note(why=Why.REGISTERED_BEFORE) if package.seen is Seen.HERE else page.note
    return go(state, replace(page, package=package, note=note))


def _stopped(page: Scanning, stop: Stop, item: Item, card: Card | None, *, reason: str = "") -> Stopped:
    """Return why it stops here; what is entered for another registration, or from paper, is so after a change too."""
    return Stopped(stop=stop, item=item, card=card, reason=reason, corrects=page.corrects, paper=page.paper)


def _recalled(package: Package) -> Stop | None:
    if package.is_revoked:
        return Stop.REVOKED
    return Stop.RECALLED if package.recall == "block" else None


def _take_check(state: State, page: Scanning, pair: Pair, event: ClaimChecked) -> Step:
    """Decide what the two together allow: confirm, print again, or stop.

    Where it stands for a parked registration of the same package, only the desk can say whether it may.
    """
    item, card, package = pair.item, pair.card, event.package
    if stop := _recalled(package):
        return go(state, _stopped(page, stop, item, card))
    if package.is_card_lost:
        return go(state, _stopped(page, Stop.LOST_CARD, item, card))
    if package.seen is Seen.SAME_CARD and page.corrects is None:
        return go(state, Before(item=item, package=package, card=card))
    if package.seen is Seen.HERE and page.corrects is None:
        # a restored station knows the registration and not its card: nobody may be called another
        return go(state, _stopped(page, Stop.DESK, item, card, reason="registered_here"))
    if package.seen is not Seen.NO and page.corrects is None:
        return go(state, _stopped(page, Stop.OTHER_CARD, item, card))
    wish = Wish(
        event_id=event.event_id,
        item=item,
        card=card,
        claim_code=page.claim_code,
        language=state.language,
        corrects=page.corrects,
        staff=state.staff.id if state.staff and state.staff.may("register") else None,
        paper=page.paper,
    )
    return go(state, Confirming(wish=wish, package=package, note=page.note))
