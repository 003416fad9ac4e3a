"""``./demo --tour``: every screen in every state, in English and in the two pseudo-languages that test the layout."""

import time

from kiosk.testing import Pilot, opened_app, tour
from photocore.host import SystemEntropy
from twincheck.demo.counter import enrol_station, open_counter
from twincheck.demo.once import Script
from twincheck.demo.service import DemoService
from twincheck.demo.stock import stock_shelf


def draw_tour(script: Script) -> int:
    """Draw the tour into ``out/screens`` and return how many pictures there are."""
    service = DemoService(folder=script.data / "photoservice", port=script.port)
    script.say("Setting up a store.")
    service.set_up()
    service.start()
    try:
        enrol_station(service, script.data / "station")
    finally:
        service.stop()
    shelf = stock_shelf(SystemEntropy())
    script.say("Drawing every screen.")
    with (
        open_counter(script.data / "station", shelf, size=script.size, is_offscreen=True, moves=False) as counter,
        opened_app(counter.kiosk.app),
    ):
        Pilot(counter.kiosk.app, clock=time.monotonic).frames(3)
        return len(tour(counter.kiosk.app, script.out / "screens"))
