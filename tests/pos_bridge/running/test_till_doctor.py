"""What the doctor says of a bridge: read from beside it, in words that say what to do next."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from photocore.host import SystemClock
from pos_bridge.beside import SourceSeen, read_store
from pos_bridge.doctor_lines import check_cases, check_clock, check_setup, check_source, check_standing, examine_till
from pos_bridge.intake.drop import last_told
from pos_bridge.running import LaneNote, Standing
from pos_bridge.settings import LaneSettings, MatchSettings, SourceSettings, TillSettings
from pos_bridge.skew import judge
from pos_bridge.testing import SETTINGS, STORE, BridgeBench
from twincheck.doctor_till import examine_till as examine

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_K5_a_station_without_a_till_has_no_lines(tmp_path):
    """Kiosks are asked nothing about tills."""
    assert list(examine(tmp_path, SystemClock())) == []


def test_K5_a_broken_file_is_one_line_that_says_where(tmp_path):
    """Nothing else is looked at until it is mended."""
    (tmp_path / "till.toml").write_text("[door]\nport = 'high'\n")
    (finding,) = examine(tmp_path, SystemClock())
    assert (finding.verdict, "till.toml" in finding.seen) == ("fail", True)


def test_K5_a_running_bridge_is_told_part_by_part(tmp_path):
    """Settings, process, ledger, sources, cases; and a file that others may read is a warning."""
    bench = BridgeBench(folder=tmp_path / "station")
    with bench.opened() as opened:
        opened.ledger.note("standing", '{"at": "2026-11-22T11:59:30+00:00", "printer": "none"}')
        found = {one.check: one for one in examine_till(bench.folder, NOW)}
        assert found["till settings"].verdict == "ok"
        assert "running" in found["till bridge"].seen
        assert found["till cases"].seen == "none open"
        assert (found["source shop"].verdict, found["source shop"].seen) == ("warn", "never told anything")
    (bench.folder / "till.toml").chmod(0o644)
    found = {one.check: one for one in examine_till(bench.folder, NOW)}
    assert "chmod 600" in found["till settings"].next_step
    assert found["till bridge"].seen == "it does not run"
    assert SETTINGS


def test_K5_a_source_of_another_store_and_a_till_of_two_lanes_are_named(tmp_path, eventually):
    """A copied example's GLN, and one name for two tills: sales would be kept and never found by anybody."""
    bench = BridgeBench(folder=tmp_path / "station")
    with bench.opened() as opened:
        opened.bridge.wake()
        eventually(lambda: read_store(bench.folder) == STORE)
    added = '[source.copied]\nkind = "files"\nstore = "9521141000014"\n[lane.9]\ntills = ["T2"]\n'
    bench.write_settings(SETTINGS + added)
    found = [one for one in examine_till(bench.folder, NOW) if one.verdict == "warn"]
    assert [one.seen.partition(";")[0] for one in found if one.check == "till lanes"] == [
        "till T2 is named by the lanes 2, 9"
    ]
    assert [one.check for one in found if STORE in one.seen] == ["source copied"]


def source_seen(age, **more):
    source = SourceSettings(name="shop", kind="standard", store=STORE, **more)
    return SourceSeen(source=source, last_message=NOW - age if age else None, cursor="")


@pytest.mark.parametrize(("age", "verdict"), [(timedelta(hours=3), "ok"), (timedelta(days=5), "warn"), (None, "warn")])
def test_K5_a_source_that_is_silent_too_long_is_a_warning(age, verdict):
    """A long weekend is no alarm; five days are."""
    assert check_source(source_seen(age), NOW).verdict == verdict


def test_K5_rejected_files_and_a_lost_folder_are_warnings(tmp_path):
    """Each rejected file counts once, its reasons beside it not at all."""
    assert "no folder" in check_source(source_seen(None, folder=str(tmp_path / "gone")), NOW).seen
    rejects = tmp_path / "rejects"
    rejects.mkdir()
    (rejects / "day.csv").write_text("x")
    (rejects / "day.csv.reasons.txt").write_text("line 1")
    assert check_source(source_seen(None, folder=str(tmp_path)), NOW).seen == "1 files could not be read"


