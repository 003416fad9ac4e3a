"""``twincheck devices``: find, try, name, list and watch the scanners, printers and cameras of a station.

Exit codes: 0 done; 1 a device is not as asked for, in a sentence; 2 a wrong call.
"""

import argparse
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from hardware.inventory.book import WAYS, change_book
from hardware.inventory.finder import find_devices
from hardware.inventory.inventory import Inventory
from hardware.inventory.listing import as_lines, as_objects, device_words, standing_words, unnamed
from hardware.inventory.notes import read_notes
from hardware.inventory.profiling import NotAdded
from hardware.inventory.trying import Bench, hushed
from hardware.inventory.watch import Watch
from hardware.inventory.wiring import system_clock
from hardware.inventory.wizard import Wishes, Wizard, binding_words, pointed_at
from photocore.errors import SettingsError, TwincheckError
from photocore.settings import locate_config

DEFAULT_FOLDER: Final = Path("/var/lib/twincheck/station")
UNASKED: Final = "say it with --device, --role, --profile and --name, or take what is likeliest with --yes"


def command(argv: list[str], *, root: Path = Path("/")) -> int:
    """Carry out one verb and return the exit code; ``root`` is where the machine's own files stand."""
    options = _parser().parse_args(argv)
    verb: Callable[[argparse.Namespace, Path], int] = options.verb
    try:
        if not options.dir.is_dir():
            raise SettingsError(f"{options.dir} is no station's folder; name it with --dir.")
        return verb(options, root)
    except TwincheckError as error:
        print(f"twincheck devices: {error}", file=sys.stderr)
        return 1
    except EOFError:
        print(f"twincheck devices: nobody answers here: {UNASKED}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _list(options: argparse.Namespace, root: Path) -> int:
    plugged = find_devices(root)
    standings = _inventory(options, root).look()
    free = unnamed(plugged, standings)
    if options.json:
        found = as_objects(standings, free, read_notes(options.dir))
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        print(*as_lines(standings, free), sep="\n")
    return 0


def _add(options: argparse.Namespace, root: Path) -> int:
    wizard = Wizard(
        folder=options.dir,
        bench=_bench(options, root),
        find=partial(find_devices, root),
        ask=_take_default if options.yes else _ask,
        pause=threading.Event().wait,
        wishes=Wishes(
            device=options.device,
            role=options.role,
            name=options.name,
            profile=options.profile,
            wait_s=options.seconds,
            is_tried=not options.untried,
        ),
    )
    entry = wizard.add()
    print(f"Try it again at any time: twincheck devices test {entry.name}. The kiosk uses it from its next start on.")
    return 0


def _test(options: argparse.Namespace, root: Path) -> int:
    bench = _bench(options, root)
    outcome = bench.try_entry(bench.inventory.book.find(options.name))
    print(outcome.said)
    return 0 if outcome.is_good else 1


def _forget(options: argparse.Namespace, root: Path) -> int:
    del root
    change_book(options.dir, lambda book: book.without(options.name))
    print(f"{options.name} is forgotten; the device itself is as it was.")
    return 0


def _replace(options: argparse.Namespace, root: Path) -> int:
    """Bind a name to another device: what the kiosk asks staff, asked here."""
    inventory = _inventory(options, root)
    standing = inventory.standing(options.name)
    free = [one for one in unnamed(find_devices(root), inventory.look()) if one.way in WAYS[standing.entry.role]]
    if standing.device:
        free.append(standing.device)  # the same again, where it is now: the socket noted is brought up to date
    device = pointed_at(options.device, free) if options.device else standing.candidate or standing.device
    if device is None:
        found = "; ".join(map(device_words, standing.candidates or free)) or "none"
        raise NotAdded(
            f"{options.name}: {standing_words(standing)}. Say which is the new one; without a name: {found}."
        )
    inventory.bind(options.name, device)
    entry = inventory.book.find(options.name)
    print(f"{options.name} is {device_words(device)} from now on, bound by {binding_words(entry)}.")
    if standing.device and standing.device != device:
        print(f"A kiosk that runs reads {device_words(standing.device)} until that is unplugged.")
    return 0


def _watch(options: argparse.Namespace, root: Path) -> int:
    """Print what comes and goes until Ctrl-C."""
    inventory = _inventory(options, root)
    before: set[str] = set()

    def look() -> frozenset[str]:
        standings = inventory.look()
        free = unnamed(find_devices(root), standings)
        named = (f"{standing.name}: {standing_words(standing)}" for standing in standings)
        return frozenset((*named, *(f"without a name: {device_words(device)}" for device in free)))

    def tell(seen: frozenset[str]) -> None:
        for line in sorted(before - seen):
            print(f"- {line}", flush=True)
        for line in sorted(seen - before):
            print(f"+ {line}", flush=True)
        before.clear()
        before.update(seen)

    tell(look())
    with Watch(look, tell, system_clock(), log=hushed()):
        threading.Event().wait(options.seconds)
    return 0


def _inventory(options: argparse.Namespace, root: Path) -> Inventory:
    return Inventory(options.dir, find=partial(find_devices, root), log=hushed())


def _bench(options: argparse.Namespace, root: Path) -> Bench:
    return Bench(
        inventory=_inventory(options, root),
        config=locate_config(),
        clock=system_clock(),
        say=partial(print, flush=True),
        patience_s=options.seconds,
    )


def _ask(question: str, default: str) -> str:
    return input(f"{question} [{default}]: ").strip() or default


def _take_default(question: str, default: str) -> str:
    print(f"{question}: {default}")
    return default


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twincheck devices", description="The devices of a station, by name.")
    verbs = parser.add_subparsers(required=True)

    def add(verb: Callable[[argparse.Namespace, Path], int], name: str, summary: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=summary, description=summary)
        sub.add_argument("--dir", type=Path, default=DEFAULT_FOLDER, help="the station's folder (%(default)s)")
        sub.set_defaults(verb=verb)
        return sub

    def seconds(sub: argparse.ArgumentParser, default: float | None, summary: str) -> None:
        sub.add_argument("--seconds", type=float, default=default, metavar="S", help=f"{summary} (%(default)s)")

    listing = add(_list, "list", "say how every device stands, and what is plugged in without a name")
    listing.add_argument("--json", action="store_true", help="one JSON object, for a program")
    adding = add(_add, "add", "find a device, try it, and give it a name")
    adding.add_argument(
        "--device", help="which: /dev/ttyACM0, a serial number, tcp://192.168.0.40:9100; else it is asked"
    )
    adding.add_argument("--role", choices=tuple(WAYS), help="what it is for; else it is asked where it is not plain")
    adding.add_argument("--profile", help="a file of config/devices; else the one that reads it")
    adding.add_argument("--name", help="what the shop calls it: counter-left")
    adding.add_argument("--untried", action="store_true", help="do not try it")
    adding.add_argument("--yes", action="store_true", help="ask nothing: take what is likeliest")
    seconds(adding, 60.0, "how long to wait for a plug, or for a scan")
    testing = add(_test, "test", "try one device: a scanner reads a code, a printer says how it is")
    testing.add_argument("name")
    seconds(testing, 30.0, "how long to wait")
    add(_forget, "forget", "take a name out of the book").add_argument("name")
    replacing = add(_replace, "replace", "let a name stand for another device from now on")
    replacing.add_argument("name")
    replacing.add_argument("device", nargs="?", help="which; else the one that is likely new")
    seconds(add(_watch, "watch", "say what comes and goes, until Ctrl-C"), None, "stop by itself after so long")
    return parser
