"""Run every benchmark, one after the other, each in a process of its own with a time limit.

    python benchmarks/run.py [--quick] [--only NAME ...] [--json FILE]

Prints one table and writes one JSON file (``benchmarks/results.json``, which git ignores). Nothing else should run on
the machine meanwhile. Exit code 1 when a benchmark broke or ran out of time; a missed aim is no error.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import Line, machine, table

HERE = Path(__file__).resolve().parent
LIMIT_S = 600
NO_BENCHMARKS = {"run", "measuring"}


def names() -> list[str]:
    """Return every benchmark here that has ``measure``, by module name."""
    found = sorted(path.stem for path in HERE.glob("*.py"))
    return [name for name in found if name not in NO_BENCHMARKS and "def measure(" in (HERE / f"{name}.py").read_text()]


def run_one(name: str, *, quick: bool) -> list[dict[str, object]]:
    """Return the lines of one benchmark. Raises subprocess.SubprocessError when it breaks or takes too long."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "lines.json"
        command = [sys.executable, str(HERE / f"{name}.py"), "--json", str(told)]
        command += ["--quick"] if quick else []
        subprocess.run(command, check=True, timeout=LIMIT_S, stdout=subprocess.DEVNULL, cwd=HERE.parent)
        return json.loads(told.read_text())["lines"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--json", type=Path, default=HERE / "results.json")
    options = parser.parse_args()
    told: dict[str, list[dict[str, object]]] = {}
    broken = []
    for name in options.only or names():
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            told[name] = run_one(name, quick=options.quick)
        except (subprocess.SubprocessError, OSError) as why:
            broken.append(name)
            print(f"{name}: {why}", file=sys.stderr)
    lines = [
        Line(**{key: value for key, value in row.items() if key not in ("ratio", "verdict")})
        for rows in told.values()
        for row in rows
    ]
    print(table(lines))
    options.json.write_text(json.dumps({"machine": machine(), "benchmarks": told, "broken": broken}, indent=2) + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
