"""Signed answers that came by a detour: through a store hub, or in a parcel.

An answer that comes straight repeats the request it answers (:func:`photocore.wire.read_ack`). What a hub passes on, or
a stick brings home, answers an earlier request, perhaps one that this process never made. Its signature, its station
and the places it judges are what there is to believe.
"""

from typing import Literal

from photocore.errors import SignatureBroken
from photocore.signed import Signed, read_signed
from photocore.wire import Ack, Welcome

Level = Literal["hub", "photoservice"]


def read_ack_of(signed: Signed, public: bytes, *, station: str, level: Level) -> Ack:
    """Return the ack in ``signed``: the holder of ``public`` speaking for ``level`` of ``station``'s events.

    Raises:
        SignatureBroken: another key, a changed ack, another station's or another level's.
        EventMalformed: rightly signed, and yet no ack.
    """
    ack = read_signed("ack", signed, public, Ack)
    if (ack.station, ack.level) != (station, level):
        raise SignatureBroken(f"the ack is the {ack.level}'s for station {ack.station}")
    return ack


def read_signed_welcome(signed: Signed, public: bytes, *, station: str, request: str) -> Welcome:
    """Return the welcome in ``signed``, which answers the handshake whose body has the digest ``request``.

    Raises:
        SignatureBroken: another key, or an answer to something else.
        EventMalformed: rightly signed, and yet no welcome.
    """
    welcome = read_signed("welcome", signed, public, Welcome)
    if (welcome.station, welcome.request) != (station, request):
        raise SignatureBroken("the welcome answers another request")
    return welcome
