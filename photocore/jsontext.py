"""Hostile JSON to typed values: one door, one error.

msgspec reports most trouble as ``DecodeError``, but a broken UTF-8 *key* surfaces as ``UnicodeDecodeError`` and deep
nesting as ``RecursionError`` (seen with msgspec 0.22); this door turns all three into :class:`EventMalformed`.
"""

from typing import TypeVar

import msgspec

from photocore.errors import EventMalformed

Shape = TypeVar("Shape")


def read_json(text: bytes, shape: type[Shape]) -> Shape:
    """Return ``text`` as ``shape``, strictly: no number from a string, no unknown field where the shape forbids it.

    Raises:
        EventMalformed: not JSON, not UTF-8, nested too deeply, or out of the shape.
    """
    try:
        return msgspec.json.decode(text, type=shape, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise EventMalformed(f"{getattr(shape, '__name__', shape)}: {cause}") from cause
