"""Pages for what went wrong: what happened, what is safe, what to do. In that order, always (STYLE 17)."""

from kiosk.flow.states import Cause, State, Stop, Stopped, Trouble
from kiosk.view.collecting import spaced
from kiosk.view.screen import Button, Row, Screen, Strings
from kiosk.view.words import blocks_of, desk_words


def view_stopped(state: State, page: Stopped, t: Strings) -> Screen:
    """Say why this package cannot be registered, and what helps."""
    del state
    title, happened, safe, todo = _stop_words(page, t)
    buttons = [Button(id="finish", text=t.gettext("Finish"), icon="close")]
    if page.card is not None and page.stop is not Stop.LOST_CARD:
        words = t.gettext("Scan another package")
        buttons.append(Button(id="other", text=words, icon="camera_roll", kind="primary"))
    return Screen(
        name=f"stopped_{page.stop.value}",
        layout="message",
        picture="package_stop",
        tone="bad",
        title=title,
        rows=(
            Row(
                icon="camera_roll",
                title=t.gettext("Film package"),
                value=spaced(page.item.item),
                is_code=True,
                tone="plain",
            ),
        ),
        blocks=blocks_of(happened, safe, todo, t),
        buttons=tuple(buttons),
    )


def _stop_words(page: Stopped, t: Strings) -> tuple[str, str, str, str]:
    unchanged = t.gettext("Nothing was changed and nothing was printed.")
    if page.stop is Stop.OTHER_CARD:
        return (
            t.gettext("Registered to another card"),
            t.gettext("Somebody has registered this package with a different card."),
            unchanged,
            t.gettext("Is it your own second card? Scan that one. Otherwise please take the package to the counter."),
        )
    if page.stop is Stop.LOST_CARD:
        return (
            t.gettext("This card was replaced"),
            t.gettext("A newer card has replaced it, so this one is no longer good."),
            unchanged,
            t.gettext("Please scan your new card. If you have none, ask at the counter."),
        )
    if page.stop is Stop.RECALLED:
        return (
            t.gettext("The maker asks for this film back"),
            t.gettext("Films of this lot may have a fault. Yours may be fine."),
            unchanged,
            t.gettext("Please take it to the counter: they will help you, and exchange it where they can."),
        )
    if page.stop is Stop.REVOKED:
        return (
            t.gettext("This package was recalled"),
            t.gettext("The maker or the store has taken this package back from sale."),
            unchanged,
            t.gettext("Please take it to the counter and ask."),
        )
    return (
        t.gettext("This cannot be registered here"),
        desk_words(page.reason, t),
        unchanged,
        t.gettext("Please ask at the counter."),
    )


def view_trouble(state: State, page: Trouble, t: Strings) -> Screen:
    """Say what failed on our side without promising or frightening more than is true."""
    del state
    title, happened, safe, todo = _trouble_words(page, t)
    buttons = [Button(id="finish", text=t.gettext("Finish"), icon="close")]
    if page.wish is None and page.resume is None and page.make is None:
        buttons = [Button(id="finish", text=t.gettext("Start again"), icon="refresh", kind="primary")]
    if page.wish is not None or page.make is not None:
        buttons.append(Button(id="retry", text=t.gettext("Try again"), icon="refresh", kind="primary"))
    elif page.resume is not None:
        words = (
            t.gettext("Back to the labels") if page.doing in ("unmake", "presale") else t.gettext("Back to my labels")
        )
        buttons.append(Button(id="back", text=words, icon="back", kind="primary"))
    return Screen(
        name=f"trouble_{page.cause.value}",
        layout="message",
        picture="trouble",
        tone="bad",
        title=title,
        blocks=blocks_of(happened, safe, todo, t),
        buttons=tuple(buttons),
    )


