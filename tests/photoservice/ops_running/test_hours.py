"""Counts by the hour: from the tables, idempotently; of requests, as each process saw them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from photoservice.dashboards.hours import read_hours
from photoservice.dashboards.measures import BOUNDS_MS, COUNTED, LATENCIES, SEEN, latency_of, quantile_ms
from photoservice.dashboards.spans import NAMES, span_of
from photoservice.dashboards.traffic import Traffic

NOW = datetime(2026, 11, 22, 13, 37, 5, tzinfo=UTC)


@pytest.fixture
def count(world):
    """Counts the hours from the tables, as a round does, and returns what is kept by (measure, tenant's name)."""

    def run():
        hours = world.running.service.goods.hours
        world.running.do(hours.count)
        rows = world.sql(
            "select measure, coalesce(tenant.name, '') as tenant, sum(n)::bigint as n from ops.hourly"
            " left join tenant on tenant.id = ops.hourly.tenant group by 1, 2"
        )
        return {(row["measure"], row["tenant"]): row["n"] for row in rows if row["measure"] in COUNTED}

    return run


def shown(world, name, measures, tenant=None):
    span = span_of(name, world.clock.now())
    return world.running.do(lambda session: read_hours(session, span, measures, tenant=tenant))


def test_O21_what_the_tables_say_is_counted_for_the_house_and_for_the_tenant_it_belongs_to(world, station, count):
    """A registration counts for its store's retailer, once confirmed also as that; a rival claim makes it contested."""
    package, _ = world.pack("HOURS001")
    other, _ = world.pack("HOURS002")
    station.open_epoch()
    station.claim(package)
    station.claim(other)
    station.claim(other, card="952114100000000025")
    station.send()
    assert count() == {
        ("registrations", ""): 3,
        ("registrations", "Corner Photo"): 3,
        ("contested", ""): 1,
        ("contested", "Corner Photo"): 1,
    }
    world.clock.advance(49 * 3600)
    world.running.settle()
    assert count()["confirmed", "Corner Photo"] == 1


def test_O21_counting_twice_late_or_by_two_workers_at_once_ends_with_the_same_numbers(world, station, count):
    """Rows of three hours ago that come now are counted; rows that are gone since stay counted."""
    package, _ = world.pack("HOURS003")
    station.open_epoch()
    station.claim(package)
    station.send()
    before = count()
    service = world.running.service

    async def at_once():
        async def one():
            async with service.database.begin() as session:
                await service.goods.hours.count(session)

        await asyncio.gather(*(one() for _ in range(4)))

    world.running.run(at_once())
    assert count() == before
    world.sql("update claim set received_at = received_at - interval '2 hours' where item = $1", package)
    world.clock.advance(5)
    assert count()["registrations", ""] == 2, "another hour has one now, and the first is never lowered"
    world.sql("delete from claim")
    assert count()["registrations", ""] == 2
    days = world.sql("select sum(n)::bigint as n from ops.daily where measure = 'registrations' and tenant = ''")
    assert days == [{"n": 2}]


def test_O21_a_round_that_was_off_for_long_or_whose_clock_was_set_back_misses_nothing(world, station, count):
    station.open_epoch()
    count()
    for nr, (before, after) in enumerate(((400, 100), (0, -1000)), start=1):
        world.clock.advance(before * 3600)
        if after < 0:
            count()
            world.clock.advance(after * 3600)
        package, _ = world.pack(f"HOURS1{nr:02}")
        station.claim(package)
        station.send(station.events[-1])
        world.clock.advance(max(after, 0) * 3600)
        assert count()["registrations", ""] == nr


def test_O21_requests_are_added_by_each_process_once_and_kept_while_the_database_is_away(world):
    hours = world.running.service.goods.hours
    world.running.run(hours.flush())
    world.sql("delete from ops.hourly where measure = any($1)", list(SEEN))
    world.sql("delete from ops.daily where measure = any($1)", list(SEEN))
    for path, times in (("/", 3), ("/no-such-page", 2), ("/health", 5)):
        for _ in range(times):
            world.get(path)
    world.sql("alter table ops.hourly rename to away")
    with pytest.raises(Exception, match="does not exist"):
        world.running.run(hours.flush())
    world.sql("alter table ops.away rename to hourly")
    world.running.run(hours.flush())
    world.running.run(hours.flush())
    values = shown(world, "day", SEEN)
    assert (sum(values["requests"]), sum(values["refused"]), sum(values["errors"])) == (5, 2, 0)
    assert sum(sum(values[name]) for name in LATENCIES) == 5
    assert sum(shown(world, "year", SEEN)["requests"]) == 5


def test_O21_every_span_finds_each_count_in_its_own_step(world):
    """Counts of the first and the last hour of a span are in its first and last step, those outside in none."""
    for measure, name in zip(COUNTED, NAMES, strict=False):
        span = span_of(name, world.clock.now())
        early, last = span.begins - timedelta(days=1), span.ends - timedelta(hours=1)
        for at, n in ((early, 900), (span.begins, 3), (last, 5), (span.ends, 70)):
            world.sql("insert into ops.hourly values ($1, '', $2, $3)", measure, at, n)
            world.sql(
                "insert into ops.daily as known values ($1, '', $2, $3) on conflict (measure, tenant, day)"
                " do update set n = known.n + excluded.n",
                *(measure, at.date(), n),
            )
        counts = shown(world, name, [measure])[measure]
        assert (len(counts), counts[0], counts[-1], sum(counts)) == (span.steps, 3, 5, 8), name
        assert sum(shown(world, name, [measure], tenant="T-other")[measure]) == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_last_step_of_a_span_holds_now_and_steps_begin_where_clocks_do(name):
    span = span_of(name, NOW)
    last = span.starts()[-1]
    assert last <= NOW < span.ends
    assert (last.minute, last.second) == (0, 0)
    assert {"day": 13, "week": 12, "month": 0, "year": 0}[name] == last.hour
    assert name != "year" or last.weekday() == 0


def test_a_quantile_is_the_bound_that_the_share_of_requests_kept():
    assert latency_of(0.0049) == "latency_5"
    assert latency_of(0.005) == "latency_5"
    assert latency_of(0.0051) == "latency_10"
    assert latency_of(11) == LATENCIES[-1]
    counts = [0] * len(LATENCIES)
    assert quantile_ms(counts, 0.95) == 0
    counts[2], counts[5] = 95, 5
    assert quantile_ms(counts, 0.95) == BOUNDS_MS[2]
    counts[5] = 6
    assert quantile_ms(counts, 0.95) == BOUNDS_MS[5]
    assert quantile_ms([0] * len(BOUNDS_MS) + [4], 0.5) == BOUNDS_MS[-1]


def test_uploads_are_counted_and_not_timed():
    traffic = Traffic()
    traffic.note("PATCH", "/uploads/{upload}", 204, seconds=90, at=NOW)
    traffic.note("GET", "/", 503, seconds=0.1, at=NOW)
    hour = NOW.replace(minute=0, second=0)
    assert dict(traffic.take()) == {("requests", hour): 2, ("latency_100", hour): 1, ("errors", hour): 1}
    assert not traffic.take()
