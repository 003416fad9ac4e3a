"""A module tells one story and a function fits a screen: the sizes at which neither can be true any more."""

import ast
from collections.abc import Iterator
from pathlib import Path

from twincheck.doctor import ROOMS

ROOT = Path(__file__).parents[2]
PLACES = (*ROOMS, "scripts")
MODULE_LINES = 500
FUNCTION_LINES = 60


def modules() -> Iterator[Path]:
    """Yield every module of the house."""
    for place in PLACES:
        yield from sorted((ROOT / place).rglob("*.py"))


def test_no_module_is_longer_than_500_lines():
    """Split it where the story changes."""
    sizes = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()
    }
    assert len(sizes) > 10
    assert {name: size for name, size in sizes.items() if size > MODULE_LINES} == {}


def test_no_function_is_longer_than_60_lines():
    """Name its parts; the docstring counts, for it is read as well."""
    sizes = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert len(sizes) > 20
    assert {name: size for name, size in sizes.items() if size > FUNCTION_LINES} == {}
