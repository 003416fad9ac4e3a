"""What every benchmark says: a figure, its floor from the same run, their ratio, and the aim.

A benchmark is a module of this folder with ``measure(quick) -> list[Line]``; run alone it prints its table, and
``benchmarks/run.py`` runs them all, each in a process of its own with a time limit. A ratio is always told so that
higher is better or lower is better as ``aim`` says (``<= 2`` or ``>= 0.5``); an aim that is missed is a word in the
table and never an exit code: machines differ, and ``docs/performance.md`` says where the time goes.
"""

import argparse
import json
import operator
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

COMPARE = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the table. ``ours`` and ``floor`` share ``unit``; ``aim`` judges ours / floor.

    ``limit`` is an absolute bound in ``unit`` where a person waits; ``note`` says what else was seen.
    """

    what: str
    unit: str
    ours: float
    floor: float | None = None
    floor_is: str = ""
    aim: str = ""
    limit: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours over the floor's."""
        return self.ours / self.floor if self.floor else None

    @property
    def verdict(self) -> str:
        """``met``, ``missed``, or empty where nothing is aimed at."""
        judged = []
        if self.aim and self.ratio is not None:
            sign, bound = self.aim.split()
            judged.append(COMPARE[sign](self.ratio, float(bound)))
        if self.limit is not None:
            judged.append(self.ours <= self.limit)
        return "" if not judged else "met" if all(judged) else "missed"


def as_rows(lines: Sequence[Line]) -> list[dict[str, object]]:
    """Return lines as JSON objects, with ratio and verdict."""
    return [asdict(line) | {"ratio": line.ratio, "verdict": line.verdict} for line in lines]


def table(lines: Sequence[Line]) -> str:
    """Return lines as a Markdown table."""
    head = ["what", "ours", "floor", "ratio", "aim", ""]
    rows = [
        [
            line.what,
            f"{line.ours:,.4g} {line.unit}",
            f"{line.floor:,.4g} {line.unit} ({line.floor_is})" if line.floor is not None else "-",
            f"{line.ratio:.2f}" if line.ratio is not None else "-",
            " ".join(filter(None, [line.aim, f"limit {line.limit:g} {line.unit}" if line.limit is not None else ""])),
            " ".join(filter(None, [line.verdict, line.note])),
        ]
        for line in lines
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def machine() -> dict[str, object]:
    """Return what the figures were taken on."""
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}


def run_alone(measure: Callable[[bool], list[Line]], told: str | None) -> None:
    """Be the command line of one benchmark: ``[--quick] [--json FILE]``."""
    parser = argparse.ArgumentParser(description=(told or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds: to see that it runs")
    parser.add_argument("--json", type=Path, help="also write the lines there")
    options = parser.parse_args()
    lines = measure(options.quick)
    sys.stdout.write(table(lines) + "\n")
    if options.json:
        options.json.write_text(json.dumps({"machine": machine(), "lines": as_rows(lines)}, indent=2) + "\n")
