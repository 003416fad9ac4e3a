"""What ``twincheck till cases`` and ``twincheck till sources`` print: lines for a person, or JSON for a program."""

from pathlib import Path

import msgspec

from pos_bridge.beside import SourceSeen, read_cases, read_sources
from pos_bridge.settings import load_till
from pos_bridge.web.words import read_words


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


def source_lines(folder: Path, *, as_json: bool) -> tuple[str, ...]:
    """Return where sales come from, a line a source. Raises as :func:`case_lines`, or SettingsError."""
    seen = read_sources(folder, load_till(folder).settings)
    if as_json:
        rows = [
            {
                "name": one.source.name,
                "kind": one.source.kind,
                "last_message": one.last_message,
                "asked_every_s": one.source.every_s,
                "folder": one.source.folder or None,
            }
            for one in seen
        ]
        return (msgspec.json.encode(rows).decode(),)
    return tuple(_line(one) for one in seen) or ("No source is set up in till.toml.",)


def _line(seen: SourceSeen) -> str:
    source = seen.source
    how = f"asked every {source.every_s:g} s" if source.every_s else source.folder or "calls us"
    last = seen.last_message.isoformat(timespec="seconds") if seen.last_message else "never"
    return f"{source.name:<20} {source.kind:<10} last message {last:<26} {how}"
