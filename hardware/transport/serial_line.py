"""Serial lines and ptys, opened through pyserial; and which of a device's names stays the same.

pyserial sets the line up (termios, DTR, the exclusive lock) and knows each system's odd baud rates; reading and
writing are ours, see :mod:`hardware.transport.descriptor`.
"""

import termios
from pathlib import Path
from typing import Final

import serial

from hardware.errors import PortDown, PortFault, PortUrlWrong
from hardware.transport.descriptor import DescriptorPort, fault_of
from hardware.transport.port import PortSettings

STABLE_FOLDERS: Final = (Path("/dev/serial/by-id"), Path("/dev/serial/by-path"))

_PARITY: Final = {"none": "N", "even": "E", "odd": "O"}


def open_serial(url: str, path: str, settings: PortSettings) -> DescriptorPort:
    """Open a serial device or pty for us alone (a second reader would steal bytes without a trace).

    Raises:
        PortDown: missing, held by another program, not permitted, no serial device.
        PortUrlWrong: the line cannot have such settings.
    """
    try:
        line = serial.Serial(
            path,
            baudrate=settings.baud,
            bytesize=settings.data_bits,
            parity=_PARITY[settings.parity],
            stopbits=settings.stop_bits,
            xonxoff=settings.flow == "xonxoff",
            rtscts=settings.flow == "rtscts",
            dsrdtr=settings.flow == "dsrdtr",
            exclusive=True,
        )
        _let_empty_mean_gone(line.fileno())
        if settings.parity != "none" and settings.marks_wrong_parity:
            mark_wrong_parity(line.fileno())
    except ValueError as cause:
        raise PortUrlWrong(f"{url}: {cause}.") from cause
    except (OSError, termios.error) as cause:  # SerialException is an OSError, termios.error is not
        raise PortDown(url, _fault_of(cause), _reason(cause)) from cause
    return _as_port(url, line, settings)


def stable_name(path: str, folders: tuple[Path, ...] = STABLE_FOLDERS) -> str | None:
    """Return the name of the same device that survives a replug, if the system gives it one.

    ``/dev/ttyACM0`` may come back as ``ttyACM1``; ``/dev/serial/by-id/...`` follows the device, ``by-path`` the socket.
    None when ``path`` is such a name itself, or the system knows none.
    """
    if any(Path(path).parent == folder for folder in folders):
        return None
    target = Path(path).resolve()
    names = (name for folder in folders if folder.is_dir() for name in sorted(folder.iterdir()))
    return next((str(name) for name in names if name.resolve() == target), None)


def _let_empty_mean_gone(fd: int) -> None:
    # pyserial sets VMIN 0, with which a read that finds nothing returns as little as one of a vanished device; it
    # then takes any false alarm of select() for an unplug. With VMIN 1 the first says EAGAIN.
    settings = termios.tcgetattr(fd)
    settings[6][termios.VMIN] = 1
    termios.tcsetattr(fd, termios.TCSANOW, settings)


def mark_wrong_parity(fd: int) -> None:
    """Have a byte whose parity is wrong arrive as 0xFF, NUL, byte, so that no reader can take it for sound text.

    pyserial makes the line send parity and lets what comes in with a wrong one pass as it is: one wrong character of a
    serial number, and another package (termios(3), INPCK and PARMRK). A true 0xFF then arrives twice.
    """
    settings = termios.tcgetattr(fd)
    settings[0] = settings[0] & ~termios.IGNPAR | termios.INPCK | termios.PARMRK
    termios.tcsetattr(fd, termios.TCSANOW, settings)


def _as_port(url: str, line: serial.Serial, settings: PortSettings) -> DescriptorPort:
    return DescriptorPort(url, line.fileno(), line.close, write_deadline_s=settings.write_deadline_s)


def _fault_of(cause: Exception) -> PortFault:
    # pyserial wraps a failed tcgetattr without its number: what opens and is no tty is no serial device.
    number = getattr(cause, "errno", None) or next((arg for arg in cause.args if isinstance(arg, int)), None)
    if number is None:
        return PortFault.NOT_A_DEVICE if "configure" in str(cause) else PortFault.UNREACHABLE
    return fault_of(OSError(number, ""), PortFault.UNREACHABLE)


def _reason(cause: Exception) -> str:
    return str(cause.__context__ or cause)
