"""What ``twincheck till cases`` and ``twincheck till sources`` print: lines for a person, or JSON for a program."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from pos_bridge.beside import SourceSeen, read_cases, read_sources
from pos_bridge.settings import load_till
from pos_bridge.web.words import read_words

FEW: Final = 5


def case_lines(folder: Path, *, is_all: bool, as_json: bool) -> tuple[tuple[str, ...], bool]:
    """Return the lines, and whether a case is open: something waits for a person.

    Raises:
        JournalDown: there is no ledger, or it cannot be read.
    """
    cases = read_cases(folder, open_only=not is_all)
    is_open = any(case.is_open for case in cases)
    if as_json:
        return (msgspec.json.encode(cases).decode(),), is_open
    words = read_words()["en"]
    lines: list[str] = []
    for case in cases:
        where = str(case.basket) if case.basket else f"lane {case.lane}" if case.lane else ""
        state = "" if case.is_open else "  (settled)"
        lines.append(f"{case.key}  {case.at:<32}  {words.about('kind', case.reason)}  {where}{state}")
    return tuple(lines) or ("No cases.",), is_open


def source_lines(folder: Path, now: datetime, *, as_json: bool) -> tuple[str, ...]:
    """Return where sales come from, a line a source, and below it what of it does not count at ``now``.

    Raises as :func:`case_lines`, or SettingsError.
    """
    seen = read_sources(folder, load_till(folder).settings, now)
    if as_json:
        rows = [
            {
                "name": one.source.name,
                "kind": one.source.kind,
                "last_message": one.last_message,
                "asked_every_s": one.source.every_s,
                "folder": one.source.folder or None,
                "left_out_in_7_days": one.left_out_lately,
                "left_out": one.left_out,
                "rejected_files": one.rejects.count,
                "rejected": one.rejects.newest,
            }
            for one in seen
        ]
        return (msgspec.json.encode(rows).decode(),)
    return tuple(line for one in seen for line in (_line(one), *_not_counted(one))) or (
        "No source is set up in till.toml.",
    )


def _not_counted(seen: SourceSeen) -> Iterator[str]:
    """Yield what of a source does not count: some of it; the manager's page and ``--json`` have more."""
    if seen.left_out:
        yield f"  told and not counted in 7 days: {seen.left_out_lately}; the newest:"
    for one in seen.left_out[:FEW]:
        again = f"came again under its ID with other content, {one.times} times; the first one counts"
        yield f"    {one.received_at.isoformat(timespec='seconds')}  {one.key}  {one.why or again}"
    if seen.rejects.count:
        yield f"  files in rejects/: {seen.rejects.count}; the newest:"
    for file in seen.rejects.newest[:FEW]:
        yield f"    {file.at.isoformat(timespec='seconds')}  {file.name}  {file.why}"


def _line(seen: SourceSeen) -> str:
    source = seen.source
    how = f"asked every {source.every_s:g} s" if source.every_s else source.folder or "calls us"
    last = seen.last_message.isoformat(timespec="seconds") if seen.last_message else "never"
    return f"{source.name:<20} {source.kind:<10} last message {last:<26} {how}"
