"""What becomes of a letter that was not simply taken."""

from photoservice.errors import ServiceError


class Undeliverable(ServiceError):
    """It will never arrive there: the other side said so. The message is one short word or code, nothing personal."""


class NotNow(ServiceError):
    """It did not go out, and may later; ``is_outage`` when nothing can go out by this way now."""

    def __init__(self, why: str, *, is_outage: bool) -> None:
        super().__init__(why)
        self.is_outage = is_outage
