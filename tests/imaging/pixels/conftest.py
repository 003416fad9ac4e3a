"""One darkroom for all that is asked of one; tests that break theirs open their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imaging.pixels.darkroom import Darkroom


@pytest.fixture(scope="session")
def darkroom() -> Iterator[Darkroom]:
    """Return a darkroom with one child, so that what one picture leaves behind the next one meets."""
    with Darkroom(children=1) as opened:
        yield opened


@pytest.fixture
def filed(tmp_path: Path) -> Callable[[bytes], Path]:
    """Return a function that puts bytes into a file whose name says nothing, and returns its path."""

    def put(content: bytes) -> Path:
        path = tmp_path / "incoming"
        path.write_bytes(content)
        return path

    return put
