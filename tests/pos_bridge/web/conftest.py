"""A bridge with a real door, one a module of tests; a browser without scripts to walk through its pages."""

import pytest

from photoservice.testing_browser import PlainBrowser
from pos_bridge.testing import BridgeBench


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return BridgeBench(folder=tmp_path_factory.mktemp("store") / "station")


@pytest.fixture(scope="module")
def served(bench):
    with bench.served() as served:
        yield served


@pytest.fixture
def browser(served):
    return PlainBrowser(served.url)
