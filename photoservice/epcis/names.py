"""The names an EPCIS event can be found by: one spelling for each piece and place, however its document wrote it.

A piece of ours is found by its canonical text, be it asked for as element string, EPC URN or Digital Link of any host;
a location by its GLN. Everything else is found by the very URI that was sent.
"""

from collections.abc import Iterable, Iterator

from photocore.errors import CodeError
from photocore.ids import parse_item
from photoservice.epcis.identifiers import read_location, read_piece
from photoservice.epcis.schema import EpcisEvent
from photoservice.errors import EpcisInvalid

EPC_ROLES = ("epc", "child", "parent", "input", "output")
"""In what part an event names a piece; a location has the role ``location``."""


def name_of_piece(text: str) -> str:
    """Return the one name of the piece that ``text`` spells; what spells none of ours is its own name."""
    try:
        piece = read_piece(text) or parse_item(text)
    except (EpcisInvalid, CodeError):
        return text
    return str(piece)


def name_of_place(uri: str) -> str:
    """Return the GLN of a location; what is written otherwise is its own name."""
    return read_location(uri) or uri


def names_of(event: EpcisEvent) -> Iterator[tuple[str, str]]:
    """Yield (role, name) of all that ``event`` can be found by."""
    parent = (event.parent_id,) if event.parent_id else ()
    yield from _each("epc", event.epc_list)
    yield from _each("child", event.child_epcs)
    yield from _each("parent", parent)
    yield from _each("input", event.input_epc_list)
    yield from _each("output", event.output_epc_list)
    if event.biz_location:
        yield "location", name_of_place(event.biz_location.id)


def _each(role: str, uris: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield from ((role, name_of_piece(uri)) for uri in uris)
