"""Everything ``kiosk`` can raise, drawn as a tree.

::

    TwincheckError
    └── KioskError
        ├── LanguageUnknown   there is no such language in our catalogues
        └── DisplayUnfit      the window cannot be opened as asked
"""

from photocore.errors import TwincheckError


class KioskError(TwincheckError):
    """The root of every error of this package."""


class LanguageUnknown(KioskError):
    """There is no such language in our catalogues."""


class DisplayUnfit(KioskError):
    """The window cannot be opened as asked."""
