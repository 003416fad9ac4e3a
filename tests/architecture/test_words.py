"""The words of the house stand in GLOSSARY.md; the few it forbids stand in no public name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from twincheck.doctor import ROOMS

ROOT = Path(__file__).parents[2]
GLOSSARY = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
BANNED = tuple(re.search(r"a test fails only on: ([\w, ]+) in a public name", GLOSSARY)[1].split(", "))


def words(name: str) -> str:
    """Return ``_a_public_name_`` for ``APublicName`` and ``a_public_name``, so that whole words can be sought."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return f"_{spaced.lower()}_"


def banned_in(name: str) -> list[str]:
    """Return the forbidden words that ``name`` is made of; a plural is the same word."""
    return [word for word in BANNED if f"_{word}_" in words(name) or f"_{word}s_" in words(name)]


def public_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names a reader or caller meets: classes, functions, parameters, fields and constants."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def sql_names(text: str) -> Iterator[str]:
    """Yield the identifiers of an SQL file, without its comments and quoted texts."""
    yield from re.findall(r"[A-Za-z_]\w+", re.sub(r"--[^\n]*|'[^']*'", " ", text))


def house_names() -> Iterator[tuple[str, str]]:
    """Yield (file, name) for every module, every public name in it and every SQL name."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            place = path.relative_to(ROOT).as_posix()
            if path.suffix == ".py":
                yield place, path.stem
                tree = ast.parse(path.read_text(encoding="utf-8"))
                yield from ((place, name) for name in public_names(tree) if not name.startswith("_"))
            elif path.suffix == ".sql":
                yield from ((place, name) for name in sql_names(path.read_text(encoding="utf-8")))


def test_no_public_name_uses_a_forbidden_word():
    """One word a thing: what GLOSSARY.md forbids is in no module, class, function, field or column."""
    assert {f"{place}: {name}" for place, name in house_names() if banned_in(name)} == set()


@pytest.mark.parametrize("name", ["FilmKit", "print_stickers", "LoyaltyCard", "dead_letter_queue", "hi_res", "HiRes"])
def test_a_forbidden_word_is_seen_in_any_spelling(name: str):
    """Camel case, snake case and plurals hide nothing."""
    assert banned_in(name)


@pytest.mark.parametrize("name", ["toolkit", "kitchen", "letter", "resolution", "Label", "park"])
def test_a_word_that_only_contains_one_is_left_alone(name: str):
    """Only whole words count."""
    assert banned_in(name) == []


def test_the_glossary_says_which_words_are_forbidden():
    """The list is read from the page people read."""
    assert "sticker" in BANNED
    assert "quarantine" in BANNED


def test_the_names_sought_include_columns_and_fields(tmp_path: Path):
    """The search reaches into SQL and class bodies, and leaves quoted texts alone."""
    assert "loyalty_no" in set(sql_names("create table x (loyalty_no text default 'kit'); -- sticker"))
    assert "kit" not in set(sql_names("create table x (loyalty_no text default 'kit'); -- sticker"))
    assert set(public_names(ast.parse("class A:\n    kit: int = 1\n\ndef f(sticker): ..."))) == {
        "A",
        "kit",
        "f",
        "sticker",
    }
