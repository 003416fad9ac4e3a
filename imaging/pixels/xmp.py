"""What is known of a frame of film, as an XMP sidecar (ISO 16684-1): the customer types nothing.

Programs read standard fields first: keywords (stock and lab, as dc:subject), ISO, the day of scanning, and that a film
scanner made the picture (exif:FileSource 1). What film has and digital cameras have not stands in the namespace of
AnalogExif, which other film programs read. A frame is text (12A, 00), AnalogExif's exposure number an integer: it is
given for whole frames only, and the frame itself in a namespace of ours.

Text comes from labs and customers: what XML cannot hold is replaced, everything else is escaped.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from xml.sax.saxutils import escape

MEDIA: Final = "application/rdf+xml"
ANALOG_EXIF: Final = "http://analogexif.sourceforge.net/ns/"
OURS: Final = "urn:twincheck:xmp:1/"

_SPACES: Final = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "AnalogExif": ANALOG_EXIF,
    "twincheck": OURS,
}
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, production 2."""


@dataclass(frozen=True, kw_only=True)
class FilmFacts:
    """What is known of one frame; what is empty is left out."""

    roll: str
    frame: str
    stock: str = ""
    process: str = ""
    iso: int | None = None
    lab: str = ""
    developed_on: date | None = None
    scanned_on: date | None = None
    note: str = ""
    file_name: str = ""
    sha256: str = ""
    """Of the original's exact bytes, in hex: so that a sidecar finds its picture again."""


def write_sidecar(facts: FilmFacts) -> bytes:
    """Return the sidecar as UTF-8; the same facts make the same bytes."""
    spaces = "".join(f'\n    xmlns:{prefix}="{uri}"' for prefix, uri in _SPACES.items())
    fields = "".join(f"\n   {field}" for field in _fields(facts))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f'  <rdf:Description rdf:about=""{spaces}>{fields}\n'
        "  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n"
        '<?xpacket end="w"?>\n'
    ).encode()


def _fields(facts: FilmFacts) -> Iterator[str]:
    """Yield each field that has something to say, in a fixed order."""
    title = f"{facts.roll} {facts.frame}"
    yield _list("dc:title", "Alt", [title], ' xml:lang="x-default"')
    if facts.note:
        yield _list("dc:description", "Alt", [facts.note], ' xml:lang="x-default"')
    keywords = [word for word in (facts.stock, facts.lab) if word]
    if keywords:
        yield _list("dc:subject", "Bag", keywords)
    yield _plain("exif:FileSource", "1")
    if facts.iso is not None:
        yield _list("exif:ISOSpeedRatings", "Seq", [str(facts.iso)])
    if facts.scanned_on is not None:
        yield _plain("xmp:CreateDate", facts.scanned_on.isoformat())
        yield _plain("exif:DateTimeDigitized", facts.scanned_on.isoformat())
    yield _plain("AnalogExif:RollId", facts.roll)
    if facts.frame.isdecimal() and facts.frame != "00":
        yield _plain("AnalogExif:ExposureNumber", facts.frame)
    yield from _told("AnalogExif:Film", facts.stock)
    yield from _told("AnalogExif:DevelopProcess", facts.process)
    yield from _told("AnalogExif:Lab", facts.lab)
    yield _plain("twincheck:Frame", facts.frame)
    if facts.developed_on is not None:
        yield _plain("twincheck:DevelopedOn", facts.developed_on.isoformat())
    yield from _told("twincheck:FileName", facts.file_name)
    yield from _told("twincheck:SHA256", facts.sha256)


def _told(name: str, text: str) -> Iterator[str]:
    if text:
        yield _plain(name, text)


def _plain(name: str, text: str) -> str:
    return f"<{name}>{_safe(text)}</{name}>"


def _list(name: str, kind: str, items: Iterable[str], about: str = "") -> str:
    inside = "".join(f"<rdf:li{about}>{_safe(item)}</rdf:li>" for item in items)
    return f"<{name}><rdf:{kind}>{inside}</rdf:{kind}></{name}>"


def _safe(text: str) -> str:
    """Return ``text`` as XML's character content; a carriage return would be read back as a line feed."""
    return escape(_NOT_XML.sub("\ufffd", text), {"\r": "&#13;"})
