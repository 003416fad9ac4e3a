"""Instants as the ledger keeps them: microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Return an aware instant in microseconds."""
    return (at - _BEGINNING) // _MICROSECOND


def instant(at: int) -> datetime:
    """Return the aware instant, in UTC."""
    return _BEGINNING + timedelta(microseconds=at)
