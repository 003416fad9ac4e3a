"""Plots are SVG that any parser reads, with words for who does not see them, and nothing the pages' policy forbids."""

import itertools
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoservice.dashboards.plots import HEIGHT, WIDTH, Plot, Series, draw_bars, draw_lines, legend, ticks

SVG = "{http://www.w3.org/2000/svg}"


def plot_of(*series, labels=None):
    count = len(series[0]) if series else 0
    return Plot(
        key="images",
        title="Images & <orders>",
        description="By the hour",
        labels=labels or tuple(f"{n}:00" for n in range(count)),
        series=tuple(Series(name=f"s{n}", values=tuple(values)) for n, values in enumerate(series)),
        empty="Nothing yet",
    )


def parts(markup, tag):
    return [part for part in ET.fromstring(str(markup)).iter() if part.tag.removeprefix(SVG) == tag]


@given(st.lists(st.lists(st.integers(0, 10**12), min_size=3, max_size=3), min_size=1, max_size=4))
def test_O21_every_mark_stands_inside_the_plot(rows):
    for draw in (draw_bars, draw_lines):
        markup = draw(plot_of(*rows))
        assert "style" not in markup
        for bar in parts(markup, "rect"):
            x, y, width, height = (float(bar.get(name)) for name in ("x", "y", "width", "height"))
            assert 0 <= x <= x + width <= WIDTH
            assert 0 <= y <= y + height <= HEIGHT
        for line in parts(markup, "polyline"):
            for point in line.get("points").split():
                x, y = map(float, point.split(","))
                assert 0 <= x <= WIDTH
                assert 0 <= y <= HEIGHT


@given(st.integers(1, 10**15))
def test_O21_ticks_begin_at_nothing_and_reach_the_highest(highest):
    marks = ticks(highest)
    assert marks[0] == 0
    assert marks[-2] < highest <= marks[-1]
    assert len(marks) <= 5
    assert len({b - a for a, b in itertools.pairwise(marks)}) == 1


def test_O21_a_plot_says_what_it_shows_and_escapes_what_it_is_told():
    markup = draw_bars(plot_of([1, 2]))
    (root,) = parts(markup, "svg")
    ids = {part.get("id"): part.text for part in parts(markup, "title") + parts(markup, "desc")}
    assert [ids[name] for name in root.get("aria-labelledby").split()] == ["Images & <orders>", "By the hour"]
    assert root.get("role") == "img"


@pytest.mark.parametrize("draw", [draw_bars, draw_lines])
def test_O21_a_plot_of_nothing_says_so(draw):
    for plot in (plot_of([0, 0, 0]), plot_of(), plot_of([])):
        markup = draw(plot)
        assert "Nothing yet" in [part.text for part in parts(markup, "text")]
        assert not parts(markup, "rect") + parts(markup, "polyline")


def test_O21_one_value_alone_is_a_dot_and_twice_the_value_is_twice_as_high():
    assert len(parts(draw_lines(plot_of([4])), "circle")) == 1
    low, high = (float(bar.get("height")) for bar in parts(draw_bars(plot_of([50, 100])), "rect"))
    assert high == pytest.approx(2 * low, abs=0.2)


def test_values_without_labels_are_refused_and_a_legend_names_each_series():
    with pytest.raises(ValueError, match="2 values for 1 labels"):
        plot_of([1, 2], labels=("a",))
    assert legend(plot_of([1], [2]).series) == (("plot-1", "s0"), ("plot-2", "s1"))
