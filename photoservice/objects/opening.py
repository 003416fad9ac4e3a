"""Opening the object store an operator named."""

import os
from collections.abc import Mapping
from pathlib import Path

from photoservice.errors import StartRefused
from photoservice.objects.folder import FolderStore
from photoservice.objects.s3 import S3Objects, read_bucket
from photoservice.objects.store import ObjectStore
from photoservice.settings import Settings


def open_objects(settings: Settings, environ: Mapping[str, str] = os.environ) -> ObjectStore:
    """Return the store that ``settings.objects`` names; nothing is asked of it yet.

    Raises:
        StartRefused: its address cannot be read.
    """
    named = settings.objects
    if not named:
        return FolderStore(settings.folder / "objects")
    if named.startswith("s3:"):
        return S3Objects(read_bucket(named, environ))
    if "://" in named:
        raise StartRefused(f"{named.partition('://')[0]}:// is no object store we know: give a folder, or s3://bucket.")
    return FolderStore(Path(named).absolute())


def where_objects(settings: Settings) -> str:
    """Return where images are kept, as an operator is told it."""
    return settings.objects or str(settings.folder / "objects")
