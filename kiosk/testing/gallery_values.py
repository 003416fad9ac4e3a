"""What the gallery's pictures are made of: one package, one card, one registration, and states round a page."""

from dataclasses import replace
from typing import Any

from kiosk.flow.access import NOTHING, Access
from kiosk.flow.staff_values import Staff
from kiosk.flow.states import Page, State
from kiosk.flow.values import (
    Card,
    Item,
    Label,
    LabelState,
    Light,
    Package,
    Printer,
    Registration,
    Station,
    Tongue,
    Wish,
)
from kiosk.language import OFFERED, offered
from photocore.cards import CardNumber
from photocore.privacy import load_privacy
from photocore.settings import locate_config

PACKAGE_ID = "(01)09506000134352(21)7KQ2481MPX"
ROLLS = tuple(f"(01)09506000134369(21){serial}" for serial in ("R4T9XK20A7", "R4T9XK21BC", "R4T9XK22DM", "R4T9XK23FW"))
PACKAGE = Package(
    item=PACKAGE_ID,
    package=PACKAGE_ID,
    name="Halide Gold 400",
    detail="135-36 · ISO 400 · C-41",
    iso=400,
    size="135-36",
    rolls=ROLLS,
    to_label=ROLLS,
)
UNKNOWN = Package(item="(01)09506000199993(21)ZX81QQ7730")
ITEM = Item(item=PACKAGE_ID, level="package")
CARD = Card(card=CardNumber(table="demo", number="2900000004711"))
TYPED_CARD = replace(CARD, is_typed=True)
WISH = Wish(event_id="0" * 32, item=ITEM, card=CARD)
REGISTRATION = Registration(claim="0" * 32, number="TCN-7Q2M9XKD4", package=PACKAGE, card=CARD.masked)
LINK = "https://photos.example/r#7Q2M9XKD4F8T0ABCD"
"""What the receipt's code opens on a phone; the access code is made up."""
ONLINE = Light(is_online=True)
OFFLINE = Light(unsent=3, oldest_s=12 * 60)
STATION = Station(store="Halide & Co.", light=ONLINE, printer=Printer.READY)


def labels(
    *states: LabelState, receipt: LabelState = LabelState.QUEUED, rolls: tuple[str, ...] = ROLLS
) -> tuple[Label, ...]:
    """Return one label a roll in the states given, the last one for the rest, and the receipt."""
    of = len(rolls)
    made = [
        Label(job=n, kind="roll", roll=roll, number=n, of=of, copy=f"8K{n}QT7", state=states[min(n, len(states)) - 1])
        for n, roll in enumerate(rolls, start=1)
    ]
    slip = Label(job=of + 1, kind="receipt", roll=None, number=1, of=1, copy="R4V1QX", state=receipt)
    return (*made, slip)


PRIVACY = load_privacy(locate_config())
LANGUAGES = tuple(Tongue(code=code, name=name) for code, name in offered(OFFERED))
BADGE = CardNumber(table="staff", number="TCB000042")
MARA = Staff(id="a3f1c2d4e5b60718", name="Mara", badge=BADGE)


def at(
    page: Page,
    *,
    station: dict[str, Any] | None = None,
    now: float = 0.0,
    access: Access = NOTHING,
    staff: Staff | None = None,
    is_choosing_language: bool = False,
) -> State:
    """Return the state of a kiosk that shows ``page``."""
    return State(
        page=page,
        station=replace(STATION, **(station or {})),
        now=now,
        access=access,
        staff=staff,
        languages=LANGUAGES,
        privacy=PRIVACY,
        is_choosing_language=is_choosing_language,
    )
