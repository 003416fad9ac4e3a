"""Plots as SVG, drawn here: pure functions from numbers to text, no style inside (the pages' policy forbids it).

What a plot looks like by day and by night is in ``ops_plots.css`` by its classes. Each has a title and a description
for who does not see it, and stands beside a table of the same numbers.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 480
HEIGHT: Final = 200
_LEFT: Final = 54
_RIGHT: Final = 8
_TOP: Final = 10
_BOTTOM: Final = 30
_TICKS: Final = 4
_LABELS: Final = 5
"""Words below the axis, at most: more would run into each other on a phone."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """One line or one colour of bars: its name, and a number (never negative) for each label of the plot."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """What is drawn: short ``labels`` along the axis, one for each value of a series; ``figure`` writes a number."""

    key: str
    title: str
    description: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    empty: str
    figure: Callable[[int], str] = str

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.values) != len(self.labels):
                raise ValueError(f"{series.name} has {len(series.values)} values for {len(self.labels)} labels")

    @property
    def highest(self) -> int:
        """The highest value of all; 0 where there is none."""
        return max((value for series in self.series for value in series.values), default=0)


def draw_bars(plot: Plot) -> Markup:
    """Return the plot with bars that stand side by side, a group for each label."""
    return _frame(plot, _bars(plot, _ceiling(plot.highest)))


def draw_lines(plot: Plot) -> Markup:
    """Return the plot with a line for each series, and a dot where a line has one value alone."""
    return _frame(plot, _lines(plot, _ceiling(plot.highest)))


def ticks(highest: int) -> tuple[int, ...]:
    """Return where lines are drawn across, from 0 to the first that is not below ``highest``: 1, 2 or 5 times tens."""
    if highest <= 0:
        return (0, 1)
    step, scale = 1, 1
    while True:
        for factor in (1, 2, 5):
            step = factor * scale
            if step * _TICKS >= highest:
                return tuple(range(0, step * -(-highest // step) + 1, step))
        scale *= 10


def _ceiling(highest: int) -> int:
    return ticks(highest)[-1]


def _frame(plot: Plot, drawn: Iterator[str]) -> Markup:
    """Return a plot round what is drawn of its series; where all is nothing, words say so."""
    title, description = f"{plot.key}-title", f"{plot.key}-about"
    inside = "".join(_axes(plot))
    inside += "".join(drawn) if plot.highest else _text(WIDTH // 2, HEIGHT // 2, plot.empty, "plot-empty")
    drawing = (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{title} {description}">'
        f'<title id="{title}">{escape(plot.title)}</title><desc id="{description}">{escape(plot.description)}</desc>'
        f"{inside}</svg>"
    )
    return Markup(drawing)  # noqa: S704  # numbers, keys of ours, and words that were escaped


def _axes(plot: Plot) -> Iterator[str]:
    marks = ticks(plot.highest)
    for mark in marks:
        y = _y(mark, marks[-1])
        name = "plot-axis" if mark == 0 else "plot-grid"
        yield f'<line class="{name}" x1="{_LEFT}" y1="{y}" x2="{WIDTH - _RIGHT}" y2="{y}"/>'
        yield _text(_LEFT - 6, y + 4, plot.figure(mark), "plot-figure")
    count = len(plot.labels)
    every = max(1, -(-count // _LABELS))
    for place in range(0, count, every):
        yield _text(round(_x(place, count), 1), HEIGHT - 8, plot.labels[place], "plot-label")


def _bars(plot: Plot, ceiling: int) -> Iterator[str]:
    count = len(plot.labels)
    room = _step(count) * 0.8
    width = room / max(1, len(plot.series))
    wide = round(max(width - 0.5, 0.5), 1)
    for nr, series in enumerate(plot.series, start=1):
        for place, value in enumerate(series.values):
            if value <= 0:
                continue
            y = _y(value, ceiling)
            x = round(_x(place, count) - room / 2 + width * (nr - 1), 1)
            high = round(HEIGHT - _BOTTOM - y, 1)
            yield f'<rect class="plot-bar plot-{nr}" x="{x}" y="{y}" width="{wide}" height="{high}"/>'


def _lines(plot: Plot, ceiling: int) -> Iterator[str]:
    count = len(plot.labels)
    for nr, series in enumerate(plot.series, start=1):
        points = [(round(_x(place, count), 1), _y(value, ceiling)) for place, value in enumerate(series.values)]
        along = " ".join(f"{x},{y}" for x, y in points)
        yield f'<polyline class="plot-line plot-{nr}" points="{along}"/>'
        if count == 1:
            yield f'<circle class="plot-dot plot-{nr}" cx="{points[0][0]}" cy="{points[0][1]}" r="3"/>'


def _text(x: float, y: float, words: str, name: str) -> str:
    return f'<text class="{name}" x="{x}" y="{y}">{escape(words)}</text>'


def _step(count: int) -> float:
    return (WIDTH - _LEFT - _RIGHT) / max(1, count)


def _x(place: int, count: int) -> float:
    """Return the middle of a step."""
    return _LEFT + _step(count) * (place + 0.5)


def _y(value: int, ceiling: int) -> float:
    room = HEIGHT - _TOP - _BOTTOM
    return round(HEIGHT - _BOTTOM - room * value / ceiling, 1)


def legend(series: Sequence[Series]) -> tuple[tuple[str, str], ...]:
    """Return class and name of each series, for the words beside a plot."""
    return tuple((f"plot-{nr}", one.name) for nr, one in enumerate(series, start=1))
