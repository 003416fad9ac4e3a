"""What was seen of a package or a strip, as marks to draw on its pictures."""

from collections.abc import Iterable, Sequence

from imaging.codes.corners import diagonal_of
from imaging.codes.found import Found
from imaging.codes.package import Located, PackageSeen
from imaging.codes.strip import StripSeen
from imaging.draw import Mark, Tone
from photocore.film import frame_text, parse_edge


def package_marks(seen: PackageSeen, at: int) -> tuple[Mark, ...]:
    """Return the marks of picture ``at``: rolls and package in good, strangers in bad, doubtful readings in warn."""
    told: list[Mark] = []
    for number, roll in enumerate(seen.rolls, start=1):
        told += _of_item(roll, f"roll {roll.number or number}", "good", at)
    told += _of_item(seen.package, "package", "good", at) if seen.package else []
    for stranger in seen.strangers:
        told += _of_item(stranger, "does not belong here", "bad", at)
    for doubtful in seen.doubtful:
        told += _of_item(doubtful, "not counted", "warn", at)
    return tuple(told)


def strip_marks(seen: StripSeen, at: int) -> tuple[Mark, ...]:
    """Return the marks of picture ``at``: whose roll, each film's codes that run on as one, and those that do not.

    The first film is in good, one that begins after it in bad.
    """
    told = _of_codes(seen.labels, "leader", "good", at)
    for number, film in enumerate(seen.edge.films):
        codes = [code for code in seen.believed if code.at == at and code.text.startswith(f"{film}/")]
        told += _of_film(codes, str(film), "bad" if number else "good")
    return (*told, *_of_codes(seen.broken, "not believed", "warn", at))


def _of_film(codes: Sequence[Found], film: str, tone: Tone) -> list[Mark]:
    """Return one mark round all codes of a film, and a little away from them, so that they stay visible."""
    if not codes:
        return []
    numbers = [half for code in codes if (half := parse_edge(code.text).half_frame) is not None]
    across = [x for code in codes for x, _ in code.corners]
    down = [y for code in codes for _, y in code.corners]
    away = diagonal_of(codes[0].corners) / 8
    left, right, top, bottom = min(across) - away, max(across) + away, min(down) - away, max(down) + away
    text = f"edge  {film}  frames {frame_text(min(numbers))} to {frame_text(max(numbers))}, {len(codes)} codes"
    return [Mark(((left, top), (right, top), (right, bottom), (left, bottom)), text, tone)]


def _of_item(item: Located, what: str, tone: Tone, at: int) -> list[Mark]:
    return [Mark(place.corners, f"{what}  {item.item}", tone) for place in item.places if place.at == at]


def _of_codes(codes: Iterable[Found], what: str, tone: Tone, at: int) -> list[Mark]:
    return [Mark(code.corners, f"{what}  {code.text}", tone) for code in codes if code.at == at]
