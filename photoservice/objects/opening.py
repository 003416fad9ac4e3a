"""Opening the object store an operator named."""

from photoservice.objects.folder import FolderStore
from photoservice.objects.store import ObjectStore
from photoservice.settings import Settings


def open_objects(settings: Settings) -> ObjectStore:
    """Return the store that ``settings.objects`` names."""
    return FolderStore(settings.folder / "objects")
