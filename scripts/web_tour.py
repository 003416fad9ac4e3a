"""Draw every page and state of My pictures at three sizes, by day and by night, onto sheets in docs/pictures/my.

Usage: python scripts/web_tour.py [FOLDER] [--only NAME] [--sizes 390,820,1280] [--schemes light,dark]
       [--languages en] [--shots DIR] [--serve]

``--shots`` keeps the single pictures too; ``--serve`` draws nothing and leaves the service up, to be looked at.
"""

import argparse
import io
import logging
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import structlog
from PIL import Image
from playwright.sync_api import BrowserContext, Error, sync_playwright

from kiosk.testing.sheets import MOST_BYTES, contact_sheet
from photoservice.settings import Settings
from photoservice.testing import ScratchPostgres, open_folder, running_service
from photoservice.testing_fonts import with_our_fonts
from photoservice.testing_tour import PASSWORD, Exhibition, Stop, come_to, let_in, stops

FOLDER = Path(__file__).parents[1] / "docs" / "pictures" / "my"
HIGH = {320: 640, 390: 844, 820: 1180, 1280: 800}
COLUMNS = {320: 12, 390: 12, 820: 8, 1280: 6}
TILES_PX = (420, 360, 300, 260, 228, 200, 176, 150, 128)
COLOURS = 96


@contextmanager
def opened_exhibition(**more: int) -> Iterator[Exhibition]:
    """Open the exhibition round a photoservice of its own, and clear all away at the end."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )
    with ExitStack() as stack:
        server, room = stack.enter_context(ScratchPostgres()), stack.enter_context(open_folder())
        settings = Settings(folder=room, derive_here=False)
        running = stack.enter_context(running_service(server.fresh(), room, settings=settings))
        maker = running.add_tenant("Halide", "maker", "9521141")
        exhibition = Exhibition(running=running, maker_key=maker, **more)
        exhibition.open()
        yield exhibition


def shoot(
    exhibition: Exhibition, chosen: Sequence[Stop], shots: Path, *, width: int, scheme: str, language: str
) -> list[Path]:
    """Take a picture of each stop, numbered in their order."""
    taken: list[Path] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), chromium_sandbox=False, env=with_our_fonts(shots)
        )
        contexts: dict[str, BrowserContext] = {}
        for nr, stop in enumerate(chosen, start=1):
            if stop.who not in contexts:
                contexts[stop.who] = chromium.new_context(
                    viewport={"width": width, "height": HIGH[width]},
                    color_scheme=scheme,
                    locale=language,
                    reduced_motion="reduce",
                )
                let_in(contexts[stop.who], exhibition, stop.who)
            page = contexts[stop.who].new_page()
            path = shots / f"{nr:02}_{stop.name.replace(' ', '_')}.png"
            try:
                come_to(page, exhibition, stop)
                page.screenshot(path=path)
                taken.append(path)
            except Error as why:
                print(f"{stop.name}: {str(why).splitlines()[0]}", file=sys.stderr)
            page.close()
        chromium.close()
    return taken


def write_sheet(pictures: Sequence[Path], path: Path, *, columns: int) -> int:
    """Write ``pictures`` on one PNG of few colours, as large as is allowed; return its bytes."""
    packed = io.BytesIO()
    for wide in TILES_PX:
        page = contact_sheet(pictures, columns=columns, wide=wide, named=True)
        packed = io.BytesIO()
        page.quantize(COLOURS, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        if packed.tell() <= MOST_BYTES:
            break
    path.write_bytes(packed.getvalue())
    return packed.tell()


def main() -> None:
    """Draw the sheets and say how large each is."""
    parser = argparse.ArgumentParser(description="The tour of My pictures, on sheets.")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--only", default="", help="stops whose name contains this")
    parser.add_argument("--sizes", default="390,820,1280", help="(%(default)s)")
    parser.add_argument("--schemes", default="light,dark", help="(%(default)s)")
    parser.add_argument("--languages", default="en", help="(%(default)s)")
    parser.add_argument("--shots", type=Path, help="where the single pictures are kept")
    parser.add_argument("--serve", action="store_true", help="leave the service up, to be looked at")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chosen = [stop for stop in stops() if options.only in stop.name]
    with opened_exhibition() as exhibition, tempfile.TemporaryDirectory() as room:
        if options.serve:
            print(exhibition.running.url, exhibition.places, f"ada / {PASSWORD}", sep="\n", flush=True)
            input("Return ends it. ")
            return
        for language in options.languages.split(","):
            exhibition.speak(language)
            for width in map(int, options.sizes.split(",")):
                for scheme in options.schemes.split(","):
                    name = f"my_{width}_{scheme}" + (f"_{language}" if language != "en" else "")
                    shots = (options.shots or Path(room)) / name
                    shots.mkdir(parents=True, exist_ok=True)
                    taken = shoot(exhibition, chosen, shots, width=width, scheme=scheme, language=language)
                    size = write_sheet(taken, options.folder / f"{name}.png", columns=COLUMNS[width])
                    print(f"{name}.png: {len(taken)} pages, {size // 1000} kB", flush=True)


if __name__ == "__main__":
    main()
