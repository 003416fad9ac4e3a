"""Where the product's data (``config/``) is, and which file each setting came from.

The folder holds data only: fonts, device and label profiles, locales. It is looked for in five places, the
most deliberate first, so that a developer's checkout, a Debian package and a technician's trial all work
without a switch: ``--config`` > ``$TWINCHECK_CONFIG`` > ``/etc/twincheck`` > the checkout >
``<sys.prefix>/share/twincheck/config``.

This module and :mod:`photocore.host` are the two of this package that touch the host.
"""

import os
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from photocore.errors import SettingsError

CONFIG_VARIABLE: Final = "TWINCHECK_CONFIG"
SYSTEM_FOLDER: Final = Path("/etc/twincheck")

WHOLE_MARK: Final = "fonts"  # the folder that tells a whole config/ from a handful of overrides


@dataclass(frozen=True, kw_only=True)
class ConfigHome:
    """One folder that may hold settings, and how we came to look there."""

    path: Path
    origin: str

    @property
    def is_whole(self) -> bool:
        """Say whether everything the product needs is here, or only a site's own overrides."""
        return (self.path / WHOLE_MARK).is_dir()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The values of one settings file after all overrides, and the file each came from by dotted key."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    origins: dict[str, Path] = field(default_factory=dict[str, Path])


def locate_config(given: str | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """Return the first whole ``config/`` folder.

    A folder someone named on purpose must be whole: to fall back in silence would run with settings they did
    not ask for. ``/etc/twincheck`` may hold a few overrides only; then it serves :func:`load_settings` and is
    passed over here.

    Raises:
        SettingsError: the named folder is missing or not whole, or there is none at all.
    """
    homes = config_homes(given, environ)
    named = [home for home in homes if home.origin in ("--config", f"${CONFIG_VARIABLE}")]
    for home in named:
        if not home.is_whole:
            raise SettingsError(f"{home.origin} names {home.path}, which holds no {WHOLE_MARK}/ folder.")
    for home in homes:
        if home.is_whole:
            return home.path
    raise SettingsError("No config/ folder found; `twincheck doctor` shows where it was looked for.")


def config_homes(given: str | None = None, environ: Mapping[str, str] | None = None) -> tuple[ConfigHome, ...]:
    """Return the folders settings are read from, the strongest first.

    A folder named on purpose is listed even where it does not exist, so that the mistake shows.
    """
    environ = os.environ if environ is None else environ
    named = ((given, "--config"), (environ.get(CONFIG_VARIABLE), f"${CONFIG_VARIABLE}"))
    homes = [ConfigHome(path=Path(path), origin=origin) for path, origin in named if path]
    return (*homes, *(home for home in _standing_homes() if home.path.is_dir()))


def load_toml(path: Path) -> dict[str, Any]:
    """Read one TOML file.

    Raises:
        SettingsError: it cannot be read, or is no TOML; the message names file and line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        raise SettingsError(f"{path} cannot be read: {cause.strerror}.") from cause
    except (ValueError, RecursionError) as cause:  # no TOML, no UTF-8, a number or a nesting beyond all measure
        raise SettingsError(f"{path} is not valid TOML: {cause}.") from cause


def load_settings(name: str, homes: Iterable[ConfigHome]) -> Settings:
    """Read ``name`` from every home that has it; a stronger home overrides single values, tables are merged.

    Raises:
        SettingsError: a file is broken, or no home has it.
    """
    found = [home.path / name for home in homes if (home.path / name).is_file()]
    if not found:
        raise SettingsError(f"No {name} in any config folder.")
    settings = Settings()
    for path in reversed(found):
        _overlay(load_toml(path), path, settings.values, settings.origins)
    return settings


def _standing_homes() -> tuple[ConfigHome, ...]:
    checkout = Path(__file__).resolve().parents[1]
    installed = ConfigHome(path=Path(sys.prefix, "share/twincheck/config"), origin="installed")
    system = ConfigHome(path=SYSTEM_FOLDER, origin=str(SYSTEM_FOLDER))
    # Another distribution may own a config/ in site-packages: only one beside our own sources counts.
    if (checkout / "pyproject.toml").is_file():
        return (system, ConfigHome(path=checkout / "config", origin="checkout"), installed)
    return (system, installed)


def _overlay(
    values: Mapping[str, Any], path: Path, into: dict[str, Any], origins: dict[str, Path], prefix: str = ""
) -> None:
    for key, value in values.items():
        dotted = f"{prefix}{key}"
        below: object = into.setdefault(key, {} if isinstance(value, dict) else value)
        if isinstance(value, dict) != isinstance(below, dict):
            raise SettingsError(f"{path}: {dotted} is a table in one file and a single value in another.")
        if isinstance(value, dict):
            _overlay(cast("dict[str, Any]", value), path, cast("dict[str, Any]", below), origins, f"{dotted}.")
        else:
            into[key] = value
            origins[dotted] = path
