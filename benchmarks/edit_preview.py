"""How soon a slider shows what it does: an edit's preview over HTTP, beside bare libvips doing the same steps.

Ours is all of it: a session's cookie, what its person may see, the rendition's bytes from the object store, a child
that is fenced in, and a JPEG over HTTP. The floor is libvips in a process that has the same JPEG in memory already: it
decodes, makes small, straightens, follows the same curves, mixes, and compresses alike. Both take turns.

    python benchmarks/edit_preview.py [--quick]
"""

import os

os.environ["VIPS_CONCURRENCY"] = "1"  # a child has one, too; before libvips is loaded

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pyvips
import requests
from measuring import Line, run_alone
from PIL import Image

from imaging.pixels.testing import draw_scan
from photocore.edit_codes import read_code
from photocore.edit_tones import mixing_of, table_of
from photocore.edits import Edit, shape_of
from photoservice.settings import Settings
from photoservice.testing import ScratchPostgres, running_service
from photoservice.testing_pictures import Archive, register_at_home

EDITS = {
    "brighter": "e0.5",
    "light and colour": "e0.4~k20~t30~v25",
    "black and white, cropped": "c0.1,0.1,0.8,0.8~bred",
    "turned": "r1~k10",
    "straightened": "s3.5~e0.2",
}
SIDE = 1280
ROUNDS, QUICK_ROUNDS = 60, 8
AIM = "<= 1.3"


def measure(quick):
    rounds = QUICK_ROUNDS if quick else ROUNDS
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(ScratchPostgres())
        settings = Settings(folder=folder / "service", derive_here=False)
        settings = replace(settings, derive_children=1)
        running = stack.enter_context(running_service(server.fresh(), folder / "service", settings=settings))
        image, jpeg, http = prepare(running)
        lines = []
        for name, code in EDITS.items():
            edit = read_code(code)
            ours, floor = [], []
            for place in range(rounds + 3):  # the first three warm up
                address = f"{running.url}/my/images/{image}/preview?side={SIDE}&d={code}"
                took = (timed(lambda address=address: fetch(http, address)), timed(lambda edit=edit: bare(jpeg, edit)))
                if place >= 3:
                    ours.append(took[0])
                    floor.append(took[1])
            lines.append(line(f"preview of {SIDE} px, {name}", ours, floor))
        return lines


def prepare(running) -> tuple[str, bytes, requests.Session]:
    """File one picture, open its registration, and return its ID, its rendition and a session."""
    maker = running.add_tenant("Halide", "maker", "9521141")
    running.add_tenant("Silver Lab", "lab")
    archive = Archive(running)
    home = register_at_home(running, maker, "BENCH001", rolls=1)
    scan = BytesIO()
    Image.fromarray(draw_scan(7, 2048, 1365)).save(scan, "JPEG", quality=85, subsampling=2)
    archive.large = (2048, 1365)
    filed = archive.file(home.rolls[0], "1", archive.tenant("Silver Lab"), original=scan.getvalue())
    http = requests.Session()
    http.post(f"{running.url}/sign-in/code", data={"access_code": home.access_code}, timeout=30).raise_for_status()
    return filed.id, filed.tiers["2048"], http


def fetch(http: requests.Session, address: str) -> int:
    reply = http.get(address, timeout=30)
    reply.raise_for_status()
    return len(reply.content)


def bare(jpeg: bytes, edit: Edit) -> int:
    """Do with libvips alone what an edit says, as somebody would who has nothing else to mind."""
    picture: Any = pyvips.Image.new_from_buffer(jpeg, "", access="sequential").copy_memory()
    wide, high = shape_of(edit, picture.width, picture.height)
    scale = min(1.0, SIDE / max(wide, high))
    if edit.degrees:
        picture = picture.resize(scale).copy_memory()
        picture = picture.rotate(edit.degrees, interpolate=pyvips.Interpolate.new("bicubic"))
        width, height = round(wide * scale), round(high * scale)
        picture = picture.crop((picture.width - width) // 2, (picture.height - height) // 2, width, height)
    elif edit.crop:
        left, top = (
            round(part * whole) for part, whole in ((edit.crop.x, picture.width), (edit.crop.y, picture.height))
        )
        picture = picture.crop(left, top, wide, high).resize(scale)
    else:
        picture = picture.resize(scale)
        if edit.turns:
            picture = picture.copy_memory().rot90()
    picture = picture.copy_memory()
    picture = picture.maplut(pyvips.Image.new_from_memory(table_of(edit, 256), 256, 1, 3, "uchar"))
    if matrix := mixing_of(edit):
        picture = picture.recomb(pyvips.Image.new_from_array([list(row) for row in matrix])).cast("uchar")
    return len(picture.jpegsave_buffer(Q=80, keep="none"))


def timed(work: Callable[[], object]) -> float:
    """Return how long it takes, in milliseconds."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def line(what: str, ours: list[float], floor: list[float]) -> Line:
    late, floor_late = (sorted(took)[int(len(took) * 0.95)] for took in (ours, floor))
    note = f"best {min(ours):.0f} ms, floor's {min(floor):.0f}; p95 {late:.0f} ms, floor's {floor_late:.0f}"
    return Line(
        what=what,
        unit="ms",
        ours=statistics.median(ours),
        floor=statistics.median(floor),
        floor_is="pyvips",
        aim=AIM,
        note=note,
    )


if __name__ == "__main__":
    run_alone(measure, __doc__)
