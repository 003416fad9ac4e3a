"""Forty times kill -9 in the middle of registering and printing: nothing acknowledged is lost, nothing is half."""

import json
import subprocess
import sys
from pathlib import Path

from sync.audit import check_chain

KILLS = 40


def test_K4_kill_9_at_any_time_loses_nothing_acknowledged(world):
    """What was said on the screen is in the journal after every restart; the chain runs through all forty lives."""
    life = Path(__file__).with_name("kill9_life.py")
    command = [sys.executable, str(life), str(world.folder), str(KILLS)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    acked = json.loads(told.stdout.strip().splitlines()[-1])
    assert len(acked) >= KILLS // 2  # every other life was let register something

    station = world.open()

    assert station.journal.read(lambda db: check_chain(db, world.keys().signing.public)) > len(acked)
    found = station.journal.read(lambda db: dict(db.execute("select claim, number from registration").fetchall()))
    assert {claim: found.get(claim) for claim, _ in acked} == dict(acked)
    halves = station.journal.read(
        lambda db: db.execute(
            "select count(*) from event where kind = 'PackageClaimed' and ("
            " not exists (select 1 from registration where registration.claim = event.id)"
            " or not exists (select 1 from label_job where label_job.claim = event.id)"
            " or not exists (select 1 from outbox where outbox.event = event.id))"
        ).fetchone()
    )
    assert halves == (0,)
    epochs = station.journal.read(lambda db: db.execute("select count(*), count(distinct epoch) from epoch").fetchone())
    assert epochs[0] == epochs[1] > KILLS // 2


def test_K4_after_kill_9_everything_is_still_delivered_once(world):
    """The queue of dead lives is carried by the next one."""
    life = Path(__file__).with_name("kill9_life.py")
    subprocess.run([sys.executable, str(life), str(world.folder), "4"], capture_output=True, timeout=60, check=True)
    station = world.open()
    station.courier.start()

    assert station.courier.sync_now().ok

    ids = station.journal.read(lambda db: [row[0] for row in db.execute("select id from event").fetchall()])
    assert sorted(event.id for event in world.service.applied) == sorted(ids)
    assert station.desk.status().unsent == 0
