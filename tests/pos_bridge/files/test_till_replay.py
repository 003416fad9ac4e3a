"""What came in, told again in any order, comes to one end state (K5)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from photocore.ids import ItemId
from photocore.testing import ManualClock
from pos_bridge import fixtures, replay
from pos_bridge.intake.drop import FileDrop
from pos_bridge.ledger.ledger import open_ledger
from pos_bridge.messages import RawMessage
from pos_bridge.replay_desk import PaperKnowledge
from pos_bridge.settings import LaneSettings, TillSettings
from pos_bridge.sighting import Sighting

STORE = "9521141000007"
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
MONO = "09521141022344"


def sighting(name: str, at: datetime, item: str | None, gtin: str = MONO) -> Sighting:
    return Sighting(id=name, at=at, via="tee", lane="1", item=ItemId(item) if item else None, gtin=gtin)


def day_with_scans() -> replay.Material:
    """The fixtures' day at lanes with cards and scans: some fit till 1, some nothing."""
    day = replay.from_fixtures()
    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    scans = [sighting(f"scan {n}", at + timedelta(minutes=20 * n), f"(01){MONO}(21)BWDAY0000{n}") for n in range(12)]
    lanes = {"1": LaneSettings(tills=("1",)), "2": LaneSettings(tills=("2", "3"))}
    return replay.Material(
        deeds=(*day.deeds, *scans, scans[0]),
        settings=msgspec.structs.replace(day.settings, lane=lanes),
        knowledge=PaperKnowledge(store=STORE, serialized=frozenset({MONO}), takes_cards=True),
    )


def test_K5_fixtures_replayed_shuffled_three_times_give_the_same_state(tmp_path: Path):
    """Webhooks, POSLog, CSV, XML and scans, a third of them twice, decided too early again and again: one end."""
    material = day_with_scans()

    ends = [replay.replay(material, folder=tmp_path / str(seed), seed=seed) for seed in (None, "1", "2", "3")]

    assert ends[0].refused == ()
    assert {end.digest for end in ends} == {ends[0].digest}
    assert {end.lines for end in ends} == {ends[0].lines}
    said = "\n".join(ends[0].lines)
    for piece in ("PLDAY00002", "PLDAY00004", "PLDAY00005", "FLDAY00001", "FLDAY00003"):
        assert f"sold        (01)09521141012345(21){piece}" in said
        assert f"returned    (01)09521141012345(21){piece}" not in said
    for piece in ("PLDAY00001", "FLDAY00002", "FLDAY00004"):
        assert f"returned    (01)09521141012345(21){piece}" in said
    assert "PLDAY00003" not in said
    assert "voided      (01)09521141012345(21)PLDAY00006" in said
    for piece in ("PLDAY00007", "PLDAY00008"):  # their receipts do not stand
        assert piece not in said
    assert "case        " in said
    assert "registered  " in said


def test_K5_orders_differ_and_follow_from_their_seed():
    """A shuffle is another order of the same things; the same seed gives the same one."""
    deeds = replay.from_fixtures().deeds
    one, same, other = (replay.shuffled(deeds, seed) for seed in ("1", "1", "2"))

    assert one == same
    assert one != other
    assert {id(deed) for deed in one} == {id(deed) for deed in deeds}
    assert len(one) == len(deeds) + len(deeds[::3])


def test_K5_the_verb_proves_it_and_says_the_end_state(capsys: pytest.CaptureFixture[str]):
    """``twincheck till replay --fixtures --source files --shuffle 2``: three runs, one end, exit code 0."""
    code = replay.command(["--fixtures", "--source", "files", "--shuffle", "2"])

    said = capsys.readouterr().out
    assert code == 0
    assert "sold        (01)09521141012345(21)FLDAY00001  9521141000007/4/2026-11-20/4001/1  by its line" in said
    assert "PLDAY" not in said
    assert said.endswith("One end state, 3 times.\n")


def test_K5_what_differs_is_said(capsys: pytest.CaptureFixture[str]):
    """Two end states that are not one: the lines that tell them apart, and exit code 1."""
    ends = [replay.EndState(digest=word, lines=("both", word), refused=()) for word in ("one", "two")]

    assert replay._judge(ends) == 1
    assert capsys.readouterr().out == "\nThe end states differ:\n- one\n+ two\n"


def test_K5_a_station_is_replayed_beside_its_bridge(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Messages, dropped files and scans of a ledger that is open: the same facts come to the same end."""
    station, folder = tmp_path / "station", tmp_path / "files"
    station.mkdir()
    toml = Path(fixtures.__file__).with_name("till.toml").read_text()
    (station / "till.toml").write_text(toml.replace("sales-of-till-4", str(folder)))
    settings = TillSettings(source=fixtures.sources())
    clock = ManualClock()
    ledger = open_ledger(
        station,
        settings=settings,
        knowledge=PaperKnowledge(store=STORE),
        clock=clock,
        card_key=b"k" * 32,
        threads=False,
    )
    try:
        for name in fixtures.names("standard"):
            body = fixtures.load("standard", name)
            ledger.keep_message(RawMessage(source="standard", key=name, received_at=NOW, body=body, headers={}))
        drop = FileDrop(settings.source["files"], ledger, clock, folder=folder)
        (folder / "in").mkdir(parents=True)
        (folder / "in" / "day.csv").write_bytes(fixtures.load("files", "day.csv"))
        drop.scan()
        clock.advance(10)
        assert [taken.news for taken in drop.scan().done] == [4]
        ledger.saw(sighting("one", NOW, f"(01){MONO}(21)BWDAY00001"))

        code = replay.command(["--station", str(station), "--shuffle", "2"])
    finally:
        ledger.close()

    said = capsys.readouterr().out
    assert code == 0
    assert "(21)STDAY00001" in said
    assert "sold        (01)09521141012345(21)FLDAY00001" in said
    assert "One end state, 3 times." in said


def test_K5_a_file_can_be_tried_before_it_is_dropped(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """``--file`` with ``--source`` reads it as that source would; what cannot be is said, with exit code 1."""
    path = tmp_path / "day.csv"
    path.write_bytes(fixtures.load("files", "day.csv"))

    assert replay.command(["--fixtures", "--source", "files", "--file", str(path)]) == 0
    assert replay.command(["--fixtures", "--file", str(path)]) == 1
    assert replay.command(["--fixtures", "--source", "files", "--file", str(tmp_path / "none.csv")]) == 1
    assert "none.csv: No such file" in capsys.readouterr().err
