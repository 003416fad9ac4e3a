"""Everything about images that a request handler or a job may need; built once by ``pictures_wiring.py``."""

from dataclasses import dataclass

from imaging.pixels.darkroom import Darkroom
from photoservice.images.choosing import Choosing
from photoservice.images.offers import Offers
from photoservice.images.sweeping import Sweeper
from photoservice.images.uploads import Uploads
from photoservice.objects.keeping import Keeping
from photoservice.objects.store import ObjectStore
from photoservice.objects.upkeep import Upkeep


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """The parts that keep, make and show images."""

    objects: ObjectStore
    keeping: Keeping
    upkeep: Upkeep
    looking: Darkroom
    """Looks at what was uploaded; apart from the one that makes renditions, so that no upload waits for those."""
    uploads: Uploads
    offers: Offers
    choosing: Choosing
    sweeper: Sweeper
