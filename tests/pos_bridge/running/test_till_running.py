"""The bridge as a process: it ends when it is told to, and goes on where a killed one stood."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import requests

from pos_bridge.beside import read_clocks_beside
from pos_bridge.cli import command
from pos_bridge.fixtures import load
from pos_bridge.matching.facts import Ruling
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import MatchSettings
from pos_bridge.sighting import Sighting
from pos_bridge.testing import PACKAGE_GTIN as GTIN
from pos_bridge.testing import STORE, BridgeBench, package_id, signed

BODY = load("standard", "sale-of-two.json")


@pytest.fixture
def run_bridge(tmp_path):
    """Run ``twincheck till run`` as its own process, and return it with the address it says."""
    bench = BridgeBench(folder=tmp_path / "station")
    with bench.opened():
        pass  # the roster comes, as on an evening with a network; from now on there is none
    running = []
    log = tmp_path / "bridge.log"  # no pipe: nobody reads it while the bridge runs, and a full one would stop it

    def run():
        command = [sys.executable, "-P", "-m", "twincheck", "till", "run", "--station", str(bench.folder)]
        with log.open("a") as stderr:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
        running.append(process)
        line = process.stdout.readline()
        assert "listens at" in line, log.read_text()
        return process, line.split()[-1]

    run.folder = bench.folder
    run.log = log
    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.timeout(300)
def test_K5_a_killed_bridge_goes_on_where_it_stood_and_ends_when_told(run_bridge, capsys, eventually):
    """What was answered 200 is there after kill -9, is read by the next process, and SIGTERM ends that cleanly."""
    process, url = run_bridge()
    headers = signed(BODY, message="before-the-cut", at=int(time.time()))
    assert requests.post(f"{url}/in/shop", data=BODY, headers=headers, timeout=30).status_code == 200
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)

    process, url = run_bridge()
    again = requests.post(f"{url}/in/shop", data=BODY, headers=headers, timeout=30)
    assert again.status_code == 200
    light = requests.get(f"{url}/light", timeout=30).json()
    assert (light["online"], light["is_kept"]) == (False, True)
    eventually(lambda: requests.get(f"{url}/light", timeout=30).json()["unread"] == 0)
    with requests.get(f"{url}/lane/1/live", stream=True, timeout=30) as news:
        next(news.iter_lines())  # somebody looks at a lane's page while it ends
        process.send_signal(signal.SIGTERM)
        ended = process.wait(30)
    assert ended == 0, run_bridge.log.read_text()

    assert command(["sources", "--station", str(run_bridge.folder), "--json"]) == 0
    (source,) = json.loads(capsys.readouterr().out)
    assert (source["name"], bool(source["last_message"])) == ("shop", True)


def test_K5_a_folder_that_is_no_station_is_told_in_a_sentence(tmp_path, capsys):
    """A mistyped folder is no traceback."""
    assert command(["run", "--station", str(tmp_path)]) == 1
    assert "twincheck till:" in capsys.readouterr().err
    assert command(["cases", "--station", str(tmp_path)]) == 1


def test_K5_open_cases_are_an_exit_code(tmp_path, capsys, eventually):
    """A script learns from ``cases`` whether something waits for a person; settled ones are listed on asking."""
    folder = tmp_path / "station"
    with BridgeBench(folder=folder).opened() as opened:
        ledger = opened.ledger
        ledger.keep_sales([sale(1, amount=-500)])
        opened.bridge.wake()
        eventually(ledger.cases)
        (case,) = ledger.cases()
        assert command(["cases", "--station", str(folder)]) == 1
        assert f"{case.key}" in (told := capsys.readouterr().out)
        assert "price below nought" in told
        ledger.rule(Ruling(id="ruling-1", case=case.key, decision="none", at=opened.bridge.clock.now()))
        opened.bridge.wake()
        eventually(lambda: not ledger.cases())
    assert command(["cases", "--station", str(folder)]) == 0
    assert command(["cases", "--all", "--station", str(folder)]) == 0
    assert "(settled)" in capsys.readouterr().out


def test_K5_a_tills_clock_is_read_from_what_it_sold(tmp_path, eventually):
    """Five sales that end a minute before their scans: the till is slow, and the doctor says by how much."""
    bench = BridgeBench(folder=tmp_path / "station")
    with bench.opened() as opened:
        ledger, now = opened.ledger, opened.bridge.clock.now() - timedelta(hours=3)
        for number in range(1, 6):
            at = now + timedelta(minutes=20 * number)
            ledger.saw(Sighting(id=f"seen-{number}", at=at, via="tee", lane="1", item=package_id(number), gtin=GTIN))
            ended = (at - timedelta(seconds=60)).isoformat()
            ledger.keep_sales([sale(number, amount=1299, gtin=GTIN, at=ended)])
        opened.bridge.wake()
        eventually(lambda: len(ledger.baskets("1", 20)) == 5 and not ledger.figures().dirty)
        eventually(lambda: read_clocks_beside(bench.folder, MatchSettings()))
        (clock,) = read_clocks_beside(bench.folder, MatchSettings())
    assert (clock.till, clock.sales, clock.typical_s, clock.suggested_s) == ("T1", 5, -60, 80)


def sale(number, **more):
    told = {"source": "shop", "event": f"e{number}", "store": STORE, "till": "T1", "business_day": "2026-11-22"}
    told |= {"sequence": str(number), "line": 1, "currency": "EUR"}
    return SaleObserved(**(told | more))
