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
    *("5.5.1", "5.5.2", "5.6.1", "5.6.2", "5.7", "5.8", "5.9", "6", "7"),
    *("8.1.1", "8.1.2", "8.1.3", "8.2.1.1", "8.2.1.2", "8.2.2.1", "8.2.2.2", "8.3.0", "8.3.1", "8.3.2.1", "8.3.2.2"),
    *("8.3.2.3.1", "8.3.2.3.2", "8.3.2.3.3", "8.3.2.4", "8.3.2.5", "8.3.2.6", "8.3.3.1", "8.3.3.2", "8.3.3.3.1"),
    *("8.3.3.3.2", "8.3.4.1", "8.3.4.2", "8.3.4.3.1", "8.3.4.3.2", "8.3.4.3.3", "8.3.5", "8.3.6"),
    *("8.4.1", "8.4.2.1", "8.4.2.2", "8.4.3", "8.5", "9", "10"),
    *("11.1.1.1.2", "11.1.2.1.2.1", "11.1.2.1.2.2", "11.1.2.2", "11.1.2.3.2", "11.1.2.4", "11.1.2.5", "11.1.3.1.2"),
    *("11.1.3.2.2", "11.1.3.3", "11.1.3.4", "11.1.3.5.2", "11.1.4.1", "11.1.4.2", "11.1.4.3", "11.1.4.4.2"),
    *("11.1.4.5.2", "11.1.4.10", "11.1.4.11", "11.1.4.12", "11.1.4.13", "11.2.1.1.2", "11.2.1.2", "11.2.1.4.2"),
    *("11.2.2.1", "11.2.2.2", "11.2.3.1", "11.2.4.3", "11.2.4.4", "11.2.4.6", "11.2.4.7", "11.2.5.1", "11.2.5.2"),
    *("11.2.5.3.2", "11.2.5.4", "11.3.1.1.2", "11.3.2.1", "11.3.2.2", "11.3.3.1.2", "11.3.3.2", "11.3.3.3"),
    *("11.3.3.4", "11.4.1.1.2", "11.4.1.2.2", "11.4.1.3.2", "11.5.1", "11.6.1", "11.6.2", "11.7", "11.8"),
    *("12.1.1", "12.1.2", "12.2.2", "12.2.3", "12.2.4", "13"),
)
CFR_1194_25 = (*(f"({letter})" for letter in "abcdefghi"), "(j)(1)", "(j)(2)", "(j)(3)", "(j)(4)")
CFR_1194_C = (
    *("402.1", *(f"402.2.{n}" for n in range(1, 6)), "402.3.1", "402.3.2", "402.4", "402.5", "403.1", "404.1", "405.1"),
    *("406.1", "407.2", "407.3.1", "407.3.2", "407.3.3", *(f"407.{n}" for n in range(4, 8)), "407.8.1", "407.8.2"),
    *("407.8.3", "408.2", "408.3", "409.1", "410.1", "411.1", "412"),
)
SAID = re.compile(r"(Measure|Not applicable|Not met|Not shown): .{2,}")
"""How a line begins that no test shows: the installer is to measure it, or what is missing is said."""


def clauses() -> list[tuple[str, str, str]]:
    """Return the lines of the clause tables: clause, what we do, what shows it."""
    text = PAGE.read_text(encoding="utf-8").partition("## The clauses")[2].partition("## What falls short")[0]
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return [(row[0], row[1], row[2]) for row in rows if row[0] != "clause" and not row[0].startswith("---")]


def test_K1_every_clause_has_what_we_do_and_what_shows_it():
    """No empty line: a test, what an installer is to measure and how much, or in plain words that it is not so."""
    for clause, does, shown in clauses():
        assert does, clause
        assert LINK.search(shown) or SAID.match(shown), f"nothing shows {clause}"
        assert "](" not in LINK.sub("", shown), f"a link of {clause} leads to no test"


@pytest.mark.parametrize("clause", [*EN_301_549, *CFR_1194_25, *CFR_1194_C])
def test_K1_no_clause_of_closed_functionality_is_left_out(clause: str):
    """Every clause for closed functionality, every chapter that does not apply, and both American rules."""
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


def test_K1_an_installer_is_told_every_measure():
    """EN 301 549, 8.3.6: what the clauses leave to the stand and the devices stands in one list, with its figures."""
    text = PAGE.read_text(encoding="utf-8").partition("## What an installer must do")[2].partition("\n## ")[0]
    text = " ".join(text.split())
    for figure in (
        *(
            "760 x 1220 mm",
            "at most 1220 mm",
            "1170 mm",
            "1120 mm",
            "380 to 1220 mm",
            "800 to 1100 mm",
            "1200 to 1400 mm",
        ),
        *("1015 mm", "2 and 55 Hz", "22.2 N", "3.5 mm", "braille", "65 dBA", "20 dB", "45 dBA", "`--diagonal`"),
    ):
        assert figure in text, figure


def test_K1_nothing_on_the_screen_flickers():
    """No motion is faster than half a second each way (36 CFR 1194.25(i)); no text field has a caret that blinks."""
    found: list[float] = []
    for file in (ROOT / "kiosk" / "ui").glob("*.py"):
        assert "TextInput" not in file.read_text(encoding="utf-8"), file
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Animation":
                lasts = next(word.value for word in node.keywords if word.arg == "d")
                found += [number.value for number in ast.walk(lasts) if isinstance(number, ast.Constant)
                          and isinstance(number.value, float)]  # fmt: skip
    assert found
    assert min(found) >= 0.5
