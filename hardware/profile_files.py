"""The files of ``config/devices``: one a model. A person names them, so a wrong name is answered with the near ones."""

from pathlib import Path
from typing import TypeVar

import msgspec

from hardware.errors import ProfileWrong
from hardware.nearest import did_you_mean
from photocore.settings import load_toml

Profile = TypeVar("Profile")


def load_named(config: Path, folder: Path, name: str, kind: type[Profile], *, what: str) -> Profile:
    """Read ``<config>/<folder>/<name>.toml`` as ``kind``; ``what`` is its word in a sentence: "scanner profile".

    Raises:
        ProfileWrong: there is no such file, or it says what ``kind`` cannot be; the message names file and field.
    """
    path = config / folder / f"{name}.toml"
    if path.parent != config / folder:
        raise ProfileWrong(f"{name!r} is no {what}'s name.")
    if not path.is_file():
        known = names_in(config, folder)
        listed = ", ".join(known) or "none"
        raise ProfileWrong(f"There is no {what} {name!r}; there are: {listed}.{did_you_mean(name, known)}")
    try:
        return msgspec.convert(load_toml(path), kind)
    except msgspec.ValidationError as cause:
        raise ProfileWrong(f"{path}: {cause}.") from cause


def names_in(config: Path, folder: Path) -> tuple[str, ...]:
    """Return the names of all files of that folder, sorted."""
    return tuple(sorted(path.stem for path in (config / folder).glob("*.toml")))
