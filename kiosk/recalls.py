"""Recalls at the counter: the store's files of them, and what they say of one film that is in somebody's hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec

from kiosk.flow.values import Item, Package
from photocore.errors import SettingsError
from photocore.recalls import Recall, RecallFile, expired_on, find_recall
from photocore.settings import load_toml

FOLDER = "recalls"


def load_recalls(config: Path) -> tuple[Recall, ...]:
    """Return the recalls of every ``recalls/*.toml`` in ``config``; none where there is no such folder.

    Raises:
        SettingsError: a file cannot be read, or breaks its form: no recall may be passed over.
    """
    return tuple(recall for path in sorted((config / FOLDER).glob("*.toml")) for recall in _read(path).recall)


def judge_film(package: Package, item: Item | None, recalls: Iterable[Recall], today: date) -> Package:
    """Return ``package`` with the recall it falls under, and its best date if that is over.

    What was scanned is judged, and each piece of the package it belongs to, by number; lot and date are the scanned
    code's own.
    """
    lot, expires = (item.lot, item.expires) if item else ("", "")
    known = tuple(recalls)
    names = dict.fromkeys((package.item, *((package.package,) if package.package else ()), *package.rolls))
    found = [recall for name in names if (recall := find_recall(known, name, lot))]
    strictest = min(found, key=lambda recall: recall.policy != "block", default=None)
    over = expired_on(expires, today)
    return replace(
        package,
        recall=strictest.policy if strictest else "",
        recall_reason=strictest.reason if strictest else "",
        expired_on=over.isoformat() if over else "",
    )


def _read(path: Path) -> RecallFile:
    try:
        return msgspec.convert(load_toml(path), RecallFile)
    except (msgspec.ValidationError, ValueError) as cause:
        raise SettingsError(f"{path}: {cause}") from cause
