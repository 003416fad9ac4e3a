"""Logs as JSON lines on stderr, one event with a stable name each; secrets and cards cannot get in by mistake.

What libraries log becomes a line of ours, too: else garbage on the socket would write lines that no reader of logs
understands.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_FORBIDDEN = frozenset(
    {
        *("access_code", "authorization", "card", "card_number", "claim_code", "code", "codes", "key", "secret"),
        *("secrets", "token", "wish"),
    }
)
_KEYLIKE = re.compile(r"tc[gksv]_[0-9a-f]{16,}|(?<=[?&]s=)[A-Za-z0-9_-]{22}")
"""Keys of tenants, tokens of viewings, sessions and guests, signatures of short addresses."""


def configure_logs(level: str = "info") -> None:
    """Send this process's logs to stderr as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, _Retold) for handler in root.handlers):
        root.addHandler(_Retold(logging.WARNING))


class _Retold(logging.Handler):
    """Tells what a library logs as an event of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        log.log(record.levelno, "library.said", library=record.name, said=record.getMessage(), exc_info=record.exc_info)


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Black out what must not be logged, should anybody ever pass it."""
    for name in event:
        if name in _FORBIDDEN:
            event[name] = "[redacted]"
        elif isinstance(event[name], str):
            event[name] = _KEYLIKE.sub("[redacted]", event[name])
    return event
