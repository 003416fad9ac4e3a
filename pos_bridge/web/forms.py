"""What comes in a request's body: raw, bounded, and of a form its fields. Nothing larger is ever held in memory."""

from typing import Final
from urllib.parse import parse_qs

from pos_bridge.web.problems import AnyRequest, Told

MOST_FORM_BYTES: Final = 64_000
MOST_FIELDS: Final = 400


async def read_body(request: AnyRequest, most: int) -> bytes:
    """Return the body; one that says it is longer is refused before it is read, one that does not say so as it comes.

    Raises:
        Told: 413.
    """
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > most:
        raise too_large(most)
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise too_large(most)
        pieces.append(piece)
    return b"".join(pieces)


class Form:
    """A form's fields as text, without what surrounds it."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self._fields = fields

    def get(self, name: str, default: str = "") -> str:
        """Return the field's first value."""
        found = self._fields.get(name)
        return found[0].strip() if found else default

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a field, in their order, empty ones too."""
        return tuple(text.strip() for text in self._fields.get(name, ()))

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number between two bounds, ``default`` for what is none."""
        text = self.get(name)
        try:
            found = int(text)
        except ValueError:
            return default
        return min(max(found, least), most)


async def read_form(request: AnyRequest) -> Form:
    """Return the fields of a form as browsers send it.

    Raises:
        Told: 413, or 400 for what is no form.
    """
    body = await read_body(request, MOST_FORM_BYTES)
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (UnicodeDecodeError, ValueError) as cause:
        raise Told(400, "malformed") from cause
    return Form(fields)


def too_large(most: int) -> Told:
    """Return what is told about a body of more than ``most`` bytes."""
    return Told(413, "too-large", f"At most {most} bytes are taken in one piece.")
