"""Pages of film without serials: whose help it needs, the count, is this right?, and the labels for the shelf."""

from kiosk.flow.make_up_pages import Counting, MakeUpConfirming, MakingUp, ProductWanted, Unnumbered
from kiosk.flow.make_up_values import MOST_CARTRIDGES, CartridgeFacts, Film
from kiosk.flow.products import may_make_up
from kiosk.flow.states import State
from kiosk.flow.values import Card
from kiosk.view.collecting import typed_tag
from kiosk.view.consent import consent_rows, register_words
from kiosk.view.screen import (
    Block,
    Button,
    Keypad,
    Notice,
    Row,
    Screen,
    Slot,
    StepMark,
    Stepper,
    Strings,
    Ticket,
    Tone,
)
from kiosk.view.words import notice_of, printer_fault

DIGIT_ROWS = ("123", "456", "789", "0")


def view_unnumbered(state: State, page: Unnumbered, t: Strings) -> Screen:
    """Say what a price code is, that this film needs a number, and who gives it one."""
    alone = state.station.make_up == "shopper"
    buttons = [
        Button(id="cancel", text=t.gettext("Cancel"), icon="close"),
        Button(id="other", text=t.gettext("Scan another code"), icon="camera_roll"),
    ]
    if alone:
        buttons.append(Button(id="go_on", text=t.gettext("Go on"), icon="forward", kind="primary"))
    return Screen(
        name="unnumbered",
        layout="message",
        picture="make_up",
        tone="warn",
        title=t.gettext("This film has no number of its own yet"),
        rows=(film_row(page.film, t), *_card_rows(page.card, t)),
        notice=notice_of(page.note, t),
        blocks=_unnumbered_blocks(t, alone=alone)[1 if page.card else 0 :],
        buttons=tuple(buttons),
    )


def _unnumbered_blocks(t: Strings, *, alone: bool) -> tuple[Block, ...]:
    ask = t.gettext("A member of staff can give it a number and print its labels: please ask.")
    go_on = t.gettext("You can give it a number here: touch Go on, and have your card ready.")
    return (
        Block(
            icon="note",
            title=t.gettext("What this code is"),
            text=t.gettext("The price code is the same on every box, so it cannot stand for yours."),
        ),
        Block(
            icon="search",
            title=t.gettext("Look at the box once more"),
            text=t.gettext("Is there a square code next to it? Then simply scan that one."),
        ),
        Block(icon="badge", title=t.gettext("If there is none"), text=go_on if alone else ask),
    )


def film_row(film: Film, t: Strings) -> Row:
    """Say which film it is; one nobody knows by name is shown by its price code."""
    title = t.gettext("Film")
    if not film.name:
        return Row(icon="camera_roll", title=title, value=printed_gtin(film.gtin), is_code=True, tone="plain")
    return Row(icon="camera_roll", title=title, value=film.name, detail=film.detail)


def printed_gtin(gtin: str) -> str:
    """Return a price code with the digits that stand on the box: 8, 12 or 13 of the 14, the rest is padding.

    One that begins with an indicator digit stands on the box whole.
    """
    for zeros in ("000000", "00", "0"):
        if len(gtin) == 14 and gtin.startswith(zeros):
            return gtin[len(zeros) :]
    return gtin


def _card_rows(card: Card | None, t: Strings) -> tuple[Row, ...]:
    if card is None:
        return ()
    title = t.gettext("Registration card")
    return (Row(icon="card", title=title, value=card.masked, is_code=True, tag=typed_tag(card, t)),)


def view_product_wanted(state: State, page: ProductWanted, t: Strings) -> Screen:
    """Ask for the price code, with its picture as the instruction."""
    del state
    return Screen(
        name="make_up_scan",
        layout="slots",
        title=t.gettext("Scan the film's price code"),
        guidance=t.gettext("It is the long bar code on the box. The count comes next."),
        slots=(
            Slot(
                kind="package",
                title=t.gettext("Film without a number"),
                value=t.gettext("Waiting for the scan"),
                state="live",
                hint="linear_code",
            ),
        ),
        notice=notice_of(page.note, t),
        buttons=(Button(id="back", text=t.gettext("Back"), icon="back"),),
    )


def make_up_steps(now: int, t: Strings) -> tuple[StepMark, ...]:
    """Return the three steps of making up, with number ``now`` under way; 4 means all are done."""
    names = (t.gettext("How many"), t.gettext("Is this right?"), t.gettext("Labels"))
    return tuple(
        StepMark(text=name, state="done" if n < now else "now" if n == now else "next")
        for n, name in enumerate(names, start=1)
    )


def view_counting(state: State, page: Counting, t: Strings) -> Screen:
    """Ask how many cartridges there are, and show for whom they are."""
    if page.since is not None:
        return _view_preparing(t)
    count = page.count
    buttons = [Button(id="cancel", text=t.gettext("Cancel"), icon="close")]
    if page.typed:
        buttons.append(Button(id="delete", text=t.gettext("Delete"), icon="backspace"))
    notice = notice_of(page.note, t) or _cartridge_notice(page.cartridge, t)
    guidance = t.gettext("Count them in your hand. Each gets a label with a number of its own.")
    if may_make_up(state, page.card):
        buttons.append(Button(id="go_on", text=t.gettext("Go on"), icon="forward", kind="primary"))
    elif notice is None:
        card = t.gettext("Now scan your card: the film is registered to it.")
        staff = t.gettext("A member of staff can go on from here: please ask.")
        notice = Notice(tone="plain", text=card if state.station.make_up == "shopper" else staff)
    return Screen(
        name="count",
        layout="count",
        title=t.gettext("How many cartridges?"),
        guidance="" if notice or page.cartridge else guidance,
        steps=make_up_steps(1, t),
        rows=(
            film_row(page.film, t),
            *_cartridge_rows(page.cartridge, t),
            _for_whom_row(state, page.card, t, is_open=True, has_hint=page.cartridge is None),
        ),
        notice=notice,
        stepper=Stepper(
            value=count,
            unit=t.ngettext("cartridge", "cartridges", count),
            minus=Button(id="minus", text=t.gettext("One less"), icon="remove") if count > 1 else None,
            plus=Button(id="plus", text=t.gettext("One more"), icon="add") if count < MOST_CARTRIDGES else None,
        ),
        keypad=Keypad(text=page.typed, placeholder="", rows=DIGIT_ROWS, example=""),
        buttons=tuple(buttons),
    )


