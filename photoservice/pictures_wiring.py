"""Where everything about images is put together."""

from imaging.pixels.darkroom import Darkroom
from photocore.seams import Clock, Entropy
from photoservice.db.database import Database
from photoservice.images.choosing import Choosing
from photoservice.images.filing import Filing
from photoservice.images.offers import Offers
from photoservice.images.reservations import Reservations
from photoservice.images.spool import Spool
from photoservice.images.sweeping import Sweeper
from photoservice.images.uploads import Uploads
from photoservice.metrics import Metrics
from photoservice.objects.keeping import Keeping
from photoservice.objects.opening import open_objects
from photoservice.objects.upkeep import Upkeep
from photoservice.pictures import Pictures
from photoservice.settings import Settings


def assemble_pictures(
    settings: Settings, database: Database, *, clock: Clock, entropy: Entropy, metrics: Metrics
) -> Pictures:
    """Put the parts together."""
    objects = open_objects(settings)
    keeping = Keeping(objects=objects, database=database, clock=clock)
    looking = Darkroom(children=1)
    reservations = Reservations(clock=clock, entropy=entropy, settings=settings)
    spool = Spool(settings.spool or settings.folder / "incoming", keep_free=settings.keep_free)
    filing = Filing(
        database=database,
        clock=clock,
        entropy=entropy,
        keeping=keeping,
        prober=looking,
        reservations=reservations,
        metrics=metrics,
    )
    return Pictures(
        objects=objects,
        keeping=keeping,
        upkeep=Upkeep(objects=objects, database=database, clock=clock, metrics=metrics),
        looking=looking,
        uploads=Uploads(
            database=database,
            clock=clock,
            entropy=entropy,
            settings=settings,
            spool=spool,
            objects=objects,
            reservations=reservations,
            filing=filing,
        ),
        offers=Offers(database=database, clock=clock, objects=objects, reservations=reservations),
        choosing=Choosing(database=database, clock=clock),
        sweeper=Sweeper(database=database, clock=clock, spool=spool, reservations=reservations, filing=filing),
    )
