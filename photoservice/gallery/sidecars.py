"""The sidecar of one image: what the lab says of its film and, where it says nothing, what registration knows."""

from imaging.pixels.xmp import FilmFacts, write_sidecar
from photoservice.db.database import Row, Session
from photoservice.images.film import RollFacts, film_of, over


async def sidecar_of(session: Session, image: Row) -> bytes:
    """Return the XMP sidecar of ``image``, a row with its roll, frame and tenant."""
    row = await session.row("gallery.roll", image["tenant"], image["roll"])
    said = RollFacts(**{name: row[name] for name in RollFacts.__struct_fields__}) if row else RollFacts()
    known = over(said, await film_of(session, image["roll"]))
    facts = FilmFacts(
        roll=image["roll"],
        frame=image["frame"],
        stock=known.stock,
        process=known.process,
        iso=known.iso,
        lab=known.lab,
        developed_on=known.developed_on,
        scanned_on=known.scanned_on,
    )
    return write_sidecar(facts)
