"""The devices of a running station: each opened by the shop's own name, whatever file it has today.

A link is given ``device://counter-left`` and :meth:`Inventory.open`. Each try to open looks anew at what is
plugged in, so a replug under another name needs nobody, and the wrong one of two is never read: after the port is open
it is looked once more, since the kernel gives no other device this file while we hold it.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from hardware.errors import DeviceBookWrong, PortDown, PortFault
from hardware.inventory.binding import Denial, Identity, Standing, bound_to, shared_identities, stand
from hardware.inventory.book import DEVICE_SCHEME, FILE, DeviceBook, change_book, load_book
from hardware.inventory.finder import find_devices
from hardware.inventory.plugged import Plugged
from hardware.transport import Port, PortOpener, PortSettings, open_port

Finder = Callable[[], Sequence[Plugged]]


@dataclass(frozen=True, kw_only=True)
class Question:
    """Is this the new one? Asked of staff, about one name and one device."""

    name: str
    device: Plugged
    is_same_model: bool
    """If not, its profile may not fit either: ``twincheck devices add`` finds the right one."""


def device_url(name: str) -> str:
    """Return the address by which :meth:`Inventory.open` knows a name of the book."""
    return f"{DEVICE_SCHEME}{name}"


class Inventory:
    """What a station's names stand for now. For any thread.

    Raises:
        DeviceBookWrong: the book cannot be read at the start. Later on the last good one is kept, see :attr:`trouble`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        find: Finder = find_devices,
        opener: PortOpener = open_port,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        self._folder = folder
        self._find = find
        self._opener = opener
        self._log = log or structlog.get_logger()
        self._lock = threading.Lock()
        self._stamp = self._read_stamp()
        self._book = load_book(folder)
        self._twins: frozenset[Identity] = frozenset()
        self._denied: frozenset[Denial] = frozenset()
        self._bystanders: frozenset[Denial] = frozenset()
        self._noted: dict[str, tuple[str, object]] = {}
        self.trouble = ""
        """Why the book on the disk is not the one in use; empty while it is."""

    @property
    def book(self) -> DeviceBook:
        """Return the book, read anew where it changed on the disk."""
        with self._lock:
            return self._read_again()

    def look(self) -> tuple[Standing, ...]:
        """Look at the book and at what is plugged in, and return how every name stands. Some milliseconds."""
        plugged = tuple(self._find())
        with self._lock:
            book = self._read_again()
            self._twins |= shared_identities(plugged)
            self._denied = frozenset(denial for denial in self._denied if denial[1] in plugged)
            standings = stand(book, plugged, twins=self._twins, denied=self._denied, bystanders=self._bystanders)
            self._bystanders = _bystanders(standings, plugged, self._bystanders)
            self._note(standings)
        return standings

    def standing(self, name: str) -> Standing:
        """Return how one name stands now.

        Raises:
            DeviceBookWrong: there is no such name.
        """
        for standing in self.look():
            if standing.name == name:
                return standing
        self.book.find(name)
        raise DeviceBookWrong(f"No device is called {name!r} any more.")

    def open(self, url: str, *, settings: PortSettings | None = None) -> Port:
        """Open ``device://name``, or any other address as it stands: a :class:`hardware.transport.PortOpener`.

        Raises:
            PortDown: it cannot be opened now: missing, perhaps replaced, one of two that cannot be told apart, or
                whatever its port says.
            PortUrlWrong: it can never be.
        """
        if not url.startswith(DEVICE_SCHEME):
            return self._opener(url, settings=settings)
        name = url.removeprefix(DEVICE_SCHEME)
        address = self._address(url, name)
        port = self._opener(address, settings=settings)
        try:
            if self._address(url, name) != address:
                raise PortDown(url, PortFault.GONE, "another device took its place")
        except PortDown:
            port.close()
            raise
        return port

    def questions(self) -> tuple[Question, ...]:
        """Return what staff should be asked: for each name that is missing, whether a new device is it."""
        return tuple(question for standing in self.look() if (question := question_of(standing)))

    def answer(self, question: Question, *, is_new: bool) -> None:
        """Bind the name to the device from now on, or do not ask about this one again until it is replugged.

        Raises:
            DeviceBookWrong: the book cannot be written, or the name is gone.
        """
        if is_new:
            self.bind(question.name, question.device)
            return
        with self._lock:
            self._denied |= {(question.name, question.device)}

    def bind(self, name: str, device: Plugged) -> None:
        """Let a name of the book stand for ``device`` from now on, with its profile and all else as it was.

        Raises:
            DeviceBookWrong: the book cannot be written, or the name is gone.
        """
        change_book(self._folder, lambda book: book.with_entry(bound_to(book.find(name), device)))
        self._log.info("device.bound", device=name, usb=device.usb, serial=device.serial, node=device.node)

    def _address(self, url: str, name: str) -> str:
        try:
            standing = self.standing(name)
        except DeviceBookWrong as cause:
            raise PortDown(url, PortFault.MISSING, str(cause)) from cause
        if standing.fault:
            raise PortDown(url, standing.fault, standing.candidate.title if standing.candidate else "")
        return standing.url

    def _read_again(self) -> DeviceBook:
        stamp = self._read_stamp()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._book, self.trouble = load_book(self._folder), ""
            except DeviceBookWrong as cause:
                self.trouble = str(cause)
                self._log.warning("device_book.wrong", why=self.trouble)
        return self._book

    def _read_stamp(self) -> tuple[int, ...]:
        try:
            found = (self._folder / FILE).stat()
        except OSError:
            return ()
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    def _note(self, standings: Sequence[Standing]) -> None:
        """Log each move and each question once: that a device is missing is its link's to say."""
        for standing in standings:
            word, about = _remarkable(standing)
            if self._noted.get(standing.name, ("", None)) != (word, about):
                self._noted[standing.name] = (word, about)
                if word:
                    self._log.warning(word, device=standing.name, about=str(about))


def _bystanders(
    standings: Sequence[Standing], plugged: Sequence[Plugged], before: frozenset[Denial]
) -> frozenset[Denial]:
    """Return who stood by without a name while each name's device was there; of a missing one, who still does."""
    named = {standing.device for standing in standings if standing.device}
    free = [device for device in plugged if device not in named]
    fresh = {(standing.name, device) for standing in standings if standing.device for device in free}
    missing = {standing.name for standing in standings if not standing.device}
    return frozenset(fresh | {(name, device) for name, device in before if name in missing and device in plugged})


def question_of(standing: Standing) -> Question | None:
    """Return what to ask about one name, if there is anything."""
    device = standing.candidate
    if device is None:
        return None
    return Question(name=standing.name, device=device, is_same_model=device.usb == standing.entry.usb)


def _remarkable(standing: Standing) -> tuple[str, object]:
    if standing.swapped_with:
        return "device.swapped", standing.swapped_with
    if standing.is_moved:
        return "device.moved", standing.device.node if standing.device else ""
    if standing.candidate:
        return "device.new_one", standing.candidate.title
    return "", None
