"""Which rows of paper lists were entered, and as what: a row is entered once (S6).

The event of the registration tells its row; this is the same fact where it is found quickly.
"""

import apsw

from sync.statements import one, run


def claim_of_row(connection: apsw.Connection, row: str) -> str | None:
    """Return the registration that a row became, or None while it was not entered here."""
    found = one(connection, "journal.read_note", {"name": _name(row)})
    return str(found[0]) if found else None


def note_row(connection: apsw.Connection, row: str, claim: str) -> None:
    """Note what a row became."""
    run(connection, "journal.write_note", {"name": _name(row), "value": claim})


def _name(row: str) -> str:
    return f"paper row {row}"
