"""Where everything about images is put together."""

from photocore.seams import Clock, Entropy
from photoservice.db.database import Database
from photoservice.keyring import Keyring
from photoservice.metrics import Metrics
from photoservice.objects.opening import open_objects
from photoservice.pictures import Pictures
from photoservice.settings import Settings


def assemble_pictures(
    settings: Settings, database: Database, *, keyring: Keyring, clock: Clock, entropy: Entropy, metrics: Metrics
) -> Pictures:
    """Put the parts together."""
    _ = database, keyring, clock, entropy, metrics
    return Pictures(objects=open_objects(settings))