def _trouble_words(page: Trouble, t: Strings) -> tuple[str, str, str, str]:
    if page.doing == "register":
        return _register_trouble(page.cause, t)
    if page.doing == "make_up":
        return _make_up_trouble(page, t)
    if page.doing in ("unmake", "presale"):
        return _presale_trouble(page, t)
    if page.doing in ("undo", "again"):
        return _change_trouble(page, t)
    if page.doing == "receipt":
        return (
            t.gettext("We could not find out"),
            t.gettext("This kiosk could not look it up just now."),
            t.gettext("Your registration is unchanged. Labels that were waiting may still print."),
            t.gettext("Please scan your receipt again. If it happens twice, ask at the counter."),
        )
    return (
        t.gettext("We could not find out"),
        t.gettext("This kiosk could not look it up just now."),
        t.gettext("Nothing was registered, changed or printed."),
        t.gettext("Please start again. If it happens twice, ask at the counter."),
    )


def _make_up_trouble(page: Trouble, t: Strings) -> tuple[str, str, str, str]:
    if page.cause is Cause.REFUSED:
        return (
            t.gettext("This package cannot be made up here"),
            desk_words(page.reason, t),
            t.gettext("Nothing was made up, registered or printed. The film is fine."),
            t.gettext("Please start again, or ask at the counter."),
        )
    if page.cause is Cause.NOT_STORED:
        return (
            t.gettext("Not stored"),
            t.gettext("This kiosk could not store the package. Please treat it as not made up."),
            t.gettext("The film is fine, and nothing was printed or registered."),
            t.gettext("Try again. If it does not work, please ask at the counter."),
        )
    return (
        t.gettext("We do not know yet"),
        t.gettext("The package may be stored or not: no answer has come."),
        t.gettext("Trying again is safe: it makes one package, never two."),
        t.gettext("Try again now, before any label is stuck on."),
    )


def _presale_trouble(page: Trouble, t: Strings) -> tuple[str, str, str, str]:
    """Say of a made-up package what is known: as it was, or that nobody can tell yet."""
    if page.cause is Cause.NO_ANSWER:
        return (
            t.gettext("We do not know yet"),
            t.gettext("No answer has come. It may have been done, or not."),
            t.gettext("Nothing is lost. If new labels come, they count and the old ones are void."),
            t.gettext("Go back: the screen shows how things are. Do not sell the package before that."),
        )
    happened = t.gettext("The change could not be stored, so it was not made.")
    if page.cause is Cause.REFUSED:
        happened = desk_words(page.reason, t)
    return (
        t.gettext("That did not work"),
        happened,
        t.gettext("The package and its labels are unchanged."),
        t.gettext("Go back and try once more."),
    )


def _change_trouble(page: Trouble, t: Strings) -> tuple[str, str, str, str]:
    """Say of an undo or of new labels what is known: not done, refused, or that nobody can tell yet."""
    if page.cause is Cause.NO_ANSWER:
        return _doubtful_change(page, t)
    happened = t.gettext("The change could not be stored, so it was not made.")
    if page.cause is Cause.REFUSED:
        happened = desk_words(page.reason, t)
    return (
        t.gettext("That did not work"),
        happened,
        t.gettext("Your registration is stored, unchanged."),
        t.gettext("Go back and try once more, or ask at the counter."),
    )


def _doubtful_change(page: Trouble, t: Strings) -> tuple[str, str, str, str]:
    if page.doing == "undo":
        return (
            t.gettext("We do not know yet"),
            t.gettext("No answer has come. The registration may be undone, or may still stand."),
            t.gettext("Trying again is safe: nothing is undone twice."),
            t.gettext("Go back: the screen shows how things are. If it does not, ask at the counter."),
        )
    return (
        t.gettext("We do not know yet"),
        t.gettext("No answer has come. New labels may come out, or may not."),
        t.gettext("Your registration is stored. If new labels come, they count and the old ones are void."),
        t.gettext("Go back and wait for the labels. If none come, try again or ask at the counter."),
    )


def _register_trouble(cause: Cause, t: Strings) -> tuple[str, str, str, str]:
    if cause is Cause.NOT_STORED:
        return (
            t.gettext("Not stored"),
            t.gettext("This kiosk could not store your registration. Please treat it as not registered."),
            t.gettext("Your film is fine, and nothing was printed. A package can only be registered once."),
            t.gettext("Try again. If it does not work, please ask at the counter."),
        )
    return (
        t.gettext("We do not know yet"),
        t.gettext("Your registration may be stored or not: no answer has come."),
        t.gettext("Trying again is safe: the package can only be registered once."),
        t.gettext("Try again now. If it does not work, please ask at the counter."),
    )
