"""The privacy notice, and what the page before the commit says of it: touching the button is the consent."""

from kiosk.flow.consent import parts_of
from kiosk.flow.states import PrivacyShown, State
from kiosk.view.screen import Block, Button, Row, Screen, Strings


def consent_rows(state: State, t: Strings) -> tuple[Row, ...]:
    """Return the sentence that says what registering means, with the way to the whole notice."""
    if not state.privacy.notices:
        return ()
    button = Button(id="privacy", text=t.gettext("Privacy"), icon="lock", kind="inline")
    title = t.gettext("What is kept, and why")
    value = t.gettext("By registering you agree to our privacy notice.")
    return (Row(icon="lock", title=title, value=value, tone="plain", button=button),)


def register_words(t: Strings, *, asks: bool = True) -> str:
    """Return what the button says that registers, and that is the consent; not where nobody is here to agree."""
    return t.gettext("Agree and register") if asks else t.gettext("Register this film")


def view_privacy(state: State, page: PrivacyShown, t: Strings) -> Screen:
    """Show a part of the notice. Its words are data, a version of them by language, and not the screen's own."""
    parts = parts_of(state)
    part = min(page.part, len(parts) - 1)
    notice = state.privacy.in_language(state.language)
    buttons = [Button(id="back", text=t.gettext("Back"), icon="back")]
    if part > 0:
        buttons.append(Button(id="before", text=t.gettext("Previous"), icon="back"))
    if part < len(parts) - 1:
        buttons.append(Button(id="after", text=t.gettext("More"), icon="forward", kind="primary"))
    return Screen(
        name="privacy",
        layout="message",
        title=notice.title if notice else "",
        guidance=t.gettext("Part {n} of {count}").format(n=part + 1, count=len(parts)),
        blocks=tuple(Block(icon="lock", title=section.title, text=section.text) for section in parts[part]),
        buttons=tuple(buttons),
    )
