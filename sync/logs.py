"""Logs of a station as JSON lines, one event with a stable name each; what is secret cannot get in by mistake.

Structlog's own default draws every traceback with the local variables of each frame, and so prints access codes, claim
codes and card numbers whenever something fails. A program calls :func:`configure_logs` before anything is logged.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_FORBIDDEN = frozenset(
    {
        *("access_code", "access_url", "badge", "card", "card_number", "claim_code", "code", "codes", "key", "pepper"),
        *("pin", "pin_hash", "question", "secret", "secrets", "wish"),
    }
)


def configure_logs(level: str = "info", stream: TextIO | None = None) -> None:
    """Send this process's logs to ``stream``, by default whatever stderr is when a line is written.

    ``level`` is a name of :mod:`logging`, such as ``info``.
    """
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
        logger_factory=lambda *_: structlog.WriteLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Black out what must not be logged, should anybody ever pass it by its name."""
    for name in event.keys() & _FORBIDDEN:
        event[name] = "[redacted]"
    return event
