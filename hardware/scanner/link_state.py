"""How one scanner is, in words for the screen and counts for diagnostics."""

import enum
from dataclasses import dataclass, field

from hardware.scanner.framing import FramingCounts


class Condition(enum.Enum):
    """Whether scans come in."""

    OPENING = "opening"
    UP = "up"
    DOWN = "down"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class LinkCounts:
    """What a link has lived through, for diagnostics."""

    frames: int = 0
    repeated: int = 0
    outages: int = 0
    faults_of_ours: int = 0
    answers_lost: int = 0
    framing: FramingCounts = field(default_factory=FramingCounts)


@dataclass(frozen=True, kw_only=True)
class LinkState:
    """How one scanner is. True exactly when its port is open."""

    name: str
    condition: Condition
    why: str = ""
    """Why it is down, in words a shop can act on."""
    lasting: bool = False
    """A person must change something before it can come back."""
    doubt: str = ""
    """Why its settings are doubted although it is up, in words a shop can act on; see hardware/scanner/doubts.py."""
    since: float = 0.0
    """Monotonic second the condition began."""
    counts: LinkCounts = field(default_factory=LinkCounts)

    @property
    def is_up(self) -> bool:
        """Say whether a scan from now on is read."""
        return self.condition is Condition.UP

    def __bool__(self) -> bool:
        """Say whether a scan from now on is read."""
        return self.is_up
