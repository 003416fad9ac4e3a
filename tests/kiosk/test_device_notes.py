"""What a running kiosk leaves for the doctor: each device, when it last worked, and that the kiosk still runs."""

from datetime import timedelta

import pytest

from hardware.inventory.notes import read_notes
from hardware.scanner import Condition, FramingCounts, LinkCounts, LinkState
from kiosk.device_notes import DeviceDiary
from kiosk.devices import StationDevices
from photocore.testing import ManualClock


class Shop:
    """A kiosk's devices, and a clock that is told."""

    def __init__(self, folder):
        self.folder = folder
        self.clock = ManualClock()
        self.devices = StationDevices(self.clock)
        self.is_up = True
        self.word = "ready"
        self.outages = 0
        self.devices.has_scanner("left", self.state)
        self.devices.has_printer("labels", "labels", lambda: self.word)
        self.diary = DeviceDiary(self.devices, folder, self.clock, every_s=0.01)

    def state(self):
        counts = LinkCounts(outages=self.outages, framing=FramingCounts(overlong=1))
        return LinkState(name="left", condition=Condition.UP if self.is_up else Condition.DOWN, counts=counts)

    def later(self, claim):
        """Return a claim that time goes on for each time it is asked."""

        def look():
            self.clock.advance(0.05)
            return claim()

        return look

    def noted(self, name):
        return read_notes(self.folder).get(name)


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_K2_each_device_is_noted_with_when_it_last_worked(shop):
    """By the wall's clock, which a reader has too."""
    shop.devices.note_good("left")
    shop.devices.note_proof()
    shop.clock.advance(90)
    left, labels = shop.diary.notes()
    assert (left.name, left.is_up, left.faults) == ("left", True, 1)
    assert left.good_at == shop.clock.now() - timedelta(seconds=90)
    assert (labels.is_up, labels.why, labels.good_at) == (True, "", left.good_at)
    shop.word = "paper_out"
    assert [(note.is_up, note.why) for note in shop.diary.notes()][1] == (False, "paper out")


def test_K2_a_note_is_written_when_a_device_went_and_every_minute(shop, eventually):
    """While nothing happens, once a minute is enough; who stopped writes no more."""
    shop.diary.start()
    eventually(shop.later(lambda: shop.noted("left")))
    began = shop.noted("left").at
    shop.is_up, shop.outages = False, 1
    eventually(shop.later(lambda: not shop.noted("left").is_up))
    assert shop.noted("left").outages == 1
    shop.clock.advance(61)
    eventually(shop.later(lambda: shop.noted("left").at > began + timedelta(seconds=60)))
    shop.diary.stop()


def test_K2_a_folder_that_takes_no_notes_is_no_fault(tmp_path, eventually):
    """A full disk stops no kiosk."""
    shop = Shop(tmp_path / "none")
    shop.diary.start()
    eventually(lambda: shop.diary._watch._seen is not None)
    shop.diary.stop()
    assert read_notes(tmp_path / "none") == {}
