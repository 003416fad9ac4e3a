"""Corrupted reads of real codes, by the million: which of them would register something else than was held out.

    python tests/fuzz/misreads.py --reads 10000000 --processes 2 [--serials counted] [--seed N]

A read is spoiled behind the scanner's own error correction, as a line, a buffer or a wrong set-up spoils it. What
comes out is held against what the store's station knows:

- **refused**: nothing happens, the shopper is told;
- **same**: it still names the same package, card or paper (a hyphen lost, another roll of the same package);
- **second**: of two codes that ran into each other it names the later one;
- **harmless**: a price code, a receipt, a claim code: it registers nothing by itself;
- **unknown**: a package ID that nobody has: registered, it waits for a manifest that never comes;
- **unborne card**: a card of a right form that no shopper bears;
- **false**: another package of the chain, or another shopper's card: what must not happen.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from random import Random
from typing import Final

from real_codes import Real, Serials, Shop, make_shop

from photocore.cards import CardNumber
from photocore.scans import (
    CardScan,
    ClaimCodeScan,
    CopyScan,
    OrderCodeScan,
    PackageScan,
    ReceiptScan,
    Refused,
    RollScan,
)
from photocore.symbology import read_frame

Tally = Counter[tuple[str, str, str]]
"""Reads by sort of code, kind of corruption and outcome."""

Shown = tuple[str, str, str, str]
"""Outcome, kind of corruption, what was held out, what was read."""

AIM_IDS: Final = ("]E0", "]E4", "]C0", "]C1", "]d1", "]d2", "]Q1", "]Q3", "]I0", "]A0", "]e0", "]L0", "]z0", "]XF")
ANY: Final = "".join(map(chr, range(0x1D, 0x7F)))
OUTCOMES: Final = ("refused", "same", "second", "harmless", "unknown", "unborne card", "false")
SHARE: Final = 50_000  # reads of one errand of a process


def _like(symbol: str, chance: Random) -> str:
    """Return another symbol: three times in four of the same sort, for those pass unnoticed."""
    alphabet = ANY
    if chance.random() < 0.75:
        alphabet = "0123456789" if symbol.isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if symbol.isupper() else ANY
    return chance.choice(alphabet.replace(symbol, ""))


def wrong_symbol(text: str, chance: Random, _: Shop) -> str:
    place = chance.randrange(len(text))
    return text[:place] + _like(text[place], chance) + text[place + 1 :]


def two_wrong_symbols(text: str, chance: Random, shop: Shop) -> str:
    return wrong_symbol(wrong_symbol(text, chance, shop), chance, shop)


def swap(text: str, chance: Random, _: Shop) -> str:
    place = chance.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def dropped(text: str, chance: Random, _: Shop) -> str:
    place = chance.randrange(len(text))
    return text[:place] + text[place + 1 :]


def doubled(text: str, chance: Random, _: Shop) -> str:
    place = chance.randrange(len(text))
    return text[:place] + text[place] + text[place:]


def burst(text: str, chance: Random, _: Shop) -> str:
    length = chance.randrange(3, 9)
    place = chance.randrange(max(1, len(text) - length))
    hit = "".join(_like(symbol, chance) for symbol in text[place : place + length])
    return text[:place] + hit + text[place + length :]


def cut_tail(text: str, chance: Random, _: Shop) -> str:
    return text[: chance.randrange(1, len(text))]


def cut_head(text: str, chance: Random, _: Shop) -> str:
    return text[chance.randrange(1, len(text)) :]


def wrong_aim(text: str, chance: Random, _: Shop) -> str:
    return chance.choice((*AIM_IDS, "")) + (text[3:] if text.startswith("]") else text)


CORRUPTIONS: Final[dict[str, Callable[[str, Random, Shop], str]]] = {
    "one symbol wrong": wrong_symbol,
    "two symbols wrong": two_wrong_symbols,
    "neighbours swapped": swap,
    "symbol dropped": dropped,
    "symbol doubled": doubled,
    "burst of 3-8": burst,
    "tail cut": cut_tail,
    "head cut": cut_head,
    "wrong AIM id": wrong_aim,
}


def merge_whole(first: str, second: str, _: Random) -> str:
    """Two codes with no end between."""
    return first + second


def merge_cut(first: str, second: str, chance: Random) -> str:
    """The end between two codes is lost, and bytes on both sides of it."""
    return first[: chance.randrange(1, len(first))] + second[chance.randrange(1, len(second)) :]


MERGES: Final = {"two merged, whole": merge_whole, "two merged, cut": merge_cut}


def judge(shop: Shop, text: str, *held_out: Real) -> str:
    """Return what would come of ``text`` where ``held_out`` was: one code, or two whose reads ran into each other."""
    names = {real.names for real in held_out}
    match read_frame(text.encode("latin-1"), shop.knows):
        case PackageScan(item=item) | RollScan(item=item) | CopyScan(item=item):
            name, foreign = shop.packages.get(item, item), "unknown"
            is_somebodys = item in shop.packages or item in shop.elsewhere
        case CardScan(card=CardNumber(number=number)):
            name, foreign, is_somebodys = number, "unborne card", number in shop.cards
        case ReceiptScan(number=name) | OrderCodeScan(code=name) | ClaimCodeScan(code=name):
            foreign, is_somebodys = "harmless", False
        case Refused():
            return "refused"
        case _:
            return "harmless"
    if name in names:
        return "same" if name == held_out[0].names else "second"
    return "false" if is_somebodys else foreign


def spoil(shop: Shop, chance: Random, reads: int, *, keep: int = 20) -> tuple[Tally, list[Shown]]:
    """Read ``reads`` spoiled codes; return the tally, and some of those that nobody should have believed."""
    tally: Tally = Counter()
    shown: list[Shown] = []
    kinds = [*CORRUPTIONS, *MERGES]
    while reads:
        kind = chance.choice(kinds)
        held_out = [chance.choice(shop.codes) for _ in range(1 + (kind in MERGES))]
        texts = [real.text for real in held_out]
        text = MERGES[kind](*texts, chance) if kind in MERGES else CORRUPTIONS[kind](*texts, chance, shop)
        if text in ("", *texts):
            continue
        outcome = judge(shop, text, *held_out)
        reads -= 1
        tally[held_out[0].sort, kind, outcome] += 1
        is_guess = kind == "two merged, whole" and outcome == "second"
        if (outcome == "false" or is_guess) and len(shown) < keep:
            shown.append((outcome, kind, " + ".join(texts), text))
    return tally, shown


def run(*, reads: int, seed: int, serials: Serials, processes: int) -> tuple[Tally, list[Shown]]:
    """Read ``reads`` spoiled codes in shares, each of its own seed: the figures do not hang on the processes."""
    shares = [(seed, serials, number, min(SHARE, reads - number * SHARE)) for number in range(-(-reads // SHARE))]
    tally: Tally = Counter()
    shown: list[Shown] = []
    with ProcessPoolExecutor(processes) as pool:
        for found, some in pool.map(_share, shares):
            tally += found
            shown += some
    return tally, shown


_SHOPS: dict[tuple[int, Serials], Shop] = {}


def _share(share: tuple[int, Serials, int, int]) -> tuple[Tally, list[Shown]]:
    seed, serials, number, reads = share
    shop = _SHOPS.get((seed, serials)) or _SHOPS.setdefault((seed, serials), make_shop(seed, serials))
    return spoil(shop, Random(f"{seed}/{number}"), reads)


def table(tally: Tally, by: int) -> str:
    """Return the tally as a Markdown table, by sort of code (0) or kind of corruption (1)."""
    sums: Counter[tuple[str, str]] = Counter()
    for key, count in tally.items():
        sums[key[by], key[2]] += count
    rows = [f"| | reads | {' | '.join(OUTCOMES)} |", "|---" * (len(OUTCOMES) + 2) + "|"]
    for name in sorted({name for name, _ in sums}):
        total = sum(sums[name, outcome] for outcome in OUTCOMES)
        cells = " | ".join(f"{sums[name, outcome]:,} ({sums[name, outcome] / total:.3%})" for outcome in OUTCOMES)
        rows.append(f"| {name} | {total:,} | {cells} |")
    return "\n".join(rows)


def main() -> int:
    """Run, and tell; the exit code says whether anything was registered falsely."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reads", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--serials", choices=("drawn", "counted"), default="drawn")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    begun = time.monotonic()
    tally, shown = run(reads=args.reads, seed=args.seed, serials=args.serials, processes=args.processes)
    seconds = time.monotonic() - begun
    if args.json:
        flat = [[*key, count] for key, count in sorted(tally.items())]
        print(json.dumps({"tally": flat, "shown": shown, "seconds": seconds}))
    else:
        print(table(tally, 1), table(tally, 0), sep="\n\n")
        print(f"\n{args.reads:,} reads in {seconds:.1f} s, {args.reads / seconds:,.0f} a second")
        for some in shown[:20]:
            print(*some[:2], *map(repr, some[2:]))
    return int(any(outcome == "false" for _, _, outcome in tally))


if __name__ == "__main__":
    sys.exit(main())
