"""The numbers of bags and twin checks: each given once within a lab's season (DESIGN 5A).

A station counts through a range of its own. Every number it gave stands in its journal, those of withdrawn drop-offs
too. A journal that was put back from an old copy has forgotten some, and learns so at its first handshake; so until the
photoservice has answered in this run of the process, numbers are not counted but drawn from the upper half of the
range: what was counted in the time that was lost stands in the lower one. Two draws that know nothing of each other may
still hit one number, and then both drop-offs say so.
"""

from collections.abc import Iterator

import apsw

from photocore.seams import Entropy
from photocore.twin_checks import Prefix, SeasonNumber
from sync.errors import DeskReason, DeskRefusal
from sync.statements import number, one, run
from sync.till_views import DropNumbers

TRIES = 64
"""So often a free number is drawn; in a half that is all but full the lowest free one is taken then."""


def mint_numbers(
    connection: apsw.Connection, prefix: Prefix, numbers: DropNumbers, count: int, printed: Entropy
) -> tuple[SeasonNumber, ...]:
    """Return ``count`` numbers that were never given, in rising order where they are counted; they are not noted yet.

    Raises:
        DeskRefusal: so many are not free in the range.
    """
    is_known = number(connection, "drop_off.is_history_known") > 0
    counted = _counted(connection, prefix, numbers, numbers.first)
    found = counted if is_known else _drawn(connection, prefix, numbers, printed)
    taken: list[SeasonNumber] = []
    for _ in range(count):
        fresh = next(found, None)
        if fresh is None:
            raise DeskRefusal(DeskReason.NUMBERS_SPENT)
        taken.append(SeasonNumber(prefix=prefix, season=numbers.season, number=fresh))
    return tuple(taken)


def note_number(connection: apsw.Connection, given: SeasonNumber, event: str) -> None:
    """Note that a drop-off has a number; its row is there already."""
    values = {"prefix": given.prefix, "season": given.season, "number": given.number, "event": event}
    run(connection, "drop_off.add_number", values)


def _counted(connection: apsw.Connection, prefix: Prefix, numbers: DropNumbers, place: int) -> Iterator[int]:
    """Yield free numbers of the range from ``place`` on, the lowest first."""
    while (free := _lowest_free(connection, prefix, numbers, place)) is not None:
        yield free
        place = free + 1


def _drawn(connection: apsw.Connection, prefix: Prefix, numbers: DropNumbers, printed: Entropy) -> Iterator[int]:
    """Yield free numbers of the range's upper half in no order, then the lowest there, then the lowest of all.

    Counting begins at the lower end, so a lost day's counted numbers are hit only once half of the range was given.
    """
    middle = numbers.first + (numbers.last - numbers.first + 1) // 2
    width, drawn = numbers.last - middle + 1, set[int]()
    for _ in range(TRIES):
        free = middle + int.from_bytes(printed.token(8), "big") % width
        if free not in drawn and not _is_given(connection, prefix, numbers.season, free):
            drawn.add(free)
            yield free
    for place in (middle, numbers.first):
        for free in _counted(connection, prefix, numbers, place):
            if free not in drawn:
                drawn.add(free)
                yield free


def _lowest_free(connection: apsw.Connection, prefix: Prefix, numbers: DropNumbers, place: int) -> int | None:
    if place <= numbers.last and _is_given(connection, prefix, numbers.season, place):
        values = {"prefix": prefix, "season": numbers.season, "number": place}
        row = one(connection, "drop_off.next_free", values)
        place = int(row[0]) if row else numbers.last + 1
    return place if place <= numbers.last else None


def _is_given(connection: apsw.Connection, prefix: Prefix, season: int, given: int) -> bool:
    return number(connection, "drop_off.is_given", {"prefix": prefix, "season": season, "number": given}) > 0
