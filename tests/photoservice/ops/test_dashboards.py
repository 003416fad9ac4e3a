"""The dashboards: what is counted stands in plot and table, an operator of one tenant sees that one's."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from photoservice.dashboards.measures import COUNTED, SEEN
from photoservice.dashboards.spans import NAMES


class Tables(HTMLParser):
    """Reads the tables of a page: rows of cells' words, by caption."""

    def __init__(self, page):
        super().__init__()
        self.tables, self._cell, self._caption = {}, None, ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "caption":
            self._caption, self._cell = "", []
        elif tag == "tr":
            self.tables.setdefault(self._caption, []).append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag):
        if tag == "caption":
            self._caption, self._cell = "".join(self._cell), None
        elif tag in ("td", "th"):
            self.tables[self._caption][-1].append("".join(self._cell))
            self._cell = None


def svgs(page):
    return [ET.fromstring(text) for text in re.findall(r"<svg class=\"plot\".*?</svg>", page, re.DOTALL)]


def fill(world, tenant=None):
    """Put one more in each hour of the last two days than in the one before, of every measure."""
    for table, step in (("hourly", "hour"), ("daily", "day")):
        world.sql(
            f"insert into ops.{table} select m, $1, date_trunc('{step}', $2::timestamptz, 'UTC')"
            f" - nr * interval '1 {step}', 100 - nr from unnest($3::text[]) as m, generate_series(0, 47) as nr"
            " on conflict (measure, tenant, " + step + ") do update set n = excluded.n",
            *(tenant or "", world.clock.now(), [*COUNTED, *SEEN]),
        )


def test_O21_each_range_shows_plots_and_the_same_numbers_as_tables(world, operator):
    viewer = operator("viewer")
    page = viewer.page("/ops/dashboards?range=month")
    for plot in svgs(page):
        assert not [part for part in plot.iter() if part.tag.endswith("rect")], "no count yet, no bar"
    assert page.count("Nothing in this time") >= 5
    fill(world)
    for name, steps in (("day", 24), ("week", 28), ("month", 30), ("year", 53)):
        page = viewer.page(f"/ops/dashboards?range={name}")
        plots, tables = svgs(page), Tables(page).tables
        assert len(plots) == len(tables) == 7
        assert " style=" not in page
        assert {len(table) for table in tables.values()} == {steps + 1}
        registrations = tables["Registrations"]
        assert registrations[0] == ["From", "registered", "confirmed", "contested"]
        if name in ("day", "month"):
            assert [int(row[1]) for row in registrations[-3:]] == [98, 99, 100]
        assert all(int(row[1]) == int(row[2]) for row in registrations[1:])
        assert f'href="/ops/dashboards?range={name}" aria-current="page"' in page
    assert set(NAMES) == {"day", "week", "month", "year"}
    assert viewer.get("/ops/dashboards?range=century").status_code == 400


def test_O21_an_operator_of_one_tenant_sees_that_ones_numbers_and_none_of_the_house(world, operator):
    bound = operator("owner", tenant="Corner Photo")
    fill(world)
    tenant = world.sql("select id from tenant where name = 'Corner Photo'")[0]["id"]
    world.sql(
        "insert into ops.hourly values ('registrations', $1, date_trunc('hour', $2::timestamptz), 7)",
        tenant,
        world.clock.now(),
    )
    tables = Tables(bound.page("/ops/dashboards")).tables
    assert {"Registrations", "Images", "Orders", "What went wrong"} == set(tables)
    assert tables["Registrations"][-1][1:] == ["7", "0", "0"]
    assert {cell for row in tables["Orders"][1:] for cell in row[1:]} == {"0"}
    assert tables["What went wrong"][0] == ["From", "events parked"]


def test_O21_what_happens_is_on_the_page_after_the_next_round(world, station, operator):
    viewer = operator("viewer")
    package, _ = world.pack("DASHES01")
    station.open_epoch()
    station.claim(package)
    station.send()
    world.running.run(world.running.service.goods.hours.run_once())
    tables = Tables(viewer.page("/ops/dashboards")).tables
    assert tables["Registrations"][-1][1:] == ["1", "0", "0"]
    assert int(tables["Requests"][-1][1]) > 0
