"""Faults at random, many at once, replayable by seed: what the spooler says of a label is what lies on the counter."""

import random
import threading
from collections import Counter

import msgspec
import pytest

from hardware.printer.profile import load_profile
from hardware.printer.session import PrinterSession
from hardware.render.composer import PrintComposer
from hardware.render.symbols import read_back
from hardware.spooler import Spooler
from hardware.testing_printing import FakePrintQueue
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.settings import locate_config

CONFIG = locate_config()
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"


def labels(count: int) -> list[RollLabel]:
    return [
        RollLabel(
            roll=ItemId(f"(01)09501101530003(21)7H3K9Q{number:03}"), number=number, of=count, copy=f"A{number:05}"
        )
        for number in range(1, count + 1)
    ]


def storm(printer: VirtualPrinter, chance: random.Random, done: threading.Event) -> None:
    """Do something to the printer every few hundredths of a second, and always put it right again."""
    troubles = {
        "out": (lambda: printer.paper_out(after_rows=chance.randrange(400)), printer.refill),
        "cover": (printer.open_cover, printer.close_cover),
        "power": (lambda: printer.power_off(keep_buffer=chance.random() < 0.5), printer.power_on),
        "mute": (printer.mute, lambda: printer.mute(is_mute=False)),
        "garble": (printer.garble, lambda: printer.garble(is_garbling=False)),
        "jam": (printer.jam_cutter, lambda: None),
    }
    while not done.wait(chance.uniform(0.01, 0.12)):
        begin, end = troubles[chance.choice(sorted(troubles))]
        begin()
        done.wait(chance.uniform(0.01, 0.15))
        end()


def weather_a_storm(seed: int, count: int) -> None:
    chance, done = random.Random(seed), threading.Event()
    profile = msgspec.structs.replace(load_profile(CONFIG, "virtual-80mm"), label_proof_s=1.0)
    queue = FakePrintQueue()
    with VirtualPrinter(TcpLine(), CONFIG / "fonts", rows_per_s=12_000) as printer:
        session = PrinterSession(printer.url, profile, SystemClock(), answer_wait_s=0.2)
        spooler = Spooler(queue=queue, session=session, composer=PrintComposer(CONFIG, profile))
        weather = threading.Thread(target=storm, args=(printer, chance, done))
        spooler.start()
        weather.start()
        try:
            queue.add("c1", labels(count))
            spooler.wake()
            queue.wait_until_settled(count * 0.4)
            done.set()
            weather.join()
            assert queue.wait_until_settled(60), f"seed {seed}: {Counter(queue.states.values())}"
        finally:
            done.set()
            weather.join()
            spooler.stop()
        judge(queue, printer, f"seed {seed}: {queue.history}")


def judge(queue: FakePrintQueue, printer: VirtualPrinter, told: str) -> None:
    """Hold every word to the paper."""
    whole = Counter(
        text.split("\x1d91")[1]
        for piece in printer.pieces
        for found in [read_back(piece.cropped())]
        for aim, text in found
        if aim == "]d2" and ("]C1", text.split("\x1d")[0]) in found
    )
    for job in queue.jobs.values():
        if queue.states[job.id] == "printed":
            assert whole[job.copy] == 1, f"copy {job.copy} is said to be printed; {told}"
    standing = Counter(
        job.label.roll
        for job in queue.jobs.values()
        if isinstance(job.label, RollLabel) and queue.states[job.id] in ("printed", "maybe")
    )
    rolls = {job.label.roll for job in queue.jobs.values() if isinstance(job.label, RollLabel)}
    assert standing == Counter(dict.fromkeys(rolls, 1)), f"a roll without a copy, or with two; {told}"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_K3_in_a_storm_of_faults_printed_means_printed_and_each_roll_has_one_copy(seed: int) -> None:
    """Paper, cover, cutter, power and silence at random: no false word, no second valid copy, no roll forgotten."""
    weather_a_storm(seed, 8)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(100, 140))
def test_K3_in_forty_long_storms(seed: int) -> None:
    """The same for longer, with other seeds."""
    weather_a_storm(seed, 30)
