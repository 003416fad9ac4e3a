"""A camera as one more scanner: what is held before it comes in as a scanner's bytes would, and is judged like them.

So a camera is supervised, shown to staff and answered for as every scanner is (:class:`hardware.scanner.ScannerLink`).
It cannot be told good or refused: for its shopper the screen is the answer. OpenCV and the readers are the extras
``camera`` and ``pictures``; a kiosk without them says so and works.
"""

import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Final

from hardware.errors import DeviceBookWrong, PortDown, PortFault
from hardware.inventory import Inventory
from hardware.transport import Port, PortSettings
from photocore.seams import Clock

if TYPE_CHECKING:
    from imaging.codes.reader_live import LiveReader
    from imaging.sources_moving import Grey

    Frames = Callable[[str], Generator[Grey]]

END: Final = b"\r\n"
NO_ENDS: Final = bytes.maketrans(b"\r\n", b"\x1a\x1a")
"""A code may hold line ends; they must not make two codes of it. SUB has the whole refused."""


class CameraOpener:
    """Opens one camera, by its name in the device book, its number or its file: a hardware.transport.PortOpener."""

    def __init__(self, camera: str, inventory: Inventory, clock: Clock, frames: "Frames | None" = None) -> None:
        self._camera = camera
        self._inventory = inventory
        self._clock = clock
        self._frames = frames

    def __call__(self, url: str, *, settings: PortSettings | None = None) -> Port:
        """Open it.

        Raises:
            PortDown: it is not there, shows nothing, or what reads pictures is not installed.
        """
        del settings
        try:
            from imaging.codes.reader_live import LiveReader  # noqa: PLC0415  late: most kiosks have no camera
            from imaging.errors import CameraGone  # noqa: PLC0415
            from imaging.sources_moving import camera_frames  # noqa: PLC0415
        except ImportError as cause:
            raise PortDown(url, PortFault.NOT_A_DEVICE, "needs the extras camera and pictures") from cause
        frames = (self._frames or camera_frames)(self._address(url))
        try:
            next(frames)  # only now it is opened
        except CameraGone as cause:
            raise PortDown(url, PortFault.MISSING, str(cause)) from cause
        except StopIteration:
            raise PortDown(url, PortFault.MISSING, "it shows nothing") from None
        return CameraPort(url, frames, LiveReader(), self._clock)

    def _address(self, url: str) -> str:
        if self._camera not in {entry.name for entry in self._inventory.book.camera}:
            return self._camera
        try:
            standing = self._inventory.standing(self._camera)
        except DeviceBookWrong as cause:
            raise PortDown(url, PortFault.MISSING, str(cause)) from cause
        if standing.fault:
            raise PortDown(url, standing.fault)
        return standing.url


class CameraPort:
    """A :class:`hardware.transport.Port` over the pictures of a camera: its reads return codes, each with its end."""

    def __init__(self, url: str, frames: "Generator[Grey]", reader: "LiveReader", clock: Clock) -> None:
        self._url = url
        self._frames = frames
        self._reader = reader
        self._clock = clock
        self._reading = threading.Lock()
        self._is_cancelled = True  # nothing is ever under way at the opening, and a code in view is told once only
        self._is_closed = False

    @property
    def url(self) -> str:
        """Return the address it was opened by."""
        return self._url

    def read(self, timeout: float | None) -> bytes:
        """Return the codes of the next picture that has news; empty on time-out and on :meth:`cancel`."""
        ends_at = None if timeout is None else self._clock.monotonic() + timeout
        with self._reading:
            while not self._is_closed and not self._is_cancelled:
                codes = self._next()
                if codes or (ends_at is not None and self._clock.monotonic() >= ends_at):
                    return codes
            self._is_cancelled = False
        if self._is_closed:
            raise PortDown(self._url, PortFault.CLOSED)
        return b""

    def _next(self) -> bytes:
        from imaging.errors import ImagingError  # noqa: PLC0415

        try:
            found = self._reader.read(next(self._frames))
        except (ImagingError, StopIteration) as cause:
            raise PortDown(self._url, PortFault.GONE, str(cause)) from cause
        return b"".join(each.frame.translate(NO_ENDS) + END for each in found)

    def write(self, data: bytes, *, timeout: float | None = None) -> None:
        """Do nothing: a camera cannot be told."""
        del data, timeout

    def cancel(self) -> None:
        """Let the read that waits now, else the next one, come back empty at the next picture."""
        self._is_cancelled = True

    def close(self) -> None:
        """Give the camera free, once the picture that is being taken is there."""
        self._is_closed = True
        with self._reading:
            self._frames.close()
