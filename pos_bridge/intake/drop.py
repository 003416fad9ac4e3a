"""A folder into which tills drop files: ``in/`` is looked at now and then, what was read moves to ``done/<day>/``.

A sale is the unit, not the file: what can be understood is kept, for a sale is true whatever stands beside it, and
lines that are told again are the same lines. A file of which something could not be understood moves to ``rejects/``
with ``<name>.reasons.txt`` beside it, line by line; corrected, it is put into ``in/`` again, whole, and nothing counts
twice. Where a manifest is wrong nothing of the file is kept: it is not the file that was meant.

At every moment a crash leaves the file in one place, and what was kept of it is the same when it is read again.
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Protocol

import msgspec

from photocore.seams import Clock
from pos_bridge.adapters.files import count_records, read_file
from pos_bridge.adapters.files_shape import PassedOver
from pos_bridge.errors import MessageUnreadable
from pos_bridge.intake.aside import do_aside
from pos_bridge.intake.putting import free_name, move, plain_name, write_whole
from pos_bridge.intake.whole import (
    MANIFEST,
    Look,
    Patience,
    hash_of,
    is_unfinished,
    manifest_in,
    open_plain,
)
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import SourceSettings

AT_ONCE: Final = 500
"""Lines kept in one commit, or a few more: a sale is never torn apart."""
MOST_FILES: Final = 500
"""Files read in one scan, the oldest first; the rest waits for the next."""
MOST_REASONS: Final = 2000
NOTES: Final = ".notes.txt"
REASONS: Final = ".reasons.txt"
_WHAT_TO_DO: Final = (
    "To do: correct what is named below, and put the whole file into in/ again, under any name. What was kept is known",
    "by then, and counts once.",
)


class Keeper(Protocol):
    """The part of the ledger that takes files."""

    def keep_sales(self, sales: Iterable[SaleObserved]) -> int:
        """Keep lines durably; return how many were news."""
        ...

    def note(self, name: str, value: str) -> None:
        """Keep a note."""
        ...

    def read_note(self, name: str) -> str | None:
        """Return a note."""
        ...


class DropForm(msgspec.Struct, frozen=True, kw_only=True):
    """``options`` of a source of files that say how it drops them; seconds and bytes."""

    renamed: bool = False
    quiet_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 3.0
    patience_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 60.0
    most_bytes: Annotated[int, msgspec.Meta(ge=1)] = 128 * 1024 * 1024


def last_told(source: SourceSettings, message: datetime | None) -> datetime | None:
    """Return when a source told something last: its last ``message``, or a file that moved out of ``in/``."""
    if not source.folder:
        return message
    root = Path(source.folder)
    try:
        filled = [one for one in (root / "rejects", *(root / "done").glob("*")) if one.is_dir() and any(one.iterdir())]
        moved = [datetime.fromtimestamp(one.stat().st_mtime, UTC) for one in filled]
    except OSError:
        return message
    return max((at for at in (message, *moved) if at is not None), default=None)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of one file. ``lines`` are those kept, ``news`` those of them that nobody had told before."""

    name: str
    where: Path
    lines: int = 0
    news: int = 0
    is_known: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Scan:
    """What one look at the folder found. ``troubles`` are for a person: what cannot be read, moved or opened."""

    done: list[Taken] = field(default_factory=list[Taken])
    rejected: list[Taken] = field(default_factory=list[Taken])
    waiting: list[str] = field(default_factory=list[str])
    troubles: list[str] = field(default_factory=list[str])


@dataclass(kw_only=True)
class _Told:
    """What one file said, as it is read."""

    lines: int = 0
    news: int = 0
    broken: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    hidden: int = 0

    def hear(self, passed: PassedOver) -> None:
        kept = self.broken if passed.is_broken else self.notes
        if len(kept) < MOST_REASONS:
            kept.append(str(passed))
        else:
            self.hidden += 1


