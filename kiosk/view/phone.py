"""The receipt's link as a code to be photographed; in no words, so that nothing can say it, print it or log it."""

from kiosk.flow.states import PhoneShown, State
from kiosk.view.screen import Button, Screen, Strings


def phone_button(t: Strings) -> Button:
    """Return the way to the code: the shopper asks for it, or it is not shown."""
    return Button(id="phone", text=t.gettext("To my phone"), icon="phone")


def view_phone(state: State, page: PhoneShown, t: Strings) -> Screen:
    """Show the code, what it opens, and that it is nobody else's."""
    del state
    return Screen(
        name="phone",
        layout="message",
        title=t.gettext("Take it on your phone"),
        guidance=t.gettext(
            "Point your phone's camera here. It opens this registration, and nothing else. "
            "Nobody else should photograph it."
        ),
        qr=page.resume.registration.link,
        buttons=(Button(id="back", text=t.gettext("Done"), icon="check", kind="primary"),),
    )
