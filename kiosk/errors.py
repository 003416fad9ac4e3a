"""Everything ``kiosk`` can raise, drawn as a tree.

::

    TwincheckError
    └── KioskError
        ├── BrandWrong        a brand's file, colour or logo cannot be used
        ├── LanguageUnknown   there is no such language in our catalogues
        ├── DisplayUnfit      the window cannot be opened as asked
        └── VoiceDown         the voice's engine or the sound card does not do its work
"""

from photocore.errors import TwincheckError


class KioskError(TwincheckError):
    """The root of every error of this package."""


class BrandWrong(KioskError):
    """A brand's file, colour or logo cannot be used."""


class LanguageUnknown(KioskError):
    """There is no such language in our catalogues."""


class DisplayUnfit(KioskError):
    """The window cannot be opened as asked."""


class VoiceDown(KioskError):
    """The voice's engine or the sound card does not do its work; nobody but the voice itself needs to know."""
