"""``./demo --once``: one shopper from scan to labels to the photoservice's confirmation, and a summary of it.

``--offline`` plays it with the photoservice down: the honest words first, the same registration confirmed afterwards.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from photocore.cards import CardNumber
from photocore.host import SystemEntropy
from photocore.seams import Entropy
from photocore.testing import SeededEntropy
from sync.audit import check_chain
from sync.keys import load_keys, load_station
from sync.views import JobView
from twincheck.demo.at_home import enter, walk_at_home
from twincheck.demo.counter import enrol_station, open_counter
from twincheck.demo.errors import DemoFailed
from twincheck.demo.goods import GoodsSeen, read_plans, walk_goods
from twincheck.demo.lab import Lab, Seen, Viewer, access_code_of, ingest, scan_rolls
from twincheck.demo.paper import PaperTrail, read_paper, save
from twincheck.demo.service import DemoService
from twincheck.demo.shopper import CONFIRM_WITHIN_S, ConfirmationWatch, Shopper, Stopwatch, Walked
from twincheck.demo.stock import BoxedPackage, Shelf, stock_shelf

CARD_TABLE = "demo-gsrn"


@dataclass(frozen=True, kw_only=True)
class Script:
    """How the demo is to be played. ``say`` tells the terminal."""

    out: Path
    data: Path
    port: int
    size: tuple[int, int] = (1080, 1920)
    seed: int | None = None
    is_offline: bool = False
    say: Callable[[str], None] = print


def play_once(script: Script) -> dict[str, Any]:
    """Play one shopper and return the summary, which also stands in ``out/summary.json``.

    Raises:
        DemoFailed: a step did not come to its end, or the outcome is not what it must be.
    """
    entropy: Entropy = SystemEntropy() if script.seed is None else SeededEntropy(script.seed)
    shelf = stock_shelf(entropy)
    service = DemoService(folder=script.data / "photoservice", port=script.port)
    script.say("Setting up the photoservice: a maker, a retailer, a store.")
    service.set_up()
    service.start()
    try:
        script.say(f"The photoservice answers at {service.url}. The maker sends the manifest through EPCIS.")
        service.forward(shelf.packages[0])
        folder = script.data / "station"
        enrol_station(service, folder)
        if script.is_offline:
            script.say("The photoservice goes down; the kiosk opens without it.")
            service.stop()
        printed = None if script.seed is None else entropy
        summary = _at_the_counter(script, service, shelf, folder, printed)
        summary |= _develop(script, service, shelf.packages[0], load_station(folder).sign_key)
    finally:
        service.stop()
    (script.out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    _check(summary)
    return summary


def _at_the_counter(
    script: Script, service: DemoService, shelf: Shelf, folder: Path, printed: Entropy | None
) -> dict[str, Any]:
    watch = Stopwatch()
    with open_counter(
        folder, shelf, printed=printed, size=script.size, is_offscreen=True, moves=False, on_bytes=watch.note_bytes
    ) as counter:
        counter.kiosk.station.journal.on_append(watch.note_commit)
        with counter.opened():
            shopper = Shopper(counter, watch, script.out / "screens")
            script.say("A shopper scans a package and a card, and confirms.")
            confirmation = ConfirmationWatch(counter)
            try:
                walked = shopper.register(shelf.packages[0], shelf.card, on_claim=confirmation.start)
                began = _bring_up(script, service, folder, shopper) if script.is_offline else walked.committed_at
                shopper.await_word("Confirmed")
                shopper.look("confirmed")
            finally:
                confirmation.stop()
            jobs = counter.kiosk.station.desk.jobs(walked.claim)
            trail = read_paper(counter.pieces, counter.kiosk.station.roster)
            shopper.finish()
            status = counter.kiosk.station.desk.status()
            events = counter.kiosk.station.journal.read(
                partial(check_chain, station_public=load_keys(folder).signing.public)
            )
    script.say("The kiosk is closed. Asking the photoservice what it holds.")
    card = CardNumber(table=CARD_TABLE, number=shelf.card)
    testimony = service.testify(shelf.packages[0].item, card)
    synced_ms = ((confirmation.confirmed_at or began) - began) * 1000
    box = shelf.packages[0]
    if trail.receipt is None:
        raise DemoFailed("no receipt came out of the printer")
    save(trail.receipt, script.out / "receipt.png")
    summary: dict[str, Any] = {
        "package": box.item,
        "rolls": list(box.rolls),
        "card": card.masked,
        "account": testimony.account,
        "labels": [_label(script, job, trail) for job in jobs if job.kind == "roll"],
        "receipt_png": "receipt.png",
        "station": {"events": events, "unsent": status.unsent},
        "photoservice": {
            "registered": testimony.is_registered,
            "owner_matches": testimony.is_owners,
            "rolls": testimony.rolls,
        },
        "timings_ms": _timings(walked, synced_ms),
    }
    if script.is_offline:
        summary["words"] = list(shopper.words)
    return summary


def _develop(script: Script, service: DemoService, box: BoxedPackage, public: bytes) -> dict[str, Any]:
    """Let the lab bring the scans in, and the shopper see, edit, group and share them by the receipt's code.

    What the box's plans have made of them by then is seen, too. ``public`` is the service's key.
    """
    with Image.open(script.out / "receipt.png") as receipt:
        code = access_code_of(receipt)
    viewer, shopper = Viewer(service.url, code), enter(service.url, code)
    ahead = read_plans(shopper)
    for plan in ahead:
        script.say(f"The box brought a plan along. {plan.sentence}. {plan.next}")
    script.say("The rolls come back from the lab: their scans are ingested, and seen by the receipt's code.")
    lab, seen = Lab(url=service.url, key=service.lab_key), list[Seen]()
    for nr, (roll, folder) in enumerate(scan_rolls(script.data / "scans", box.rolls).items(), start=1):
        lab.receive(roll)
        began = time.monotonic()
        ingest(service.url, service.lab_key, roll, folder, stock=box.line.roll.name)
        seen.append(viewer.see(roll, script.out / "scans" / f"roll_{nr}.png", began))
    script.say(f"At home: {service.url}/r#{code} opens My pictures. One is edited, two are grouped and shared.")
    walked = walk_at_home(shopper, box.rolls[0])
    script.say(f"A friend opened {walked.share} and picked one.")
    goods = walk_goods(shopper, lab, rolls=len(box.rolls), public=public)
    _tell_goods(script, goods)
    plans = {"ahead": [asdict(plan) for plan in ahead]}
    return {"images": [asdict(one) for one in seen], "at_home": asdict(walked), "goods": plans | asdict(goods)}


def _tell_goods(script: Script, goods: GoodsSeen) -> None:
    made, gone, fresh = goods.made, goods.cancelled, goods.next_roll
    script.say(f"By itself, with the third roll: {made.title} ({made.order}, {made.state}). Its page says why:")
    for sentence in made.why:
        script.say(f"    {sentence}")
    script.say(f"Another that made itself, {gone.title}, was not wanted: {gone.state} by one tap.")
    script.say(f"{len(goods.next_rolls)} rolls came in, so {len(goods.next_rolls)} fresh ones wait for an address.")
    script.say(
        f"One got it: {fresh.order} is {fresh.state}; the lab has its signed manifest ({goods.manifest['item']})."
    )


def _bring_up(script: Script, service: DemoService, folder: Path, shopper: Shopper) -> float:
    """Start the photoservice again and sync as a manager would; return when that began."""
    shopper.look("done_offline")
    script.say(f"Offline, the screen said: {', '.join(shopper.words)}.")
    script.say("The photoservice comes back. The manager runs: twincheck sync now")
    service.start()
    began = time.monotonic()
    command = [sys.executable, "-m", "twincheck", "sync", "now", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        shopper.await_word("Confirmed")
        told, _ = run.communicate(timeout=CONFIRM_WITHIN_S)
    for line in told.splitlines():
        script.say(f"    {line}")
    if run.returncode:
        raise DemoFailed(f"sync now ended with {run.returncode}")
    return began


def _timings(walked: Walked, synced_ms: float) -> dict[str, float]:
    """Return the waits in milliseconds, under the names ``summary.json`` promises."""
    waits = {
        "scan_to_screen": walked.scan_to_screen_ms,
        "register_commit": walked.register_commit_ms,
        "first_label_byte": walked.first_label_byte_ms,
        "sync": synced_ms,
    }
    return {name: round(wait, 1) for name, wait in waits.items()}


def _label(script: Script, job: JobView, trail: PaperTrail) -> dict[str, str]:
    """Return a valid copy with the picture of the paper that bears it, found by its own code."""
    found = [label for label in trail.labels if (label.roll, label.copy) == (job.roll, job.copy)]
    if len(found) != 1:
        raise DemoFailed(f"{len(found)} pieces of paper bear copy {job.copy} of {job.roll}")
    path = script.out / "labels" / f"roll_{job.number}.png"
    save(found[0].picture, path)
    return {
        "roll": job.roll or "",
        "copy": job.copy,
        "state": job.state.value,
        "png": path.relative_to(script.out).as_posix(),
    }


def _check(summary: dict[str, Any]) -> None:
    """Refuse to call a walk good that was not."""
    service, rolls = summary["photoservice"], summary["rolls"]
    faults = [
        what
        for what, is_so in (
            ("the package is not registered", service["registered"]),
            ("the owner is another", service["owner_matches"]),
            ("rolls are missing at the photoservice", service["rolls"] == len(rolls)),
            ("rolls have no label", [label["roll"] for label in summary["labels"]] == rolls),
            ("labels are not proven", all(label["state"] in ("printed", "taken") for label in summary["labels"])),
            ("events are unsent", summary["station"]["unsent"] == 0),
            ("rolls have no pictures", [seen["roll"] for seen in summary["images"]] == rolls),
            ("what was cancelled is not", summary["goods"]["cancelled"]["state"] == "cancelled"),
            ("not every roll made one fresh roll due", len(summary["goods"]["next_rolls"]) == len(rolls)),
            (
                "the lab got another order",
                summary["goods"]["manifest"]["order"] == summary["goods"]["next_roll"]["order"],
            ),
        )
        if not is_so
    ]
    if faults:
        raise DemoFailed("; ".join(faults))
