"""What the till's part of a station did, counted: for its light, the doctor and metrics."""

from datetime import UTC, datetime

import apsw

from sync.statements import run
from sync.till_views import TillFigures


def figures_since(connection: apsw.Connection, since: datetime) -> TillFigures:
    """Return what was told and taken in since an aware instant; bags that wait are those of all time."""
    begin = since.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    ((sales, refunds, drop_offs, waiting),) = run(connection, "till.figures", {"since": begin})
    return TillFigures(sales=sales, refunds=refunds, drop_offs=drop_offs, waiting_bags=waiting)
