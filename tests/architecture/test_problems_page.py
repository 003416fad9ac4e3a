"""The page for integrators names every problem that the service answers."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from photoservice.errors import Refusal

PAGE = Path(__file__).parents[2] / "docs" / "photoservice.md"


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for one in kind.__subclasses__():
        yield one
        yield from refusals(one)


def test_O21_the_page_for_integrators_names_each_problem() -> None:
    """Whoever is refused finds in the table what it means."""
    importlib.import_module("photoservice.wiring")  # brings along whatever refuses
    problems = PAGE.read_text(encoding="utf-8").partition("## Problems")[2]
    named = set(re.findall(r"`(?:urn:twincheck:problem)?:([a-z-]+)`", problems)) | {"refused"}  # the class's own word
    assert sorted({one.slug for one in refusals()} - named) == []
