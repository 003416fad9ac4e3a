"""The strict form of an EPCIS 2.0 document in JSON: our own, written from the standard's facts.

GS1's JSON Schema carries no licence that lets it be vendored, so it judges us in private only (research/standards.md
1.7). A key without a colon that the standard does not know is an error, never passed over: a misspelt ``childEPC``
would otherwise be an empty package.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar, cast

import msgspec

from photocore.errors import EventMalformed
from photocore.jsontext import read_json
from photoservice.epcis.vocabulary import BIZ_STEPS, DISPOSITIONS, bare
from photoservice.errors import EpcisInvalid

MAX_EVENTS = 1000
MAX_BYTES = 2_000_000

Uri = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9+.\-]*:[!-;=?-Z_a-z~\[\]#@]+\Z", max_length=512)]
Time = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)\Z")]
Offset = Annotated[str, msgspec.Meta(pattern=r"^[+-]((0\d|1[0-3]):[0-5]\d|14:00)\Z")]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
Shape = TypeVar("Shape")
EventType = Literal["ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent"]


class Strict(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An object of the standard: its own keys, and others' with a prefix (``photo:film``)."""


class Place(Strict, frozen=True, kw_only=True):
    """A read point or business location."""

    id: Uri


class BizTransaction(Strict, frozen=True, kw_only=True):
    """A business document an event belongs to."""

    biz_transaction: Uri
    type: Word | None = None


class Source(Strict, frozen=True, kw_only=True):
    """Where things came from."""

    type: Word
    source: Uri


class Destination(Strict, frozen=True, kw_only=True):
    """Where things go."""

    type: Word
    destination: Uri


class Quantity(Strict, frozen=True, kw_only=True):
    """So many of a class, without serials."""

    epc_class: Uri
    quantity: float | None = None
    uom: Word | None = None


class ErrorDeclaration(Strict, frozen=True, kw_only=True):
    """The event it stands in is declared wrong."""

    declaration_time: Time
    reason: Word | None = None
    corrective_event_ids: tuple[Uri, ...] = msgspec.field(default=(), name="correctiveEventIDs")


class EpcisEvent(Strict, frozen=True, kw_only=True):
    """Any of the five events; which keys belong to which is in :data:`_SHAPES`."""

    type: EventType
    event_time: Time
    event_time_zone_offset: Offset
    event_id: Uri | None = msgspec.field(default=None, name="eventID")
    record_time: Time | None = None
    action: Literal["ADD", "OBSERVE", "DELETE"] | None = None
    biz_step: Word | None = None
    disposition: Word | None = None
    persistent_disposition: dict[str, Any] | None = None
    read_point: Place | None = None
    biz_location: Place | None = None
    biz_transaction_list: tuple[BizTransaction, ...] = ()
    source_list: tuple[Source, ...] = ()
    destination_list: tuple[Destination, ...] = ()
    sensor_element_list: tuple[dict[str, Any], ...] = ()
    epc_list: tuple[Uri, ...] = ()
    quantity_list: tuple[Quantity, ...] = ()
    parent_id: Uri | None = msgspec.field(default=None, name="parentID")
    child_epcs: tuple[Uri, ...] = msgspec.field(default=(), name="childEPCs")
    child_quantity_list: tuple[Quantity, ...] = ()
    input_epc_list: tuple[Uri, ...] = msgspec.field(default=(), name="inputEPCList")
    input_quantity_list: tuple[Quantity, ...] = ()
    output_epc_list: tuple[Uri, ...] = msgspec.field(default=(), name="outputEPCList")
    output_quantity_list: tuple[Quantity, ...] = ()
    transformation_id: Uri | None = msgspec.field(default=None, name="transformationID")
    ilmd: dict[str, Any] | None = None
    error_declaration: ErrorDeclaration | None = None
    certification_info: Uri | tuple[Uri, ...] | None = None


class Attribute(Strict, frozen=True, kw_only=True):
    """One fact of master data."""

    id: Word
    attribute: Any = None


class VocabularyElement(Strict, frozen=True, kw_only=True):
    """The master data of one thing."""

    id: Uri
    attributes: tuple[Attribute, ...] = ()
    children: tuple[Uri, ...] = ()


class Vocabulary(Strict, frozen=True, kw_only=True):
    """The master data of one kind of things."""

    type: Uri
    vocabulary_element_list: tuple[VocabularyElement, ...]


