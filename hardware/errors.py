"""Everything ``hardware`` can raise, drawn as a tree.

::

    TwincheckError
    ├── HardwareError        a device, or the way to it, does not do what was asked
    │   ├── PortDown         the way to a device is shut: why, and how much had gone out
    │   ├── PortUrlWrong     an address that cannot be opened, whatever is plugged in
    │   └── LabelUndrawable  a label's content cannot stand on this paper as a code that reads
    └── SettingsError
        ├── ProfileWrong     a device profile is missing, or breaks its form
        └── DeviceBookWrong  a station's list of devices breaks its form, or has no device of that name
"""

import enum

from photocore.errors import SettingsError, TwincheckError


class PortFault(enum.Enum):
    """Why a port is down, in words a shop can act on."""

    MISSING = "nothing is plugged in there"
    BUSY = "another program holds it"
    DENIED = "this user may not open it"
    NOT_A_DEVICE = "it is not a device of this kind"
    REFUSED = "nothing listens there"
    UNREACHABLE = "it cannot be reached"
    GONE = "it was unplugged, or the other side hung up"
    STALLED = "it takes no bytes"
    CLOSED = "we closed it"
    PAUSED = "its queue is paused, or takes no jobs"
    REPLACED = "it is missing, and another device was plugged in: is this the new one?"
    AMBIGUOUS = "two devices fit its name, and it is not guessed which"

    @property
    def is_lasting(self) -> bool:
        """Say whether a person must change something before another try can help."""
        return self in LASTING


LASTING = frozenset({PortFault.DENIED, PortFault.NOT_A_DEVICE})


class HardwareError(TwincheckError):
    """A device, or the way to it, does not do what was asked."""


class PortDown(HardwareError):
    """The way to a device is shut; ``fault`` says why, ``written`` how many bytes of this write had gone out.

    After ``STALLED`` the port is still open and may be written to again; after anything else it is of no more use.
    """

    def __init__(self, url: str, fault: PortFault, detail: str = "", *, written: int = 0) -> None:
        super().__init__(f"{url}: {fault.value}{f' ({detail})' if detail else ''}.")
        self.url = url
        self.fault = fault
        self.detail = detail
        self.written = written


class PortUrlWrong(HardwareError, ValueError):
    """An address that cannot be opened, whatever is plugged in."""


class LabelUndrawable(HardwareError):
    """A label's content cannot stand on this paper as a code that reads."""


class ProfileWrong(SettingsError):
    """A device profile is missing, or breaks its form."""


class DeviceBookWrong(SettingsError):
    """A station's list of devices breaks its form, cannot be written, or has no device of that name."""
