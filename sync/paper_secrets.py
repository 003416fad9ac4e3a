"""What papers say that must never touch the disk: access codes, claim codes, and a card's last digits.

They live here from the commit that made them until their paper is printed, or may be. A code belongs to one copy of one
paper, so no copy can ever show the code of another. What is gone, by a crash too, is not restored: the paper is printed
with a new code, by an event that voids the old (DESIGN 5A).
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from photocore.ids import ItemId
from sync.errors import DiskFull, JournalDown, NotStored


@dataclass(frozen=True, kw_only=True)
class PaperSecret:
    """The plain texts of one copy; they never show in a ``repr``.

    ``code`` is the access code of a receipt, where ``roll`` is None, or the claim code on a roll's pre-sale label.
    """

    copy: str
    code: str = field(repr=False)
    roll: ItemId | None = None
    card_masked: str = field(default="••••", repr=False)


class PaperSecrets:
    """Secrets by the event that made their set of papers, and by paper; in memory only. Thread-safe."""

    def __init__(self) -> None:
        self._held: dict[str, dict[ItemId | None, PaperSecret]] = {}
        self._in_doubt: set[str] = set()  # events whose COMMIT did not answer, printed since or not
        self._guard = threading.Lock()

    def put(self, made_by: str, *secrets: PaperSecret) -> None:
        """Hold the secrets of a whole set, and none that it had before.

        Only inside the transaction that writes their event.
        """
        with self._guard:
            self._held[made_by] = {secret.roll: secret for secret in secrets}

    def renew(self, made_by: str, copy: str, code: str, roll: ItemId | None = None) -> None:
        """Hold a new code for a new copy; what else is known of the paper stays. As :meth:`put`."""
        with self._guard:
            papers = self._held.setdefault(made_by, {})
            known = papers.get(roll) or PaperSecret(copy=copy, code=code, roll=roll)
            papers[roll] = replace(known, copy=copy, code=code)

    def of_copy(self, made_by: str, copy: str, roll: ItemId | None = None) -> PaperSecret | None:
        """Return the secret of this very copy."""
        secret = self.get(made_by, roll)
        return secret if secret is not None and secret.copy == copy else None

    def get(self, made_by: str, roll: ItemId | None = None) -> PaperSecret | None:
        """Return a paper's secret, or None if it was lost or is no longer needed."""
        with self._guard:
            return self._held.get(made_by, {}).get(roll)

    def holds(self, made_by: str) -> bool:
        """Say whether any secret of a set is held."""
        with self._guard:
            return made_by in self._held

    def forget(self, made_by: str) -> None:
        """Let go of a whole set's secrets; twice is harmless."""
        with self._guard:
            self._held.pop(made_by, None)

    def forget_copy(self, made_by: str, copy: str, roll: ItemId | None = None) -> None:
        """Let go of a paper's secret if it is that copy's; twice is harmless."""
        with self._guard:
            papers = self._held.get(made_by, {})
            if roll in papers and papers[roll].copy == copy:
                del papers[roll]
            if not papers:
                self._held.pop(made_by, None)

    @contextmanager
    def held_through(self, *made_by: str) -> Generator[None]:
        """Write something whose secrets are put here, and say no more of a failure than is known.

        An earlier try may be stored, and its papers even be printed: then "surely not stored" is true of this try
        alone, and the word is "nobody can tell". :class:`DiskFull` is said after looking for the earlier one, so it
        stands.

        Raises:
            NotStored: it is surely not stored; the secrets are gone.
            JournalDown: nobody can tell; the secrets stay.
        """
        is_in_doubt = any(event in self._in_doubt or self.holds(event) for event in made_by)
        try:
            yield
        except NotStored as failure:
            if is_in_doubt and not isinstance(failure, DiskFull):
                self._doubt(made_by)
                raise JournalDown(f"An earlier try may be stored: {failure}") from failure
            for event in made_by:
                self.forget(event)
            raise
        except JournalDown:
            self._doubt(made_by)
            raise
        with self._guard:
            self._in_doubt.difference_update(made_by)

    def _doubt(self, made_by: tuple[str, ...]) -> None:
        with self._guard:
            self._in_doubt.update(made_by)
