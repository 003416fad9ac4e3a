"""Published for tests, the demo and benchmarks: a desk that behaves, a pilot that touches the real app, and a tour."""

from kiosk.testing.desk import FakeDesk, FakeStore, RosterReader, SilentScanner
from kiosk.testing.pilot import Pilot, opened_app
from kiosk.testing.tour import tour

__all__ = ["FakeDesk", "FakeStore", "Pilot", "RosterReader", "SilentScanner", "opened_app", "tour"]
