"""Pages after the commit: labels filling in, done, held up, undone, known before, a receipt's and a label's answer."""

from kiosk.flow.labelling import can_print_again, can_undo, offers_again
from kiosk.flow.phone import can_show_phone
from kiosk.flow.stages import Stage, is_moving, live_labels, stage_of
from kiosk.flow.states import Before, Labelling, State
from kiosk.flow.values import Label, LabelState, Level
from kiosk.view.collecting import item_detail, spaced, steps_at
from kiosk.view.phone import phone_button
from kiosk.view.screen import Button, Chip, Notice, Overlay, Row, Screen, Strings, Ticket, TicketLook, Tone
from kiosk.view.words import level_chip, level_sentence, notice_of, printer_fault


def view_labelling(state: State, page: Labelling, t: Strings) -> Screen:
    """Show how far registration and labels are; each in its own words."""
    if page.registration.is_withdrawn:
        return _view_withdrawn(page, t)
    stage = stage_of(page.labels, state.station)
    title, guidance = _stage_words(state, page, stage, t)
    labels = live_labels(page.labels)
    proven = sum(label.is_proven for label in labels)
    is_printing = bool(labels) and stage is Stage.PRINTING
    needs_number = any(label.kind == "receipt" and not label.is_proven for label in labels)
    return Screen(
        name=f"labels_{stage.value}" if page.origin != "receipt" else f"receipt_{stage.value}",
        layout="labels",
        title=title,
        guidance=guidance,
        tone="good" if stage is Stage.DONE else "plain",
        steps=steps_at(4 if stage is Stage.DONE else 3, t),
        rows=_facts(page, t),
        chips=_chips(state, page, t),
        tickets=tuple(_ticket(label, page, t) for label in labels),
        notice=notice_of(page.note, t) or _stage_notice(state, page, stage, t),
        number=page.registration.number if stage is Stage.HELD_UP and needs_number else "",
        progress=proven / len(labels) if is_printing else None,
        progress_words=t.gettext("{n} of {count} printed").format(n=proven, count=len(labels)) if is_printing else "",
        buttons=_labelling_buttons(state, page, stage, t),
        overlay=_question(page, t),
    )


def _view_withdrawn(page: Labelling, t: Strings) -> Screen:
    """Say that this registration has ended, wherever we met it."""
    return Screen(
        name="receipt_undone",
        layout="message",
        picture="undone",
        tone="warn",
        title=t.gettext("This registration was undone"),
        guidance=t.gettext("Its labels are void. Please throw them away."),
        rows=_facts(page, t),
        buttons=(Button(id="finish", text=t.gettext("Finish"), icon="check", kind="primary"),),
    )


def _stage_words(state: State, page: Labelling, stage: Stage, t: Strings) -> tuple[str, str]:
    level = level_sentence(page.registration.level, t)
    if stage is Stage.MAYBE:
        return (
            t.gettext("Did this label come out?"),
            t.gettext("The printer did not say. Hold the fresh label under the scanner, square code down."),
        )
    has_labels = any(label.kind == "roll" for label in live_labels(page.labels))
    if stage is Stage.HELD_UP:
        later = t.gettext("Registered. Labels come later.")
        return later if has_labels else t.gettext("Registered. Your receipt comes later."), level
    if stage is Stage.PRINTING:
        return t.gettext("Printing your labels") if has_labels else t.gettext("Printing your receipt"), level
    if page.registration.is_waiting:
        return t.gettext("Accepted. Keep your receipt."), level_sentence(Level.WAITING, t)
    if page.registration.level is Level.REFUSED:
        return t.gettext("The photoservice did not take it"), t.gettext("Please ask at the counter. Keep the receipt.")
    if not has_labels:
        return t.gettext("Registered"), level
    return _done_words(page.registration.level, t), t.gettext("Put one label on each roll and keep the receipt.")


def _done_words(level: Level, t: Strings) -> str:
    """Say done, unless the photoservice has said something that asks for a person or the till."""
    words = {
        Level.HELD: t.gettext("Take your labels, then pay at the till"),
        Level.CONTESTED: t.gettext("Take your labels, then ask at the counter"),
    }
    return words.get(level, t.gettext("Done. Take your labels."))


def _facts(page: Labelling, t: Strings) -> tuple[Row, ...]:
    """Return what is registered to which card; ticked only while nobody has refused or undone it."""
    registration = page.registration
    package = registration.package
    stands = registration.level not in (Level.REFUSED, Level.WITHDRAWN) and not registration.is_withdrawn
    tone: Tone = "good" if stands else "plain"
    rows = [
        Row(
            icon="camera_roll",
            title=t.gettext("Film package"),
            value=spaced(package.package or package.item),
            is_code=True,
            detail=item_detail(package, t),
            tone=tone,
        )
    ]
    if registration.card:
        title = t.gettext("Registered to") if stands else t.gettext("Card")
        rows.append(Row(icon="card", title=title, value=registration.card, is_code=True, tone=tone, is_narrow=True))
    if registration.number:
        title = t.gettext("Registration number")
        rows.append(
            Row(icon="receipt", title=title, value=registration.number, is_code=True, tone=tone, is_narrow=True)
        )
    return tuple(rows)


