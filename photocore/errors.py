"""Everything ``photocore`` can raise, drawn as a tree.

::

    TwincheckError
    ├── CodeError            a code, card or frame that cannot be what it was taken for
    │   └── Gs1Error         ... because a GS1 rule is broken
    ├── EventError           an event or message that must not be believed
    │   ├── EventMalformed   ... it is out of its form
    │   ├── SignatureBroken  ... its signature is not its maker's
    │   ├── SealBroken       ... a sealed part does not open, or is another event's
    │   └── KeyMalformed     ... a key is out of its form
    ├── ChannelDown          the network gave no whole answer
    └── SettingsError        a setting or profile is missing or wrong
"""


class TwincheckError(Exception):
    """The root of every error of ours."""


class CodeError(TwincheckError):
    """A code, card or frame that cannot be what it was taken for."""


class Gs1Error(CodeError):
    """A GS1 rule is broken: syntax, length, character set, check digit or date."""


class EventError(TwincheckError):
    """An event or message that must not be believed."""


class EventMalformed(EventError):
    """It is out of its form."""


class SignatureBroken(EventError):
    """Its signature is not its maker's."""


class SealBroken(EventError):
    """A sealed part does not open, or was made for another event."""


class KeyMalformed(EventError):
    """A key or signature is not the base64 of the right number of bytes."""


class ChannelDown(TwincheckError):
    """The network gave no whole answer; whether the request arrived is unknown."""


class SettingsError(TwincheckError):
    """A setting or profile is missing or wrong."""
