"""The URIs of EPCIS as identities of ours: SGTIN, product class, location; each in both spellings of the standard.

``urn:epc:id:sgtin:0614141.712345.2017`` and ``https://id.gs1.org/01/70614141123451/21/2017`` are one piece. What is
neither (a pallet's SSCC, somebody's own URI) is no item of ours and is stored only.
"""

import re

from photocore.digital_link import is_link, parse_link
from photocore.epc_urn import PREFIX, parse_sgtin_urn
from photocore.errors import CodeError
from photocore.gs1_rules import check_digit
from photocore.ids import Sgtin, item_in
from photoservice.errors import EpcisInvalid

_CLASS = re.compile(r"urn:epc:(?:idpat:sgtin|class:lgtin):([0-9]{6,12})\.([0-9]{1,7})\.[^\s]+")
_LOCATION = re.compile(r"urn:epc:id:(?:sgln|pgln):([0-9]{6,12})\.([0-9]{0,6})(?:\..+)?")


def read_piece(uri: str) -> Sgtin | None:
    """Return the serialised piece ``uri`` names, or None when it names none of ours.

    Raises:
        EpcisInvalid: it is an SGTIN, but a broken one (check digit, characters, a serial under 8 symbols).
    """
    try:
        if uri.startswith(PREFIX):
            return parse_sgtin_urn(uri)
        item = item_in(parse_link(uri)) if is_link(uri) and "/01/" in uri else None
    except CodeError as cause:
        raise EpcisInvalid(f"{uri[:120]}: {cause}") from cause
    return item if isinstance(item, Sgtin) else None


def read_class(uri: str) -> str | None:
    """Return the 14-digit GTIN of a class URI (``urn:epc:idpat:sgtin``, ``lgtin``, or a link), or None.

    Raises:
        EpcisInvalid: it is a link with a broken GTIN.
    """
    if match := _CLASS.fullmatch(uri):
        return _gtin(match[1], match[2])
    if not (is_link(uri) and "/01/" in uri):
        return None
    try:
        return parse_link(uri).get("01")
    except CodeError as cause:
        raise EpcisInvalid(f"{uri[:120]}: {cause}") from cause


def read_location(uri: str) -> str | None:
    """Return the 13-digit GLN of a location or party URI, or None when it is written otherwise."""
    if match := _LOCATION.fullmatch(uri):
        payload = match[1] + match[2]
        return payload + check_digit(payload) if len(payload) == 12 else None
    if not is_link(uri):
        return None
    try:
        elements = parse_link(uri)
    except CodeError:
        return None
    return elements.get("414") or elements.get("417")


def _gtin(prefix: str, item: str) -> str | None:
    if len(prefix) + len(item) != 13:
        return None
    payload = item[0] + prefix + item[1:]
    return payload + check_digit(payload)
