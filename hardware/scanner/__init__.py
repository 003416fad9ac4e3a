"""Serial barcode scanners: from bytes on a line to whole frames, and an answer back."""

from hardware.scanner.debounce import Debounce
from hardware.scanner.dialogue import Dialogue
from hardware.scanner.framing import Frame, Framer, FramingCounts
from hardware.scanner.link import ScannerLink
from hardware.scanner.link_state import Condition, LinkCounts, LinkState
from hardware.scanner.profile import ScannerProfile, load_profile, profile_names

__all__ = [
    "Condition",
    "Debounce",
    "Dialogue",
    "Frame",
    "Framer",
    "FramingCounts",
    "LinkCounts",
    "LinkState",
    "ScannerLink",
    "ScannerProfile",
    "load_profile",
    "profile_names",
]
