"""Moving pictures: films and cameras, through OpenCV, which is the extra ``camera`` and may be absent.

A film is opened only when its first bytes are those of a film: the library behind OpenCV goes by content, and would
follow a playlist that calls itself ``film.mp4`` to wherever it points.
"""

import os
import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from imaging.codes.reader import MAX_PIXELS
from imaging.errors import CameraGone, PictureRefused

Grey = NDArray[np.uint8]

FILM_SUFFIXES: Final = frozenset({".avi", ".mp4", ".m4v", ".mov", ".mkv", ".webm"})
MOST_FRAMES: Final = 100_000
"""An hour of film. Whoever has more cuts it."""
CAMERA_SIZE: Final = (1920, 1080)
"""What a camera is asked for; it gives what it can."""

_HEADS: Final = (
    re.compile(rb"RIFF....AVI ", re.DOTALL),
    re.compile(rb"....(ftyp|moov|mdat|wide|free)", re.DOTALL),  # MP4, QuickTime
    re.compile(rb"\x1aE\xdf\xa3"),  # Matroska, WebM
)


class Capture(Protocol):
    """What we use of ``cv2.VideoCapture``."""

    def isOpened(self) -> bool:  # noqa: N802  OpenCV's name
        """Say whether there are pictures to be read."""
        ...

    def read(self) -> tuple[bool, Any]:
        """Return (True, the next picture) or (False, anything) when there is none."""
        ...

    def release(self) -> None:
        """Give the device back."""
        ...


def film_frames(path: Path) -> Generator[Grey]:
    """Yield the frames of a film in grey.

    Raises:
        PictureRefused: it is no film we read, is broken from its first frame on, is too large or too long.
        CameraGone: OpenCV is not installed.
    """
    with path.open("rb") as opened:
        head = opened.read(16)
    if not any(form.match(head) for form in _HEADS):
        raise PictureRefused(f"{path.name}: not a film of a kind we read (AVI, MP4, MOV, MKV, WEBM)")
    cv2 = _opencv()
    count = 0
    for count, frame in enumerate(_frames(cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG)), 1):
        if count > MOST_FRAMES:
            raise PictureRefused(f"{path.name}: more than {MOST_FRAMES} frames")
        yield frame
    if not count:
        raise PictureRefused(f"{path.name}: broken, it shows no frame")


def camera_frames(which: str, opener: Callable[[int | str], Capture] | None = None) -> Generator[Grey]:
    """Yield the frames of a camera in grey, without end; ``which`` is ``0``, ``/dev/video0`` or ``camera:///dev/video0``.

    Raises:
        CameraGone: there is no such camera, it went away in the middle, or OpenCV is not installed.
    """
    name = which.removeprefix("camera://")
    capture = (opener or open_camera)(int(name) if re.fullmatch(r"\d{1,3}", name) else name)
    if not capture.isOpened():
        capture.release()
        raise CameraGone(f"camera {name}: not there, or another program holds it")
    yield from _frames(capture)
    raise CameraGone(f"camera {name}: gone, it shows nothing any more")


def open_camera(which: int | str) -> Capture:
    """Open a camera of this machine through Video4Linux, so that it holds no more than its newest picture.

    Raises:
        CameraGone: OpenCV is not installed.
    """
    cv2 = _opencv()
    capture = cv2.VideoCapture(which, cv2.CAP_V4L2)
    width, height = CAMERA_SIZE
    for name, value in (("FRAME_WIDTH", width), ("FRAME_HEIGHT", height), ("BUFFERSIZE", 1)):
        capture.set(getattr(cv2, f"CAP_PROP_{name}"), value)
    return capture


def _frames(capture: Capture) -> Generator[Grey]:
    """Yield frames until there is none, and give the device back, however the reading ends."""
    try:
        while True:
            is_there, frame = capture.read()
            if not is_there:
                return
            yield _grey(np.asarray(frame))
    finally:
        capture.release()


def _grey(frame: NDArray[Any]) -> Grey:
    """Return a frame's brightness; OpenCV's colours are blue, green, red."""
    if frame.dtype != np.uint8 or frame.ndim not in (2, 3) or not 0 < frame.shape[0] * frame.shape[1] <= MAX_PIXELS:
        raise PictureRefused(f"a frame of shape {frame.shape} and {frame.dtype} is none we read")
    return frame if frame.ndim == 2 else _opencv().cvtColor(frame, _opencv().COLOR_BGR2GRAY)


def _opencv() -> Any:  # noqa: ANN401  a compiled module whose types name every function twice
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # what is wrong with a film is told by us, in a sentence
    try:
        import cv2  # noqa: PLC0415  films and cameras only
    except ImportError as cause:
        raise CameraGone(
            "cameras and films need OpenCV, which is not installed here: pip install 'twincheck[camera]'"
        ) from cause
    silent: Any = cv2.utils.logging
    silent.setLogLevel(silent.LOG_LEVEL_SILENT)
    return cv2
