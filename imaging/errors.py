"""Everything ``imaging`` can raise, drawn as a tree.

::

    TwincheckError
    └── ImagingError         a picture, or the way to it, does not do what was asked
        ├── PictureRefused   a file that is no picture we read, is broken, or is too large to be opened
        └── CameraGone       a camera or film that is not there, or ended in the middle
"""

from photocore.errors import TwincheckError


class ImagingError(TwincheckError):
    """A picture, or the way to it, does not do what was asked."""


class PictureRefused(ImagingError):
    """A file that is no picture we read, is broken, or is too large to be opened."""


class CameraGone(ImagingError):
    """A camera or film is not there, or ended in the middle."""
