"""What every part of the desk stands on. The desk is one door, and one class for each thing that is done at it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sync.counter import Counter
from sync.journal import Journal
from sync.labels import LabelJobs
from sync.paper_secrets import PaperSecret, PaperSecrets
from sync.receipts import access_link
from sync.registering import Attempt
from sync.upstream import Upstream
from sync.views import Registered


class Line(Protocol):
    """The road to the photoservice, as far as the desk must know."""

    @property
    def is_online(self) -> bool:
        """Whether the last exchange was good."""
        ...

    @property
    def clock_off_s(self) -> float | None:
        """How many seconds this machine's clock is ahead of the photoservice's, if too many."""
        ...


@dataclass(frozen=True, kw_only=True)
class DeskGround:
    """The journal, what is known, what is printed, and the road upstream.

    ``on_change`` is called after every commit that a screen or a printer may want to look at.
    """

    journal: Journal
    counter: Counter
    jobs_queue: LabelJobs
    secrets: PaperSecrets
    upstream: Upstream
    line: Line
    on_change: Callable[[], None]

    def hold_receipt(self, done: Registered, attempt: Attempt) -> None:
        """Hold what the receipt will say: inside the transaction, so that no receipt shows a code no event holds.

        It stays held when COMMIT fails, for the claim may be there all the same; a retry that writes anew replaces it.
        """
        (copy,) = (job.copy for job in done.jobs if job.kind == "receipt")
        secret = PaperSecret(copy=copy, code=attempt.access_code, card_masked=attempt.wish.card.masked)
        self.secrets.put(done.claim, secret)

    def link_of(self, done: Registered, attempt: Attempt) -> str:
        """Return the receipt's link; of an earlier try's registration only while its code waits for the receipt."""
        held = self.secrets.get(done.claim) if done.already else None
        code = held.code if held else "" if done.already else attempt.access_code
        return access_link(self.counter.roster.settings.access_url, code) if code else ""
