"""What a package brings along (O4, O7, O15, S4): its prepaid credits and first plans, made once when it is registered.

Made at the first count, the first received roll or the first look at a page, whoever is first: which of them it was
cannot be told afterwards, for plans begin at the moment of the registration and are called after their package.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.cataloguing.terms import TermsBook
from photoservice.db.database import Session
from photoservice.keyring import Keyring


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """Begins packages."""

    clock: Clock
    keyring: Keyring
    terms: TermsBook
    catalogues: Catalogues

    async def begin(self, session: Session, roots: Iterable[str]) -> int:
        """Make the plans and credits of those ``roots`` that are registered, have terms and did not begin yet.

        Needs a transaction. Returns how many began now. Terms that staff write later hold for packages that had none.
        """
        raise NotImplementedError
