"""The pictures of ease of use: its menu, the mark of the keypad's focus, and what is said while somebody listens."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.flow.access import Access
from kiosk.flow.focus import begin_speech
from kiosk.flow.staff_pages import PinPad, StaffHome
from kiosk.flow.states import Attract, Confirming, Scanning, State, Typing
from kiosk.testing.gallery_values import BADGE, ITEM, MARA, PACKAGE, WISH, at

LISTENING = begin_speech(Access())


def access_pictures() -> Iterator[tuple[str, State]]:
    """Yield the pictures in the order a person may meet them."""
    yield "access_attract", replace(at(Attract()), is_choosing_access=True)
    chosen = Access(has_contrast=True, focus="large")
    yield "access_chosen", replace(at(Scanning(item=ITEM, package=PACKAGE), access=chosen), is_choosing_access=True)
    heard = replace(LISTENING, greets=False, focus="volume", volume=4)
    speaking = at(Scanning(), access=heard, station={"voice": "jack", "is_jack_in": True})
    yield "access_speaking", replace(speaking, is_choosing_access=True)
    yield "focus_confirm", at(Confirming(wish=WISH, package=PACKAGE), access=Access(focus="register"))
    yield "focus_row_button", at(Confirming(wish=WISH, package=PACKAGE), access=Access(focus="claim_code"))
    yield "focus_key", at(Typing(wanted="card", under=Scanning(), text="29"), access=Access(focus="key:0"))
    yield "focus_entry", at(StaffHome(), staff=MARA, access=Access(focus="recent"))
    yield "focus_heading", at(Confirming(wish=WISH, package=PACKAGE), access=LISTENING)
    yield "focus_slot", at(Scanning(item=ITEM, package=PACKAGE), access=replace(heard, focus="slot:package"))
    warned = at(Scanning(item=ITEM, package=PACKAGE), access=Access(focus="more"), now=94.0)
    yield "focus_warning", warned
    yield "pin_overheard", at(PinPad(badge=BADGE, under=Scanning()), access=heard, station={"voice": "always"})
