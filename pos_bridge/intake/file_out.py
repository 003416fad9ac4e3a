"""Files for systems that only take files: written beside, made durable, renamed, with a manifest that came before.

Whoever watches the folder and knows manifests (:mod:`pos_bridge.intake.whole`, the way :class:`FileDrop` does) never
sees half a file: the manifest is there first and speaks of bytes that are not, then the whole file is. Whoever knows
none sees a file that appears whole.
"""

import hashlib
from pathlib import Path

import msgspec

from pos_bridge.intake.putting import free_name, plain_name, write_whole
from pos_bridge.intake.whole import MANIFEST, FileManifest


class FileOut:
    """One folder that another system reads and empties. One caller at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, content: bytes, *, records: int | None = None) -> Path:
        """Put a file there durably, and return where it is. The same content under the same name is there already.

        Another content under a name that is taken goes beside it (``name-2``): nothing is overwritten that somebody
        may be reading.

        Raises:
            OSError: the folder cannot be written; then there is no such file in it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / plain_name(name)
        if target.exists():
            if target.read_bytes() == content:
                return target
            target = free_name(self.folder, target.name)
        manifest = FileManifest(
            name=target.name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest(), records=records
        )
        write_whole(target.with_name(f"{target.name}{MANIFEST}"), msgspec.json.encode(manifest))
        write_whole(target, content)
        return target