def test_K5_two_tills_under_one_name_are_a_warning_where_each_counts_its_own_receipts():
    """Receipt 101 of either would be one sale; systems that number orders through the house may do so."""
    tills = {"kasse-1": "T1", "kasse-2": "T1", "kasse-3": "T3"}
    found = {
        kind: [one.seen for one in check_setup(SourceSettings(name="shop", kind=kind, store=STORE, tills=tills))]
        for kind in ("poslog", "odoo")
    }
    assert [seen.partition(":")[0] for seen in found["poslog"]] == ["tills kasse-1, kasse-2 are all called T1"]
    assert not any("kasse" in seen for seen in found["odoo"])


def test_K5_a_folder_into_which_no_till_writes_any_more_is_a_warning(tmp_path):
    """It is as silent as a webhook that nobody sends; a file that was read, rejected or not, is a sign of life."""
    source = SourceSettings(name="night", kind="files", store=STORE, folder=str(tmp_path))
    for name in ("rejects", "done/2026-11-16"):
        (tmp_path / name).mkdir(parents=True)
    seen = [SourceSeen(source=source, last_message=last_told(source, None), cursor="")]
    (tmp_path / "done/2026-11-16/day.csv").write_text("x")
    os.utime(tmp_path / "done/2026-11-16", (0, (NOW - timedelta(days=5)).timestamp()))
    seen.append(SourceSeen(source=source, last_message=last_told(source, None), cursor=""))
    (tmp_path / "done/2026-11-22").mkdir()
    (tmp_path / "done/2026-11-22/day.csv").write_text("x")
    os.utime(tmp_path / "done/2026-11-22", (0, (NOW - timedelta(hours=3)).timestamp()))
    seen.append(SourceSeen(source=source, last_message=last_told(source, NOW - timedelta(days=9)), cursor=""))
    found = [check_source(one, NOW) for one in seen]
    assert [one.seen for one in found] == ["never told anything", "last told 5 days ago", "last told 3 hours ago"]
    assert [one.verdict for one in found] == ["warn", "warn", "ok"]
    assert str(tmp_path / "in") in found[1].next_step


def test_K5_a_tee_that_is_deaf_or_has_gaps_is_named():
    """A lane that nothing was heard of, and one that missed something."""
    settings = TillSettings(lane={name: LaneSettings(till_port="pty:/x") for name in ("1", "2", "3")})
    heard = (NOW - timedelta(minutes=3)).isoformat()
    lanes = {"1": LaneNote(heard_at=heard), "2": LaneNote(heard_at=heard, gaps=2), "3": LaneNote()}
    standing = Standing(at=NOW.isoformat(), printer="ready", lanes=lanes)
    found = {one.check: one for one in check_standing(standing, settings, NOW)}
    assert [found[f"lane {name}"].verdict for name in ("1", "2", "3")] == ["ok", "warn", "warn"]
    assert "2 gaps" in found["lane 2"].seen
    assert found["till printer"].verdict == "ok"


@pytest.mark.parametrize(
    ("spans", "set_s", "suggested"),
    [
        ([20, 25, 40, 90, 30], 0, None),
        ([-280, -270, -200, -275, -260], 0, 298),
        ([3620, 3650, 3700, 3640, 3630], 0, -3605),
        ([-280, -270, -200, -275, -260], 300, None),
    ],
    ids=["good", "slow", "an-hour-fast", "set-right"],
)
def test_K5_a_tills_clock_is_measured_by_what_it_sold(spans, set_s, suggested):
    """Sales that end before their scans show a slow clock; the suggestion would set it right."""
    clock = judge("T1", [float(span) for span in spans], MatchSettings(skew_s=set_s))
    assert clock.suggested_s == suggested
    finding = check_clock(clock)
    assert finding.verdict == ("ok" if suggested is None else "warn")
    assert (f"skew_s = {suggested}" in finding.next_step) is (suggested is not None)


def test_K5_no_cases_are_a_good_line():
    """Nothing waits."""
    assert check_cases((), NOW).verdict == "ok"
