"""The names and numbers of UnifiedPOS 1.14 that the facade speaks, and the one error that bears them.

A till that knows OPOS or JavaPOS finds its own constants here: ``S_`` states, ``E_`` errors (the same numbers in both),
``SCAN_SDT_`` and ``PTR_`` numbers.
"""

import enum
from typing import Final

from photocore.aim import Symbology, split_aim, symbol_of
from pos_bridge.errors import BridgeRefusal


class State(enum.IntEnum):
    """The State property."""

    S_CLOSED = 1
    S_IDLE = 2
    S_BUSY = 3
    S_ERROR = 4


class Fault(enum.IntEnum):
    """ErrorCode."""

    E_CLOSED = 101
    E_CLAIMED = 102
    E_NOTCLAIMED = 103
    E_DISABLED = 105
    E_ILLEGAL = 106
    E_OFFLINE = 108
    E_NOEXIST = 109
    E_FAILURE = 111
    E_TIMEOUT = 112
    E_BUSY = 113
    E_EXTENDED = 114


EPTR_COVER_OPEN: Final = 201
EPTR_REC_EMPTY: Final = 203
"""ErrorCodeExtended of a printer."""

STATUS_OF: Final = {
    Fault.E_CLOSED: 404,
    Fault.E_NOEXIST: 404,
    Fault.E_CLAIMED: 409,
    Fault.E_NOTCLAIMED: 409,
    Fault.E_DISABLED: 409,
    Fault.E_BUSY: 409,
    Fault.E_ILLEGAL: 422,
    Fault.E_TIMEOUT: 504,
    Fault.E_OFFLINE: 503,
    Fault.E_FAILURE: 503,
    Fault.E_EXTENDED: 503,
}
"""What HTTP says for each."""


class Locus(enum.IntEnum):
    """ErrorLocus: where it happened."""

    EL_OUTPUT = 1
    EL_INPUT = 2


class Power(enum.IntEnum):
    """PowerState, and what a StatusUpdateEvent says of it."""

    PS_UNKNOWN = 2000
    PS_ONLINE = 2001
    PS_OFF_OFFLINE = 2004


class PrinterNews(enum.IntEnum):
    """What a printer's StatusUpdateEvent says (PTR_SUE_)."""

    COVER_OPEN = 11
    COVER_OK = 12
    REC_EMPTY = 24
    REC_NEAREMPTY = 25
    REC_PAPEROK = 26
    IDLE = 1001


class Scanned(enum.IntEnum):
    """ScanDataType (SCAN_SDT_)."""

    UNKNOWN = 0
    EAN8 = 103
    EAN13 = 104
    ITF = 106
    CODABAR = 107
    CODE39 = 108
    CODE93 = 109
    CODE128 = 110
    EAN13_S = 119
    EAN128 = 120
    GS1DATABAR = 131
    MSI = 143
    PDF417 = 201
    MAXICODE = 202
    DATAMATRIX = 203
    QRCODE = 204
    AZTEC = 206
    GS1DATAMATRIX = 208
    GS1QRCODE = 209
    OTHER = 501


PTR_S_RECEIPT: Final = 2
PTR_TP_TRANSACTION: Final = 11
PTR_TP_NORMAL: Final = 12
PTR_BC_LEFT, PTR_BC_CENTER, PTR_BC_RIGHT = -1, -2, -3
PTR_BC_TEXT_NONE, PTR_BC_TEXT_ABOVE, PTR_BC_TEXT_BELOW = -11, -12, -13
PTR_BCS_EAN13, PTR_BCS_CODE128, PTR_BCS_DATAMATRIX, PTR_BCS_QRCODE = 104, 110, 203, 204

_BY_SYMBOLOGY: Final = {
    Symbology.EAN_13: Scanned.EAN13,
    Symbology.EAN_8: Scanned.EAN8,
    Symbology.EAN_ADD_ON: Scanned.EAN13_S,
    Symbology.CODE_128: Scanned.CODE128,
    Symbology.CODE_39: Scanned.CODE39,
    Symbology.CODABAR: Scanned.CODABAR,
    Symbology.ITF: Scanned.ITF,
    Symbology.DATABAR: Scanned.GS1DATABAR,
    Symbology.DATAMATRIX: Scanned.DATAMATRIX,
    Symbology.QR: Scanned.QRCODE,
    Symbology.AZTEC: Scanned.AZTEC,
    Symbology.PDF417: Scanned.PDF417,
}
_OF_GS1: Final = {
    Scanned.CODE128: Scanned.EAN128,
    Scanned.DATAMATRIX: Scanned.GS1DATAMATRIX,
    Scanned.QRCODE: Scanned.GS1QRCODE,
}
_BY_LETTER: Final = {"G": Scanned.CODE93, "M": Scanned.MSI, "U": Scanned.MAXICODE}


class DeviceRefused(BridgeRefusal):
    """A device does not do what a till asked of it; ``code`` says why, ``extended`` what a printer has."""

    def __init__(self, code: Fault, detail: str = "", extended: int = 0) -> None:
        super().__init__(code.name, detail)
        self.code = code
        self.extended = extended


def split_label(raw: str) -> tuple[str, Scanned]:
    """Return a scan's ScanDataLabel and ScanDataType; a scanner that tells no AIM identifier leaves it unknown."""
    aim, label = split_aim(raw)
    if aim is None:
        return raw, Scanned.UNKNOWN
    symbol = symbol_of(aim)
    kind = _BY_SYMBOLOGY.get(symbol.symbology) or _BY_LETTER.get(aim[1], Scanned.OTHER)
    return label, _OF_GS1.get(kind, kind) if symbol.is_gs1 else kind
