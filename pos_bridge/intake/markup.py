"""XML from strangers, one element at a time: the only module of this room that knows lxml, which has no types.

What cannot be in a till's file is refused before or while it is read, in memory that does not grow with the file:
document types (hence every entity), encodings that hide them, elements that never end. Nothing is fetched, nothing is
included, comments and processing instructions are dropped as they come.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO, Final, Protocol, cast

from pos_bridge.errors import MessageUnreadable

CHUNK: Final = 64 * 1024
MOST_PROLOG: Final = 64 * 1024
MOST_ELEMENT: Final = 2 * 1024 * 1024
"""Bytes between the ends of two elements that are looked for; a sale of a thousand lines has about as many.

In memory they are thirty times as many at worst (elements without text), which is what a hostile file can cost.
"""

_ENCODINGS: Final = frozenset(
    ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "iso-8859-15", "windows-1252", "cp1252")
)
_MARKS: Final = (
    (b"\xff\xfe\x00\x00", ""),
    (b"\x00\x00\xfe\xff", ""),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ROOT: Final = re.compile(rb"<([A-Za-z_\x80-\xff][^\s/>]{0,200})")
_SPACE: Final = re.compile(rb"\s*")
_ASIDES: Final = ((b"<!--", b"-->"), (b"<?", b"?>"))
"""What may stand before the root element, and how it ends."""


class Element(Protocol):
    """What we use of an lxml element."""

    tag: str
    text: str | None
    sourceline: int | None

    def get(self, key: str) -> str | None:
        """Return an attribute."""
        ...

    def getparent(self) -> "Element | None":
        """Return the element around this one."""
        ...

    def getprevious(self) -> "Element | None":
        """Return the element before this one in the same parent."""
        ...

    def iterancestors(self, *tags: str) -> "Iterator[Element]":
        """Yield the elements around this one, from within."""
        ...

    def clear(self) -> None:
        """Drop all that is in it."""
        ...

    def __iter__(self) -> "Iterator[Element]": ...

    def __delitem__(self, index: int) -> None: ...


class _Puller(Protocol):
    def feed(self, chunk: bytes) -> None: ...

    def close(self) -> object: ...

    def read_events(self) -> Iterator[tuple[str, Element]]: ...


class _Etree(Protocol):
    def XMLPullParser(self, **options: Any) -> _Puller: ...  # noqa: ANN401, N802


@dataclass(frozen=True, kw_only=True)
class Prolog:
    """How a document begins: the name of its root element without a prefix, and how its bytes are read."""

    root: str
    encoding: str
    mark_bytes: int = 0


def elements_of(stream: BinaryIO, name: str) -> Iterator[Element]:
    """Yield every element called ``name``, in any namespace, as soon as it is whole; afterwards it is emptied.

    One within another of its name is left to the outer one.

    Raises:
        MessageUnreadable: no XML that we take. What was whole before has been given already; the reason says where.
    """
    head = stream.read(MOST_PROLOG)
    prolog = prolog_of(head)
    parser = _parser(name)
    waited = 0
    for chunk in _utf8(head[prolog.mark_bytes :], stream, prolog.encoding):
        broken = _feed(parser, chunk)
        waited += len(chunk)
        for element in _outermost(parser, name):
            waited = 0
            yield element
            _forget(element)
        if broken is not None:
            raise broken
        if waited > MOST_ELEMENT:
            raise MessageUnreadable(f"more than {MOST_ELEMENT:,} bytes without the end of one {name}")
    broken = _close(parser)
    if broken is not None:
        raise broken


def prolog_of(head: bytes) -> Prolog:
    """Return how a document begins that begins with ``head``.

    Raises:
        MessageUnreadable: it has a document type, an encoding that is not taken, or is no XML.
    """
    mark, encoding = next((found for found in _MARKS if head.startswith(found[0])), (b"", ""))
    declared = _declared(head, mark, encoding)
    text = head[len(mark) : MOST_PROLOG]
    if declared.startswith("utf-16"):
        text = text[: len(text) & ~1].decode(declared, errors="replace").encode("utf-8")
    found = _ROOT.match(text, _root_at(text))
    if found is None:
        raise MessageUnreadable(_why_no_root(text))
    root = found[1].decode("utf-8", errors="replace").rpartition(":")[2]
    return Prolog(root=root, encoding=declared, mark_bytes=len(mark))


def _declared(head: bytes, mark: bytes, encoding: str) -> str:
    if mark and not encoding:
        raise MessageUnreadable("it is written in UTF-32, which is not taken")
    if encoding:
        return encoding
    if b"\x00" in head[:4]:
        raise MessageUnreadable("it is written in UTF-16 or UTF-32 without a byte order mark, which is not taken")
    found = _DECLARED.match(head)
    declared = found[1].decode("ascii").lower() if found else "utf-8"
    if declared not in _ENCODINGS:
        raise MessageUnreadable(f"its encoding {declared!r} is not taken")
    return declared


def _root_at(text: bytes) -> int:
    """Return where the root element may begin: behind white space, comments and instructions that have an end."""
    at = 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        begun = next((mark for mark in _ASIDES if text.startswith(mark[0], at)), None)
        end = text.find(begun[1], at + len(begun[0])) if begun else -1
        if begun is None or end < 0:
            return at
        at = end + len(begun[1])


def _why_no_root(text: bytes) -> str:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        return "it has a document type; entities and document types are not taken"
    if not text.strip():
        return "it is empty" if len(text) < MOST_PROLOG else f"{MOST_PROLOG:,} bytes of nothing before its root element"
    return "it is no XML" if not text.lstrip().startswith(b"<") else "its root element does not begin where it should"


def _utf8(first: bytes, stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Yield the document in UTF-8, whatever it was: what is parsed is what was looked at."""
    if encoding in {"utf-8", "utf8"}:
        yield first
        while chunk := stream.read(CHUNK):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    chunk = first
    try:
        while chunk:
            yield decoder.decode(chunk).encode("utf-8")
            chunk = stream.read(CHUNK)
        yield decoder.decode(b"", final=True).encode("utf-8")
    except UnicodeError as cause:
        raise MessageUnreadable(f"its bytes are no {encoding}: {cause}") from cause


