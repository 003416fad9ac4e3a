"""Everything about images that a request handler or a job may need; built once by ``pictures_wiring.py``."""

from dataclasses import dataclass

from photoservice.objects.store import ObjectStore


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """The parts that keep, make and show images."""

    objects: ObjectStore
