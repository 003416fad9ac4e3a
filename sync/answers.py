"""What an answer from the network is: the photoservice's word, the store hub's, or somebody else's page.

Pure. Nothing is believed without the signature of a pinned key over it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from photocore.answers import read_ack_of
from photocore.keys import key_id
from photocore.seams import HttpResponse
from photocore.signed import Signed
from photocore.wire import Ack
from sync.errors import AnswerRefused
from sync.peer import Peer

PROBLEM = "application/problem+json"

OF_THE_EVENTS = frozenset({400, 413, 422, 500})
"""Statuses that may speak of an event, when the photoservice says them as ``application/problem+json`` (RFC 9457).

All others speak of the station, the road or the hour (401, 407, 421, 429, 503, 511 ...): halving would not help.
"""


def require_json(answer: HttpResponse, status: int) -> None:
    """Check that ``answer`` is JSON with that status.

    Raises:
        AnswerRefused: it is not; a network's log-in page is the usual one.
    """
    kind = _kind(answer)
    if "json" not in kind:
        what = f"{answer.status} of type {kind or 'none'}"
        raise AnswerRefused(f"the answer is {what}, not JSON: perhaps a log-in page of the network")
    if answer.status != status:
        raise AnswerRefused(f"the photoservice answered {answer.status}")


def is_problem(answer: HttpResponse) -> bool:
    """Say whether ``answer`` is a problem of the photoservice's own form."""
    return _kind(answer) == PROBLEM


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The acks of one answer: the photoservice's on this very request, its words on earlier ones, the store hub's."""

    own: tuple[Ack, ...]
    late: tuple[Ack, ...]
    hub: Ack | None


def hear_acks(
    signed: Sequence[Signed], peer: Peer, *, epoch: str, request: str, sent: frozenset[tuple[str, int]]
) -> Heard:
    """Return the believed acks of an answer; those of keys that are not pinned are passed over.

    ``request`` is the digest of what was sent, and ``sent`` the (event ID, seq) in it: they must be judged by the
    photoservice, or at least be held by the hub.

    Raises:
        AnswerRefused: nobody who is pinned judges what was sent, or one judges something else.
        EventError: a pinned key's ack that does not verify.
    """
    acks = [_ack(one, peer) for one in signed]
    ours = [ack for ack in acks if ack is not None]
    bound = [ack for ack in ours if (ack.epoch, ack.request) == (epoch, request)]
    if not bound:
        raise AnswerRefused("the answer holds no ack of what was sent")
    if any(frozenset((verdict.id, verdict.seq) for verdict in ack.verdicts) != sent for ack in bound):
        raise AnswerRefused("the ack does not judge what was sent")
    return Heard(
        own=tuple(ack for ack in bound if ack.level == "photoservice"),
        late=tuple(ack for ack in ours if ack.level == "photoservice" and ack not in bound),
        hub=next((ack for ack in bound if ack.level == "hub"), None),
    )


def is_of_hub(signed: Signed, peer: Peer) -> bool:
    """Say whether ``signed`` claims to be the pinned store hub's."""
    return peer.hub_key is not None and signed.key == key_id(peer.hub_key)


def _ack(signed: Signed, peer: Peer) -> Ack | None:
    if signed.key == key_id(peer.sign_key):
        return read_ack_of(signed, peer.sign_key, station=peer.station, level="photoservice")
    if peer.hub_key is not None and is_of_hub(signed, peer):
        return read_ack_of(signed, peer.hub_key, station=peer.station, level="hub")
    return None


def _kind(answer: HttpResponse) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()
