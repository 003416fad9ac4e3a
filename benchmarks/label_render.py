"""How long a label takes from its content to the bytes on the wire, beside what copying those bytes alone takes.

    python benchmarks/label_render.py [--labels 60]

Four figures, taken in turns in one run, so that a busy machine burdens all alike:

* **copy**: a memcpy of the finished document: nothing that makes a label can be faster.
* **tobytes**: Pillow's own ``tobytes`` of the finished one-bit picture, the floor of the raster encoder.
* **encode**: our encoder, from the picture to commands in bands, white rows fed instead of sent.
* **render**: the whole label: texts, codes, threshold, and reading every code back before it may leave.

A ratio to the floor is printed for each. A person waits for the printer (2 s a label), not for any of these, so only
the whole label has an absolute limit: 100 ms.
"""

import argparse
import statistics
import time
from collections.abc import Callable

from hardware.printer.document import label_document
from hardware.printer.profile import load_profile
from hardware.printer.raster import encode
from hardware.render.label import LabelRenderer
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.settings import locate_config

LIMIT_MS = 100


def label(number: int) -> RollLabel:
    """Return one label; each has another serial, so that nothing can be kept from the last."""
    return RollLabel(
        package=ItemId("(01)19501101530000(21)P2026A123"),
        roll=ItemId(f"(01)09501101530003(21)7H3K9{number:05}"),
        number=1,
        of=5,
        copy=f"{number:06}",
        product="Portra 400",
        detail="135-36 · ISO 400 · C-41",
        store="Foto Lenz, Basel",
    )


def timed(work: Callable[[], object]) -> float:
    """Return how many microseconds ``work`` took."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e6


def measure(profile_name: str, labels: int) -> dict[str, float]:
    """Return the median microseconds of each step."""
    config = locate_config()
    profile = load_profile(config, profile_name)
    renderer = LabelRenderer(config, profile)
    drawn = renderer.render(label(0))
    sent = b"".join(label_document(drawn.raster, profile))
    times: dict[str, list[float]] = {"copy": [], "tobytes": [], "encode": [], "render": []}
    for number in range(1, labels + 1):
        times["copy"].append(timed(lambda: bytearray(sent)))
        times["tobytes"].append(timed(drawn.picture.tobytes))
        times["encode"].append(timed(lambda: label_document(encode(drawn.picture), profile)))
        times["render"].append(timed(lambda number=number: renderer.render(label(number))))
    return {step: statistics.median(taken) for step, taken in times.items()} | {"bytes": len(sent)}


def main() -> int:
    parser = argparse.ArgumentParser(description="Time a label from content to bytes, beside copying the bytes.")
    parser.add_argument("--labels", type=int, default=60)
    labels = parser.parse_args().labels
    slowest = 0.0
    for name in ("virtual-80mm", "virtual-80mm-300dpi"):
        found = measure(name, labels)
        print(f"{name}: {found['bytes']:.0f} bytes a label, medians of {labels}")
        for step, floor in (("copy", "copy"), ("tobytes", "copy"), ("encode", "tobytes"), ("render", "tobytes")):
            print(f"  {step:<8}{found[step]:>10.1f} us   {found[step] / found[floor]:>8.1f} x {floor}")
        slowest = max(slowest, found["render"] / 1000)
    print(f"limit: {slowest:.1f} ms a label of {LIMIT_MS} ms")
    return int(slowest > LIMIT_MS)


if __name__ == "__main__":
    raise SystemExit(main())
