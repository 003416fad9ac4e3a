"""Published for tests, the demo and benchmarks: a desk that behaves, a pilot that touches the real app, and a tour."""

from kiosk.testing.counter import Counter, badge_frame, card_frame, film_store, frame, stocked_desk
from kiosk.testing.desk import FakeDesk, FakeStore, RosterReader, SilentScanner
from kiosk.testing.pilot import Pilot, opened_app
from kiosk.testing.sheets import contact_sheet
from kiosk.testing.tour import draw_tour, tour

__all__ = [
    "Counter",
    "FakeDesk",
    "FakeStore",
    "Pilot",
    "RosterReader",
    "SilentScanner",
    "badge_frame",
    "card_frame",
    "contact_sheet",
    "draw_tour",
    "film_store",
    "frame",
    "opened_app",
    "stocked_desk",
    "tour",
]
