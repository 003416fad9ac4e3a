"""How large a picture may be before it is opened, and how much its decoding may take.

The four limits of the file follow OWASP's advice for uploads and what film scanners make: a 16-bit scan of 100 million
pixels is 600 MB when it is open and about as much as a TIFF, so that a file over 200 MB is one for the bench, not for
the service. The limits of the child were measured (docs/images.md).
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is taken, and what its decoding may use up."""

    file_bytes: int = 200_000_000
    pixels: int = 120_000_000
    side: int = 60_000
    """The longer side, in pixels; a JPEG cannot hold more than 65,535."""
    profile_bytes: int = 4_194_304
    takes_heic: bool = True
    """Whether a HEIC is opened at all; without the wheel ``pi-heif`` none is."""
    memory_bytes: int = 2_147_483_648
    """Address space of a child, all of it: its program takes the first 0.4 GB."""
    cpu_s: int = 30
    """Seconds of processor for one picture."""
    wall_s: float = 120
    """Seconds until an answer, on a machine that does other things too."""
    pictures: int = 200
    """A child is replaced after as many, or when it is at rest and larger than ``resting_bytes``."""
    resting_bytes: int = 400_000_000
