"""The sidecar of one image: what the lab says of its film and, where it says nothing, the maker's list."""

from imaging.pixels.xmp import FilmFacts, write_sidecar
from photoservice.db.database import Row, Session
from photoservice.products import PLACEHOLDERS


async def sidecar_of(session: Session, image: Row) -> bytes:
    """Return the XMP sidecar of ``image``, a row with its roll, frame and tenant."""
    said = await session.row("gallery.roll", image["tenant"], image["roll"])
    film = await session.row("gallery.film", image["roll"])
    name = film["name"] if film and film["name"] not in PLACEHOLDERS.values() else ""
    facts = FilmFacts(
        roll=image["roll"],
        frame=image["frame"],
        stock=(said["stock"] if said else "") or name,
        process=(said["process"] if said else "") or (film["process"] if film else ""),
        iso=(said["iso"] if said else None) or (film["iso"] if film else None) or None,
        lab=said["lab"] if said else "",
        developed_on=said["developed_on"] if said else None,
        scanned_on=said["scanned_on"] if said else None,
    )
    return write_sidecar(facts)
