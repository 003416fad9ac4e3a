"""What can go wrong between two systems.

::

    TwincheckError
    └── ExchangeError             two systems could not do something together
        ├── TusRefused            ... an upload request is out of its protocol, or cannot be; carries the HTTP status
        ├── PeerRefused           ... the other system says no, and why
        ├── PeerDown              ... the other system does not answer, or not in its protocol
        └── IngestRefused         ... a folder cannot be taken in as it is; what to do is in the sentence
"""

from http import HTTPStatus

from photocore.errors import TwincheckError


class ExchangeError(TwincheckError):
    """Two systems could not do something together."""


class TusRefused(ExchangeError):
    """An upload request is refused; ``status`` is tus 1.0's own where it has one (460 is a wrong checksum)."""

    def __init__(self, detail: str, *, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(detail)
        self.status = int(status)


class PeerRefused(ExchangeError):
    """The other system says no: ``status`` is HTTP's, ``word`` the last part of its problem's type, if it has one."""

    def __init__(self, detail: str, *, status: int, word: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.word = word


class PeerDown(ExchangeError):
    """The other system does not answer, or not in its protocol, however often it is asked."""


class IngestRefused(ExchangeError):
    """A folder cannot be taken in as it is."""
