"""What is wanted of a drop-off's rolls, in the words of a paper's language (S1)."""

from collections import Counter
from collections.abc import Mapping

from photocore.label import Wanted, WantedRoll

GAP = " · "
"""What stands between two parts on one line."""


def roll_words(roll: WantedRoll, words: Mapping[str, str]) -> str:
    """Return how a roll is developed: the process as the trade calls it, push or pull behind it."""
    process = words["process_bw"] if roll.process == "B&W" else roll.process
    if not roll.stops:
        return process
    return f"{process} {words['push' if roll.stops > 0 else 'pull']} {abs(roll.stops)}"


def rolls_words(wanted: Wanted, words: Mapping[str, str]) -> list[str]:
    """Return one text for each way in which rolls are developed, with how many rolls it is of where there are more."""
    alike = Counter(roll_words(roll, words) for roll in wanted.rolls)
    if len(alike) == 1:
        return list(alike)
    return [f"{count} × {text}" for text, count in alike.items()]


def scan_words(wanted: Wanted, words: Mapping[str, str]) -> str:
    """Return what is scanned."""
    return words[f"scan_{wanted.scan}"]


def negatives_words(wanted: Wanted, words: Mapping[str, str]) -> str:
    """Return what becomes of the negatives."""
    return words[f"negatives_{wanted.negatives}"]


def detail_words(wanted: Wanted, words: Mapping[str, str]) -> tuple[str, ...]:
    """Return all of it, part by part, for a label whose paper is small."""
    return (*rolls_words(wanted, words), scan_words(wanted, words), negatives_words(wanted, words))
