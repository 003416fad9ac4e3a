"""Whom a station talks to, and whose signatures it believes."""

from dataclasses import dataclass

from sync.address import check_service_url
from sync.keys import StationFile, StationKeys


@dataclass(frozen=True, kw_only=True)
class Peer:
    """Whom the station talks to: its own name there, the address, and the pinned Ed25519 key.

    ``own_key`` is the public half of the station's own key: what comes back to it must bear its signature. ``hub_key``
    is the pinned key of the store hub that stands between, if there is one; it can only say what it holds.
    """

    station: str
    url: str
    sign_key: bytes
    own_key: bytes
    hub_key: bytes | None = None


def peer_of(file: StationFile, keys: StationKeys) -> Peer:
    """Return whom the station of ``file`` talks to. Raises EnrolmentRefused for an address it may not use."""
    return Peer(
        station=file.station,
        url=check_service_url(file.url),
        sign_key=file.sign_key,
        own_key=keys.signing.public,
        hub_key=file.hub_key,
    )
