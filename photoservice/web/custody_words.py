"""A roll's line in plain words: where it is, since when, what comes next, and what was expected but not seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from photocore.custody import Line, Mark, State, Step
from photoservice.web.languages import Words

DAY: Final = timedelta(days=1)

_A_WEEK: Final = 7
_FORMS: Final = ("today", "yesterday", "date", "weekdays")


@dataclass(frozen=True, kw_only=True)
class StepTold:
    """One step for a page: its name, how far it is (also in a word), when and where; the latter may be ``""``."""

    step: Step
    state: State
    name: str
    state_name: str
    when: str
    place: str


@dataclass(frozen=True, kw_only=True)
class CustodyTold:
    """A line for a page: ``name`` says in short where it is, or that it is late; ``sentence`` and ``next`` in full."""

    name: str
    sentence: str
    next: str
    is_late: bool
    steps: tuple[StepTold, ...]

    @property
    def whole(self) -> str:
        """Both sentences in one text."""
        return " ".join(part for part in (self.sentence, self.next) if part)


def tell_line(words: Words, line: Line, now: datetime) -> CustodyTold:
    """Return ``line`` in words, as they are at ``now``."""
    name = words.text(f"custody.step.{line.now.step}") if line.now else ""
    return CustodyTold(
        name=words.text("custody.late") if line.missing else name,
        sentence=_where(words, line.now, now),
        next=_next(words, line, now),
        is_late=line.missing is not None,
        steps=tuple(_step(words, mark, now) for mark in line.marks),
    )


def _where(words: Words, mark: Mark | None, now: datetime) -> str:
    if mark is None or mark.at is None:
        return words.text("custody.now.nothing")
    blanks = {"on": _on(words, mark.at, now), "since": _since(words, mark.at, now)}
    return words.text(f"custody.now.{mark.step}").format(**blanks)


def _next(words: Words, line: Line, now: datetime) -> str:
    if line.missing is not None:
        return words.text(f"custody.missing.{line.missing.ends}")
    if line.pictures_due is not None:
        days = -((now - line.pictures_due) // DAY)
        return words.count("days_to_pictures", days) if days > 0 else words.text("custody.soon")
    return words.text(f"custody.next.{line.next}") if line.next else ""


def _step(words: Words, mark: Mark, now: datetime) -> StepTold:
    return StepTold(
        step=mark.step,
        state=mark.state,
        name=words.text(f"custody.step.{mark.step}"),
        state_name=words.text(f"custody.state.{mark.state}"),
        when=_on(words, mark.at, now) if mark.at else "",
        place=mark.place,
    )


def _on(words: Words, at: datetime, now: datetime) -> str:
    return _day(words, {leaf: f"custody.on.{leaf}" for leaf in _FORMS}, at, now)


def _since(words: Words, at: datetime, now: datetime) -> str:
    return _day(words, {leaf: f"custody.since.{leaf}" for leaf in _FORMS}, at, now)


def _day(words: Words, names: Mapping[str, str], at: datetime, now: datetime) -> str:
    """Return a day as people name it: today, yesterday, on Tuesday, on 12 March."""
    today, day = now.astimezone(at.tzinfo).date(), at.date()
    ago = (today - day).days
    if ago <= 0:
        return words.text(names["today"])
    if ago == 1:
        return words.text(names["yesterday"])
    if ago < _A_WEEK:
        return words.item(names["weekdays"], day.weekday())
    return words.text(names["date"]).format(date=words.day(day, is_past_year=day.year != today.year))