def _parser(name: str) -> _Puller:
    etree = cast("_Etree", import_module("lxml.etree"))  # read in at first use
    options: dict[str, Any] = {
        "events": ("end",),
        "tag": f"{{*}}{name}",
        "encoding": "utf-8",
        "resolve_entities": "internal",  # there are none without a document type: what is none is said to be none
        "no_network": True,
        "load_dtd": False,
        "dtd_validation": False,
        "attribute_defaults": False,
        "huge_tree": False,
        "recover": False,
        "remove_comments": True,
        "remove_pis": True,
        "remove_blank_text": True,
        "collect_ids": False,
    }
    return etree.XMLPullParser(**options)


def _feed(parser: _Puller, chunk: bytes) -> MessageUnreadable | None:
    try:
        parser.feed(chunk)
    except SyntaxError as cause:
        return _broken(cause)
    return None


def _close(parser: _Puller) -> MessageUnreadable | None:
    try:
        parser.close()
    except SyntaxError as cause:
        return _broken(cause)
    return None


def _broken(cause: SyntaxError) -> MessageUnreadable:
    line, column = cast("tuple[int, int]", getattr(cause, "position", (0, 0)))
    why = "".join(mark if mark.isprintable() else "?" for mark in str(getattr(cause, "msg", cause))[:160])
    error = MessageUnreadable(f"the XML is broken or ends at line {line}, column {column}: {why}")
    error.__cause__ = cause
    return error


def _outermost(parser: _Puller, name: str) -> Iterator[Element]:
    for _, element in parser.read_events():
        if next(element.iterancestors(f"{{*}}{name}"), None) is None:
            yield element


def _forget(element: Element) -> None:
    """Give back the memory of an element and of all before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
