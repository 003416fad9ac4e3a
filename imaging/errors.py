"""Everything ``imaging`` can raise, drawn as a tree.

::

    TwincheckError
    └── ImagingError         a picture, or the way to it, does not do what was asked
        ├── PictureRefused   a file that is no picture we read, is broken, or is too large to be opened
        │   └── ScanRefused  ... as a scan to be kept and shown; with a word for programs
        ├── CameraGone       a camera or film that is not there, or ended in the middle
        └── DarkroomDown     no process can be started to open pictures in; no picture is to blame
"""

from imaging.visible import visible
from photocore.errors import TwincheckError


class ImagingError(TwincheckError):
    """A picture, or the way to it, does not do what was asked."""

    def __init__(self, sentence: str) -> None:
        """Say it in a ``sentence``, which names files, and a file's name may hold anything."""
        super().__init__(visible(sentence))


class PictureRefused(ImagingError):
    """A file that is no picture we read, is broken, or is too large to be opened."""


class ScanRefused(PictureRefused):
    """A file is not taken as a scan; ``word`` is for programs (docs/images.md lists them), the message for people."""

    def __init__(self, word: str, sentence: str) -> None:
        super().__init__(sentence)
        self.word = word


class CameraGone(ImagingError):
    """A camera or film is not there, or ended in the middle."""


class DarkroomDown(ImagingError):
    """No process can be started to open pictures in, or it was closed; no picture is to blame: try again later."""