def _chips(state: State, page: Labelling, t: Strings) -> tuple[Chip, ...]:
    """Return how far it has come. The photoservice gives its reasons in English: only who reads that is told one."""
    registration = page.registration
    reason = registration.reason if state.language.startswith("en") else ""
    chips = [level_chip(registration.level, reason, t)]
    if registration.is_waiting and registration.level is not Level.WAITING:
        chips.append(level_chip(Level.WAITING, "", t))
    return tuple(chips)


def _ticket(label: Label, page: Labelling, t: Strings) -> Ticket:
    word, look = label_word(label.state, t)
    if label.kind == "receipt":
        number = page.registration.number
        return Ticket(kind="receipt", title=t.gettext("Receipt"), line="", code=number, word=word, look=look)
    title = t.gettext("Roll {n} of {count}").format(n=label.number, count=label.of)
    name = page.registration.package.name
    return Ticket(kind="roll", title=title, line=name, code=label.roll or "", word=word, look=look)


def label_word(state: LabelState, t: Strings) -> tuple[str, TicketLook]:
    """Say in a word how far one label is, and how to draw it."""
    match state:
        case LabelState.PRINTED:
            return t.gettext("printed"), "proven"
        case LabelState.TAKEN:
            return t.gettext("checked"), "proven"
        case LabelState.SENDING | LabelState.AWAITING_PROOF:
            return t.gettext("printing"), "printing"
        case LabelState.MAYBE:
            return t.gettext("hold it under the scanner"), "maybe"
        case LabelState.DEFERRED:
            return t.gettext("prints later"), "later"
        case _:
            return t.gettext("waiting"), "waiting"


def _stage_notice(state: State, page: Labelling, stage: Stage, t: Strings) -> Notice | None:
    fault = printer_fault(state.station.printer, t)
    if stage is Stage.HELD_UP:
        safe = t.gettext(
            "Your registration is stored. Missing labels print when the printer is ready, or when you scan your number."
        )
        return Notice(tone="warn", text=f"{fault} {safe}".strip())
    if stage is Stage.MAYBE:
        safe = t.gettext("No label? Touch Print again: you get new labels, and the old ones become void.")
        return Notice(tone="plain", text=safe)
    if stage is Stage.DONE and page.registration.level not in (
        Level.HERE,
        Level.WAITING,
        Level.REFUSED,
    ):
        return Notice(tone="plain", text=level_sentence(page.registration.level, t))
    return None


def _labelling_buttons(state: State, page: Labelling, stage: Stage, t: Strings) -> tuple[Button, ...]:
    buttons: list[Button] = []
    if can_undo(page):
        buttons.append(Button(id="undo", text=t.gettext("Undo"), icon="undo"))
    if stage is not Stage.PRINTING and can_print_again(page, state.station):
        buttons.append(Button(id="again", text=t.gettext("Print again"), icon="print"))
    if can_show_phone(state, page):
        buttons.append(phone_button(t))
    if stage is Stage.PRINTING and (is_moving(page.labels) or page.origin == "new"):
        buttons.append(Button(id="finish", text=t.gettext("Leave"), icon="close"))
    else:
        buttons.append(Button(id="finish", text=t.gettext("Finish"), icon="check", kind="primary"))
    return tuple(buttons)


def _question(page: Labelling, t: Strings) -> Overlay | None:
    no = Button(id="no", text=t.gettext("No, keep it"), icon="back")
    if page.asking == "undo":
        return Overlay(
            title=t.gettext("Undo this registration?"),
            text=t.gettext("The package is free again. Labels that came out become void: please throw them away."),
            icon="undo",
            buttons=(no, Button(id="yes", text=t.gettext("Yes, undo"), icon="undo", kind="danger")),
        )
    return print_again_question(t) if page.asking == "again" else None


def print_again_question(t: Strings) -> Overlay:
    """Ask before new labels void the old ones."""
    return Overlay(
        title=t.gettext("Print all labels again?"),
        text=t.gettext("The old labels become void. Use only the new ones and throw the old away."),
        icon="print",
        buttons=(
            Button(id="no", text=t.gettext("No"), icon="back"),
            Button(id="yes", text=t.gettext("Yes, print"), icon="print", kind="primary"),
        ),
    )


def view_before(state: State, page: Before, t: Strings) -> Screen:
    """Greet the card that registered this package, and offer its labels again."""
    buttons = [Button(id="finish", text=t.gettext("Finish"), icon="check")]
    if offers_again(page, state.station):
        words = t.gettext("Print the labels again")
        buttons.append(Button(id="again", text=words, icon="print", kind="primary"))
    fault = printer_fault(state.station.printer, t)
    return Screen(
        name="before",
        layout="message",
        picture="package_done",
        tone="good",
        title=t.gettext("You have registered this package already"),
        guidance=t.gettext("It belongs to the card ending in {last}. Nothing more to do.").format(
            last=page.card.masked[-4:]
        ),
        rows=(
            Row(
                icon="camera_roll",
                title=t.gettext("Film package"),
                value=spaced(page.package.package or page.item.item),
                is_code=True,
                detail=item_detail(page.package, t),
            ),
        ),
        notice=Notice(tone="warn", text=fault) if fault else None,
        buttons=tuple(buttons),
        overlay=print_again_question(t) if page.asking else None,
    )
