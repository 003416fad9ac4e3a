"""Take the answers to a parcel at the station they are for: the outbox empties as if it had been online.

Each answer is believed only with the pinned key's signature, for this station, and where the places it judges are this
journal's own. Taking it twice, or long after the station was online by itself, changes nothing.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from photocore.answers import read_ack_of, read_signed_welcome
from photocore.errors import EventError
from photocore.wire import Ack, Verdict, Welcome
from sync import outbox
from sync.errors import JournalDown, ParcelRefused
from sync.journal import Journal
from sync.parcel import Answers, PackedAnswer, read_answers
from sync.parcel_files import read_file
from sync.peer import Peer


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a parcel of answers told. ``strange`` are events that this journal does not hold: it is an older copy.

    ``refused`` counts batches the photoservice could not take; ``lost`` events that it had once and has no more.
    """

    settled: int
    parked: int
    strange: int
    refused: int
    lost: int
    unsent: int


def read_for(path: Path, peer: Peer) -> tuple[Answers, list[Ack], list[Welcome]]:
    """Return the answers in ``path`` for this station, all of them verified.

    Raises:
        ParcelRefused: it is not whole, another station's, or not signed by the pinned key.
    """
    answers = read_answers(read_file(path))
    if answers.head.station != peer.station:
        raise ParcelRefused(f"These are answers for station {answers.head.station}; this station is {peer.station}.")
    try:
        acks = [_ack(one, peer) for one in answers.answers if one.what == "ack"]
        welcomes = [_welcome(one, peer) for one in answers.answers if one.what == "welcome"]
    except EventError as cause:
        raise ParcelRefused(f"This is not the word of the photoservice this station has pinned: {cause}.") from cause
    return answers, acks, welcomes


def take_answers(journal: Journal, peer: Peer, path: Path) -> Taken:
    """Settle what the parcel of answers in ``path`` tells, and return what it was.

    Raises:
        ParcelRefused: see :func:`read_for`.
        JournalDown: the journal cannot take it; what it took stays taken.
    """
    answers, acks, welcomes = read_for(path, peer)
    lost = sum(journal.read(lambda connection, one=one: outbox.count_lost(connection, one)) for one in welcomes)
    settled = parked = strange = 0
    for ack in acks:
        aside = sum(verdict.verdict in (Verdict.PARKED, Verdict.FORK) for verdict in ack.verdicts)
        if not journal.write(lambda transaction, ack=ack: outbox.settle_late(transaction.connection, ack)):
            strange += len(ack.verdicts)
            continue
        parked += aside
        settled += len(ack.verdicts) - aside
    return Taken(
        settled=settled,
        parked=parked,
        strange=strange,
        refused=sum(one.what == "refused" for one in answers.answers),
        lost=lost,
        unsent=journal.read(lambda connection: outbox.count_owed(connection).unsent),
    )


def answer_import(
    journal: Journal, peer: Peer, question: dict[str, Any], on_change: Callable[[], None]
) -> dict[str, Any]:
    """Take the answers in the file that ``question`` names, for who asks the running station."""
    try:
        taken = take_answers(journal, peer, Path(str(question.get("file"))))
    except (ParcelRefused, JournalDown) as error:
        return {"error": str(error)}
    on_change()
    return asdict(taken)


def _ack(one: PackedAnswer, peer: Peer) -> Ack:
    if one.signed is None:
        raise ParcelRefused("The parcel holds an ack that nobody signed.")
    return read_ack_of(one.signed, peer.sign_key, station=peer.station, level="photoservice")


def _welcome(one: PackedAnswer, peer: Peer) -> Welcome:
    if one.signed is None:
        raise ParcelRefused("The parcel holds a welcome that nobody signed.")
    return read_signed_welcome(one.signed, peer.sign_key, station=peer.station, request=one.request)
