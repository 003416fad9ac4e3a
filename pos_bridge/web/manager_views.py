"""What the manager's page shows: cases in plain words, where sales come from, what tills sold."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from photocore.ids import ItemId
from pos_bridge.beside import LATELY
from pos_bridge.intake.rejects import read_rejects
from pos_bridge.ledger.views import CaseView, LeftOut
from pos_bridge.matching.facts import Decision
from pos_bridge.matching.joining import Word
from pos_bridge.matching.outcome import Evidence
from pos_bridge.running import Bridge
from pos_bridge.settings import SourceSettings
from pos_bridge.web.lane_views import Times, write_money
from pos_bridge.web.words import Words

DECISIONS_OF: Final[Mapping[str, tuple[Decision, ...]]] = {
    "sale_without_scan": ("assign", "none", "close"),
    "more_scans_than_sold": ("assign", "none", "close"),
    "scan_without_sale": ("none", "close"),
    "refund_unclear": ("assign", "none", "close"),
    "told_twice_differently": ("believe", "close"),
    "negative_price": ("count", "none", "close"),
    "not_told": ("count", "close"),
    "not_registered": ("count", "close"),
    "not_matched": ("count", "close"),
}
"""What can be ruled on a case, by its reason. Every other is closed: its pieces were sold or given back, whoever says
that none of ours was, and saying so would take nothing back."""

REFUSED_SHOWN: Final = 10
LEFT_OUT_SHOWN: Final = 25


class CaseShown(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list."""

    key: str
    title: str
    where: str
    at: str
    units: int


class SourceShown(msgspec.Struct, frozen=True, kw_only=True):
    """How one source does."""

    name: str
    kind: str
    last_message: str
    last_poll: str
    trouble: str
    is_asked: bool
    forged: int
    refused: tuple[tuple[str, str], ...]
    """When and why, of messages that could not be read."""
    left_out: tuple[tuple[str, str], ...]
    """When and why, of what the source told last and what counts for nothing; ``left_out_lately`` is how often."""
    left_out_lately: int
    rejects: int
    rejected: tuple[tuple[str, str, str], ...]
    """When, name and reason, of the newest files of which something could not be understood, of all ``rejects``."""


class WordShown(msgspec.Struct, frozen=True, kw_only=True):
    """What one source told of a line that others tell differently; ``event`` where it told several things itself."""

    source: str
    event: str
    texts: tuple[str, ...]


class ParkedShown(msgspec.Struct, frozen=True, kw_only=True):
    """An event that the photoservice has set aside; ``can_resend``: writing it once more could change that."""

    id: str
    title: str
    detail: str
    why: str
    at: str
    can_resend: bool


class LaneStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How one lane does."""

    name: str
    title: str
    heard: str
    gaps: int


class EvidenceShown(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was seen or told, in a sentence."""

    at: str
    text: str


def show_case(bridge: Bridge, case: CaseView, words: Words, times: Times) -> CaseShown:
    """Return a case as a line."""
    parts = [
        words.say("case.sale_no", sequence=case.basket.sequence, till=case.basket.till) if case.basket else "",
        words.say("lane.title", lane=case.lane) if case.lane and not case.basket else "",
        bridge.piece_name(case.pieces[0]) if case.pieces else bridge.name_of(None, case.gtin),
    ]
    return CaseShown(
        key=case.key,
        title=words.about("kind", case.reason),
        where=" · ".join(part for part in parts if part),
        at=times.at(case.at) if case.at else "",
        units=case.units,
    )


def show_evidence(bridge: Bridge, evidence: Evidence, words: Words, times: Times) -> EvidenceShown:
    """Return evidence as a sentence; what words lack is said by its values, so that nothing is hidden."""
    values = dict(evidence.values)
    at = times.at(evidence.at) if evidence.at else ""
    name = f"evidence.{evidence.word}"
    if not words.has(name):
        told = ", ".join(f"{key}: {value}" for key, value in values.items())
        return EvidenceShown(at=at, text=f"{words.about('evidence', evidence.word)} ({told})")
    item = ItemId(values["item"]) if "item" in values else None
    what = bridge.piece_name(item) or bridge.name_of(None, values.get("gtin")) or values.get("code", "")
    money = ""
    if "minor" in values and "currency" in values:
        money = write_money(int(values["minor"]), values["currency"], words.language)
    lane = words.say("lane.title", lane=values["lane"]) if "lane" in values else words.say("evidence.kiosk")
    more = {
        "what": what,
        "money": money or words.say("evidence.no_money"),
        "lane": lane,
        "kind": words.about("sale_kind", values.get("kind", "sold")),
        "via": words.about("via", values.get("via", "")),
    }
    return EvidenceShown(at=at, text=words.fill(name, values | more))


