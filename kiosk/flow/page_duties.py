"""Which duty a page of the staff is of, so that nobody comes to it by signing in where another left it open (S6)."""

from collections.abc import Mapping
from typing import Final

from kiosk.flow.card_pages import CardsJoining, CardsWanted
from kiosk.flow.make_up_pages import Presale, ProductWanted
from kiosk.flow.staff_pages import (
    DevicesShown,
    JobShown,
    Listing,
    ListName,
    MadeUpWanted,
    NewDeviceAsked,
    ParkedShown,
    PinPad,
    RegistrationShown,
)
from kiosk.flow.states import Confirming, Page, PrivacyShown, Scanning, Stopped, Typing
from kiosk.flow.tool_pages import (
    Calibrating,
    ContestedShown,
    PaperRowWanted,
    PaperTime,
    PrinterShown,
    RollChange,
    TrainingAsked,
)
from kiosk.flow.values import PaperRow, Wish
from photocore.roles import Duty

DUTY_OF_LIST: Final[Mapping[ListName, Duty]] = {
    "queue": "queue",
    "recent": "registrations",
    "parked": "parked",
    "contested": "contested",
}

DUTY_OF_PAGE: Final[Mapping[type, Duty]] = {
    DevicesShown: "devices",
    NewDeviceAsked: "devices",
    JobShown: "queue",
    RegistrationShown: "registrations",
    MadeUpWanted: "registrations",
    ParkedShown: "parked",
    ContestedShown: "contested",
    ProductWanted: "make_up",
    PrinterShown: "paper",
    RollChange: "paper",
    Calibrating: "calibrate",
    PaperRowWanted: "from_paper",
    PaperTime: "from_paper",
    TrainingAsked: "training",
    CardsWanted: "cards",
    CardsJoining: "cards",
}
"""Pages that are of one duty, whatever is on them. Who is signed in sees on a page of all what their role may."""


def duty_of_page(page: Page) -> Duty | None:
    """Return the duty that leads to a page; None where it is a shopper's, or everybody's of the staff."""
    match page:
        case Scanning(corrects=str()) | Stopped(corrects=str()) | Confirming(wish=Wish(corrects=str())):
            return "parked"
        case Scanning(paper=PaperRow()) | Stopped(paper=PaperRow()) | Confirming(wish=Wish(paper=PaperRow())):
            return "from_paper"
        case Typing(under=under) | PinPad(under=under) | PrivacyShown(under=under):
            return duty_of_page(under)
        case Listing(what=what):
            return DUTY_OF_LIST[what]
        case Presale(origin=origin):
            return "registrations" if origin == "found" else "make_up"
        case _:
            return DUTY_OF_PAGE.get(type(page))
