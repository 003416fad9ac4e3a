"""What can go wrong between two systems.

::

    TwincheckError
    └── ExchangeError             two systems could not do something together
        └── TusRefused            ... an upload request is out of its protocol, or cannot be; carries the HTTP status
"""

from http import HTTPStatus

from photocore.errors import TwincheckError


class ExchangeError(TwincheckError):
    """Two systems could not do something together."""


class TusRefused(ExchangeError):
    """An upload request is refused; ``status`` is tus 1.0's own where it has one (460 is a wrong checksum)."""

    def __init__(self, detail: str, *, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(detail)
        self.status = status
