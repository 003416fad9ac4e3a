"""What a simulation can raise.

::

    TwincheckError
    └── ClaimBroken   something that must always hold did not
"""

from photocore.errors import TwincheckError


class ClaimBroken(TwincheckError):
    """Something that must always hold did not: ``claim`` is its name, the message says what was seen."""

    def __init__(self, claim: str, seen: str) -> None:
        super().__init__(f"{claim}: {seen}")
        self.claim = claim
        self.seen = seen
