"""What goes into a zip: which file of each picture, under which name, and what has to stay out, and why.

Which file: ``proxy`` is a picture as its page shows it, with its edit, 2048 pixels at most and nothing in it but the
picture; ``original`` the exact bytes that came; ``edited`` the edit carried out at full size, and the original where
there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from photocore.edits import Edit
from photoservice.db.database import Row, Session
from photoservice.editing.versions import Head
from photoservice.gallery.bytes_of import Bytes, Piece
from photoservice.gallery.frames import tag_of
from photoservice.gallery.sight import Sight
from photoservice.objects.store import original_key, rendition_key
from photoservice.taking.names import UniqueNames, safe_part
from photoservice.taking.zips import Member, length_of
from photoservice.web.dispositions import ENDINGS

Which = Literal["proxy", "edited", "original"]
Why = Literal["making", "failed", "damaged", "missing"]
"""Why a picture is not in a zip: not made yet, cannot be made, its file is damaged, or is not where it was kept."""

MOST_TAKEN: Final = 10_000
"""Pictures in one zip."""

JPEG: Final = "image/jpeg"
TIER: Final = "2048"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One file of a zip: ``piece`` as it is kept, or as ``edit`` makes it, at full size or not, when its turn comes."""

    image: str
    name: str
    at: datetime
    piece: Piece
    edit: Edit | None = None
    is_full: bool = False

    @property
    def member(self) -> Member:
        """The file as the zip names it, if it is sent as it is kept."""
        return Member(name=self.name, size=self.piece.size, at=self.at)


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A picture that is not in the zip, under the name it would have had."""

    name: str
    why: Why


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What goes into a zip, in its order, and what does not."""

    files: tuple[Wanted, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def has_edits(self) -> bool:
        """Whether some files are made only when their turn comes: then nobody knows before how long the zip is."""
        return any(file.edit is not None for file in self.files)

    @property
    def size(self) -> int:
        """How many bytes the zip has; about as many where it holds edits."""
        return length_of(file.member for file in self.files)


async def plan_zip(
    session: Session,
    kept: Bytes,
    sight: Sight,
    images: Sequence[str],
    which: Which,
    *,
    heads: Mapping[str, Head],
) -> Plan:
    """Return the plan of a zip of those of ``images`` that are in ``sight``; ``heads`` are the edits that hold."""
    rows = await session.rows("taking.pictures", list(dict.fromkeys(images))[:MOST_TAKEN], list(sight.rolls))
    names = Naming()
    files: list[Wanted] = []
    left_out: list[LeftOut] = []
    for row in rows:
        edit = heads[row["id"]].edit if row["id"] in heads and which != "original" else None
        piece = await _piece(session, kept, row, which)
        media = JPEG if edit is not None or which == "proxy" else row["media"]
        name = names.of(row, ENDINGS.get(media, "bin"))
        if isinstance(piece, Piece):
            wanted = Wanted(image=row["id"], name=name, at=row["filed_at"], piece=piece)
            files.append(replace(wanted, edit=edit, is_full=which == "edited"))
        else:
            left_out.append(LeftOut(name=name, why=piece))
    return Plan(files=tuple(files), left_out=tuple(left_out))


class Naming:
    """Names the files of a zip: a folder a roll, a file a frame."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}
        self._names = UniqueNames()

    def of(self, row: Row, ending: str) -> str:
        """Return the path of the picture of ``row``: its roll, stock and frame."""
        roll = row["roll"]
        if roll not in self._folders:
            self._folders[roll] = self._names.folder(roll_name(row["stock"], roll))
        return self._names.name(self._folders[roll], safe_part(row["frame"], otherwise="picture"), ending)


def roll_name(stock: str | None, roll: str) -> str:
    """Return what a folder of a roll is called: its film, and its ID."""
    return f"{safe_part(stock or '', otherwise='')} {safe_part(roll, otherwise='roll')}".strip()


async def _piece(session: Session, kept: Bytes, row: Row, which: Which) -> Piece | Why:
    if which != "proxy":
        if row["damage"]:
            return "damaged"
        sha256 = bytes(row["sha256"])
        return Piece(row=row, media=row["media"], tag=sha256.hex(), size=row["size"], key=original_key(sha256))
    if row["header"] is None:
        return "failed" if row["trouble"] else "making"
    head = await kept.headers.of(session, bytes(row["header"]))
    key = rendition_key(bytes(row["sha256"]), TIER, row["recipe"])
    size = len(head) + row["body_size"]
    return Piece(row=row, media=JPEG, tag=tag_of(bytes(row["etag"])), size=size, key=key, head=head)
