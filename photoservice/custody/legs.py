"""How long the legs of a roll's way take: ``config/custody.toml``, single values of which a site may override."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec

from photocore.custody import Leg, Legs, Step, check_legs
from photocore.errors import SettingsError
from photocore.settings import SYSTEM_FOLDER, ConfigHome, load_settings

FILE: Final = "custody.toml"

_Hours = Annotated[float, msgspec.Meta(ge=0, le=10_000)]


class _Leg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ends: Step
    usually: _Hours | None = None
    late: _Hours | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    leg: dict[Step, _Leg]


def load_legs(config: Path) -> Legs:
    """Return the legs that ``config`` and ``/etc/twincheck`` tell.

    Raises:
        SettingsError: a file is broken, or the legs make no way.
    """
    homes = (ConfigHome(path=SYSTEM_FOLDER, origin=str(SYSTEM_FOLDER)), ConfigHome(path=config, origin="config"))
    try:
        told = msgspec.convert(load_settings(FILE, homes).values, _File)
    except msgspec.ValidationError as cause:
        raise SettingsError(f"{FILE}: {cause}.") from cause
    return check_legs(
        Leg(begins=begins, ends=leg.ends, usually=_hours(leg.usually), late=_hours(leg.late))
        for begins, leg in told.leg.items()
    )


def _hours(count: float | None) -> timedelta | None:
    return None if count is None else timedelta(hours=count)
