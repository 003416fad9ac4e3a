"""How long what is over is kept: ``config/retention.toml``, single values of which a site may override."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec

from photocore.errors import SettingsError
from photocore.settings import SYSTEM_FOLDER, ConfigHome, load_settings
from photoservice.sweeping.rules import AS_SOON_AS_OVER, RULES

FILE: Final = "retention.toml"

_Days = Annotated[float, msgspec.Meta(ge=1, le=36_600)]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    days: dict[str, _Days]


def load_periods(config: Path, system: Path = SYSTEM_FOLDER) -> Mapping[str, timedelta]:
    """Return for each rule how long what it is about is kept.

    Raises:
        SettingsError: a file is broken, names a rule that there is not, or leaves one out.
    """
    homes = (ConfigHome(path=system, origin=str(system)), ConfigHome(path=config, origin="config"))
    try:
        told = msgspec.convert(load_settings(FILE, homes).values, _File).days
    except msgspec.ValidationError as cause:
        raise SettingsError(f"{FILE}: {cause}.") from cause
    asked = {rule.name for rule in RULES if rule.keeps != AS_SOON_AS_OVER}
    if odd := sorted(asked ^ told.keys()):
        raise SettingsError(f"{FILE}: [days] needs one number for each of its names; look at {', '.join(odd)}.")
    return {rule.name: timedelta(days=told.get(rule.name, 0)) for rule in RULES}
