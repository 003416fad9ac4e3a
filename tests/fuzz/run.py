"""Throw bytes at one of our doors until something gives, or the time is over.

    python tests/fuzz/run.py TARGET [--seconds 60] [--corpus DIR] [--input FILE ...]

Begins with the seeds of :mod:`seeds`, each on its own; then atheris, guided by which lines of ours it reaches, changes
them. ``--corpus`` keeps what it found interesting for the next run; ``--input`` only plays files, a crash to look at.
Exit codes: 0 nothing gave, 69 atheris is not installed (the seeds were played), anything else: something gave.
"""

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

LONGEST_BYTES = 20_000
MEMORY_MB = 1_024
SLOWEST_S = 10
NO_ATHERIS = 69  # libFuzzer itself ends with 77 when something gave

try:
    import atheris
except ImportError:
    atheris = None  # type: ignore[assignment]
else:
    with atheris.instrument_imports(include=["photocore", "hardware", "sync"]):
        importlib.import_module("targets")

seeds, targets = importlib.import_module("seeds"), importlib.import_module("targets")


def main() -> int:
    """Fuzz; atheris ends the process by itself."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=targets.TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--input", type=Path, nargs="*")
    args = parser.parse_args()
    target = targets.TARGETS[args.target]
    inputs = [path.read_bytes() for path in args.input] if args.input else seeds.seeds()[args.target]
    for one in inputs:
        target(one)
    print(f"{len(inputs)} inputs played")
    if args.input:
        return 0
    if atheris is None:
        print("atheris is not installed: it has wheels for CPython 3.11 to 3.13 on 64-bit Linux alone")
        return NO_ATHERIS
    with tempfile.TemporaryDirectory() as scratch:
        _fuzz(target, inputs, args.corpus or Path(scratch) / "corpus", args.seconds, Path(scratch))
    return 0


def _fuzz(target: object, inputs: list[bytes], corpus: Path, seconds: int, scratch: Path) -> None:
    own = scratch / "seeds"
    for folder in (corpus, own):
        folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(inputs):
        (own / f"seed-{number}").write_bytes(one)
    options = {
        "max_total_time": seconds,
        "max_len": LONGEST_BYTES,
        "timeout": SLOWEST_S,
        "rss_limit_mb": MEMORY_MB,
        "artifact_prefix": f"{scratch}/",
        "print_final_stats": 1,
        "verbosity": 1,
    }
    words = [f"-{name}={value}" for name, value in options.items()]

    def one(text: bytes) -> None:
        try:
            target(text)  # type: ignore[operator]
        except BaseException:
            print(f"gave way to {text!r}", file=sys.stderr, flush=True)
            raise

    atheris.Setup([sys.argv[0], *words, str(corpus), str(own)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
