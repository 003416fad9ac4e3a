"""Codes and charges of one bridge, round a photoservice that answers as the real one does."""

import pytest

from photocore.testing import ManualClock
from pos_bridge.orders.testing import CodesBench, FakePhotoservice


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def service(clock):
    return FakePhotoservice(clock)


@pytest.fixture
def make_till(tmp_path, clock, service):
    made = []

    def make(settings=None):
        folder = tmp_path / f"till{len(made)}"
        folder.mkdir()
        made.append(CodesBench(folder, clock, service, settings))
        return made[-1]

    yield make
    for till in made:
        till.stop()


@pytest.fixture
def till(make_till):
    return make_till()
