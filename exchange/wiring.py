"""The exchange on the real machine: its clock and randomness, and the real network."""

import threading

from exchange.channel import LargeChannel
from exchange.errors import IngestRefused
from exchange.patience import Patience, Tell, Tries
from exchange.peer import Peer
from exchange.tus.client import Pace, Way
from photocore.host import SystemClock, SystemEntropy


def open_way(url: str, key: str, *, patience: Patience | None = None, tell: Tell = lambda _: None) -> Way:
    """Return the way to the service at ``url`` for a lab with ``key``; ``tell`` hears why it waits."""
    entropy, stopping, chosen = SystemEntropy(), threading.Event(), patience or Patience()

    def wait(seconds: float) -> None:
        if stopping.wait(seconds):
            raise IngestRefused("interrupted")

    return Way(
        peer=Peer(url=url.rstrip("/"), channel=LargeChannel(), key=key),
        clock=SystemClock(),
        pace=Pace(),
        tries=lambda: Tries(chosen, entropy, wait, tell),
        stop=stopping.set,
    )
