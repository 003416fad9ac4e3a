"""The lint for the seams: only a few places may reach for the clock, randomness, the network or SQLite.

Everything else takes clock, entropy, disk or channel as an argument (photocore/seams.py), so that one
process can simulate a thousand stores, a power cut or ten years. ruff can ban a call everywhere or nowhere; this
knows the places. Run by ./check; alone: ``python scripts/seams.py [ROOT]``. Exit code 1 when something is found.

Only what is called or imported by name is seen: this keeps honest people honest, it is no sandbox.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

_PROJECT: Final = Path(__file__).parents[1] / "pyproject.toml"
ROOMS: Final[tuple[str, ...]] = tuple(
    tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Names that may be used in some places only, and what to do elsewhere."""

    names: tuple[str, ...]
    """Dotted names; one that names a module forbids all that is in it."""
    places: tuple[str, ...]
    instead: str

    def forbids(self, name: str) -> bool:
        """Say whether ``name`` is one of ours, or stands inside one."""
        return any(name == entry or name.startswith(f"{entry}.") for entry in self.names)


@dataclass(frozen=True, kw_only=True, order=True)
class Breach:
    """One use of a name outside its places."""

    path: str
    line: int
    name: str
    instead: str

    def __str__(self) -> str:
        """Return it as compilers do, so that editors can jump there."""
        return f"{self.path}:{self.line}: {self.name} stands outside its seam; {self.instead}"


COMPOSITION: Final = ("*/wiring.py", "photocore/host.py", "twincheck/demo/*")
TESTING: Final = (
    "*/testing.py",
    "*/testing/*",
    "*/testing_*.py",
)  # published fakes: only tests use them
TRANSPORT: Final = "hardware/transport/*"  # a port's own time-outs are real, whatever the world above it
STATION_DOOR: Final = "sync/control.py"  # the Unix socket over which `twincheck sync now` asks the journal's holder
TEST_MAIL: Final = "photoservice/testing_mail.py"  # a mail server that tests send to

RULES: Final = (
    Rule(
        names=(
            "time.time",
            "time.time_ns",
            "time.monotonic",
            "time.monotonic_ns",
            "time.perf_counter",
            "time.perf_counter_ns",
            "datetime.datetime.now",
            "datetime.datetime.utcnow",
            "datetime.datetime.today",
            "datetime.date.today",
        ),
        places=(*COMPOSITION, *TESTING, TRANSPORT),
        instead="take a photocore.seams.Clock",
    ),
    Rule(
        names=("time.sleep",),
        places=COMPOSITION,
        instead="wait on a threading.Event or Condition, which can be woken",
    ),
    Rule(
        names=("random", "secrets", "uuid", "os.urandom", "os.getrandom"),
        places=COMPOSITION,
        instead="take a photocore.seams.Entropy",
    ),
    Rule(
        names=("socket", "socketserver"),
        places=(*COMPOSITION, TRANSPORT, STATION_DOOR, TEST_MAIL),
        instead="open a port by URL (hardware.transport) or take a photocore.seams.Channel",
    ),
    Rule(
        names=("sqlite3",),
        places=COMPOSITION,
        instead="the journal is apsw's (sync/journal.py)",
    ),
    Rule(
        names=("photocore.host",),
        places=("*/wiring.py", *TESTING, "twincheck/demo/*"),
        instead="take the seam as an argument; the program's wiring.py fills it in",
    ),
    Rule(
        names=tuple(f"{room}.testing" for room in ROOMS),
        places=(*TESTING, "twincheck/demo/*", "twincheck/simulate/*"),
        instead="fakes are for tests",
    ),
)


def main(arguments: Sequence[str]) -> int:
    """Print every breach below the given root (this repository, when none is given)."""
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[1]
    breaches = sorted(breach for path in source_files(root) for breach in find_breaches(path, root))
    for breach in breaches:
        print(breach)
    print(f"{len(breaches)} breaches of the seams" if breaches else "The seams are kept.")
    return 1 if breaches else 0


def source_files(root: Path) -> Iterator[Path]:
    """Yield every module of every room that exists."""
    for room in ROOMS:
        yield from sorted((root / room).rglob("*.py"))


def find_breaches(path: Path, root: Path) -> Iterator[Breach]:
    """Yield what one module uses outside its places: once a line and rule, by the longest name."""
    place = path.relative_to(root).as_posix()
    names = sorted(set(used_names(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))))
    for rule in RULES:
        if not any(fnmatch(place, allowed) for allowed in rule.places):
            worst = {line: name for line, name in names if rule.forbids(name)}
            yield from (Breach(path=place, line=line, name=name, instead=rule.instead) for line, name in worst.items())


def used_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of each import and of each attribute or name that leads back to one."""
    imported = dict(import_bindings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Attribute | ast.Name):
            first, *rest = dotted_parts(node)
            if first in imported:
                yield node.lineno, ".".join((imported[first], *rest))


def import_bindings(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (local name, dotted name) for every absolute import, wherever in the module it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (first, first)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def dotted_parts(node: ast.expr) -> list[str]:
    """Return ``["time", "sleep"]`` for the expression ``time.sleep``; ``[""]`` for what is no dotted name."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [*dotted_parts(node.value), node.attr]
    return [""]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
