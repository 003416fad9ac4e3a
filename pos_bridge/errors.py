"""Everything ``pos_bridge`` can raise, drawn as a tree.

::

    TwincheckError
    └── BridgeError
        ├── NotGenuine           a message whose signature or time is not right: it is not kept
        ├── MessageUnreadable    a genuine message that cannot be understood: kept, and shown with the reason
        ├── SourceDown           a till's system that does not answer, or not with what was asked for
        ├── BridgeRefusal        what a person or a program asked for is not done, and why
        └── (SettingsError of photocore: till.toml is wrong)
"""

from photocore.errors import TwincheckError


class BridgeError(TwincheckError):
    """The root of every error of this package."""


class NotGenuine(BridgeError):
    """A message does not carry what only its sender can make; whoever sent it learns no more than that."""


class MessageUnreadable(BridgeError):
    """A message is genuine and cannot be understood. It is kept as it came, to be read again by a later version."""


class SourceDown(BridgeError):
    """A till's system gave no answer, or none that can be used; asked again later.

    ``retry_after_s`` is how long it asked to be left alone, where it did (429, 503).
    """

    def __init__(self, why: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class BridgeRefusal(BridgeError):
    """What was asked for is not done. ``reason`` is one word that programs and translations know it by."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason
