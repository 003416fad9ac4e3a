"""What ends, when, and why: a table, one line a rule. The statements stand in ``sweeping.sql`` under the same names.

Two sorts. Rows that have an end of their own are found by it, wherever they are. What depends on what else a person
has is looked through person by person, so that no statement sees more than a few hundred people at once.
"""

from dataclasses import dataclass
from typing import Final, Literal

from photoservice.notifying.notices import MOST_KEPT

Keeps = Literal["as soon as it is over", "for the days of retention.toml"]

AS_SOON_AS_OVER: Final[Keeps] = "as soon as it is over"
FOR_DAYS: Final[Keeps] = "for the days of retention.toml"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: ``what`` goes, how long it is kept, and ``why`` nobody misses it.

    ``by_person`` rules are carried out for some people at a time; ``most`` is what they leave in any case. Rows that
    others may be about to use are held by the statement ``<name>_held``, whose rows' ``lock`` is taken first.
    """

    name: str
    what: str
    why: str
    keeps: Keeps = FOR_DAYS
    by_person: bool = False
    most: int | None = None
    is_held: bool = False


UNDO_STEPS: Final = 20
"""Versions of an edit that stay however old they are: the last ones, and those that undo leads through."""

RULES: Final[tuple[Rule, ...]] = (
    Rule(name="sessions", what="sessions that ended", why="they open nothing", keeps=AS_SOON_AS_OVER),
    Rule(
        name="challenges",
        what="links, proofs and codes to be answered, and answers that were given",
        why="they are refused from then on",
        keeps=AS_SOON_AS_OVER,
    ),
    Rule(name="viewings", what="viewings that ended", why="they show nothing", keeps=AS_SOON_AS_OVER),
    Rule(name="messages", what="messages sent or given up", why="what they said is gone already"),
    Rule(name="comments", what="comments that were removed", why="their words are gone already"),
    Rule(name="records", what="records of what was done to an account", why="thirteen months cover every question"),
    Rule(name="uploads", what="uploads that ended", why="their client was told long ago"),
    Rule(name="reservations", what="promises of room that ended", why="their room is free already"),
    Rule(name="enrol_codes", what="codes that let a station join", why="they live ten minutes"),
    Rule(name="hours", what="counts by the hour", why="their days are summed, and nobody looks that closely back"),
    Rule(name="days", what="counts by the day", why="no dashboard shows them"),
    Rule(name="orders", what="orders that ended", why="ten years cover what the law asks of receipts"),
    Rule(
        name="notices", what="notices", why="nobody looks that far back", by_person=True, most=MOST_KEPT,
    ),
    Rule(name="removed_groups", what="groups that were removed", why="undo is offered that long", by_person=True),
    Rule(
        name="edits",
        what="versions of edits beyond undo",
        why="the last ones and those undo leads through stay, and the one that holds",
        by_person=True,
        most=UNDO_STEPS,
        is_held=True,
    ),
    Rule(
        name="visits",
        what="who opened a share that is over, and did nothing there",
        why="a third party's name is not kept without need",
        by_person=True,
    ),
    Rule(
        name="guests",
        what="people without a way to sign in, whose codes are dead and whose sessions ended",
        why="nobody can come back as them, and nothing they shared is seen",
        by_person=True,
        is_held=True,
    ),
)  # fmt: skip
