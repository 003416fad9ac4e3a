"""What nobody needs goes, a day after its border and not a day before; and nobody sees that anything went."""

import asyncio
import json
import random
import re
from datetime import timedelta

import pytest

from photocore.errors import SettingsError
from photocore.settings import locate_config
from photoservice.notifying.notices import MOST_KEPT
from photoservice.sweeping.periods import load_periods
from photoservice.sweeping.rules import AS_SOON_AS_OVER, RULES, UNDO_STEPS

DAY_S = 86_400
PERIODS = load_periods(locate_config())

ROWS = {
    "sessions": "insert into people.session"
    " values ($1::text::bytea, (select min(id) from people.person), 'code', '', $2, $2, $2, $2)",
    "challenges": "insert into people.challenge (mac, kind, made_at, expires_at)"
    " values ($1::text::bytea, 'spent', $2, $2)",
    "viewings": "insert into images.viewing values ($1::text::bytea, 'code', $2, $2)",
    "messages": "insert into people.message values ($1, (select min(id) from people.person), 'mail', 'news', $1, '',"
    " '', '', 1, $2, $2, $2)",
    "comments": "insert into people.comment (id, share, text, at, removed_at)"
    " values ($1, (select id from people.share limit 1), '', $2, $2)",
    "records": "insert into people.record (person, kind, at) values ($1, 'signed_in', $2)",
    "reservations": "insert into images.reservation"
    " values ('RS-' || $1, (select id from tenant limit 1), 'R', null, '', 1, 1, 1, $2, $2, $2)",
    "hours": "insert into ops.hourly values ('images', $1, $2, 1)",
    "enrol_codes": "insert into enrol_code values ($1::text::bytea, '9521141000007', 'kiosk', $2, null)",
    "notices": "insert into people.notice (id, person, kind, key, at)"
    " values ($1, (select min(id) from people.person), 'recovery_used', $1, $2)",
    "removed_groups": "insert into people.removed_group"
    " values ($1, (select min(id) from people.person), 'Lake', 1, $2, '{}', $2)",
}
"""A row of each rule that ended at an instant ($2), under a name of its own ($1)."""


@pytest.fixture
def sweep(world):
    """Sweep, with nothing of what the service swept when it started still under way."""
    world.sweep()
    return world.sweep


def person_of(world, owner):
    rows = world.sql(
        "select person from people.holding join claim on claim.station = holding.station and claim.id = holding.claim"
        " where claim.number = $1",
        owner.home.number,
    )
    return rows[0]["person"]


def keep_versions(world, person, image, count, *, after=None):
    """Keep ``count`` versions, each after the one before, or as ``after`` says; the last one holds."""
    for n in range(1, count + 1):
        world.sql(
            "insert into people.edit values ($1, $2, $3, $4, $5, $6)",
            *(person, image, n, (after or {}).get(n, n - 1), json.dumps([{"do": "rotate", "turns": n % 4}])),
            world.clock.now(),
        )
    world.sql("insert into people.edit_head values ($1, $2, $3, $4)", person, image, count, world.clock.now())


def versions(world, image):
    return [row["version"] for row in world.sql("select version from people.edit where image = $1 order by 1", image)]


def test_S5_each_rule_takes_what_is_past_its_border_and_nothing_before_it(owner, share, world, sweep):
    """Two rows of each rule, a minute on either side of the border; an upload goes before its promise."""
    share(owner("SWEEP001"))
    now = world.clock.now()
    for rule in RULES:
        if rule.name in ROWS:
            for name, minutes in (("old", 1), ("young", -1)):
                ended = now - PERIODS[rule.name] - timedelta(minutes=minutes)
                world.sql(ROWS[rule.name], f"{rule.name}-{name}", ended)
    for name, minutes in (("old", 1), ("young", -1)):
        ended = now - PERIODS["uploads"] - timedelta(minutes=minutes)
        world.sql(
            "insert into images.upload values ($1, (select id from tenant limit 1), $2, 'R', '1', '', null, 1, 'filed',"
            " 'filed', null, '', $3, $3, $3)",
            *(f"UP-{name}", f"RS-reservations-{name}", ended),
        )
    assert sweep() == dict.fromkeys([*ROWS, "uploads"], 1)
    assert sweep() == {}
    assert [row["id"] for row in world.sql("select id from images.upload")] == ["UP-young"]
    assert world.sql("select id from images.reservation") == [{"id": "RS-reservations-young"}]
    assert world.sql("select key from people.notice where kind = 'recovery_used'") == [{"key": "notices-young"}]
    world.clock.advance(121)
    assert sweep() == dict.fromkeys([*ROWS, "uploads"], 1)


