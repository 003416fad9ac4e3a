"""A made-up package and its labels for the shelf: how far they are, what to do with them, and the two questions."""

from kiosk.flow.make_up_pages import Presale
from kiosk.flow.presale import can_reprint, can_unmake
from kiosk.flow.stages import Stage, is_moving, live_labels, stage_of
from kiosk.flow.states import State
from kiosk.flow.values import Label
from kiosk.view.collecting import spaced
from kiosk.view.making_up import make_up_steps
from kiosk.view.registered import label_word
from kiosk.view.screen import Button, Chip, Notice, Overlay, Row, Screen, Strings, Ticket
from kiosk.view.words import notice_of, printer_fault


def view_presale(state: State, page: Presale, t: Strings) -> Screen:
    """Show the package and how far its labels are."""
    stage = stage_of(page.labels, state.station)
    labels = live_labels(page.labels)
    proven = sum(label.is_proven for label in labels)
    is_printing = bool(labels) and stage is Stage.PRINTING
    title, guidance = _presale_words(page, stage, t)
    prefix = "presale" if page.origin == "new" else "made_up"
    return Screen(
        name=f"{prefix}_{'withdrawn' if page.made_up.is_withdrawn else stage.value}",
        layout="labels",
        title=title,
        guidance=guidance,
        tone="good" if stage is Stage.DONE and not page.made_up.is_withdrawn else "plain",
        steps=make_up_steps(4 if stage is Stage.DONE else 3, t) if page.origin == "new" else (),
        rows=(_made_up_row(page, t),),
        chips=(_made_up_chip(page, t),),
        tickets=tuple(_ticket(label, page, t) for label in labels),
        notice=notice_of(page.note, t) or _presale_notice(state, page, stage, t),
        progress=proven / len(labels) if is_printing else None,
        progress_words=t.gettext("{n} of {count} printed").format(n=proven, count=len(labels)) if is_printing else "",
        buttons=_presale_buttons(state, page, t),
        overlay=_question(page, t),
    )


def _presale_words(page: Presale, stage: Stage, t: Strings) -> tuple[str, str]:
    if page.made_up.is_withdrawn:
        return t.gettext("This package was taken back"), t.gettext("Its labels are void. Please throw them away.")
    if page.made_up.is_claimed:
        return t.gettext("This package is registered"), t.gettext("Its labels now print with the registration.")
    if stage is Stage.MAYBE:
        return (
            t.gettext("Did this label come out?"),
            t.gettext("The printer did not say. Hold the fresh label under the scanner, square code down."),
        )
    if stage is Stage.HELD_UP:
        return (
            t.gettext("Made up. Labels come later."),
            t.gettext("The package is stored. Do not sell it before its labels are on."),
        )
    if stage is Stage.PRINTING:
        return t.gettext("Printing the labels"), t.gettext("One for each cartridge, then one for the package.")
    return (
        t.gettext("Ready for the shelf") if page.origin == "new" else t.gettext("Made up here"),
        t.gettext("One label on each cartridge, the security strip over the framed part, the package label outside."),
    )


def _made_up_row(page: Presale, t: Strings) -> Row:
    made = page.made_up
    count = len(made.rolls)
    rolls = t.ngettext("{n} roll", "{n} rolls", count).format(n=count)
    detail = " · ".join(part for part in (made.name, made.detail, rolls) if part)
    return Row(
        icon="box",
        title=t.gettext("Film package"),
        value=spaced(made.package),
        is_code=True,
        detail=detail,
        tone="plain" if made.is_withdrawn else "good",
    )


def _made_up_chip(page: Presale, t: Strings) -> Chip:
    if page.made_up.is_withdrawn:
        return Chip(text=t.gettext("Taken back"), tone="warn", icon="undo")
    if page.made_up.is_claimed:
        return Chip(text=t.gettext("Registered here"), tone="good", icon="check")
    return Chip(text=t.gettext("Made up here"), tone="good", icon="check")


def _ticket(label: Label, page: Presale, t: Strings) -> Ticket:
    word, look = label_word(label.state, t)
    if label.kind == "receipt":
        return Ticket(kind="receipt", title=t.gettext("Receipt"), line="", code="", word=word, look=look)
    if label.kind == "package":
        title, code = t.gettext("Package label"), page.made_up.package
    else:
        title, code = t.gettext("Roll {n} of {count}").format(n=label.number, count=label.of), label.roll or ""
    return Ticket(kind=label.kind, title=title, line=page.made_up.name, code=code, word=word, look=look)


def _presale_notice(state: State, page: Presale, stage: Stage, t: Strings) -> Notice | None:
    if page.made_up.is_withdrawn or page.made_up.is_claimed:
        return None
    if stage is Stage.HELD_UP:
        fault = printer_fault(state.station.printer, t)
        safe = t.gettext("The labels print when the printer is ready.")
        return Notice(tone="warn", text=f"{fault} {safe}".strip())
    if stage is Stage.MAYBE:
        return Notice(
            tone="plain",
            text=t.gettext("No label? Touch Print again: you get new labels, and the old ones become void."),
        )
    if page.made_up.is_coded and page.origin == "new":
        text = t.gettext("Put the strip on before anybody reads the claim code: whoever knows it can claim the film.")
        return Notice(tone="plain", text=text)
    return None


def _presale_buttons(state: State, page: Presale, t: Strings) -> tuple[Button, ...]:
    buttons: list[Button] = []
    if page.origin == "found":
        buttons.append(Button(id="back", text=t.gettext("Back"), icon="back"))
    if can_unmake(state, page):
        words = t.gettext("Undo") if page.origin == "new" else t.gettext("Take it back")
        buttons.append(Button(id="undo", text=words, icon="undo"))
    if can_reprint(state, page):
        buttons.append(Button(id="again", text=t.gettext("Print again"), icon="print"))
    if page.origin == "found":
        return tuple(buttons)
    if state.staff is None:
        return (Button(id="finish", text=t.gettext("Finish"), icon="check", kind="primary"),)
    is_busy = is_moving(page.labels)
    buttons.append(Button(id="finish", text=t.gettext("Leave") if is_busy else t.gettext("Finish"), icon="close"))
    buttons.append(Button(id="next", text=t.gettext("Next package"), icon="forward", kind="primary"))
    return tuple(buttons)


def _question(page: Presale, t: Strings) -> Overlay | None:
    if page.asking == "undo":
        return Overlay(
            title=t.gettext("Take this package back?"),
            text=t.gettext(
                "Its numbers are no longer valid. Labels that came out become void: please throw them away."
            ),
            icon="undo",
            buttons=(
                Button(id="no", text=t.gettext("No, keep it"), icon="back"),
                Button(id="yes", text=t.gettext("Yes, take it back"), icon="undo", kind="danger"),
            ),
        )
    return presale_again_question(t) if page.asking == "again" else None


def presale_again_question(t: Strings) -> Overlay:
    """Ask before new labels, with new claim codes, void the old ones."""
    return Overlay(
        title=t.gettext("Print all labels again?"),
        text=t.gettext("New labels come with new claim codes; the old labels and codes are void. Throw the old away."),
        icon="print",
        buttons=(
            Button(id="no", text=t.gettext("No"), icon="back"),
            Button(id="yes", text=t.gettext("Yes, print"), icon="print", kind="primary"),
        ),
    )
