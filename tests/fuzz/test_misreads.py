"""Corrupted reads of real codes register nothing that was not held out (K2; tests/fuzz/misreads.py says how)."""

import json
import string
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from photocore import codes
from photocore.scans import CopyScan, PackageScan, Refused, RollScan
from photocore.symbology import read_frame
from photocore.testing import KnownShop, SeededEntropy

MISREADS = Path(__file__).with_name("misreads.py")


def misread(reads, *options):
    """Run the reads in processes of their own; return outcomes by (sort of code, corruption)."""
    command = [sys.executable, MISREADS, "--json", "--reads", str(reads), *options]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    return Counter({tuple(key): count for *key, count in told["tally"]}), told["shown"]


def judge_drawn(reads, *options):
    tally, shown = misread(reads, *options)
    assert sum(tally.values()) == reads
    assert [some for some in shown if some[0] == "false"] == []
    guessed = [key for key in tally if key[1:] == ("two merged, whole", "second")]
    assert guessed == [], shown
    unsafe = {key: count for key, count in tally.items() if key[2] in ("unknown", "unborne card")}
    assert {sort for sort, _, _ in unsafe} <= {"package", "roll", "label", "link", "house", "card"}
    single = ("one symbol wrong", "symbol dropped", "symbol doubled", "tail cut", "head cut", "wrong AIM id")
    assert [key for key in unsafe if key[0] == "card" and key[1] in single] == []


@pytest.mark.timeout(240)
def test_K2_a_hundred_thousand_corrupted_reads_register_nobody_elses_package_or_card():
    """Ten ways to spoil a read, and two to run two codes together: no package of the chain, no shopper's card."""
    judge_drawn(100_000)


@pytest.mark.nightly
@pytest.mark.timeout(7_200)
def test_K2_ten_million_corrupted_reads_register_nobody_elses_package_or_card():
    """The same, a hundred times as many."""
    judge_drawn(10_000_000, "--processes", "2")


@pytest.mark.parametrize("kind", [codes.CodeKind.HOUSE_PACKAGE, codes.CodeKind.HOUSE_ROLL])
def test_K2_every_single_wrong_symbol_and_every_swap_in_a_house_code_is_found(kind):
    """All of them, in every form it is scanned; only the letter that tells package from roll has no check.

    What that letter makes is an ID that nobody has: its ten symbols were drawn for the other.
    """
    code = codes.mint_code(SeededEntropy(3), kind)
    other = code.replace("TCP", "TCR") if "TCP" in code else code.replace("TCR", "TCP")
    for text in (f"]C0{code}", code, f"]d290{code}\x1d917Q2M9X", f"]C190{code}"):
        place = text.index(code)
        symbols = range(place, place + len(code))
        wrong = [text[:n] + symbol + text[n + 1 :] for n in symbols for symbol in string.printable[:95]]
        swapped = [text[:n] + text[n + 1] + text[n] + text[n + 2 :] for n in symbols[:-1]]
        scans = [read_frame(frame.encode(), KnownShop()) for frame in (*wrong, *swapped)]
        taken = {scan.item for scan in scans if isinstance(scan, PackageScan | RollScan | CopyScan)}
        assert taken == {code, other}
        assert sum(isinstance(scan, Refused) for scan in scans) > 0.9 * len(scans)
