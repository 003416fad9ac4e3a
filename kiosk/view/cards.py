"""The staff's pages about a customer's cards: why two belong together, the two themselves, and the last question."""

from kiosk.flow.card_effects import Joining
from kiosk.flow.card_pages import CardsJoining, CardsWanted
from kiosk.flow.states import State
from kiosk.view.screen import Button, Entry, Overlay, Row, Screen, Strings
from kiosk.view.staff import back_button
from kiosk.view.words import notice_of


def view_cards_wanted(state: State, page: CardsWanted, t: Strings) -> Screen:
    """Ask which of the three it is."""
    del state
    return Screen(
        name="cards",
        layout="list",
        title=t.gettext("Which cards belong together?"),
        guidance=t.gettext("Have both cards in your hand. What you choose goes on record."),
        notice=notice_of(page.note, t),
        entries=(
            _choice(
                "guest",
                t.gettext("A guest card and the shopper's own card"),
                t.gettext("What the guest card has registered goes to their card."),
                t,
            ),
            _choice(
                "replaced",
                t.gettext("A lost card and the new one"),
                t.gettext("The new card takes over. The lost one is no longer good."),
                t,
            ),
            _choice(
                "household",
                t.gettext("Two cards of one household"),
                t.gettext("They share one account. Both cards stay good."),
                t,
            ),
        ),
        buttons=(back_button(t),),
    )


def _choice(why: Joining, title: str, detail: str, t: Strings) -> Entry:
    del t
    button = Button(id=why, text=title, icon="forward")
    return Entry(icon="card", title=title, detail=detail, button=button)


def view_cards_joining(state: State, page: CardsJoining, t: Strings) -> Screen:
    """Show both cards, and which is to be scanned now."""
    del state
    buttons = [back_button(t)]
    if page.has_old:
        buttons.append(Button(id="again", text=t.gettext("Start again"), icon="refresh"))
    if page.has_old and page.into:
        buttons.append(Button(id="join", text=_join_words(page.why, t), icon="check", kind="primary"))
    return Screen(
        name=f"cards_{page.why}",
        layout="list",
        title=_wanted_words(page, t),
        guidance="" if page.into else t.gettext("Hold the code of the card under the scanner."),
        notice=notice_of(page.note, t),
        rows=_rows(page, t),
        buttons=tuple(buttons),
        overlay=_question(page, t) if page.is_asking else None,
    )


def _wanted_words(page: CardsJoining, t: Strings) -> str:
    if page.has_old and page.into:
        return t.gettext("Are these the two?")
    first = {
        "guest": t.gettext("Scan the guest card"),
        "replaced": t.gettext("Scan the old card, or a receipt registered with it"),
        "household": t.gettext("Scan the first card"),
    }
    second = {
        "guest": t.gettext("Now scan the shopper's own card"),
        "replaced": t.gettext("Now scan the new card"),
        "household": t.gettext("Now scan the second card"),
    }
    return (second if page.has_old else first)[page.why]


def _rows(page: CardsJoining, t: Strings) -> tuple[Row, ...]:
    old_title = {
        "guest": t.gettext("Guest card"),
        "replaced": t.gettext("Lost card"),
        "household": t.gettext("First card"),
    }[page.why]
    new_title = {
        "guest": t.gettext("The shopper's own card"),
        "replaced": t.gettext("New card"),
        "household": t.gettext("Second card"),
    }[page.why]
    old = page.old.masked if page.old else page.number
    return (_row(old_title, old, t), _row(new_title, page.into.masked if page.into else "", t))


def _row(title: str, value: str, t: Strings) -> Row:
    if not value:
        return Row(icon="card", title=title, value=t.gettext("Still missing"), tone="plain")
    return Row(icon="card", title=title, value=value, is_code=True)


def _join_words(why: Joining, t: Strings) -> str:
    return t.gettext("Replace the card") if why == "replaced" else t.gettext("Join the cards")


def _question(page: CardsJoining, t: Strings) -> Overlay:
    """Ask once more: which registrations go where, and that nothing takes it back."""
    words = {
        "guest": (
            t.gettext("Join these two cards?"),
            t.gettext("All that the guest card has registered goes to the shopper's card. This cannot be taken back."),
        ),
        "replaced": (
            t.gettext("Replace the lost card?"),
            t.gettext("The new card takes over, and the lost one is no longer good. This cannot be taken back."),
        ),
        "household": (
            t.gettext("Join these two cards?"),
            t.gettext(
                "Both share one account: each sees what the other registered, and it is erased as one. "
                "This cannot be taken back."
            ),
        ),
    }
    title, text = words[page.why]
    return Overlay(
        title=title,
        text=text,
        icon="card",
        buttons=(
            Button(id="no", text=t.gettext("No"), icon="back"),
            Button(id="yes", text=_join_words(page.why, t), icon="check", kind="primary"),
        ),
    )
