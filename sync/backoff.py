"""How long to wait after a failure, and how to speak of an outage once.

Full jitter: a store's stations that lost the network together must not come back together.
"""

from dataclasses import dataclass

import structlog

from photocore.seams import Clock, Entropy

FIRST_S = 1.0
LONGEST_S = 300.0

_log = structlog.get_logger()


def wait_after(failures: int, entropy: Entropy) -> float:
    """Return seconds to wait after the ``failures``-th failure in a row: random below 1 s, 2 s, 4 s ... 5 min.

    Never below a tenth of a second, so that a broken peer is not hammered.
    """
    ceiling = min(LONGEST_S, FIRST_S * 2 ** min(failures - 1, 20))
    share = int.from_bytes(entropy.token(4), "big") / 2**32
    return max(0.1, share * ceiling)


@dataclass
class Outage:
    """Logs the beginning and the end of an outage once, with the count of failures between."""

    clock: Clock
    failures: int = 0
    since: float = 0.0
    reason: str = ""

    def note_failure(self, reason: str) -> None:
        """Remember one more failure."""
        if self.failures == 0:
            self.since = self.clock.monotonic()
            _log.warning("sync_interrupted", reason=reason)
        self.failures += 1
        self.reason = reason

    def note_success(self) -> None:
        """Remember that the photoservice answered."""
        if self.failures:
            seconds = round(self.clock.monotonic() - self.since)
            _log.info("sync_resumed", failures=self.failures, seconds=seconds)
        self.failures = 0
        self.reason = ""
