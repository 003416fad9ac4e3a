"""What happened how often in a run: the report's figures, and the proof that every fault really came."""

from collections import Counter
from typing import Final

FAULTS: Final = (
    "requests lost",
    "replies lost",
    "replies cut",
    "requests doubled",
    "requests late",
    "overtaken requests",
    "one-way partitions",
    "captive portals",
    "long outages",
    "service down",
    "service crashes after commit",
    "service restores",
    "service peers older",
    "power cuts",
    "torn or dropped writes",
    "kills",
    "disks full",
    "disks read-only",
    "fsyncs failed",
    "stations restored",
    "twins",
    "twins with the same dice",
    "clocks set wrong",
    "manifests late",
    "manifests never",
    "erasures",
)
"""Every fault there is, by the name it is counted under."""

HUB_FAULTS: Final = ("hubs down", "hub disks lost", "hubs restored")


class Tally(Counter[str]):
    """Counts by name."""

    def note(self, name: str, times: int = 1) -> None:
        """Count that ``name`` happened."""
        self[name] += times

    def missing(self) -> list[str]:
        """Return the faults that never came."""
        return [name for name in (*FAULTS, *HUB_FAULTS) if not self[name]]