def _cartridge_rows(cartridge: CartridgeFacts | None, t: Strings) -> tuple[Row, ...]:
    """Say which film the cartridge is that was scanned last, by its name or by the number on its leader."""
    if cartridge is None:
        return ()
    n = cartridge.exposures
    exposures = t.ngettext("{n} exposure", "{n} exposures", n).format(n=n) if n else ""
    tones: dict[str, Tone] = {"same": "good", "other": "warn", "unknown": "plain"}
    return (
        Row(
            icon="camera_roll",
            title=t.gettext("Cartridge"),
            value=cartridge.name or cartridge.code,
            is_code=not cartridge.name,
            detail=exposures,
            tone=tones[cartridge.verdict],
        ),
    )


def _cartridge_notice(cartridge: CartridgeFacts | None, t: Strings) -> Notice | None:
    if cartridge is None or cartridge.verdict != "other":
        return None
    return Notice(tone="warn", text=t.gettext("This cartridge is another film. Please look before you go on."))


def _view_preparing(t: Strings) -> Screen:
    return Screen(
        name="make_up_preparing",
        layout="busy",
        title=t.gettext("One moment"),
        guidance=t.gettext("Preparing the package."),
        picture="storing",
        leaves_by_itself=True,
    )


def _for_whom_row(state: State, card: Card | None, t: Strings, *, is_open: bool, has_hint: bool = True) -> Row:
    """Say whether it is registered at once or made up for the shelf, and how to change that."""
    title = t.gettext("For whom")
    if card:
        shelf = Button(id="shelf", text=t.gettext("For the shelf"), icon="store", kind="inline")
        return Row(
            icon="card",
            title=t.gettext("Register to card"),
            value=card.masked,
            is_code=True,
            tag=typed_tag(card, t),
            tone="warn" if card.is_typed else "good",
            button=shelf if is_open and state.staff else None,
        )
    if state.staff is None:
        return Row(icon="card", title=title, value=t.gettext("Your card is still missing"), tone="plain")
    detail = t.gettext("Is it for a shopper who is here? Scan their card.") if is_open and has_hint else ""
    value = t.gettext("For the shelf, with claim codes")
    return Row(icon="store", title=title, value=value, detail=detail, tone="plain")


def view_make_up_confirming(state: State, page: MakeUpConfirming, t: Strings) -> Screen:
    """Ask: is this right? Say what will be printed."""
    wish = page.wish
    words = t.gettext("Make it up and print labels")
    if wish.card:
        words = register_words(t)
    elif not state.station.can_print:
        words = t.gettext("Make it up, print later")
    return Screen(
        name="make_up_confirm",
        layout="confirm",
        title=t.gettext("Is this right?"),
        guidance=t.gettext("The film becomes one package, and each cartridge a roll of it."),
        steps=make_up_steps(2, t),
        rows=(
            film_row(wish.film, t),
            Row(
                icon="box",
                title=t.gettext("Cartridges"),
                value=t.ngettext("{n} cartridge", "{n} cartridges", wish.count).format(n=wish.count),
            ),
            _for_whom_row(state, wish.card, t, is_open=False),
            *(consent_rows(state, t) if wish.card else ()),
        ),
        tickets=_planned(state, page, t),
        notice=notice_of(page.note, t) or _paper_notice(state, t),
        buttons=(
            Button(id="cancel", text=t.gettext("Cancel"), icon="close"),
            Button(id="back", text=t.gettext("Change"), icon="back"),
            Button(id="make_up", text=words, icon="print", kind="primary"),
        ),
    )


def _paper_notice(state: State, t: Strings) -> Notice | None:
    fault = printer_fault(state.station.printer, t)
    later = t.gettext("You can go on; the labels print when it is ready.")
    return Notice(tone="warn", text=f"{fault} {later}") if fault else None


def _planned(state: State, page: MakeUpConfirming, t: Strings) -> tuple[Ticket, ...]:
    """Preview what comes out; the numbers themselves are made with the package."""
    wish = page.wish
    word = t.gettext("prints now") if state.station.can_print else t.gettext("prints later")
    rolls = tuple(
        Ticket(
            kind="roll",
            title=t.gettext("Roll {n} of {count}").format(n=n, count=wish.count),
            line=wish.film.name,
            code="",
            word=word,
            look="planned",
        )
        for n in range(1, wish.count + 1)
    )
    if wish.card:
        last = Ticket(kind="receipt", title=t.gettext("Receipt"), line="", code="", word=word, look="planned")
    else:
        title = t.gettext("Package label")
        last = Ticket(kind="package", title=title, line=wish.film.name, code="", word=word, look="planned")
    return (*rolls, last)


def view_making_up(state: State, page: MakingUp, t: Strings) -> Screen:
    """Say that it is being written; nothing is promised yet."""
    del state, page
    return Screen(
        name="making_up",
        layout="busy",
        title=t.gettext("Making up the package"),
        guidance=t.gettext("One moment. There is no package until this screen says so."),
        steps=make_up_steps(2, t),
        picture="storing",
        leaves_by_itself=True,
    )