def words_of(case: CaseView) -> dict[Word, list[Evidence]]:
    """Return whose word a manager may let a case's line count by, each with what it says."""
    words: dict[Word, list[Evidence]] = {}
    for one in case.evidence:
        values = dict(one.values)
        if one.word == "line_told" and "source" in values:
            words.setdefault((values["source"], values.get("event")), []).append(one)
    return words


def show_words(bridge: Bridge, case: CaseView, words: Words, times: Times) -> tuple[WordShown, ...]:
    """Return the same as sentences; nothing where it is not what the case asks."""
    if "believe" not in decisions_of(case):
        return ()
    return tuple(
        WordShown(
            source=source,
            event=event or "",
            texts=tuple(show_evidence(bridge, one, words, times).text for one in evidence),
        )
        for (source, event), evidence in words_of(case).items()
    )


def show_sources(bridge: Bridge, words: Words, times: Times) -> tuple[SourceShown, ...]:
    """Return every source of the settings. May wait for the disk."""
    return tuple(_source(bridge, source, words, times) for source in bridge.settings.source.values())


def show_parked(bridge: Bridge, words: Words, times: Times) -> tuple[ParkedShown, ...]:
    """Return what the photoservice has set aside of this station's events, the oldest first. May wait for the disk.

    What till kinds say is never written twice: the name of a sale's event follows from the sale, so a second one would
    be another sale. The photoservice keeps it as it was sent, and its operators try that again.
    """
    return tuple(
        ParkedShown(
            id=view.id,
            title=words.about("parked_kind", view.kind),
            detail=bridge.piece_name(ItemId(view.item)) if view.item else view.number or "",
            why=words.say(cause) if words.has(cause := f"parked_cause.{view.cause}") else view.reason or view.cause,
            at=times.at(view.at),
            can_resend=view.can_resend,
        )
        for view in bridge.station.desk.parked()
    )


def show_lanes(bridge: Bridge, times: Times) -> tuple[LaneStanding, ...]:
    """Return every lane of the settings."""
    return tuple(
        LaneStanding(
            name=name,
            title=lane.title or name,
            heard=times.at(bridge.lanes_heard.at(name)),
            gaps=bridge.lanes_heard.gaps(name),
        )
        for name, lane in bridge.settings.lane.items()
    )


def _source(bridge: Bridge, source: SourceSettings, words: Words, times: Times) -> SourceShown:
    since = bridge.clock.now() - LATELY
    refused = bridge.ledger.messages(source.name, since, state="refused", limit=REFUSED_SHOWN)
    left_out = bridge.ledger.left_out(source.name, LEFT_OUT_SHOWN)
    rejects = read_rejects(source, REFUSED_SHOWN)
    figures = bridge.poll_of(source.name)
    return SourceShown(
        name=source.name,
        kind=source.kind,
        last_message=times.at(bridge.last_message(source.name)),
        last_poll=times.at(figures.answered_at) if figures else "",
        trouble=figures.why if figures else bridge.parts.drop_trouble(source.name),
        is_asked=figures is not None,
        forged=bridge.counts.forged[source.name],
        refused=tuple((times.at(kept.message.received_at), kept.why) for kept in refused),
        left_out=tuple((times.at(one.received_at), _why_left_out(one, words)) for one in left_out),
        left_out_lately=bridge.ledger.count_left_out(source.name, since),
        rejects=rejects.count,
        rejected=tuple((times.at(one.at), one.name, one.why) for one in rejects.newest),
    )


def _why_left_out(one: LeftOut, words: Words) -> str:
    return one.why or words.say("manager.told_again", key=one.key, times=one.times)


def pieces_shown(bridge: Bridge, case: CaseView) -> Iterator[tuple[str, str]]:
    """Yield the pieces that could be meant, each with what people call it."""
    for item in case.pieces:
        yield item, bridge.piece_name(item)


def decisions_of(case: CaseView) -> tuple[Decision, ...]:
    """Return what can be ruled on a case."""
    return DECISIONS_OF.get(case.reason, ("close",))
