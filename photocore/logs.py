"""Logs as JSON lines, one event with a stable name each; what is secret cannot get in by mistake.

Structlog's own default draws every traceback with the local variables of each frame, and so prints access codes, claim
codes and card numbers whenever something fails. A program calls :func:`configure_logs` before anything is logged.

A line that cannot be written is lost, never its writer's work: stderr may be a pipe whose reader is gone or a file on a
full disk, and a journal must not stop for that. The next line that can be written says how many were lost.
"""

import logging
import re
import sys
import threading
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_FORBIDDEN = frozenset(
    {
        *("access_code", "access_url", "authorization", "badge", "card", "card_number", "claim_code", "code", "codes"),
        *("key", "pepper", "pin", "pin_hash", "question", "secret", "secrets", "token", "wish"),
    }
)
_KEYLIKE = re.compile(r"tc[gksv]_[0-9a-f]{16,}|(?<=[?&]s=)[A-Za-z0-9_-]{22}")
"""Keys of tenants, tokens of viewings, sessions and guests, signatures of short addresses."""


def configure_logs(level: str = "info", stream: TextIO | None = None, *, retells: bool = False) -> None:
    """Send this process's logs to ``stream``, by default whatever stderr is when a line is written.

    ``level`` is a name of :mod:`logging`, such as ``info``. With ``retells`` what libraries log becomes a line of ours,
    too: else garbage on a socket would write lines that no reader of logs understands.
    """
    lines = Lines(stream)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,  # the plain traceback: never the locals
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    if retells and not any(isinstance(handler, _Retold) for handler in root.handlers):
        root.addHandler(_Retold(logging.WARNING))


class Lines:
    """Writes each line at once; one that cannot be written is counted instead."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._turn = threading.Lock()
        self._lost = 0

    def msg(self, line: str) -> None:
        """Write one line, and before it how many were lost since the last that went out."""
        with self._turn:
            try:
                stream = self._stream or sys.stderr
                if self._lost:
                    stream.write(f'{{"event": "log_lines_lost", "level": "warning", "lines": {self._lost}}}\n')
                stream.write(line + "\n")
                stream.flush()
                self._lost = 0
            except (OSError, ValueError, AttributeError):  # full, closed, or no stderr at all
                self._lost += 1

    log = debug = info = warning = warn = error = exception = critical = fatal = msg


class _Retold(logging.Handler):
    """Tells what a library logs as an event of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        log.log(record.levelno, "library.said", library=record.name, said=record.getMessage(), exc_info=record.exc_info)


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Black out what must not be logged, should anybody ever pass it by its name; and what looks like a key."""
    for name, value in event.items():
        if name in _FORBIDDEN:
            event[name] = "[redacted]"
        elif isinstance(value, str):
            event[name] = _KEYLIKE.sub("[redacted]", value)
    return event