def test_S5_a_promise_stays_as_long_as_an_upload_names_it(world, archive, sweep):
    now = world.clock.now()
    world.sql(ROWS["reservations"], "x", now - timedelta(days=900))
    world.sql(
        "insert into images.upload values ('UP-1', (select id from tenant limit 1), 'RS-x', 'R', '1', '', null, 1,"
        " 'filed', 'filed', null, '', $1, $1, $1)",
        now,
    )
    assert sweep() == {}


def test_O9_of_old_edits_the_last_versions_and_the_way_back_stay(owner, world, sweep):
    mine = owner("SWEEP002")
    person, (straight, branched, young) = person_of(world, mine), mine.images[:3]
    keep_versions(world, person, straight, 60)
    keep_versions(world, person, branched, 60, after={31: 4})
    world.sql("update people.edit_head set version = 35 where image = $1", branched)
    world.clock.advance(366 * DAY_S)
    keep_versions(world, person, young, 60)
    world.sql("update people.person set has_credentials = true")
    gone = sweep()["edits"]
    assert versions(world, straight) == list(range(60 - UNDO_STEPS, 61))
    assert versions(world, branched) == [1, 2, 3, 4, *range(31, 36), *range(41, 61)]
    assert len(versions(world, young)) == 60
    assert gone == 39 + 31
    assert "edits" not in sweep()


def test_S5_notices_are_bounded_and_others_doings_push_nothing_else_out(owner, world, sweep):
    mine = owner("SWEEP003")
    person = person_of(world, mine)
    for kind, count in (("share_opened", 700), ("new_sign_in", 3)):
        world.sql(
            "insert into people.notice (id, person, kind, key, at)"
            " select $2 || n, $1, $2, $2 || n, $3::timestamptz + n * interval '1 second'"
            " from generate_series(1, $4::int) as n",
            *(person, kind, world.clock.now(), count),
        )
    assert sweep() == {"notices": 200}
    told = world.sql("select kind, count(*) as n, min(id) as first from people.notice group by kind order by kind")
    assert [(row["kind"], row["n"]) for row in told] == [("new_sign_in", 3), ("share_opened", MOST_KEPT)]
    assert not world.sql("select from people.notice where id in ('share_opened1', 'share_opened200')")


def test_S5_a_guest_goes_once_their_code_is_dead_and_nobody_sees_what_they_shared(owner, share, guest, world, sweep):
    """Who may come back stays; who shares what somebody is in stays, too, until that is over."""
    alive, dead, sharing = owner("SWEEP004"), owner("SWEEP005"), owner("SWEEP006")
    people = {name: person_of(world, one) for name, one in (("alive", alive), ("dead", dead), ("sharing", sharing))}
    guest(share(sharing, expires=""), "Ben")
    share(dead, expires="")

    def left():
        rows = world.sql("select id from people.person where id = any($1)", list(people.values()))
        return {name for name, person in people.items() if person in {row["id"] for row in rows}}

    for one in (dead, sharing):
        world.sql(
            "update access_code set voided_at = $1 from people.holding where holding.code = access_code.mac"
            " and holding.person = $2",
            *(world.clock.now(), person_of(world, one)),
        )
    world.clock.advance(89 * DAY_S)
    sweep()
    assert left() == {"alive", "dead", "sharing"}
    world.clock.advance(2 * DAY_S)
    assert sweep()["guests"] == 1
    assert left() == {"alive", "sharing"}
    assert alive.browser.open(alive.home.access_code).status_code == 200
    world.sql("update people.share set revoked_at = $1", world.clock.now())
    assert sweep()["guests"] == 1
    world.clock.advance(300 * DAY_S)
    assert sweep()["guests"] == 1, "a code that is older than any code lives"
    assert left() == set()


def test_O16_who_only_looked_is_forgotten_long_after_a_share_is_over(owner, share, guest, world, sweep):
    mine = owner("SWEEP007")
    world.sql("update people.person set has_credentials = true")
    last = world.clock.now() + timedelta(days=30)
    over, open_ = share(mine, "roll", "pick", expires=f"{last:%F}"), share(mine, "roll", "pick", expires="")
    for shared in (over, open_):
        guest(shared, "Ben")
        one = guest(shared, "Carla")
        one.page(shared.path)
        assert one.post(f"{shared.path}/pick", pick=mine.pictures[mine.rolls[0]][0].id).status_code == 200
    world.clock.advance((31 + 399) * DAY_S)
    assert "visits" not in sweep()
    world.clock.advance(2 * DAY_S)
    assert sweep()["visits"] == 1
    names = world.sql("select share, name from people.guest order by share = $1 desc, name", over.id)
    assert [(row["share"], row["name"]) for row in names] == [
        (over.id, "Carla"),
        (open_.id, "Ben"),
        (open_.id, "Carla"),
    ]