class Described(Strict, frozen=True, kw_only=True):
    """A document's events with their JSON as sent, its master data, and what it says of prefixes (``@context``)."""

    events: tuple[tuple[EpcisEvent, dict[str, Any]], ...]
    vocabularies: tuple[Vocabulary, ...] = ()
    context: tuple[Any, ...] = ()


_COMMON: set[str] = set(
    """type @context eventID eventTime eventTimeZoneOffset recordTime errorDeclaration certificationInfo bizStep
    disposition persistentDisposition readPoint bizLocation bizTransactionList sourceList destinationList
    sensorElementList""".split()  # noqa: SIM905
)
_CHILDREN = {"action", "parentID", "childEPCs", "childQuantityList"}

_SHAPES: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "ObjectEvent": ({"action", "epcList", "quantityList", "ilmd"}, ("action",)),
    "AggregationEvent": (_CHILDREN, ("action",)),
    "AssociationEvent": (_CHILDREN, ("action", "parentID")),
    "TransactionEvent": (
        {"action", "parentID", "epcList", "quantityList"},
        ("action", "bizTransactionList"),
    ),
    "TransformationEvent": (
        {"inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "ilmd"},
        (),
    ),
}
"""Per event type: the keys it has beside the common ones, and those it must have (EPCIS 2.0, 7.4)."""

_NESTED: dict[str, type[Strict]] = {
    "readPoint": Place,
    "bizLocation": Place,
    "errorDeclaration": ErrorDeclaration,
    "bizTransactionList": BizTransaction,
    "sourceList": Source,
    "destinationList": Destination,
    "quantityList": Quantity,
    "childQuantityList": Quantity,
    "inputQuantityList": Quantity,
    "outputQuantityList": Quantity,
}

_DOCUMENT_KEYS: set[str] = set(
    "@context id type schemaVersion creationDate epcisHeader epcisBody sender receiver instanceIdentifier".split()  # noqa: SIM905
)


def read_document(body: bytes) -> Described:
    """Return the events of a capture document, or of a bare event list.

    Raises:
        EpcisInvalid: anything in it is out of the standard's form; the message names the place.
    """
    if len(body) > MAX_BYTES:
        raise EpcisInvalid(f"A capture holds at most {MAX_BYTES} bytes.", exception="CaptureLimitExceededException")
    whole = _read_whole(body)
    events, vocabularies = _take_apart(whole)
    if not events:
        raise EpcisInvalid("The document holds no event.")
    if len(events) > MAX_EVENTS:
        raise EpcisInvalid(f"A capture holds at most {MAX_EVENTS} events.", exception="CaptureLimitExceededException")
    read = tuple((_read_event(event, f"eventList[{place}]"), event) for place, event in enumerate(events))
    return Described(events=read, vocabularies=vocabularies, context=_own_context(whole))


def _read_whole(body: bytes) -> object:
    if b"\\u0000" in body:
        raise EpcisInvalid("The document holds a NUL character.")
    try:
        return read_json(body, object)
    except EventMalformed as cause:
        raise EpcisInvalid(f"Not JSON: {cause}"[:300]) from cause


def _take_apart(whole: object) -> tuple[list[Any], tuple[Vocabulary, ...]]:
    if isinstance(whole, list):
        return cast("list[Any]", whole), ()
    document = _object(whole, "An EPCIS document")
    if "eventList" in document and "epcisBody" not in document:
        _refuse_keys(document, {"@context", "eventList"}, "document")
        return _list_of(document["eventList"], "eventList"), ()
    _check_envelope(document)
    content = _object(document.get("epcisBody"), "document.epcisBody")
    _refuse_keys(content, {"eventList"}, "epcisBody")
    return _list_of(content.get("eventList"), "epcisBody.eventList"), _master_data(document.get("epcisHeader"))


def _check_envelope(whole: dict[str, Any]) -> None:
    _refuse_keys(whole, _DOCUMENT_KEYS, "document")
    for key, expected in (("type", "EPCISDocument"), ("schemaVersion", "2.0")):
        if whole.get(key) != expected:
            raise EpcisInvalid(f"document.{key} must be {expected!r}.")
    if not isinstance(whole.get("@context"), list | str | dict):
        raise EpcisInvalid("document.@context is missing.")
    if not isinstance(whole.get("creationDate"), str):
        raise EpcisInvalid("document.creationDate is missing.")
    _check_time(whole["creationDate"], "document.creationDate")


