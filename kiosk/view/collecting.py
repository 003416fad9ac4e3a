"""Pages up to the commit: attract, the two slots, the keypad, is this right?, and the commit itself."""

from kiosk.flow.guest import offers_guest_card
from kiosk.flow.notes import Why
from kiosk.flow.scanning import offers_unnumbered
from kiosk.flow.states import Attract, Confirming, Registering, Scanning, State, Typing
from kiosk.flow.values import Card, Item, Package
from kiosk.view.consent import consent_rows, register_words
from kiosk.view.recalls import recall_notice
from kiosk.view.row_words import row_number
from kiosk.view.screen import Button, Film, Keypad, Notice, Row, Screen, Slot, StepMark, Strings, Ticket
from kiosk.view.words import blocks_of, notice_of, printer_fault

KEY_ROWS = ("1234567890", "ABCDEFGHI", "JKLMNOPQR", "STUVWXYZ-")


def steps_at(now: int, t: Strings) -> tuple[StepMark, ...]:
    """Return the three steps with number ``now`` (1 to 3) under way; 4 means all are done."""
    names = (t.gettext("Your film"), t.gettext("Your card"), t.gettext("Your labels"))
    return tuple(
        StepMark(text=name, state="done" if n < now else "now" if n == now else "next")
        for n, name in enumerate(names, start=1)
    )


def spaced(identity: str) -> str:
    """Set a GS1 element string apart as it is printed: ``(01) 09501101530003 (21) R12345``."""
    return identity.replace(")", ") ").replace("(21", " (21").replace("  ", " ").strip()


def product_words(package: Package | None, t: Strings) -> str:
    """Say which film it is and how many rolls, as far as anybody here knows."""
    if package is None:
        return ""
    count = len(package.rolls)
    rolls = t.ngettext("{n} roll", "{n} rolls", count).format(n=count) if count else ""
    return " · ".join(part for part in (package.name, package.detail, rolls) if part)


def view_attract(state: State, page: Attract, t: Strings) -> Screen:
    """Invite; or say that labels come later; or that nothing can be stored now."""
    del page
    if not state.station.can_store:
        return _view_closed(t)
    faults = _attract_faults(state, t)
    return Screen(
        name="attract",
        layout="attract",
        title=t.gettext("Bring your film.\nKeep every frame."),
        guidance=t.gettext("Scan your film package and your card. Take a label for each roll. Less than a minute."),
        notice=Notice(tone="warn", text="\n".join(faults)) if faults else None,
        buttons=(Button(id="start", text=t.gettext("Touch to start"), icon="touch", kind="primary"),),
    )


def _attract_faults(state: State, t: Strings) -> list[str]:
    """Say what does not work, what the shopper needs first before what they need last."""
    faults: list[str] = []
    if not state.station.has_scanner:
        faults.append(t.gettext("The scanner does not answer. You can type the codes in instead."))
    if fault := printer_fault(state.station.printer, t):
        later = t.gettext("You can register now; the labels print later.")
        faults.append(f"{fault} {later}")
    return faults


def _view_closed(t: Strings) -> Screen:
    return Screen(
        name="closed",
        layout="message",
        title=t.gettext("Closed for the moment"),
        picture="closed",
        tone="bad",
        blocks=blocks_of(
            t.gettext("This kiosk cannot store anything just now, so it takes no registrations."),
            t.gettext("Everything registered before is safe. Your film is fine."),
            t.gettext("Please ask at the counter, or come back a little later."),
            t,
        ),
        buttons=(Button(id="check", text=t.gettext("Check again"), icon="refresh", kind="primary"),),
    )


def view_scanning(state: State, page: Scanning, t: Strings) -> Screen:
    """Show both places, what is in them, and what is still missing."""
    title, guidance = _missing_words(page, t)
    buttons = [Button(id="cancel", text=t.gettext("Cancel"), icon="close")]
    is_price_code = offers_unnumbered(page)
    if not (page.item and page.card) and not is_price_code:
        words = t.gettext("Type the card number") if page.item else t.gettext("No code? Type it in")
        buttons.append(Button(id="type", text=words, icon="keyboard"))
    if offers_guest_card(page):
        buttons.append(Button(id="guest", text=t.gettext("No card?"), icon="card"))
    if is_price_code:
        words = t.gettext("My box has no square code")
        buttons.append(Button(id="no_square", text=words, icon="forward", kind="primary"))
    notice = notice_of(page.note, t) or recall_notice(state, page.package, t)
    if notice is None and page.paper:
        text = t.gettext("From row {row} of the paper list: scan or type package and card.")
        notice = Notice(tone="plain", text=text.format(row=row_number(page.paper.row)))
    if notice is None and page.corrects:
        text = t.gettext("Registering again: scan package and card. This registration replaces the parked one.")
        notice = Notice(tone="plain", text=text)
    if notice is None and not state.station.has_scanner:
        notice = Notice(tone="warn", text=t.gettext("The scanner does not answer. Please type the code in."))
    return Screen(
        name="scan",
        layout="slots",
        title=title,
        guidance=guidance,
        steps=steps_at(_step_number(page), t),
        slots=(_package_slot(page, t), _card_slot(page, t)),
        notice=notice,
        buttons=tuple(buttons),
    )


