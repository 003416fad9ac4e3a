"""When a page is sent packed (gzip, RFC 1952): not where somebody else could measure what it holds (ADR 0042).

Whoever can have a browser ask for a page with words of theirs in it, and sees how long the packed answer is on the
wire, learns its secrets symbol by symbol (BREACH). So a page that is not the same for everybody is packed only when
nobody else had it asked for, and the one secret that stands in every page, its forms' token, looks different each
time (:mod:`photoservice.web.my.masking`).
"""

import gzip
from typing import Final

from photoservice.web.asked import AnyRequest

_OWN_WAYS: Final = ("same-origin", "none")
"""What browsers say of a request that began on a page of ours, or with the reader: an address typed, a code scanned."""

_QUICK: Final = 5
"""Of a contact sheet's 40 kB this costs half a millisecond, and 2 % more bytes than the most thorough."""


def takes_gzip(request: AnyRequest) -> bool:
    """Say whether whoever asks takes gzip."""
    said = request.headers.get("accept-encoding", "").lower().replace(" ", "")
    weights = {coding: weight for coding, _, weight in (entry.partition(";") for entry in said.split(","))}
    return weights.get("gzip", "q=0").rstrip("0") not in ("q=", "q=0.")


def may_pack(request: AnyRequest) -> bool:
    """Say whether an answer that is not the same for everybody may be packed.

    Only a page that was asked for, not what came of a form: that may show what was typed, or codes that are told once.
    A browser too old to say where a request began gets all its pages unpacked.
    """
    return request.method == "GET" and request.headers.get("sec-fetch-site", "") in _OWN_WAYS


def pack(body: bytes, level: int = _QUICK) -> bytes:
    """Return ``body`` by gzip; the same bytes each time."""
    return gzip.compress(body, level, mtime=0)
