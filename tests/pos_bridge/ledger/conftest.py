"""Bridges on a disk of memory where there is one, closed at the end."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pos_bridge.testing_bridge import TestedBridge

MEMORY = Path("/dev/shm")


@pytest.fixture
def make_till() -> Iterator[Callable[..., TestedBridge]]:
    made: list[TestedBridge] = []
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:

        def make(**changes: object) -> TestedBridge:
            till = TestedBridge(Path(folder) / str(len(made)), **changes)  # pyright: ignore[reportArgumentType]
            made.append(till)
            return till

        yield make
        for till in made:
            till.ledger.close()


@pytest.fixture
def till(make_till: Callable[..., TestedBridge]) -> TestedBridge:
    return make_till()
