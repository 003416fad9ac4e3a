"""News of claims after their ack: contested by another store, completed by a list that came, confirmed.

They are noted here durably first, and only then is the photoservice told that they are, so none can be lost between
(DESIGN 5E, 5H). Everything works inside a transaction its caller has opened.
"""

from collections.abc import Iterable

import apsw
import msgspec

from photocore.wire import MAX_BATCH_EVENTS, ClaimNews, News, Outcome, ToldNews
from sync.errors import AnswerRefused
from sync.statements import number, run, run_many


def take_outcome(connection: apsw.Connection, claim: str, outcome: Outcome) -> None:
    """Remember what the photoservice's ack made of a claim; news there are outrank it, for they came after."""
    run(connection, "news.take_outcome", {"claim": claim} | _said(outcome))


def note_news(connection: apsw.Connection, news: News, told: Iterable[ToldNews]) -> None:
    """Take verified news, and the photoservice's having heard of ``told``.

    Raises:
        AnswerRefused: there are more of them than one answer may hold.
    """
    if len(news.news) > MAX_BATCH_EVENTS:
        raise AnswerRefused(f"{len(news.news)} news in one answer, at most {MAX_BATCH_EVENTS}")
    run_many(connection, "news.mark_told", ({"claim": one.claim, "version": one.version} for one in told))
    for one in news.news:
        _take(connection, one, news.server_time)


def untold(connection: apsw.Connection) -> tuple[ToldNews, ...]:
    """Return what is noted and not yet known to be, as much as one question holds."""
    rows = run(connection, "news.untold", {"limit": MAX_BATCH_EVENTS})
    return tuple(ToldNews(claim=claim, version=version) for claim, version in rows)


def count_contested(connection: apsw.Connection) -> int:
    """Return how many live registrations of this station are contested now."""
    return number(connection, "news.count_contested")


def _take(connection: apsw.Connection, one: ClaimNews, at: str) -> None:
    run(connection, "news.take_news", {"claim": one.claim, "version": one.version} | _said(one.outcome))
    run(connection, "news.settle_parked", {"claim": one.claim, "at": at})


def _said(outcome: Outcome) -> dict[str, str | bytes]:
    return {"word": outcome.word, "outcome": msgspec.json.encode(outcome)}
