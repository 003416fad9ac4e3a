"""Whose pictures an object store keeps: a mark in the store and in the database, compared when a service starts.

Without it a mistyped ``--objects`` shows nobody any picture, files new ones where nobody looks for them, and, worse,
lets a collection delete what another database needs. A store without a mark is taken where it has this database's
pictures, or where there are none yet: copied, moved and restored ones are. One with another mark is refused.
"""

from typing import Final

import structlog

from photocore.seams import Entropy
from photoservice.db.database import Database, Session
from photoservice.errors import StartRefused
from photoservice.objects.store import ObjectMissing, ObjectStore, StoreDown, original_key

log = structlog.get_logger(__name__)

KEY: Final = "mark/store"
"""Under no prefix of ours, so that nothing lists or collects it."""

_LOOKED_AT: Final = 20
_BYTES: Final = 16

_ANOTHER: Final = (
    "The object store at {where} belongs to another database: here its pictures would be deleted as nobody's. Give"
    " --objects (or TWINCHECK_OBJECTS) the store of this database. If these are this database's pictures all the same,"
    " as after its restore by other means: twincheck photoservice adopt-objects"
)
_NONE: Final = (
    "The object store at {where} has none of this database's pictures: another folder or bucket, or a disk that is not"
    " mounted. Give --objects (or TWINCHECK_OBJECTS) the right one. If the pictures are lost: restore a backup, into an"
    " empty database and an empty store."
)
_FOREIGN: Final = (
    "The object store at {where} holds objects, and this database knows of no picture: the first collection would"
    " delete all of them. Bring the database they belong to."
)


async def check_store(database: Database, objects: ObjectStore, entropy: Entropy, where: str) -> None:
    """Refuse to work on another object store than this database's; a store that is down is looked at another time.

    Raises:
        StartRefused: it is another one.
    """
    async with database.begin() as session:
        mark = str(await session.value("objects.mark", entropy.token(_BYTES).hex()))
    try:
        there = await _mark_in(objects)
        if there == mark:
            return
        if there:
            raise StartRefused(_ANOTHER.format(where=where))
        if not await _has_ours(database, objects):
            raise StartRefused(_NONE.format(where=where))
        await objects.put(KEY, mark.encode())
    except StoreDown as down:
        log.warning("objects.not_looked_at", why=str(down))


async def refuse_another(database: Database, objects: ObjectStore, where: str) -> None:
    """Refuse a store that bears another mark than the database has; what bears none passes.

    Raises:
        StartRefused: it does.
        StoreDown: the store fails.
    """
    async with database.begin() as session:
        await compare_marks(session, objects, where)


async def compare_marks(session: Session, objects: ObjectStore, where: str) -> None:
    """Refuse as :func:`refuse_another` does, in a session that is open.

    Raises:
        StartRefused: the store bears another mark.
        StoreDown: the store fails.
    """
    mark = await session.value("objects.marked")
    there = await _mark_in(objects) if mark else ""
    if there and there != mark:
        raise StartRefused(_ANOTHER.format(where=where))


async def adopt_store(database: Database, objects: ObjectStore, entropy: Entropy, where: str) -> None:
    """Let this database and this object store belong together from now on, under a fresh mark.

    Raises:
        StartRefused: the store has none of the database's pictures, or the database knows of none and the store has.
        StoreDown: the store fails.
    """
    async with database.begin() as session:
        is_empty = not await session.rows("objects.some_originals", 1)
    if is_empty:
        async for found in objects.list(""):
            if found.key != KEY:
                raise StartRefused(_FOREIGN.format(where=where))
    elif not await _has_ours(database, objects):
        raise StartRefused(_NONE.format(where=where))
    mark = entropy.token(_BYTES).hex()
    async with database.begin() as session:
        await session.value("objects.mark", mark)
        await session.run("objects.set_mark", mark)
    await objects.delete(KEY)
    await objects.put(KEY, mark.encode())


async def _has_ours(database: Database, objects: ObjectStore) -> bool:
    """Say whether a store has one of the first few pictures, or there are none to have."""
    async with database.begin() as session:
        rows = await session.rows("objects.some_originals", _LOOKED_AT)
    for row in rows:
        if await objects.look(original_key(row["sha256"])) is not None:
            return True
    return not rows


async def _mark_in(objects: ObjectStore) -> str:
    try:
        return (await objects.read(KEY)).decode("ascii", "replace")
    except ObjectMissing:
        return ""
