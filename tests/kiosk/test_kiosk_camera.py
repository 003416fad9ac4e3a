"""A camera as one more scanner of the kiosk: what is before it, each code once; gone and back."""

import queue
import sys
from collections.abc import Generator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.errors import PortDown, PortFault
from hardware.inventory import CameraEntry, Inventory, change_book, find_devices
from hardware.inventory.testing import MachineOfFiles, Plug
from hardware.scanner import Frame, LinkState, ScannerLink
from imaging.errors import CameraGone
from imaging.testing import Specimen
from kiosk.camera_port import CameraOpener
from kiosk.named_devices import camera_of
from photocore.settings import locate_config
from photocore.testing import ManualClock

WAIT_S = 30.0
CODE = "010950600013435221R4T9XK20A7"
Grey = NDArray[np.uint8]


def picture(text: str) -> Grey:
    """Return a picture of a GS1 Data Matrix, three pixels a module."""
    specimen = Specimen(
        form="DataMatrix", content=f"(01){text[2:16]}(21){text[18:]}", aim="]d2", text=text, is_gs1=True
    )
    return np.kron(np.pad(specimen.symbol(), 20, constant_values=255), np.ones((3, 3), np.uint8))


BLANK: Grey = np.full((240, 240), 255, np.uint8)


class Stage:
    """Cameras by number of opening: each shows its pictures and is gone then; after the last one there is none."""

    def __init__(self, *shows: list[Grey]) -> None:
        self.shows = list(shows)
        self.asked: list[str] = []

    def __call__(self, which: str) -> Generator[Grey]:
        """Open the next one."""
        self.asked.append(which)
        if not self.shows:
            raise CameraGone("not there")
        yield from self.shows.pop(0)
        raise CameraGone("gone")


def _opener(stage: Stage, folder: Path) -> CameraOpener:
    return CameraOpener("0", Inventory(folder, find=tuple), ManualClock(), frames=stage)


def test_K7_a_code_before_the_camera_comes_in_once_as_a_scanners_would(tmp_path: Path) -> None:
    stage = Stage([BLANK, BLANK, *[picture(CODE)] * 6])
    heard: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    states: queue.SimpleQueue[LinkState] = queue.SimpleQueue()
    named = camera_of("0", locate_config())
    link = ScannerLink(
        named.url, named.profile, ManualClock(), heard.put, states.put, name=named.name, opener=_opener(stage, tmp_path)
    )
    link.start()
    assert heard.get(timeout=WAIT_S).data == f"]d2{CODE}".encode()
    while states.get(timeout=WAIT_S):  # until it is gone
        pass
    assert not link.answer(ok=True)
    assert link.stop(WAIT_S)
    assert heard.empty()
    assert stage.asked[0] == "0"


def test_K7_a_camera_that_is_gone_is_found_again(tmp_path: Path) -> None:
    stage = Stage([BLANK] * 3, [BLANK, *[picture(CODE)] * 3])
    heard: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    named = camera_of("/dev/video0", locate_config())
    link = ScannerLink(named.url, named.profile, ManualClock(), heard.put, name="eye", opener=_opener(stage, tmp_path))
    link.start()
    assert heard.get(timeout=WAIT_S).data == f"]d2{CODE}".encode()
    assert link.stop(WAIT_S)
    assert link.state.counts.outages >= 1


def test_K7_a_camera_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(PortDown, match="not there") as down:
        _opener(Stage(), tmp_path)("device://camera-0")
    assert down.value.fault is PortFault.MISSING


def test_K7_a_code_in_view_at_the_opening_is_not_lost(tmp_path: Path) -> None:
    """The first read is empty, so that the line counts as quiet; what was in view all the time comes with the next."""
    port = _opener(Stage([picture(CODE)] * 4), tmp_path)("device://camera-0")
    assert port.read(0.0) == b""
    assert port.read(None) == f"]d2{CODE}\r\n".encode()
    port.cancel()
    assert port.read(None) == b""
    port.close()
    with pytest.raises(PortDown) as down:
        port.read(0.0)
    assert down.value.fault is PortFault.CLOSED


def test_K7_a_kiosk_without_what_reads_pictures_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imaging.codes.reader_live", None)
    with pytest.raises(PortDown, match="extras camera and pictures") as down:
        _opener(Stage([BLANK]), tmp_path)("device://camera-0")
    assert down.value.fault.is_lasting


def test_K7_a_camera_of_the_book_is_opened_where_it_is_now(tmp_path: Path) -> None:
    machine = MachineOfFiles(tmp_path / "machine")
    machine.plug(Plug(file="video2", way="camera", usb="046d:0825", port="3"))
    entry = CameraEntry(name="desk-camera", usb="046d:0825", by_path="pci-0000:00:14.0-usb-0:3:1.0")
    change_book(tmp_path, lambda book: book.with_entry(entry))
    inventory = Inventory(tmp_path, find=partial(find_devices, machine.root))
    stage = Stage([BLANK])
    CameraOpener("desk-camera", inventory, ManualClock(), frames=stage)("device://camera-desk-camera").close()
    assert stage.asked == [f"camera://{machine.root}/dev/video2"]
    elsewhere = CameraOpener("desk-camera", Inventory(tmp_path, find=tuple), ManualClock(), frames=stage)
    with pytest.raises(PortDown):
        elsewhere("device://camera-desk-camera")
