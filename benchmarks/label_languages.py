"""How long a drawn label takes to the bytes of each printer language, and how many they are, beside the bare raster.

    python benchmarks/label_languages.py [--quick] [--json FILE]

* **ours**: from the picture of one roll label to all pieces of its document: bands, white rows left out, compression,
  and for TSPL the search for bytes that a printer would take for a command.
* **floor**: the same picture as bare rows of dots (:func:`hardware.printer.raster.encode`), which no printer prints.

The note says how many bytes go out, against those of the bare raster, and how long that many take on a serial line of
115,200 baud: what a shop waits for is mostly the line.
"""

import statistics
import time
from collections.abc import Callable

from measuring import Line, run_alone
from PIL import Image

from hardware.printer.document import label_document
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.raster import encode
from hardware.render.label import LabelRenderer
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.settings import locate_config

PROFILES = {
    "ESC/POS": "virtual-80mm",
    "ZPL, Z64": "virtual-zpl",
    "ZPL, hex": "generic-zpl",
    "TSPL": "virtual-tspl",
}
LABEL = RollLabel(roll=ItemId("(01)09501101530003(21)7H3K9QX2MV"), number=1, of=3, copy="K3M9QX", product="Portra 400")
BYTES_PER_S = 11_520


def measure(quick: bool) -> list[Line]:
    """Return a line for each language."""
    return [_measure(language, name, 30 if quick else 500) for language, name in PROFILES.items()]


def _measure(language: str, name: str, times: int) -> Line:
    config = locate_config()
    profile = load_profile(config, name)
    picture = LabelRenderer(config, profile).render(LABEL).picture
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(times):  # in turns: a busy machine burdens both alike
        ours.append(timed(lambda: document(picture, profile)))
        floor.append(timed(lambda: encode(picture)))
    sent, bare = len(document(picture, profile)), len(encode(picture).rows)
    seconds = sent / BYTES_PER_S
    return Line(
        what=f"a drawn label to the bytes of {language}",
        unit="us",
        ours=statistics.median(ours),
        floor=statistics.median(floor),
        floor_is="the bare raster",
        note=f"{sent} bytes, {sent / bare:.2f} of the raster's; {seconds:.1f} s at 115,200 baud",
    )


def document(picture: Image.Image, profile: PrinterProfile) -> bytes:
    """Return everything that is sent for a label."""
    return b"".join(label_document(encode(picture), profile))


def timed(work: Callable[[], object]) -> float:
    """Return the microseconds it took."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e6


if __name__ == "__main__":
    run_alone(measure, __doc__)
