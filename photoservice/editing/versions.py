"""Versions of an edit: each one kept is a row, made after another; undo goes back along these, redo forth again.

Nothing is overwritten. Who undoes twice and then edits anew has a second branch, and the first is in the history still.
Version 0 is the original. Two devices that edit one picture both name the version they saw: the second is told.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from photocore.edits import NO_EDIT, Edit, read_edit, taken_over, write_edit
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.errors import EditedMeanwhile, Unknown
from photoservice.gallery.sight import Sight

MOST_VERSIONS: Final = 100
"""Kept of one picture; older ones are dropped, but the one that holds."""


@functools.lru_cache(maxsize=2_000)
def kept_edit(instructions: str) -> Edit:
    """Return the edit of a row's instructions; many pictures are turned alike, and pages are loaded again."""
    return read_edit(instructions.encode())


@dataclass(frozen=True, kw_only=True)
class Head:
    """The version of an edit that holds."""

    version: int
    edit: Edit


UNEDITED: Final = Head(version=0, edit=NO_EDIT)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One version in a picture's history, made after another."""

    version: int
    after: int
    edit: Edit
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What is taken over to other pictures: turns, straightening and crop; or light and colour; or both."""

    shape: bool = True
    colours: bool = True


@dataclass(frozen=True, kw_only=True)
class Copied:
    """Which pictures an edit was taken over to, and when: all of it can be undone at once."""

    images: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Versions:
    """Keeps the versions of everybody's edits. Whether a person may see an image, who calls has asked."""

    clock: Clock

    async def heads(self, session: Session, person: str, images: Sequence[str]) -> Mapping[str, Head]:
        """Return what holds of those of ``images`` that ``person`` edited and that look other than the original."""
        rows = await session.rows("edits.heads", person, list(images)) if images else ()
        return {row["image"]: head for row in rows if (head := _head(row)).edit != NO_EDIT}

    async def head(self, session: Session, person: str, image: str) -> Head:
        """Return what holds of one image."""
        row = await session.row("edits.heads", person, [image])
        return _head(row) if row else UNEDITED

    async def history(self, session: Session, person: str, image: str) -> tuple[Kept, ...]:
        """Return every version that is kept of one image, the last first."""
        return tuple(map(_kept, await session.rows("edits.versions", person, image)))

    async def opened(self, session: Session, person: str, image: str) -> tuple[Head, tuple[Kept, ...]]:
        """Return what holds of one image, and its history."""
        rows = await session.rows("edits.opened", person, image)
        history = tuple(map(_kept, rows))
        held = next((one for one in history if one.version == rows[0]["head"]), None)
        return Head(version=held.version, edit=held.edit) if held else UNEDITED, history

    async def keep(self, session: Session, person: str, image: str, edit: Edit, *, seen: int) -> int:
        """Keep ``edit`` after the version ``seen``, and return the version that holds now.

        Raises:
            EditedMeanwhile: another version holds than was seen; nothing is changed.
        """
        head = await self._locked(session, person, image, seen)
        if head.edit == edit:
            return head.version
        last = await session.rows("edits.lasts", person, [image])
        version = (last[0]["version"] if last else 0) + 1
        await self._add(session, person, [(image, version, head.version, edit)])
        return version

    async def undo(self, session: Session, person: str, image: str, *, seen: int) -> int:
        """Let the version hold that the present one was made after; of the original it stays as it is.

        Raises:
            EditedMeanwhile: another version holds than was seen.
        """
        await self._locked(session, person, image, seen)
        return await self._hold(session, person, image, await session.value("edits.before", person, image, seen) or 0)

    async def redo(self, session: Session, person: str, image: str, *, seen: int) -> int:
        """Let the last version hold that was made after the present one, if there is any.

        Raises:
            EditedMeanwhile: another version holds than was seen.
        """
        await self._locked(session, person, image, seen)
        behind = await session.value("edits.behind", person, image, seen)
        return seen if behind is None else await self._hold(session, person, image, behind)

    async def go_to(self, session: Session, person: str, image: str, version: int, *, seen: int) -> int:
        """Let any version hold that is kept, or the original (0).

        Raises:
            EditedMeanwhile: another version holds than was seen.
            Unknown: it is not kept.
        """
        await self._locked(session, person, image, seen)
        kept = {one.version for one in await self.history(session, person, image)}
        if version not in {0, *kept}:
            raise Unknown("This version is not kept any more.")
        return await self._hold(session, person, image, version)

    async def copy(
        self, session: Session, who: tuple[str, Sight], source: str, targets: Sequence[str], *, taken: Taken
    ) -> Copied:
        """Take over an edit to others of a person's pictures; return which of them changed, and when.

        ``who`` is the person, and what they may see now.

        Those that cannot be seen, or shown yet, are passed over. A crop is fitted to pictures of another shape.
        """
        person, sight = who
        targets = sorted({*targets} - {source})
        await session.lock([_lock(person, image) for image in targets])
        edit = (await self.head(session, person, source)).edit
        shapes = {
            row["id"]: (row["width"], row["height"])
            for row in await session.rows("edits.shapes", [source, *targets])
            if sight.shows(row)
        }
        rows = await session.rows("edits.heads", person, targets)
        heads = {row["image"]: _head(row) for row in rows}
        lasts = {row["image"]: row["version"] for row in await session.rows("edits.lasts", person, targets)}
        added: list[tuple[str, int, int, Edit]] = []
        for image in targets:
            if image not in shapes or source not in shapes:
                continue
            had = heads.get(image, UNEDITED)
            sides = (shapes[source], shapes[image])
            wanted = taken_over(edit, had.edit, shapes=sides, shape=taken.shape, colours=taken.colours)
            if wanted != had.edit:
                added.append((image, lasts.get(image, 0) + 1, had.version, wanted))
        at = await self._add(session, person, added)
        return Copied(images=tuple(image for image, _, _, _ in added), at=at)

    async def undo_copy(self, session: Session, person: str, at: datetime) -> Sequence[str]:
        """Undo what was taken over to others at one time, but where it was edited since; return their images."""
        return [row["image"] for row in await session.rows("edits.undo_at", person, at)]

    async def of_earlier_scan(self, session: Session, person: str, image: str) -> tuple[Edit, tuple[int, int]] | None:
        """Return the edit of another scan of the same frame, and how wide and high that scan was."""
        row = await session.row("edits.of_earlier_scan", person, image)
        if row is None or row["width"] is None or (edit := _edit(row)) == NO_EDIT:
            return None
        return edit, (row["width"], row["height"])

    async def move(self, session: Session, person: str, to: str) -> None:
        """Take over all that ``person`` edited to another; where both edited a picture, what is newer holds."""
        await session.run("edits.heads_for", person, to)
        await session.run("edits.renumber_for", person, to)
        await session.run("edits.forget", person)

    async def _locked(self, session: Session, person: str, image: str, seen: int) -> Head:
        """Return what holds, and keep everybody else from changing it until the transaction ends."""
        await session.lock([_lock(person, image)])
        head = await self.head(session, person, image)
        if head.version != seen:
            raise EditedMeanwhile(head.version)
        return head

    async def _hold(self, session: Session, person: str, image: str, version: int) -> int:
        await session.run("edits.set_head", person, image, version, self.clock.now())
        return version

    async def _add(self, session: Session, person: str, added: Sequence[tuple[str, int, int, Edit]]) -> datetime:
        now = self.clock.now()
        rows = [
            (person, image, version, after, write_edit(edit).decode(), now) for image, version, after, edit in added
        ]
        await session.run_many("edits.keep", rows)
        await session.run_many("edits.set_head", [(person, image, version, now) for image, version, _, _ in added])
        old = [(person, image, version - MOST_VERSIONS) for image, version, _, _ in added if version > MOST_VERSIONS]
        await session.run_many("edits.forget_oldest", old)
        return now


def _kept(row: Row) -> Kept:
    return Kept(version=row["version"], after=row["after"], edit=_edit(row), at=row["at"])


def _lock(person: str, image: str) -> str:
    return f"edit:{person}:{image}"


def _head(row: Row) -> Head:
    return Head(version=row["version"], edit=_edit(row))


def _edit(row: Row) -> Edit:
    return kept_edit(row["instructions"])
