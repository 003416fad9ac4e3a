"""What can go wrong with a demo."""

from photocore.errors import TwincheckError


class DemoFailed(TwincheckError):
    """The demo could not go on; the sentence says at which point and why."""
