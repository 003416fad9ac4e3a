"""The privacy notice: what is kept of a shopper and why, in every language, and which of its versions are known.

A notice is data: ``config/privacy/<version>/<language>.toml``, a version named by its day. What changes in sense is a
new version beside the old one, which stays: a registration names the version it was agreed to, and what that said must
be readable as long as the registration is. ``config/privacy/shop.toml`` says whose the notice is; a shop's own may
stand in ``/etc/twincheck``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import msgspec

from photocore.errors import SettingsError
from photocore.settings import SYSTEM_FOLDER, ConfigHome, load_settings, load_toml

FOLDER: Final = "privacy"
ENGLISH: Final = "en"
"""The language that counts; the others are translations of it."""

_VERSION: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question and its answer; short, so that two fit a screen and a voice need not go on for ever."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=320)]


class Notice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole notice in one language. ``is_checked``: somebody who grew up with the language has read it.

    ``shop`` and ``contact`` stand for the shop where nobody has said its name.
    """

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    is_checked: bool = False
    shop: str
    contact: str
    section: Annotated[tuple[Section, ...], msgspec.Meta(min_length=1, max_length=12)]


class Shop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose notice it is, and who answers for it; empty where the shop has not said."""

    name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    contact: Annotated[str, msgspec.Meta(max_length=120)] = ""


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """The notice that holds now, by language, and every version there ever was."""

    version: str = ""
    notices: Mapping[str, Notice] = field(default_factory=dict[str, Notice], hash=False)
    known: frozenset[str] = frozenset()

    def in_language(self, language: str) -> Notice | None:
        """Return the notice in ``language``, in its main language, or else in English; None where there is none."""
        for code in (language, language.partition("-")[0], ENGLISH):
            if code in self.notices:
                return self.notices[code]
        return None


NO_NOTICE: Final = Privacy()


def load_privacy(config: Path) -> Privacy:
    """Return the newest notice in ``config``, with the shop's name in it.

    Raises:
        SettingsError: there is none, a file breaks its form, or one lacks a section of the English.
    """
    folder = config / FOLDER
    versions = sorted(path.name for path in folder.glob("*") if path.is_dir() and _VERSION.fullmatch(path.name))
    if not versions:
        raise SettingsError(f"{folder} holds no privacy notice.")
    shop, newest = _shop(config), folder / versions[-1]
    spoken = {path.stem: _read(path) for path in sorted(newest.glob("*.toml"))}
    if ENGLISH not in spoken:
        raise SettingsError(f"{newest} lacks the notice in English.")
    for language, notice in spoken.items():
        if len(notice.section) != len(spoken[ENGLISH].section):
            raise SettingsError(f"{newest / language}.toml has not as many sections as the English.")
    notices = {language: _named(notice, shop) for language, notice in spoken.items()}
    return Privacy(version=versions[-1], notices=notices, known=frozenset(versions))


def _shop(config: Path) -> Shop:
    homes = (ConfigHome(path=SYSTEM_FOLDER, origin=str(SYSTEM_FOLDER)), ConfigHome(path=config, origin="config"))
    name = f"{FOLDER}/shop.toml"
    try:
        return msgspec.convert(load_settings(name, homes).values, Shop)
    except msgspec.ValidationError as cause:
        raise SettingsError(f"{name}: {cause}.") from cause


def _read(path: Path) -> Notice:
    try:
        return msgspec.convert(load_toml(path), Notice)
    except msgspec.ValidationError as cause:
        raise SettingsError(f"{path}: {cause}.") from cause


def _named(notice: Notice, shop: Shop) -> Notice:
    """Return ``notice`` with the shop's words in place of its own."""
    name, contact = shop.name or notice.shop, shop.contact or notice.contact
    told = (
        msgspec.structs.replace(part, text=part.text.replace("{shop}", name).replace("{contact}", contact))
        for part in notice.section
    )
    return msgspec.structs.replace(notice, shop=name, contact=contact, section=tuple(told))
