"""What a device's USB numbers suggest: config/devices/makers.toml. A hint for the wizard, never a decision."""

from pathlib import Path
from typing import Annotated, Final

import msgspec

from hardware.errors import ProfileWrong
from hardware.inventory.book import WAYS, Role
from hardware.inventory.plugged import Plugged
from photocore.settings import load_toml

FILE: Final = Path("devices", "makers.toml")


class Maker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A maker, by the first half of the numbers, or one model, by all of them."""

    usb: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{4}(:[0-9a-f]{4})?$")]
    name: str
    role: Role
    profiles: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    maker: tuple[Maker, ...]


def load_makers(config: Path) -> tuple[Maker, ...]:
    """Read the list.

    Raises:
        ProfileWrong: it breaks its form.
    """
    try:
        return msgspec.convert(load_toml(config / FILE), _File).maker
    except msgspec.ValidationError as cause:
        raise ProfileWrong(f"{config / FILE}: {cause}.") from cause


def maker_of(device: Plugged, makers: tuple[Maker, ...]) -> Maker | None:
    """Return what is known of a device by its numbers; the longer match is the truer one."""
    known = [maker for maker in makers if device.usb and device.usb.startswith(maker.usb)]
    return max(known, key=lambda maker: len(maker.usb), default=None)


def roles_of(device: Plugged, makers: tuple[Maker, ...]) -> tuple[Role, ...]:
    """Return what a device may be for: its maker's one trade, else all that is plugged in like this."""
    roles: tuple[Role, ...] = tuple(role for role, ways in WAYS.items() if device.way in ways)
    maker = maker_of(device, makers)
    return (maker.role,) if maker and maker.role in roles else roles
