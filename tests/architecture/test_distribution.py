"""What is shipped: the wheel's contents, the entry points, and extras that bring what their rooms import."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path

import pytest

from twincheck.doctor import ROOMS as DOCTORS_ROOMS

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = tuple(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])

EXTRAS_OF_ROOM = {
    "photocore": (),
    "exchange": ("exchange",),
    "hardware": ("devices",),
    "imaging": ("pictures", "pixels", "camera", "datamatrix"),
    "sync": ("station",),
    "kiosk": ("kiosk",),
    "photoservice": ("photoservice",),
    "pos_bridge": ("till",),
    "store_hub": ("station",),
    "twincheck": ("kiosk", "photoservice", "till"),
}

DONE_WITHOUT = {"kiosk": {"imaging"}, "photoservice": {"imaging"}, "twincheck": {"imaging"}}
"""Rooms of which a part is enough: a camera at a kiosk is imported late and says what it needs; the photoservice and
the demo know ``imaging.pixels`` only, whose extra they bring.
"""


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Build the wheel with the locked hatchling, without a network, and list what it holds."""
    target = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    run = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (wheel,) = target.glob("*.whl")
    return zipfile.ZipFile(wheel).namelist()


@pytest.mark.xdist_group("wheel")
def test_the_wheel_has_our_rooms_and_nothing_else(wheel_names: list[str]):
    """No tests/, config/ or docs/ becomes importable where Twincheck is installed."""
    version = PROJECT["project"]["version"]
    expected = {*ROOMS, f"twincheck-{version}.data", f"twincheck-{version}.dist-info"}
    assert {name.partition("/")[0] for name in wheel_names} == expected


@pytest.mark.xdist_group("wheel")
def test_the_wheel_brings_all_of_config_as_data(wheel_names: list[str]):
    """Every tracked file of config/ lands where photocore.settings looks for an installed one."""
    prefix = f"twincheck-{PROJECT['project']['version']}.data/data/share/twincheck/config/"
    shipped = {name.removeprefix(prefix) for name in wheel_names if name.startswith(prefix)}
    here = {path.relative_to(ROOT / "config").as_posix() for path in (ROOT / "config").rglob("*") if path.is_file()}
    assert "fonts/Inter-Regular.otf" in shipped
    assert here - shipped == set()


@pytest.mark.xdist_group("wheel")
def test_the_wheel_brings_types_and_licence(wheel_names: list[str]):
    """Every room is typed for those who build on it, and the licence travels along."""
    assert {f"{room}/py.typed" for room in ROOMS} <= set(wheel_names)
    assert any(name.endswith("licenses/LICENSE") for name in wheel_names)


def test_config_is_data_only():
    """A .py below config/ would be code that nobody imports, types or tests."""
    assert list((ROOT / "config").rglob("*.py")) == []


def test_no_other_distribution_owns_one_of_our_names():
    """``sync`` and ``hardware`` are ordinary words: nothing in the lock may bring a package so called."""
    owners = packages_distributions()
    assert {room: set(owners.get(room, ())) - {"twincheck"} for room in ROOMS} == {room: set() for room in ROOMS}


def test_the_doctor_looks_at_every_room():
    """It has a list of its own, as an installation has no pyproject.toml; the other tests here read that list."""
    assert sorted(DOCTORS_ROOMS) == sorted(ROOMS)


@pytest.mark.parametrize("name", sorted(PROJECT["project"]["entry-points"]["twincheck.commands"]))
def test_an_entry_point_loads(name: str):
    """Every verb that pyproject.toml promises is there, in what is installed."""
    (entry,) = entry_points(group="twincheck.commands", name=name)
    assert entry.value == PROJECT["project"]["entry-points"]["twincheck.commands"][name]
    assert callable(entry.load())


@pytest.mark.xdist_group("imports")
@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_its_extra_brings(room: str):
    """An installation with one extra can import every module of the room the extra is named for."""
    brought = set(requirements_of(*EXTRAS_OF_ROOM[room]))
    assert {
        f"{place}: {distribution}"
        for place, distribution in third_party_imports(room)
        if normalised(distribution) not in brought
    } == set()


@pytest.mark.xdist_group("imports")
@pytest.mark.parametrize("room", ROOMS)
def test_a_rooms_extra_covers_the_rooms_it_stands_on(room: str):
    """A program's extra brings what the libraries below it need."""
    brought = set(requirements_of(*EXTRAS_OF_ROOM[room]))
    for lower in {name for _, name in imports_of(room)} & set(ROOMS) - DONE_WITHOUT.get(room, set()):
        assert set(requirements_of(*EXTRAS_OF_ROOM[lower])) <= brought, f"{room} imports {lower}"


def test_no_room_leans_on_another_projects_tests():
    """They import test tools that an installation has not: ``kivy.tests`` needs pytest, and the demo has none."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.match(r"\s*(from|import)\s+\w[\w.]*\.tests\b", line)
    ]
    assert found == []


def requirements_of(*extras: str) -> Iterator[str]:
    """Yield the normalised names that ``pip install twincheck[extras]`` asks for directly."""
    optional = PROJECT["project"]["optional-dependencies"]
    for requirement in (*PROJECT["project"]["dependencies"], *(line for extra in extras for line in optional[extra])):
        name, inner = re.match(r"([\w.-]+)(?:\[([\w,-]+)\])?", requirement).groups()
        if name == "twincheck":
            yield from requirements_of(*inner.split(","))
        else:
            yield normalised(name)


owners_of_packages = cache(packages_distributions)
"""Which distributions brought each package: one look at all that is installed, for every room."""


def third_party_imports(room: str) -> Iterator[tuple[str, str]]:
    """Yield (file and line, distribution) for every import that is neither ours nor Python's."""
    owners = owners_of_packages()
    for place, module in imports_of(room):
        if module not in ROOMS and module not in sys.stdlib_module_names:
            yield place, owners.get(module, [f"{module}, which is not installed"])[0]


@cache
def imports_of(room: str) -> tuple[tuple[str, str], ...]:
    """Return (file and line, top-level module) of each; imports that handle their own absence are left out."""
    return tuple(_imports_of(room))


def _imports_of(room: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        guarded = {id(inner) for node in ast.walk(tree) if is_guard(node) for inner in ast.walk(node)}
        for node in ast.walk(tree):
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import) and id(node) not in guarded:
                yield from ((place, alias.name.partition(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level and id(node) not in guarded:
                yield place, node.module.partition(".")[0]


def is_guard(node: ast.AST) -> bool:
    """Say whether this is a ``try`` that expects an import to fail."""
    caught = [ast.unparse(handler.type) for handler in getattr(node, "handlers", ()) if handler.type]
    return isinstance(node, ast.Try) and any("ImportError" in name or "ModuleNotFound" in name for name in caught)


def normalised(name: str) -> str:
    """Return a distribution's name in the one spelling the standard has for it."""
    return re.sub(r"[-_.]+", "-", name).lower()
