"""The table of accessibility clauses is whole, each test it names exists, and nothing on the screen flickers."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "accessibility.md"
LINK = re.compile(r"\]\(\.\./(tests/[\w/]+\.py)#(\w+)\)")

EN_301_549 = (
    *(f"4.2.{n}" for n in range(1, 12)),
    *("5.1.1", "5.1.2.1", "5.1.2.2"),
    *(f"5.1.3.{n}" for n in range(1, 17)),
    *("5.1.4", "5.1.5", "5.1.6.1", "5.1.6.2", "5.1.7", "5.2", "5.3", "5.4"),
    *("5.5.1", "5.5.2", "5.6.1", "5.6.2", "5.7", "5.8", "5.9"),
    *("8.1.2", "8.1.3", "8.2.1.1", "8.2.1.2", "8.2.2", "8.3.1"),
    *(f"8.3.2.{n}" for n in range(1, 7)),
    *("8.3.3.1", "8.3.3.2", "8.3.3.3", "8.3.4.1", "8.3.4.2", "8.3.4.3", "8.3.5", "8.3.6"),
    *("8.4.1", "8.4.2", "8.4.3", "8.5"),
)
CFR_1194_25 = (*(f"({letter})" for letter in "abcdefghi"), "(j)(1)", "(j)(2)", "(j)(3)", "(j)(4)")


def clauses() -> list[tuple[str, str, str]]:
    """Return the lines of the clause tables: clause, what we do, what shows it."""
    text = PAGE.read_text(encoding="utf-8").partition("## The clauses")[2].partition("## What falls short")[0]
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return [(row[0], row[1], row[2]) for row in rows if row[0] != "clause" and not row[0].startswith("---")]


def test_K1_every_clause_has_what_we_do_and_what_shows_it():
    """No empty line: a test, or what an installer is to measure, and how much."""
    for clause, does, shown in clauses():
        assert does, clause
        assert LINK.search(shown) or re.match(r"Measure: .{6,}", shown), f"nothing shows {clause}"
        assert "](" not in LINK.sub("", shown), f"a link of {clause} leads to no test"


@pytest.mark.parametrize("clause", [*EN_301_549, *CFR_1194_25])
def test_K1_no_clause_of_closed_functionality_is_left_out(clause: str):
    """Chapters 4, 5 and 8 as far as they can apply, and every paragraph of the older American rule."""
    stated = [name.strip() for row in clauses() for name in row[0].split(";")]
    assert [name for name in stated if name == clause or name.startswith(f"{clause} ")], clause


def test_K1_every_test_the_table_names_exists():
    """A clause is not shown by a test that was renamed."""
    functions: dict[str, set[str]] = {}
    for _, _, shown in clauses():
        for file, name in LINK.findall(shown):
            if file not in functions:
                tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
                functions[file] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert name in functions[file], f"{file} has no {name}"


def test_K1_nothing_on_the_screen_flickers():
    """No motion goes to and fro between 2 and 55 times a second (36 CFR 1194.25(i)); the caret does not blink."""
    found: list[float] = []
    for file in (ROOT / "kiosk" / "ui").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Animation":
                lasts = next(word.value for word in node.keywords if word.arg == "d")
                found += [number.value for number in ast.walk(lasts) if isinstance(number, ast.Constant)
                          and isinstance(number.value, float)]  # fmt: skip
    assert found
    assert min(found) >= 0.5
