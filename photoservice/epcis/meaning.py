"""What an EPCIS event means to us: a package was packed, opened, sent to a store, revoked; or it is kept and no more.

Pure. A package and its rolls are one fact, so a packing event is taken whole or not at all (DESIGN 5E).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from photocore.ids import Sgtin, item_id
from photocore.package import MAX_ROLLS
from photoservice.epcis.identifiers import read_class, read_location, read_piece
from photoservice.epcis.schema import EpcisEvent, Vocabulary
from photoservice.epcis.vocabulary import bare
from photoservice.errors import EpcisInvalid

_PACKING = {"packing", "repackaging", "commissioning", ""}
_UNPACKING = {"unpacking", "disassembling", "repackaging", ""}
_SENDING = {"shipping", "departing", "receiving", "stocking", "arriving", "staging_outbound"}
_REVOKING = {"recalled", "stolen", "destroyed", "disposed"}


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A package was packed with these rolls; ``glns`` are where it goes, the likeliest first."""

    package: Sgtin
    rolls: tuple[Sgtin, ...]
    glns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A package was opened, and its rolls are sold singly from now on."""

    package: Sgtin
    rolls: tuple[Sgtin, ...]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Packages are on their way, or have arrived."""

    items: tuple[Sgtin, ...]
    glns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Revoked:
    """Items must not be sold any more."""

    items: tuple[Sgtin, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """An earlier event is declared wrong: a person must look, as people may have acted on it."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """It is kept, and changes nothing here."""


Deed = Packed | Opened | Sent | Revoked | Corrected | Kept


@dataclass(frozen=True, kw_only=True)
class MasterData:
    """What was said about a GTIN, as text; ``photoservice.products`` makes a product of it."""

    gtin: str
    facts: dict[str, Any]


def read_deed(event: EpcisEvent) -> Deed:
    """Return what ``event`` means to us.

    Raises:
        EpcisInvalid: it names a broken SGTIN, or a package that cannot be.
    """
    step = bare(event.biz_step)
    if event.error_declaration is not None:
        return Corrected()
    if event.type == "AggregationEvent":
        return _aggregation(event, step)
    if event.type == "ObjectEvent":
        return _object(event, step)
    return Kept()


def named_gtins(event: EpcisEvent) -> set[str]:
    """Return every GTIN ``event`` names, so that its tenant can be held to its own (DESIGN 5D)."""
    uris = (*event.epc_list, *event.child_epcs, *event.input_epc_list, *event.output_epc_list)
    pieces = _pieces((*uris, event.parent_id) if event.parent_id else uris)
    lists = (event.quantity_list, event.child_quantity_list, event.input_quantity_list, event.output_quantity_list)
    classes = (read_class(quantity.epc_class) for quantities in lists for quantity in quantities)
    return {piece.gtin for piece in pieces} | {gtin for gtin in classes if gtin}


def read_master_data(vocabularies: Iterable[Vocabulary]) -> Iterator[MasterData]:
    """Yield what a document's header says about product classes."""
    for vocabulary in vocabularies:
        if not vocabulary.type.endswith("EPCClass"):
            continue
        for element in vocabulary.vocabulary_element_list:
            gtin = read_class(element.id)
            if gtin:
                facts = {_key(attribute.id): attribute.attribute for attribute in element.attributes}
                yield MasterData(gtin=gtin, facts={k: v for k, v in facts.items() if k})


def read_ilmd(event: EpcisEvent) -> Iterator[MasterData]:
    """Yield what a commissioning event's ``ilmd`` says about the GTINs it names."""
    facts = {_key(key): value for key, value in (event.ilmd or {}).items()}
    known = {key: value for key, value in facts.items() if key}
    if known:
        yield from (MasterData(gtin=gtin, facts=known) for gtin in sorted(named_gtins(event)))


def _aggregation(event: EpcisEvent, step: str) -> Deed:
    package = read_piece(event.parent_id) if event.parent_id else None
    rolls = tuple(_pieces(event.child_epcs))
    if package is None or len(rolls) != len(event.child_epcs) or event.child_quantity_list:
        return Kept()
    if event.action == "ADD" and step in _PACKING:
        _check_package(package, rolls)
        return Packed(package=package, rolls=rolls, glns=tuple(_glns(event)))
    if event.action == "DELETE" and step in _UNPACKING:
        return Opened(package=package, rolls=rolls)
    return Kept()


def _check_package(package: Sgtin, rolls: tuple[Sgtin, ...]) -> None:
    if len(set(rolls)) != len(rolls):
        raise EpcisInvalid(f"The package {package} names one roll twice.")
    if package in rolls:
        raise EpcisInvalid(f"The package {package} names itself as a roll.")
    if len(rolls) > MAX_ROLLS:
        raise EpcisInvalid(f"The package {package} names {len(rolls)} rolls; at most {MAX_ROLLS} fit.")


def _object(event: EpcisEvent, step: str) -> Deed:
    pieces = tuple(_pieces(event.epc_list))
    if not pieces:
        return Kept()
    if bare(event.disposition) in _REVOKING:
        return Revoked(items=pieces, why=bare(event.disposition))
    if step in _SENDING:
        return Sent(items=pieces, glns=tuple(_glns(event)))
    return Kept()


def _pieces(uris: Iterable[str]) -> Iterator[Sgtin]:
    yield from (piece for uri in uris if (piece := read_piece(uri)) is not None)


def _glns(event: EpcisEvent) -> Iterator[str]:
    """Yield the places an event names: its destinations, then where it leaves things, then where it was read."""
    uris = [d.destination for d in sorted(event.destination_list, key=lambda d: bare(d.type) != "location")]
    uris += [place.id for place in (event.biz_location, event.read_point) if place]
    yield from dict.fromkeys(gln for uri in uris if (gln := read_location(uri)))


def _key(name: str) -> str:
    """Return our short name of an attribute: ``photo:iso``, ``.../ns/photo#iso``, or CBV's ``descriptionShort``."""
    if name.startswith("photo:"):
        return name.removeprefix("photo:")
    if "/photo#" in name:
        return name.rpartition("#")[2]
    return "name" if name.rpartition("#")[2].rpartition(":")[2] == "descriptionShort" else ""


def items_of(deed: Deed) -> tuple[str, ...]:
    """Return the canonical texts of every package and roll ``deed`` is about: what must be locked for it."""
    match deed:
        case Packed(package=package, rolls=rolls) | Opened(package=package, rolls=rolls):
            return tuple(item_id(piece) for piece in (package, *rolls))
        case Sent(items=items) | Revoked(items=items):
            return tuple(item_id(piece) for piece in items)
        case _:
            return ()