def _own_context(whole: object) -> tuple[Any, ...]:
    """Return what a document's ``@context`` holds beside the standard's own."""
    context: Any = cast("dict[str, Any]", whole).get("@context", ()) if isinstance(whole, dict) else ()
    listed = cast("list[Any]", context) if isinstance(context, list) else [context] if context else []
    return tuple(one for one in listed if not (isinstance(one, str) and one.endswith("/epcis-context.jsonld")))


def _master_data(header: object) -> tuple[Vocabulary, ...]:
    if header is None:
        return ()
    shape = dict[Literal["epcisMasterData"], dict[Literal["vocabularyList"], tuple[Vocabulary, ...]]]
    read = _convert(header, shape, "epcisHeader")
    return read.get("epcisMasterData", {}).get("vocabularyList", ())


def _read_event(event: object, place: str) -> EpcisEvent:
    sent = _object(event, place)
    read = _convert(sent, EpcisEvent, place)
    keys, required = _SHAPES[read.type]
    _refuse_keys(sent, _COMMON | keys, place)
    for key in required:
        if not sent.get(key):
            raise EpcisInvalid(f"{place}.{key} is missing in the {read.type}.")
    for key, shape in _NESTED.items():
        _refuse_nested(sent.get(key), shape, f"{place}.{key}")
    _check_content(read, place)
    return read


def _check_content(event: EpcisEvent, place: str) -> None:
    for key, time in (("eventTime", event.event_time), ("recordTime", event.record_time)):
        if time is not None:
            _check_time(time, f"{place}.{key}")
    _check_word(event.biz_step, BIZ_STEPS, f"{place}.bizStep")
    _check_word(event.disposition, DISPOSITIONS, f"{place}.disposition")
    _refuse_keys(event.ilmd or {}, set(), f"{place}.ilmd")
    holds = bool(event.epc_list or event.quantity_list)
    if event.type == "ObjectEvent" and not (holds or event.sensor_element_list):
        raise EpcisInvalid(f"{place} names nothing: epcList and quantityList are empty.")
    if event.type == "AggregationEvent":
        _check_aggregation(event, place)


def _check_aggregation(event: EpcisEvent, place: str) -> None:
    if event.action != "OBSERVE" and event.parent_id is None:
        raise EpcisInvalid(f"{place}.parentID is missing.")
    if event.action != "DELETE" and not (event.child_epcs or event.child_quantity_list):
        raise EpcisInvalid(f"{place} names nothing: childEPCs and childQuantityList are empty.")
    if len(set(event.child_epcs)) != len(event.child_epcs):
        raise EpcisInvalid(f"{place}.childEPCs names one child twice.")


def _check_word(word: str | None, words: frozenset[str], place: str) -> None:
    if word is not None and ":" not in bare(word) and bare(word) not in words:
        raise EpcisInvalid(f"{place}: {word!r} is no word of the vocabulary and no URI.")


def _check_time(text: str, place: str) -> None:
    try:
        time = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
        time.astimezone(UTC)
        aware = time.tzinfo is not None
    except (ValueError, OverflowError):  # the latter for a zone that leads out of the years 1 to 9999
        aware = False
    if not aware:
        raise EpcisInvalid(f"{place}: {text[:40]!r} is no time with a zone.")


def _refuse_nested(value: object, shape: type[Strict], place: str) -> None:
    names = {found.encode_name for found in msgspec.structs.fields(shape)}
    for one in cast("list[Any]", value) if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            _refuse_keys(cast("dict[str, Any]", one), names, place)


def _refuse_keys(value: dict[str, Any], known: set[str], place: str) -> None:
    for key in value:
        if key not in known and ":" not in key:
            raise EpcisInvalid(f"{place}: the standard knows no {key[:60]!r} here; an extension has a prefix.")


def _object(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise EpcisInvalid(f"{place} is missing, or no object.")
    return cast("dict[str, Any]", value)


def _list_of(value: object, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise EpcisInvalid(f"{place} is missing, or no list.")
    return cast("list[Any]", value)


def _convert(value: object, shape: type[Shape], place: str) -> Shape:
    try:
        return msgspec.convert(value, shape, strict=True)
    except (msgspec.ValidationError, RecursionError) as cause:
        raise EpcisInvalid(f"{place}: {cause}"[:300]) from cause
