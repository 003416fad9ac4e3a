"""What became of a claim after its ack, for the station that made it (DESIGN 5C, 5E; docs/adr/0012).

Every time the owner rule is asked again, the outcome of each claim is laid beside the last one: a change is a new
version. What an ack told counts as told; everything else stays owed until the station has named the version as one it
has taken note of. Versions only grow, so nothing is lost however often a question or an answer is.
"""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime

import msgspec

from photocore.events import instant
from photocore.seams import Clock
from photocore.wire import MAX_BATCH_EVENTS, ClaimNews, News, NewsRequest, Outcome, ToldNews, request_digest
from photoservice.db.database import Session


async def note_outcomes(
    session: Session, outcomes: Mapping[str, Outcome], now: datetime, *, told: Set[str] = frozenset()
) -> None:
    """Write what stands now of each claim, by its name ``station/claim``; the locks of their packages are held.

    ``told`` are the claims whose outcome the ack of this very transaction tells.

    A version is at least the second it was made in, for stations pass over an older one: what a restore of ours made
    us forget stays below what happens after it.
    Claims that no station made (a browser's) have nobody to be told, and are passed over.
    """
    names = sorted(outcomes)
    if names:
        rows = [(*name.split("/", 1), encode_outcome(outcomes[name])) for name in names]
        await session.run("news.note", *_columns(rows, 3), int(now.timestamp()), [name in told for name in names])


async def note_acked(session: Session, station: str, outcomes: Mapping[str, Outcome]) -> None:
    """Write that an ack tells these outcomes again, by claim; one that has changed meanwhile stays owed."""
    if outcomes:
        rows = sorted((claim, encode_outcome(outcome)) for claim, outcome in outcomes.items())
        await session.run("news.acked", station, *_columns(rows, 2))


async def answer_news(session: Session, clock: Clock, station: str, question: NewsRequest, body: bytes) -> News:
    """Take note of what the station has, and return the oldest of what it has not."""
    told = _told(question.told)
    await session.run("news.told", station, list(told), list(told.values()))
    owed = await session.rows("news.owed", station, MAX_BATCH_EVENTS)
    news = [
        ClaimNews(claim=row["claim"], version=row["version"], outcome=msgspec.json.decode(row["outcome"], type=Outcome))
        for row in owed
    ]
    return News(station=station, request=request_digest(body), news=tuple(news), server_time=instant(clock))


async def tell_again(session: Session, station: str, claims: Iterable[str] | None = None) -> None:
    """Forget what was told of these claims, or of all: their station was restored from an old copy."""
    await session.run("news.forget", station, None if claims is None else list(claims))


def encode_outcome(outcome: Outcome) -> str:
    """Return the one text of an outcome, so that two can be compared."""
    return msgspec.json.encode(outcome).decode()


def _told(told: Iterable[ToldNews]) -> dict[str, int]:
    """Return the highest version named of each claim; numbers that no version can have are nobody's news."""
    highest: dict[str, int] = {}
    for one in told:
        if one.version < 2**53:
            highest[one.claim] = max(one.version, highest.get(one.claim, 0))
    return highest


def _columns(rows: Iterable[tuple[str, ...]], width: int) -> list[list[str]]:
    listed = list(rows)
    return [[row[place] for row in listed] for place in range(width)]