def _step_number(page: Scanning) -> int:
    if page.item and page.card:
        return 3
    return 2 if page.item else 1


def _missing_words(page: Scanning, t: Strings) -> tuple[str, str]:
    if page.item and page.card:
        return t.gettext("One moment"), t.gettext("Checking your package and your card.")
    if page.item:
        return (
            t.gettext("Now scan your card"),
            t.gettext("The registration card of this store, or its code on your phone."),
        )
    if page.card:
        return (
            t.gettext("Now scan your film package"),
            t.gettext("Hold the square code on the box under the red light."),
        )
    return (
        t.gettext("Scan your film package"),
        t.gettext("Hold the square code on the box under the red light."),
    )


def _package_slot(page: Scanning, t: Strings) -> Slot:
    title = t.gettext("Film package")
    if page.item is None:
        waits = t.gettext("Waiting for the scan") if not page.card else t.gettext("Still missing")
        hint = "square_code" if page.note and page.note.why is Why.PRICE_CODE else ""
        return Slot(kind="package", title=title, value=waits, state="live", hint=hint)
    looking = page.package is None
    return Slot(
        kind="package",
        title=title,
        value=spaced(page.item.item),
        is_code=True,
        state="done",
        detail=t.gettext("Looking it up") if looking else item_detail(page.package, t),
        tag=t.gettext("typed") if page.item.is_typed else "",
        film=film_of(page.package),
    )


def film_of(package: Package | None) -> Film | None:
    """Return what to draw on the box, where the film is known."""
    if package is None or not package.name:
        return None
    return Film(name=package.name, speed=str(package.iso or ""), format=package.size)


def item_detail(package: Package | None, t: Strings) -> str:
    """Say what the item is, or that the maker's list does not name it yet."""
    if package is None:
        return ""
    known = product_words(package, t)
    if package.is_known:
        return known
    if not known:
        return t.gettext("Not on the maker's list yet")
    unknown = t.gettext("not on the maker's list yet")
    return f"{known} · {unknown}"


def _card_slot(page: Scanning, t: Strings) -> Slot:
    title = t.gettext("Registration card")
    if page.card is None:
        waits = t.gettext("Still missing") if page.item else t.gettext("Before or after the package")
        return Slot(kind="card", title=title, value=waits, state="live" if page.item else "busy")
    return Slot(
        kind="card",
        title=t.gettext("Guest card") if page.card.card.is_guest else title,
        value=page.card.masked,
        is_code=True,
        state="done",
        tag=typed_tag(page.card, t),
    )


def typed_tag(card: Card, t: Strings) -> str:
    """Mark a typed card: nobody has seen it."""
    return t.gettext("typed, unproven") if card.is_typed else ""


def view_confirming(state: State, page: Confirming, t: Strings) -> Screen:
    """Ask: is this right? Say what will be printed, and what will not."""
    asks = page.wish.paper is None
    return Screen(
        name="confirm",
        layout="confirm",
        title=t.gettext("Is this right?"),
        guidance=t.gettext("Wrong package or card? Just scan the right one."),
        steps=steps_at(3, t),
        rows=(*confirm_rows(page, t), *(consent_rows(state, t) if asks else ())),
        tickets=_planned(page, state, t),
        notice=notice_of(page.note, t) or recall_notice(state, page.package, t) or _paper_notice(page, state, t),
        buttons=(
            Button(id="cancel", text=t.gettext("Cancel"), icon="close"),
            Button(id="register", text=register_words(t, asks=asks), icon="print", kind="primary"),
        ),
    )


def confirm_rows(page: Confirming, t: Strings) -> tuple[Row, ...]:
    """Return package, card and claim code as facts to check."""
    wish, package = page.wish, page.package
    title = t.gettext("Roll, with its whole package") if _is_part(wish.item, package) else t.gettext("Film package")
    rows = [
        Row(
            icon="camera_roll",
            title=title,
            value=spaced(package.package or wish.item.item),
            is_code=True,
            detail=item_detail(package, t),
            tag=t.gettext("typed") if wish.item.is_typed else "",
        ),
        Row(
            icon="card",
            title=t.gettext("Register to guest card") if wish.card.card.is_guest else t.gettext("Register to card"),
            value=wish.card.masked,
            is_code=True,
            tag=typed_tag(wish.card, t),
            tone="warn" if wish.card.is_typed else "good",
        ),
        _claim_code_row(wish.claim_code, t),
    ]
    return tuple(rows)


