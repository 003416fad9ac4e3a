"""Zebra's Simple Serial Interface: packets with a checksum, each acknowledged, either way."""

from hardware.scanner.ssi.commands import SsiWords
from hardware.scanner.ssi.dialogue import SsiDialogue
from hardware.scanner.ssi.packets import Cutter, NakCause, Opcode, Packet

__all__ = ["Cutter", "NakCause", "Opcode", "Packet", "SsiDialogue", "SsiWords"]
