"""What kind of code an SSI scanner says it read, as the AIM ID every other scanner puts in front.

The numbers agree in Zebra's CoreScanner enumeration and in two independent programs that speak SSI (frappy's scanner
driver; a Symbol code table for .NET); C1 and C2 are in one of them alone.
"""

from typing import Final

AIM: Final[dict[int, bytes]] = {
    0x01: b"]A0",  # Code 39
    0x02: b"]F0",  # Codabar
    0x03: b"]C0",  # Code 128
    0x06: b"]I0",  # Interleaved 2 of 5
    0x07: b"]G0",  # Code 93
    0x08: b"]E0",  # UPC-A
    0x0A: b"]E4",  # EAN-8
    0x0B: b"]E0",  # EAN-13
    0x0F: b"]C1",  # GS1-128
    0x30: b"]e0",  # GS1 DataBar
    0x31: b"]e0",  # GS1 DataBar Limited
    0x32: b"]e0",  # GS1 DataBar Expanded
    0xC1: b"]d2",  # GS1 Data Matrix
    0xC2: b"]Q3",  # GS1 QR Code
}

EITHER: Final[dict[int, bytes]] = {0x1B: b"]d", 0x1C: b"]Q"}
"""Data Matrix and QR Code, GS1 or not: older scanners tell both by one number, so the number tells no AIM ID."""


def with_aim(code_type: int, text: bytes) -> bytes:
    """Return ``text`` behind its AIM ID, as a scanner that transmits AIM IDs sends it.

    A text that has one of its own symbology keeps it: the scanner was set to transmit them. A text that only looks as
    if it had one gets a true one before it, so that what is printed in a code cannot pass for another symbology.
    """
    if (letters := EITHER.get(code_type)) is not None:
        return text if text.startswith(letters) or not text.startswith(b"]") else letters + b"1" + text
    aim = AIM.get(code_type, b"")
    return text if aim and text.startswith(aim[:2]) else aim + text
