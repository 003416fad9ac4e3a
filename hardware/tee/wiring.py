"""The composition root of tee and tap: the one place here that takes the real clock and the real ports."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hardware.tee.copier import Copier
from hardware.tee.copies import NONCE_BYTES
from hardware.tee.flow import Flow
from hardware.tee.forwarder import Forwarder
from hardware.tee.keeper import Held, Keeper, Side
from hardware.tee.shared import Shared
from hardware.tee.tap import Tap, TapWishes
from hardware.transport import PortSettings, check_url, open_port
from hardware.transport.datagrams import DatagramLine, DatagramSender
from hardware.transport.pty_link import PtyLink
from photocore.errors import SettingsError
from photocore.host import SystemClock, SystemEntropy

PTY = "pty:"


@dataclass(frozen=True, kw_only=True)
class TeeWishes:
    """One lane's tee. ``till`` is ``pty:/path/of/a/link``, or the address of a second port.

    ``listener`` is where the bridge listens; ``till_mode`` who may open the pty.
    """

    lane: str
    device: str
    till: str
    listener: Path
    till_mode: int | None = None
    line: PortSettings = field(default_factory=PortSettings)


def make_tee(wishes: TeeWishes) -> Keeper:
    """Return the keeper of a scanner's tee.

    Raises:
        PortUrlWrong: an address can never be opened.
        SettingsError: the till's side is neither a pty nor a port.
    """
    shared, clock = Shared(), SystemClock()
    flows = Flow(shared, 0), Flow(shared, 1)
    line, epoch = DatagramLine(wishes.listener), new_epoch()
    far_is_pty = wishes.till.startswith(PTY)

    def make(near: int | None, far: int | None, keeper: int) -> Forwarder:
        copier = Copier(shared, flows[0], line, clock, lane=wishes.lane, epoch=epoch)
        return Forwarder(shared, flows, near=near, far=far, keeper=keeper, far_is_pty=far_is_pty, copier=copier)

    return _keeper(wishes, shared, flows, make, "scanner")


def make_tap(wishes: TeeWishes, tap: TapWishes, answers_at: Path) -> Keeper:
    """Return the keeper of a printer's tap; the bridge answers it at ``answers_at``.

    Raises:
        PortUrlWrong: an address can never be opened.
        SettingsError: the till's side is neither a pty nor a port.
        PortDown: there can be no socket at ``answers_at``.
    """
    shared, clock, entropy = Shared(), SystemClock(), SystemEntropy()
    flows = Flow(shared, 0), Flow(shared, 1)
    sender = DatagramSender(wishes.listener, answers_at=answers_at)
    far_is_pty = wishes.till.startswith(PTY)

    def make(near: int | None, far: int | None, keeper: int) -> Forwarder:
        return Tap(
            shared,
            flows,
            near=near,
            far=far,
            keeper=keeper,
            far_is_pty=far_is_pty,
            wishes=tap,
            sender=sender,
            clock=clock,
            entropy=entropy,
        )

    return _keeper(wishes, shared, flows, make, "printer")


def _keeper(
    wishes: TeeWishes,
    shared: Shared,
    flows: tuple[Flow, Flow],
    make: Callable[[int | None, int | None, int], Forwarder],
    kind: str,
) -> Keeper:
    near = Held(name=kind, open=_opener(wishes.device, wishes))
    far = Held(name="till", open=_opener(wishes.till, wishes))
    return Keeper(shared, flows, (near, far), make=make, clock=SystemClock(), log=_log(kind, wishes.lane))


def _opener(address: str, wishes: TeeWishes) -> Callable[[], Side]:
    if address.startswith(PTY):
        path = Path(address[len(PTY) :])
        return lambda: PtyLink(path, mode=wishes.till_mode)
    check_url(address)

    def open_it() -> Side:
        port = open_port(address, settings=wishes.line)
        if not isinstance(port, Side):
            raise SettingsError(f"{address} is no line that bytes go through in both directions.")
        return port

    return open_it


def new_epoch() -> int:
    """Return the name of one run of a tee."""
    return int.from_bytes(SystemEntropy().token(NONCE_BYTES), "big")


def _log(kind: str, lane: str) -> Callable[[str], None]:
    def write(line: str) -> None:
        sys.stderr.write(f"{kind} lane={lane} {line}\n")
        sys.stderr.flush()

    return write
