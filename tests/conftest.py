"""What every test may lean on: waiting without sleeping, one Kivy at a time, and generous property tests.

Room-specific fixtures stand in ``tests/<room>/conftest.py``; behaving fakes in ``<package>/testing.py``.
"""

import contextlib
import gc
import logging
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Generator

import pytest
import structlog
from hypothesis import HealthCheck, settings

from photocore.logs import configure_logs

# Two shared cores make single examples slow at random: a property fails for what it finds, never for its speed.
# The check looks at the same examples each time, so that a red run is the change's doing; the night looks for new ones.
settings.register_profile("check", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("nightly", parent=settings.get_profile("check"), derandomize=False, max_examples=2_000)


def pytest_configure(config: pytest.Config) -> None:
    """Look for more examples when the nightly tests are asked for; write faults so that they can be read.

    structlog's own way shows what every variable of every frame holds: of a whole service that takes minutes.
    """
    rendering = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, rendering],
        logger_factory=lambda *_: _Straight(),
    )
    wants_nightly = "nightly" in config.option.markexpr and "not nightly" not in config.option.markexpr
    settings.load_profile("nightly" if wants_nightly or not config.option.markexpr else "check")


class _Straight:
    """Writes each line to the process's own standard output, whatever stands before it.

    Python's streams are taken away at a test's end (capfd, capsys), and closed; a thread that still prints to one then
    can take the whole process along.
    """

    def msg(self, line: str) -> None:
        """Write one line."""
        os.write(1, f"{line}\n".encode())

    log = debug = info = warning = warn = error = exception = critical = fatal = msg


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the collector of garbage rest while ten thousand tests are made, all of which stay: a seventh of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.fixture(scope="session")
def unused_tcp_port_factory() -> Callable[[], int]:
    """Return what finds a port for a process that is only going to be started.

    Below those that the kernel hands out (32768 and up): one of them that was free a moment ago may by then belong to
    any of the other workers' connections.
    """
    dice = random.SystemRandom()  # the other one is set back before each test, in every worker

    def find() -> int:
        while True:
            port = dice.randrange(15_000, 32_000)
            with socket.socket() as door, contextlib.suppress(OSError):
                door.bind(("127.0.0.1", port))
                return port

    return find


@pytest.fixture
def unused_tcp_port(unused_tcp_port_factory: Callable[[], int]) -> int:
    """Return a port for a process that is only going to be started."""
    return unused_tcp_port_factory()


@pytest.fixture(autouse=True)
def _same_logs_after() -> Generator[None]:
    """Let no test leave its way of logging behind: what a program's ``main`` logs to may end with the test."""
    was_configured, before, root = structlog.is_configured(), structlog.get_config(), logging.getLogger()
    handlers = list(root.handlers)
    yield
    structlog.reset_defaults()
    if was_configured:
        structlog.configure(**before)
    root.handlers[:] = [handler for handler in root.handlers if handler in handlers or not _is_ours(handler)]


def _is_ours(handler: logging.Handler) -> bool:
    return type(handler).__module__ == configure_logs.__module__


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Keep all Kivy tests in one worker: a process has one window, and two cores cannot draw two.

    With several workers, what is allowed a long time begins first: none waits at the end for another's simulation.
    """
    for item in items:
        if item.get_closest_marker("kivy") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("kivy"))
    yield
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=lambda item: -_allowed_s(item))
        for item in items:
            _name_group(item)


def _allowed_s(item: pytest.Item) -> float:
    allowed = item.get_closest_marker("timeout")
    return allowed.args[0] if allowed else 0


def _name_group(item: pytest.Item) -> None:
    """Let the ID tell the group, as xdist's scheduler reads it there and nowhere else.

    xdist 3.8 writes it into a field that pytest 9.2 no longer reads: without this every group is dissolved, in silence,
    and each worker makes what one was to make for all (pytest-xdist issue 1386).
    """
    told = getattr(item, "_nodeid", item.nodeid)
    if item.nodeid != told:
        item._id = item.id.parse(told)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: gzip puts the time in them, and two workers must collect the same names."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Return ``eventually(claim, within=30.0)``: poll until ``claim()`` is true, and fail when it never is.

    For what another thread or process brings about. The wait between two looks is short and never decides anything.
    """

    def wait(claim: Callable[[], object], *, within: float = 30.0) -> None:
        ends = time.monotonic() + within
        while not claim():
            assert time.monotonic() < ends, f"not true within {within} s: {getattr(claim, '__name__', claim)}"
            threading.Event().wait(0.005)

    return wait