class FileDrop:
    """One source's folder. One caller at a time; every scan may be the first after a crash.

    Raises:
        MessageUnreadable: ``options`` of the source are none.
    """

    def __init__(self, source: SourceSettings, keeper: Keeper, clock: Clock, *, folder: Path | None = None) -> None:
        self.source = source
        self._keeper = keeper
        self._clock = clock
        root = folder or Path(source.folder)
        self.incoming, self.done, self.rejects = root / "in", root / "done", root / "rejects"
        self._patience = Patience()
        try:
            self._form = msgspec.convert(source.options, DropForm)
        except msgspec.ValidationError as cause:
            raise MessageUnreadable(f"options of {source.name} in till.toml: {cause}") from cause

    def scan(self) -> Scan:
        """Look at the folder once: take what is whole, and say what is not, or cannot be taken.

        Raises:
            JournalDown: the ledger kept nothing; every file is where it was.
        """
        found = Scan()
        for folder in (self.incoming, self.done, self.rejects):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as cause:
                found.troubles.append(f"{folder}: {cause.strerror}")
                return found
        try:
            whole = self._whole(found)
        except OSError as cause:
            found.troubles.append(f"{self.incoming}: {cause.strerror}")
            return found
        for name, look in whole[:MOST_FILES]:
            try:
                do_aside(partial(self._take, name, look, found))
            except OSError as cause:
                found.troubles.append(f"{plain_name(name)}: {cause.strerror or cause}; it is left where it is")
        return found

    def _whole(self, found: Scan) -> list[tuple[str, Look]]:
        """Return the files that nobody writes to any more, the oldest first."""
        now, seen = self._clock.monotonic(), dict(self._candidates(found))
        self._patience.keep_only(set(seen))
        whole: list[tuple[str, Look]] = []
        for name, look in seen.items():
            quiet = self._patience.quiet_for(name, look, now)
            if name.endswith(MANIFEST):
                if name.removesuffix(MANIFEST) not in seen and quiet >= self._form.patience_s:
                    self._orphan(name, found)
            elif f"{name}{MANIFEST}" in seen or self._form.renamed or quiet >= self._quiet_needed(look):
                whole.append((name, look))
            else:
                found.waiting.append(name)
        return sorted(whole, key=lambda each: (each[1].changed_ns, each[0]))

    def _quiet_needed(self, look: Look) -> float:
        """Return for how long a file must have been left alone; an empty one may be about to be written."""
        return self._form.quiet_s if look.size else self._form.patience_s

    def _candidates(self, found: Scan) -> Iterator[tuple[str, Look]]:
        with os.scandir(self.incoming) as entries:
            for entry in entries:
                if is_unfinished(entry.name):
                    found.waiting.append(entry.name)
                    continue
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError as cause:
                    found.troubles.append(f"{plain_name(entry.name)}: {cause.strerror}")
                    continue
                if stat.S_ISREG(status.st_mode):
                    yield entry.name, Look.of(status)
                else:
                    found.troubles.append(f"{plain_name(entry.name)}: no plain file; it is left where it is")

    def _orphan(self, name: str, found: Scan) -> None:
        """Put a manifest away whose file went before it, and tell of one whose file has not come."""
        path = self.incoming / name
        try:
            manifest = manifest_in(path)
            if manifest is not None and self._keeper.read_note(self._mark(manifest.sha256.lower())) is not None:
                move(path, self.done / self._today(), plain_name(name))
                return
            why = "a manifest whose file has not come"
        except MessageUnreadable as cause:
            why = str(cause)
        except OSError as cause:
            why = cause.strerror or str(cause)
        found.troubles.append(f"{plain_name(name)}: {why}")

    def _take(self, name: str, look: Look, found: Scan) -> None:
        """Read one whole file, and put it where it belongs. What was kept of one that changes meanwhile is kept."""
        path, told = self.incoming / name, _Told()
        with open_plain(path) as file:
            if Look.of(os.fstat(file.fileno())) != look:
                found.waiting.append(name)
                return
            try:
                sha256, is_known = self._checked(path, look, file)
                if not is_known:
                    self._read(file, told)
            except _NotYet:
                found.waiting.append(name)
                return
            except MessageUnreadable as cause:
                sha256, is_known = "", False
                told.broken.append(f"the file: {cause}")
            if Look.of(os.fstat(file.fileno())) != look:
                found.waiting.append(name)
                return
        if told.broken:
            found.rejected.append(self._reject(path, told))
            return
        if not is_known:
            self._keeper.note(self._mark(sha256), f"{self._clock.now().isoformat()} {told.lines}")
        found.done.append(self._finish(path, told, is_known=is_known))

    def _checked(self, path: Path, look: Look, file: BinaryIO) -> tuple[str, bool]:
        """Return a file's hash, and whether it was read to its end before.

        Raises:
            MessageUnreadable: it is too large, or not the file that its manifest speaks of: nothing of it is kept.
        """
        if look.size > self._form.most_bytes:
            raise MessageUnreadable(f"{look.size:,} bytes, more than options.most_bytes")
        sha256 = hash_of(file)
        beside = path.with_name(f"{path.name}{MANIFEST}")
        try:
            manifest = manifest_in(beside)
            if manifest is not None and (manifest.bytes, manifest.sha256.lower()) != (look.size, sha256):
                raise MessageUnreadable(
                    f"it is not the file of its manifest: {look.size:,} bytes, there {manifest.bytes:,}; or changed"
                )
        except MessageUnreadable:
            now = self._clock.monotonic()
            if min(self._quiet(each, now) for each in (path, beside)) < self._form.patience_s:
                raise _NotYet from None
            raise
        if self._keeper.read_note(self._mark(sha256)) is not None:
            return sha256, True
        if manifest is not None and manifest.records is not None:
            counted = count_records(file, self.source)
            if counted != manifest.records:
                raise MessageUnreadable(f"{counted} records, where its manifest says {manifest.records}")
        return sha256, False

    def _quiet(self, path: Path, now: float) -> float:
        return self._patience.quiet_for(path.name, Look.of(path.lstat()), now)

    def _read(self, file: BinaryIO, told: _Told) -> None:
        batch: list[SaleObserved] = []
        try:
            for basket in read_file(file, self.source, told.hear):
                batch.extend(basket)
                if len(batch) >= AT_ONCE:
                    self._keep(batch, told)
        except MessageUnreadable:
            self._keep(batch, told)
            raise
        self._keep(batch, told)

    def _keep(self, batch: list[SaleObserved], told: _Told) -> None:
        if batch:
            told.news += self._keeper.keep_sales(batch)
            told.lines += len(batch)
            batch.clear()

    def _finish(self, path: Path, told: _Told, *, is_known: bool) -> Taken:
        folder = self.done / self._today()
        folder.mkdir(parents=True, exist_ok=True)
        target = free_name(folder, plain_name(path.name))
        if told.notes:
            write_whole(
                target.with_name(f"{target.name}{NOTES}"), _page(self._head(path, told), told.notes, told.hidden)
            )
        self._put(path, target)
        return Taken(name=path.name, where=target, lines=told.lines, news=told.news, is_known=is_known)

    def _reject(self, path: Path, told: _Told) -> Taken:
        self.rejects.mkdir(parents=True, exist_ok=True)
        target = free_name(self.rejects, plain_name(path.name))
        page = _page([*self._head(path, told), *_WHAT_TO_DO], [*told.broken, *told.notes], told.hidden)
        write_whole(target.with_name(f"{target.name}{REASONS}"), page)
        self._put(path, target)
        return Taken(name=path.name, where=target, lines=told.lines, news=told.news, reasons=tuple(told.broken))

    def _put(self, path: Path, target: Path) -> None:
        """Move a file and then its manifest, which alone means nothing."""
        move(path, target.parent, target.name)
        beside = path.with_name(f"{path.name}{MANIFEST}")
        if os.path.lexists(beside):
            move(beside, target.parent, f"{target.name}{MANIFEST}")

    def _head(self, path: Path, told: _Told) -> list[str]:
        return [
            f"{plain_name(path.name)}, read {self._clock.now():%Y-%m-%d %H:%M} UTC as source {self.source.name}",
            f"{told.lines} lines of sales were kept, {told.news} of them news.",
            f"{len(told.broken)} places were not understood.",
        ]

    def _mark(self, sha256: str) -> str:
        """Return the name under which it is noted that a file was read, by the settings it was read by."""
        source = self.source
        read_by = (source.store, source.stores, source.tills, source.zone, source.currency, source.options)
        settings = hashlib.sha256(msgspec.json.encode(read_by, order="deterministic")).hexdigest()[:12]
        return f"file {source.name} {settings} {sha256}"

    def _today(self) -> str:
        return self._clock.now().date().isoformat()


class _NotYet(Exception):
    """The file and its manifest do not fit yet; one of them is young."""


def _page(head: list[str], lines: list[str], hidden: int) -> bytes:
    more = [f"... and {hidden} more"] if hidden else []
    text = "\n".join([*head, "", *lines, *more, ""])
    return "".join(mark if mark.isprintable() or mark == "\n" else "?" for mark in text).encode()
