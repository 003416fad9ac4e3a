"""The older spelling of an SGTIN in EPCIS documents, ``urn:epc:id:sgtin:0614141.712345.2017``.

The indicator digit moves from the item reference to the front, the check digit is left out and computed again. The way
back would need a table of company prefix lengths; we never write URNs. EPC Tag Data Standard 6.3.1.
"""

import re
from typing import Final
from urllib.parse import unquote

from photocore.errors import CodeError
from photocore.gs1_rules import check_digit
from photocore.ids import Sgtin

PREFIX: Final = "urn:epc:id:sgtin:"


def parse_sgtin_urn(urn: str) -> Sgtin:
    """Return the SGTIN of an EPC URN.

    Raises:
        CodeError: another kind of URN, or out of its form.
        Gs1Error: the serial is not GS1's.
        SerialTooShort: the serial is too short to name one piece.
    """
    match = re.fullmatch(rf"{PREFIX}([0-9]{{6,12}})\.([0-9]{{1,7}})\.([^.]+(?:\.[^.]+)*)", urn)
    if match is None or len(match[1]) + len(match[2]) != 13:
        raise CodeError("not an SGTIN URN")
    payload = match[2][0] + match[1] + match[2][1:]
    return Sgtin(payload + check_digit(payload), unquote(match[3]))
