"""Pages that say one thing and end: undone, taken back, a number or a label nobody knows; and the waits before them."""

from kiosk.flow.asking import offers_registration
from kiosk.flow.states import CopyShown, NumberUnknown, State, Undone, Waiting
from kiosk.view.collecting import spaced
from kiosk.view.screen import Block, Button, Row, Screen, Strings


def view_undone(state: State, page: Undone, t: Strings) -> Screen:
    """Say that it ended, and which paper to throw away."""
    if page.is_made_up:
        return _view_taken_back(state, page, t)
    return Screen(
        name="undone",
        layout="message",
        picture="undone",
        title=t.gettext("Registration undone"),
        blocks=(
            Block(
                icon="undo",
                title=t.gettext("What happened"),
                text=t.gettext("The package is not registered to you any more."),
            ),
            Block(
                icon="label",
                title=t.gettext("Labels and receipt"),
                text=_void_papers(page, t),
            ),
            Block(
                icon="forward",
                title=t.gettext("What to do"),
                text=t.gettext("You can register the package again at any time."),
            ),
        ),
        buttons=(Button(id="finish", text=t.gettext("Finish"), icon="check", kind="primary"),),
    )


def _view_taken_back(state: State, page: Undone, t: Strings) -> Screen:
    """Say that a made-up package is none any more."""
    buttons = [Button(id="finish", text=t.gettext("Finish"), icon="check", kind="primary")]
    if state.staff:
        buttons = [
            Button(id="finish", text=t.gettext("Finish"), icon="close"),
            Button(id="next", text=t.gettext("Next package"), icon="forward", kind="primary"),
        ]
    return Screen(
        name="taken_back",
        layout="message",
        picture="undone",
        title=t.gettext("Package taken back"),
        blocks=(
            Block(
                icon="undo",
                title=t.gettext("What happened"),
                text=t.gettext("The numbers of this package and its rolls are no longer valid."),
            ),
            Block(icon="label", title=t.gettext("Labels"), text=_void_papers(page, t)),
            Block(
                icon="forward",
                title=t.gettext("What to do"),
                text=t.gettext("The film itself is fine. It can be made up again."),
            ),
        ),
        buttons=tuple(buttons),
    )


def _void_papers(page: Undone, t: Strings) -> str:
    """Say how much paper is out, and how much may be out or still come; all of it is void."""
    if not page.printed and not page.moving:
        return t.gettext("Nothing was printed.")
    out = t.ngettext(
        "{n} paper came out and is void: please throw it away.",
        "{n} papers came out and are void: please throw them away.",
        page.printed,
    ).format(n=page.printed)
    coming = t.ngettext(
        "{n} more may be out or still come; it is void too.",
        "{n} more may be out or still come; they are void too.",
        page.moving,
    ).format(n=page.moving)
    return " ".join(words for words, n in ((out, page.printed), (coming, page.moving)) if n)


def view_number_unknown(state: State, page: NumberUnknown, t: Strings) -> Screen:
    """Say that this number is not known here, and where it may be."""
    offline = not state.station.light.is_online
    where = t.gettext("It was made at another kiosk, and this one is working offline. Please try again later.")
    other = t.gettext("Check the number, or ask at the counter.")
    return Screen(
        name="number_unknown",
        layout="message",
        picture="receipt_unknown",
        tone="warn",
        title=t.gettext("This receipt is not known here"),
        rows=(
            Row(icon="receipt", title=t.gettext("Registration number"), value=page.number, is_code=True, tone="plain"),
        ),
        blocks=(
            Block(icon="lock", title=t.gettext("What is safe"), text=t.gettext("Nothing was changed or printed.")),
            Block(icon="forward", title=t.gettext("What to do"), text=where if offline else other),
        ),
        buttons=(Button(id="finish", text=t.gettext("Finish"), icon="check", kind="primary"),),
    )


def view_copy(state: State, page: CopyShown, t: Strings) -> Screen:
    """Say what one label is worth: valid, replaced, void, or not from here."""
    del state
    title, guidance = _copy_words(page.verdict, t)
    buttons = [Button(id="finish", text=t.gettext("Finish"), icon="check", kind="primary")]
    if page.resume is not None:
        buttons.insert(0, Button(id="back", text=t.gettext("Back"), icon="back"))
    elif offers_registration(page):
        buttons[0] = Button(id="finish", text=t.gettext("Finish"), icon="check")
        words = t.gettext("Register this film")
        buttons.append(Button(id="register", text=words, icon="forward", kind="primary"))
    is_valid = page.verdict == "valid"
    return Screen(
        name=f"copy_{page.verdict}",
        layout="message",
        picture="label_valid" if is_valid else "label_unknown" if page.verdict == "unknown" else "label_void",
        tone="good" if is_valid else "warn",
        title=title,
        guidance=guidance,
        rows=(
            Row(
                icon="label",
                title=t.gettext("Roll"),
                value=spaced(page.item),
                is_code=True,
                tone="good" if is_valid else "plain",
            ),
            Row(
                icon="copy",
                title=t.gettext("Label copy"),
                value=page.copy,
                is_code=True,
                tone="good" if is_valid else "plain",
            ),
        ),
        buttons=tuple(buttons),
    )


def _copy_words(verdict: str, t: Strings) -> tuple[str, str]:
    match verdict:
        case "valid":
            return t.gettext("This label is valid"), t.gettext("It is the one to keep on the roll.")
        case "replaced":
            return (
                t.gettext("This label was replaced"),
                t.gettext("A newer one was printed. Use the newer one and throw this one away."),
            )
        case "void":
            return (
                t.gettext("This label is void"),
                t.gettext("The registration was undone, or the label came out spoiled. Please throw it away."),
            )
        case _:
            return (
                t.gettext("This label is not from this kiosk"),
                t.gettext("So we cannot say here whether it is the newest. The roll can still be registered."),
            )


def view_waiting(state: State, page: Waiting, t: Strings) -> Screen:
    """Say what we are waiting for."""
    del state
    titles = {
        "receipt": t.gettext("Looking for your registration"),
        "copy": t.gettext("Checking this label"),
        "undo": t.gettext("Undoing the registration"),
        "again": t.gettext("Preparing new labels"),
        "unmake": t.gettext("Taking the package back"),
        "presale": t.gettext("Preparing new labels"),
    }
    return Screen(
        name=f"wait_{page.doing}",
        layout="busy",
        title=titles.get(page.doing, t.gettext("One moment")),
        guidance=t.gettext("One moment, please."),
        picture="looking",
        leaves_by_itself=True,
    )