@pytest.mark.parametrize("seed", range(2))
def test_S5_nobody_sees_that_anything_went(owner, share, guest, world, sweep, seed):
    """Whatever people did and however long ago: each page is the same before a sweep and after it."""
    chance = random.Random(seed)
    mine, theirs = owner(f"SWEEP1{seed}A"), owner(f"SWEEP1{seed}B")
    person = person_of(world, mine)
    visitors = []
    for round_ in range(3):
        if mine.browser.open(mine.home.access_code).status_code != 200:
            break
        for image in chance.sample(mine.images, 2):
            mine.browser.page("/my")
            mine.browser.post(f"/my/images/{image}/favourite")
            if not versions(world, image):
                keep_versions(world, person, image, chance.randrange(1, 90))
        shared = share(mine, chance.choice(["roll", "account"]), "pick", "comment", expires="")
        one = guest(shared, "Ben", one=theirs.browser if chance.random() < 0.3 else None)
        one.page(shared.path)
        one.post(f"{shared.path}/pick", pick=mine.images[0])
        one.post(f"{shared.path}/comments", text=f"said {round_}")
        visitors.append((one, shared))
        if chance.random() < 0.3:
            mine.browser.page(shared.page)
            mine.browser.post(f"{shared.page}/revoke")
        world.clock.advance(chance.randrange(1, 70) * DAY_S)
        mine.browser.open(mine.home.access_code)
        before = seen(mine, visitors)
        sweep()
        assert seen(mine, visitors) == before


def seen(mine, visitors):
    """Return each page as it reads, without tokens that are made anew each time."""
    own = ["/my", "/my/favourites", "/my/groups", "/my/shares", mine.path(mine.rolls[0])]
    own += [f"/my/images/{image}" for image in mine.images[:2]]
    pages = [mine.browser.get(path) for path in own] + [one.get(shared.path) for one, shared in visitors]
    return [
        (page.status_code, re.sub(r"[?&][xs]=[\w-]+|[0-9a-f]{32}|[?&]amp;\w=[\w-]+", "", page.text)) for page in pages
    ]


def test_S5_two_sweeps_at_once_and_one_that_was_cut_off_lose_nothing(world, sweep):
    """One sweeps, the other goes home; what a sweep that was cut off left is the next one's."""
    sweep, old = world.running.service.people.sweep, world.clock.now() - timedelta(days=500)

    def fill(count):
        world.sql(
            "insert into people.record (person, kind, at) select 'P', 'signed_in', $1 from generate_series(1, $2)",
            old,
            count,
        )

    async def both():
        return await asyncio.gather(sweep.run(), sweep.run(), sweep.run())

    async def cut_off():
        task = asyncio.ensure_future(sweep.run())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    fill(2500)
    done = world.running.run(both())
    assert sum(one.gone.get("records", 0) for one in done) == 2500
    fill(2500)
    world.running.run(cut_off())
    world.running.run(sweep.run())
    assert world.sql("select count(*) as n from people.record where person = 'P'") == [{"n": 0}]
    assert world.running.service.metrics.registry.get_sample_value("twincheck_swept_total", {"rule": "records"}) >= 2500


def test_S5_a_round_sweeps_once_an_hour_whoever_asks(world, sweep):
    sweep = world.running.service.people.sweep

    def left():
        old = world.clock.now() - timedelta(days=500)
        world.sql("insert into people.record (person, kind, at) values ('P', 'signed_in', $1)", old)
        world.running.run(sweep.round())
        return world.sql("select count(*) as n from people.record where person = 'P'")[0]["n"]

    first = left()
    assert [left(), left()] == [first + 1, first + 2]
    world.clock.advance(3600)
    assert left() == 0


def test_S5_periods_are_the_operators(tmp_path):
    """A site overrides one number; a name that is no rule, and a number below a day, are refused."""
    config = locate_config()
    (tmp_path / "retention.toml").write_text("[days]\nnotices = 30\n")
    periods = load_periods(config, tmp_path)
    assert periods["notices"] == timedelta(days=30)
    assert {name: period for name, period in periods.items() if name != "notices"} == {
        name: period for name, period in PERIODS.items() if name != "notices"
    }
    assert all(PERIODS[rule.name] == timedelta(0) for rule in RULES if rule.keeps == AS_SOON_AS_OVER)
    for text in ("[days]\nnotises = 30\n", "[days]\nrecords = 0\n", "[days]\nrecords = 'x'\n"):
        (tmp_path / "retention.toml").write_text(text)
        with pytest.raises(SettingsError):
            load_periods(config, tmp_path)
