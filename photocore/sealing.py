"""The personal and the secret part of an event, sealed to the service by a station that cannot open them again.

A stolen kiosk therefore holds no card number it has already written. The sealed text repeats event ID, station, kind
and part, so that a box moved to another event is found out (DESIGN 5E: "a mismatch parks").
"""

from typing import Any, Literal

import msgspec

from photocore.chain import canonical, digest
from photocore.errors import EventMalformed, KeyMalformed, SealBroken
from photocore.events import Event, SealedPart
from photocore.jsontext import read_json
from photocore.keys import SealingKey, b64, seal, unb64
from photocore.seams import Entropy

Part = Literal["sealed", "secrets"]

SALT_BYTES = 16


class _PartText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    event: str
    station: str
    kind: str
    part: Part
    salt: str
    body: dict[str, Any]


def seal_part(
    *, to: bytes, entropy: Entropy, event: str, station: str, kind: str, part: Part, body: dict[str, Any]
) -> SealedPart:
    """Return ``body`` sealed to the service's X25519 key ``to``, with the salted hash that the chain holds.

    ``event`` is the event's ID. Without the salt inside the box the hash tells nothing, even of a guessable card.
    """
    text = canonical(
        {
            "event": event,
            "station": station,
            "kind": kind,
            "part": part,
            "salt": entropy.token(SALT_BYTES).hex(),
            "body": body,
        }
    )
    return SealedPart(hash=digest("part", text), box=b64(seal(to, text, info=_info(part))))


def open_part(key: SealingKey, event: Event, part: Part) -> dict[str, Any]:
    """Return the body of ``event``'s ``part``.

    Raises:
        SealBroken: no box, another key, a hash that disagrees with the chain, or a box made for another event.
    """
    sealed = event.sealed if part == "sealed" else event.secrets
    if sealed is None or sealed.box is None:
        raise SealBroken(f"the event carries no {part} part")
    try:
        box = unb64(sealed.box)
    except KeyMalformed as cause:
        raise SealBroken(f"the {part} part is not base64") from cause
    text = key.open(box, info=_info(part))
    if digest("part", text) != sealed.hash:
        raise SealBroken(f"the {part} part does not match its hash")
    return _body_of(text, event, part)


def _body_of(text: bytes, event: Event, part: Part) -> dict[str, Any]:
    try:
        inner = read_json(text, _PartText)
    except EventMalformed as cause:
        raise SealBroken(f"the {part} part is malformed") from cause
    if (inner.event, inner.station, inner.kind, inner.part) != (event.id, event.station, event.kind, part):
        raise SealBroken(f"the {part} part was made for another event")
    return inner.body


def _info(part: Part) -> bytes:
    return b"twincheck/" + part.encode()
