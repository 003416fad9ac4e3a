"""The dashboards: what happened by the hour, the day or the week, drawn as plots beside tables of the same numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Annotated, Final

from babel.dates import format_skeleton
from litestar import Response, get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from photoservice.dashboards.hours import read_hours
from photoservice.dashboards.measures import LATENCIES, OF_TENANTS, quantiles_ms
from photoservice.dashboards.plots import Plot, Series, draw_bars, draw_lines, legend
from photoservice.dashboards.spans import NAMES, Span, span_of
from photoservice.errors import Malformed
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.counting import figure
from photoservice.web.languages import Words
from photoservice.web.ops.duty import on_duty
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

_PLOTS: Final[Mapping[str, tuple[str, ...]]] = {
    "registrations": ("registrations", "confirmed", "contested"),
    "images": ("images", "renditions"),
    "orders": ("orders_made", "orders_released", "payments"),
    "messages": ("messages_sent", "messages_failed"),
    "requests": ("requests",),
    "latency": ("latency_half", "latency_most"),
    "errors": ("errors", "refused", "parked"),
}
"""What stands together in one plot, in the order of the page."""

_LATENCY: Final = {"latency_half": 0.5, "latency_most": 0.95}
"""Which share of the requests was answered within so many milliseconds."""

_NONE: Final = "–"
_AS_LINES: Final = frozenset({"requests", "latency"})


Range = Annotated[str, QueryParameter(name="range", max_length=10)]


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What the steps of a span are called, in tables and ``short`` along an axis, and what a plot says of them."""

    about: str
    names: tuple[str, ...]
    short: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One plot on the page: its words, its drawing, what each colour means with its total, and the table."""

    key: str
    title: str
    drawing: Markup
    legend: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@get("/ops/dashboards", tags=["operators"], media_type="text/html", include_in_schema=False)
async def dashboards_page(
    request: AnyRequest, service: Service, pages: PagesOf, *, of: Range = "day"
) -> Response[bytes]:
    """Show a day, a week, a month or a year; an operator of one tenant is shown that one's numbers.

    Raises:
        Malformed: there is no such range.
    """
    if of not in NAMES:
        raise Malformed("A dashboard shows a day, a week, a month or a year.")
    span = span_of(of, service.clock.now())
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "dashboards")
        values = await read_hours(session, span, _asked(duty.tenant), tenant=duty.tenant)
    on = desk(request, pages, duty)
    steps = _steps(span, on.words)
    drawn = [_draw(key, names, values, steps=steps, words=on.words) for key, names in _plots(duty.tenant)]
    return on.show("dashboards", drawn=drawn, ranges=NAMES, range=of, begins=span.begins, ends=span.ends)


def _plots(tenant: str | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return which plots there are, with what is told to an operator of ``tenant``."""
    told = {
        key: names if tenant is None else tuple(name for name in names if name in OF_TENANTS)
        for key, names in _PLOTS.items()
    }
    return tuple((key, names) for key, names in told.items() if names)


def _asked(tenant: str | None) -> list[str]:
    names = [name for _, names in _plots(tenant) for name in names]
    return [*(name for name in names if name not in _LATENCY), *(LATENCIES if tenant is None else ())]


def _draw(
    key: str, names: Sequence[str], values: Mapping[str, tuple[int, ...]], *, steps: Steps, words: Words
) -> Drawn:
    counts = {name: quantiles_ms(values, _LATENCY[name]) if name in _LATENCY else values[name] for name in names}
    is_latency = key == "latency"
    title = words.text(f"opsdash.plot.{key}")
    write = partial(_milliseconds if is_latency else _figure, words)
    plot = Plot(
        key=f"plot-{key}",
        title=title,
        description=steps.about,
        labels=steps.short,
        series=tuple(Series(name=words.text(f"opsdash.of.{name}"), values=counts[name]) for name in names),
        empty=words.text("opsdash.empty"),
        figure=write,
    )
    totals = [write(sum(row)) for row in counts.values()]
    if is_latency:
        most = [max(row) for row in counts.values()]
        totals = [words.text("opsdash.up_to").format(n=write(n)) if n else _NONE for n in most]
    return Drawn(
        key=key,
        title=title,
        drawing=draw_lines(plot) if key in _AS_LINES else draw_bars(plot),
        legend=tuple((colour, name, total) for (colour, name), total in zip(legend(plot.series), totals, strict=True)),
        rows=tuple((label, tuple(map(write, row))) for label, *row in zip(steps.names, *counts.values(), strict=True)),
    )


def _steps(span: Span, words: Words) -> Steps:
    """Return what the steps are called: by their hour, their day, or both; briefly along an axis."""
    about, starts = words.text(f"opsdash.about.{span.name}"), span.starts()
    if span.name == "day":
        hours = tuple(f"{at:%H:%M}" for at in starts)
        return Steps(about=about, names=hours, short=hours)
    days = [words.day(at.date(), is_past_year=at.year != span.ends.year) for at in starts]
    names = days if span.is_of_days else [f"{day} {at:%H:%M}" for day, at in zip(days, starts, strict=True)]
    short = tuple(str(format_skeleton("MMMd", at, tzinfo=UTC, locale=words.language)) for at in starts)
    return Steps(about=about, names=tuple(names), short=short)


def _figure(words: Words, n: int) -> str:
    return figure(words.language, n)


def _milliseconds(words: Words, n: int) -> str:
    return f"{figure(words.language, n)} ms"


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (dashboards_page,)