def _claim_code_row(code: str | None, t: Strings) -> Row:
    if code:
        words = t.gettext("noted, will be checked")
        return Row(icon="key", title=t.gettext("Claim code"), value=words, tone="plain")
    add = Button(id="claim_code", text=t.gettext("Add"), icon="keyboard", kind="inline")
    title = t.gettext("Claim code under the security strip")
    return Row(icon="key", title=title, value=t.gettext("Optional"), tone="plain", button=add)


def _is_part(item: Item, package: Package) -> bool:
    return item.level == "roll" and package.package is not None and package.package != item.item


def _planned(page: Confirming, state: State, t: Strings) -> tuple[Ticket, ...]:
    """Preview what comes out, so that nobody is surprised by the paper."""
    package = page.package
    word = t.gettext("prints now") if state.station.can_print else t.gettext("prints later")
    count = len(package.rolls)
    rolls = tuple(
        Ticket(
            kind="roll",
            title=t.gettext("Roll {n} of {count}").format(n=n, count=count),
            line=package.name,
            code=roll,
            word=word,
            look="planned",
        )
        for n, roll in enumerate(package.rolls, start=1)
        if roll in package.to_label
    )
    receipt = Ticket(kind="receipt", title=t.gettext("Receipt"), line="", code="", word=word, look="planned")
    return (*rolls, receipt)


def _paper_notice(page: Confirming, state: State, t: Strings) -> Notice | None:
    if not page.package.is_known:
        text = t.gettext(
            "The maker's list for this package has not come yet. You can register now: a receipt prints, and the "
            "labels print when you scan that receipt later."
        )
        return Notice(tone="warn", text=text)
    fault = printer_fault(state.station.printer, t)
    if fault and page.package.to_label:
        later = t.gettext(
            "You can register now. Your labels print when it is ready, or when you come back with your number."
        )
        return Notice(tone="warn", text=f"{fault} {later}")
    if fault:
        later = t.gettext("You can register now. Your receipt prints when it is ready.")
        return Notice(tone="warn", text=f"{fault} {later}")
    if state.station.prints_labels and len(page.package.to_label) < len(page.package.rolls):
        return Notice(
            tone="plain", text=t.gettext("The labels on the cartridges stay valid: only the missing ones print.")
        )
    return None


def view_registering(state: State, page: Registering, t: Strings) -> Screen:
    """Say that it is being written; nothing is promised yet."""
    del state, page
    return Screen(
        name="registering",
        layout="busy",
        title=t.gettext("Storing your registration"),
        guidance=t.gettext("One moment. Nothing is registered until this screen says so."),
        steps=steps_at(3, t),
        picture="storing",
        leaves_by_itself=True,
    )


def view_typing(state: State, page: Typing, t: Strings) -> Screen:
    """Show the keypad for what is being typed."""
    del state
    title, guidance, example = _typing_words(page, t)
    buttons = [Button(id="back", text=t.gettext("Back"), icon="back")]
    if page.text:
        buttons.append(Button(id="delete", text=t.gettext("Delete"), icon="backspace"))
        buttons.append(Button(id="ok", text=t.gettext("Done"), icon="check", kind="primary"))
    return Screen(
        name=f"type_{page.wanted}",
        layout="keypad",
        title=title,
        guidance=guidance,
        notice=notice_of(page.note, t),
        keypad=Keypad(text=page.text, placeholder=t.gettext("Touch the keys below"), rows=KEY_ROWS, example=example),
        buttons=tuple(buttons),
    )


def _typing_words(page: Typing, t: Strings) -> tuple[str, str, str]:
    if page.wanted == "card":
        return (
            t.gettext("Type your card number"),
            t.gettext("A typed card is marked as unproven. Scanning it is better."),
            t.gettext("Only the digits"),
        )
    if page.wanted == "number":
        return (
            t.gettext("Type the registration number"),
            t.gettext("It is on the receipt, below the square code."),
            "TCN-7Q2M9XKD4",
        )
    if page.wanted == "claim_code":
        return (
            t.gettext("Type the claim code"),
            t.gettext("It is under the security strip and will be checked by the photoservice."),
            "7Q2M-9XKD-4F8T-P",
        )
    return (
        t.gettext("Type the package ID"),
        t.gettext("The letters and digits beside the square code. A receipt's number works too."),
        t.gettext("01 … 21 …, or TCP-…"),
    )
