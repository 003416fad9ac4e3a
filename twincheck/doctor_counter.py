"""What the doctor says of what stands on the counter: display, touch screen, keypad, and whose they are to open."""

import grp
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from kiosk.appliance.panel import LIST, panels
from twincheck.findings import Finding

DEVICE_PATTERNS: Final = ("serial/by-id/*", "ttyUSB*", "ttyACM*", "usb/lp*")
INPUT_PATTERN: Final = "input/event*"


def may_use(device: Path) -> bool:
    """Say whether this user may read and write ``device``."""
    return os.access(device, os.R_OK | os.W_OK)


def may_read(device: Path) -> bool:
    """Say whether this user may read ``device``."""
    return os.access(device, os.R_OK)


def group_of(device: Path) -> str:
    """Return the group that may open ``device``, as a name where it has one."""
    number = device.stat().st_gid
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def examine_counter(dev: Path, listed: Path = Path(LIST)) -> Iterator[Finding]:
    """Yield what there is to say of devices by their files; those by network address are the kiosk's to try."""
    yield check_devices(dev)
    yield check_touch(listed)
    yield check_inputs(dev)


def check_display(*, has_display: bool, size: tuple[int, int] | None) -> Finding:
    """Say whether there is a screen to draw on, and how large it is."""
    if not has_display:
        step = "on the kiosk itself: systemctl status twincheck-kiosk. Over a terminal this is as it should be"
        seen = "none from here: a kiosk started in this terminal would draw where nobody sees it"
        return Finding(check="display", verdict="warn", seen=seen, next_step=step)
    if size is None:
        step = "look whether the display server runs: systemctl status twincheck-kiosk"
        return Finding(check="display", verdict="warn", seen="named, but it does not answer", next_step=step)
    if min(size) < 720:
        step = "1280x800 or 1080x1920 are what the pages are made for"
        return Finding(check="display", verdict="warn", seen=f"{size[0]}x{size[1]}, which is small", next_step=step)
    return Finding(check="display", verdict="ok", seen=f"{size[0]}x{size[1]}")


def check_devices(dev: Path, may_use: Callable[[Path], bool] = may_use) -> Finding:
    """List serial and USB printer devices, and say which of them this user may not open, and whose they are."""
    devices = sorted({path for pattern in DEVICE_PATTERNS for path in dev.glob(pattern)})
    if not devices:
        step = "plug in a scanner and a printer; ./demo brings virtual ones"
        return Finding(check="devices", verdict="warn", seen="no serial or USB printer device", next_step=step)
    closed = [path for path in devices if not may_use(path)]
    if closed:
        seen = f"not ours to open: {', '.join(map(str, closed))}"
        step = f"sudo usermod -aG {_groups(closed, 'dialout,lp')} $USER, then sign in again"
        return Finding(check="devices", verdict="warn", seen=seen, next_step=step)
    return Finding(check="devices", verdict="ok", seen=", ".join(map(str, devices)))


def check_touch(listed: Path) -> Finding:
    """Say which touch screen the kernel sees."""
    try:
        names = panels(listed.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        step = "on the kiosk itself it can be told"
        seen = "cannot be told: the kernel lists no input devices here"
        return Finding(check="touch screen", verdict="warn", seen=seen, next_step=step)
    if names:
        return Finding(check="touch screen", verdict="ok", seen=", ".join(names))
    step = "plug its USB cable in; scanner and keypad work without it"
    return Finding(check="touch screen", verdict="warn", seen="none is plugged in", next_step=step)


def check_inputs(dev: Path, may_read: Callable[[Path], bool] = may_read) -> Finding:
    """Say whether a tactile keypad or a headset's socket could be read: both speak through ``/dev/input``."""
    found = sorted(dev.glob(INPUT_PATTERN))
    if not found:
        seen = "no input device: a tactile keypad, if there is one, is not plugged in"
        return Finding(check="keypad", verdict="ok", seen=seen)
    closed = [path for path in found if not may_read(path)]
    if not closed:
        return Finding(check="keypad", verdict="ok", seen=f"{len(found)} input devices, all ours to read")
    step = f"for a tactile keypad: sudo usermod -aG {_groups(closed, 'input')} $USER, then sign in again"
    seen = f"{len(closed)} of {len(found)} input devices are not ours to read"
    return Finding(check="keypad", verdict="warn", seen=seen, next_step=step)


def _groups(devices: Sequence[Path], usual: str) -> str:
    """Return the groups to join for these, the usual ones where it would be root's: that is nobody's to join."""
    return ",".join(sorted({group_of(device) for device in devices} - {"root"})) or usual
