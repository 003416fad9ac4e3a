"""Everything ``photocore`` can raise, drawn as a tree.

::

    TwincheckError
    ├── CodeError            a code, card or frame that cannot be what it was taken for
    │   ├── CheckWrong       ... its check symbol does not fit: misread or mistyped
    │   └── Gs1Error         ... because a GS1 rule is broken
    │       ├── Gs1CheckWrong    ... a check digit does not fit (a CheckWrong, too)
    │       ├── Gs1Ambiguous     ... it can be read in two ways
    │       └── SerialTooShort   ... its serial is too short to tell one piece from another
    ├── EventError           an event or message that must not be believed
    │   ├── EventMalformed   ... it is out of its form
    │   ├── SignatureBroken  ... its signature is not its maker's
    │   ├── SealBroken       ... a sealed part does not open, or is another event's
    │   └── KeyMalformed     ... a key is out of its form
    ├── EditMalformed        instructions that are none, or beyond their limits
    ├── CriterionMalformed   no criterion for a plan, or one beyond its limits
    ├── CatalogueMalformed   no catalogue, or one that contradicts itself
    ├── TermsMalformed       not what a package product could have prepaid
    ├── ChoiceRefused        what was chosen cannot be had so
    ├── MoneyMalformed       no amount of money
    ├── MoneyMixed           two currencies in one sum
    ├── ChannelDown          the network gave no whole answer
    └── SettingsError        a setting or profile is missing or wrong
"""


class TwincheckError(Exception):
    """The root of every error of ours."""


class CodeError(TwincheckError):
    """A code, card or frame that cannot be what it was taken for."""


class CheckWrong(CodeError):
    """A check symbol or check digit does not fit: misread or mistyped."""


class Gs1Error(CodeError):
    """A GS1 rule is broken: syntax, length, character set, check digit or date."""


class Gs1CheckWrong(Gs1Error, CheckWrong):
    """A GS1 check digit does not fit: misread or mistyped."""


class Gs1Ambiguous(Gs1Error):
    """It can be read in two ways, since its separators are lost."""


class SerialTooShort(Gs1Error):
    """Its serial is too short to tell one piece from another."""


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


class EditMalformed(TwincheckError):
    """These are no instructions for a picture, or one is beyond its limits."""


class CriterionMalformed(TwincheckError):
    """No criterion for a plan, or one beyond its limits."""


class CatalogueMalformed(TwincheckError):
    """No catalogue, or one that contradicts itself."""


class TermsMalformed(TwincheckError):
    """No terms of a package product: nothing it could have prepaid, and no plans its packages could begin with."""


class ChoiceRefused(TwincheckError):
    """What was chosen cannot be had so.

    ``why`` is one word: ``item``, ``option``, ``value``, ``together``, ``quantity``, ``images``, ``currency`` or
    ``price``.
    """

    def __init__(self, why: str, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why


class MoneyMalformed(TwincheckError):
    """No amount of money."""


class MoneyMixed(TwincheckError):
    """Two currencies in one sum."""


class ChannelDown(TwincheckError):
    """The network gave no whole answer; whether the request arrived is unknown."""


class SettingsError(TwincheckError):
    """A setting or profile is missing or wrong."""
