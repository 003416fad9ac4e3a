"""A station's own folder: who it is, its keys, and the service keys it has pinned.

``station.toml`` names the station, the address and the pinned public keys; ``keys/`` holds what must never leave it:
the Ed25519 key that signs, the HMAC key that tells "same card", and the pepper of the staff's PINs. Files are 0600, the
folder 0700, and everything is on disk before the station says that it is enrolled.
"""

import json
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from photocore.errors import KeyMalformed
from photocore.keys import SigningKey, b64, unb64
from photocore.seams import Entropy
from sync.database import sync_folder
from sync.errors import NotEnrolled

STATION_FILE = "station.toml"
KEY_FOLDER = "keys"
SIGNING_FILE = "station.ed25519"
CARD_FILE = "card.hmac"
PEPPER_FILE = "staff.pepper"
KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class StationKeys:
    """The two private keys of a station; ``card`` never shows in a ``repr``."""

    signing: SigningKey
    card: bytes = field(repr=False)


class PinnedKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The service's public keys as base64: ``sign`` (Ed25519) and ``seal`` (X25519)."""

    sign: str
    seal: str


class PinnedHub(msgspec.Struct, frozen=True, kw_only=True):
    """The store hub's public Ed25519 key as base64, if the station sends through one."""

    key: str


class StationFile(msgspec.Struct, frozen=True, kw_only=True):
    """What ``station.toml`` says."""

    station: str
    name: str
    url: str
    service: PinnedKeys
    hub: PinnedHub | None = None

    @property
    def sign_key(self) -> bytes:
        """The pinned Ed25519 key of the service."""
        return unb64(self.service.sign, length=KEY_BYTES)

    @property
    def seal_key(self) -> bytes:
        """The pinned X25519 key of the service."""
        return unb64(self.service.seal, length=KEY_BYTES)

    @property
    def hub_key(self) -> bytes | None:
        """The pinned Ed25519 key of the store hub, if there is one."""
        return unb64(self.hub.key, length=KEY_BYTES) if self.hub else None


def is_enrolled(folder: Path) -> bool:
    """Say whether ``folder`` is a station's."""
    return (folder / STATION_FILE).exists()


def load_station(folder: Path) -> StationFile:
    """Return what ``folder`` says of its station.

    Raises:
        NotEnrolled: it is none, or the file is broken.
    """
    try:
        raw: dict[str, Any] = tomllib.loads((folder / STATION_FILE).read_text(encoding="utf-8"))
        station = msgspec.convert(raw, StationFile)
        for key in (station.service.sign, station.service.seal, *([station.hub.key] if station.hub else [])):
            unb64(key, length=KEY_BYTES)
    except FileNotFoundError as cause:
        raise NotEnrolled(f"{folder} is no station: enrol it with `twincheck station enrol`.") from cause
    except (OSError, ValueError, msgspec.ValidationError, KeyMalformed) as cause:
        raise NotEnrolled(f"{folder / STATION_FILE}: {cause}") from cause
    return station


def save_station(folder: Path, station: StationFile) -> None:
    """Write ``station.toml``, whole or not at all; from then on the folder is a station."""
    lines = [f"{name} = {_toml(getattr(station, name))}" for name in ("station", "name", "url")]
    lines += ["", "[service]", f"sign = {_toml(station.service.sign)}", f"seal = {_toml(station.service.seal)}", ""]
    lines += ["[hub]", f"key = {_toml(station.hub.key)}", ""] if station.hub else []
    _write_private(folder / STATION_FILE, "\n".join(lines).encode())


def make_keys(folder: Path, entropy: Entropy) -> StationKeys:
    """Make the station's keys, or return those an interrupted enrolment left: the same station asks again."""
    store = folder / KEY_FOLDER
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (SIGNING_FILE, CARD_FILE):
        if not (store / name).exists():
            _write_private(store / name, b64(entropy.token(KEY_BYTES)).encode())
    return load_keys(folder)


def load_keys(folder: Path) -> StationKeys:
    """Return the station's keys.

    Raises:
        NotEnrolled: one is missing, broken, or readable by others.
    """
    signing, card = (_read_key(folder / KEY_FOLDER / name) for name in (SIGNING_FILE, CARD_FILE))
    return StationKeys(signing=SigningKey(seed=signing), card=card)


def staff_pepper(folder: Path, entropy: Entropy) -> bytes:
    """Return the pepper of the staff's PINs, made at the first asking: stations enrolled before had none.

    Raises:
        NotEnrolled: it is broken, readable by others, or cannot be made.
    """
    path = folder / KEY_FOLDER / PEPPER_FILE
    try:
        if not path.exists():
            _write_private(path, b64(entropy.token(KEY_BYTES)).encode())
    except OSError as cause:
        raise NotEnrolled(f"{path} cannot be made: {cause.strerror}") from cause
    return _read_key(path)


def _read_key(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise NotEnrolled(f"{path} can be read by others; it must have mode 0600.")
        return unb64(path.read_text(encoding="ascii"), length=KEY_BYTES)
    except (OSError, ValueError, KeyMalformed) as cause:
        raise NotEnrolled(f"{path}: {cause}") from cause


def _write_private(path: Path, text: bytes) -> None:
    draft = path.with_name(path.name + ".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, text)
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.replace(path)
    sync_folder(path.parent)


def _toml(text: str) -> str:
    """Return ``text`` as a TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(text).replace("\x7f", "\\u007f")
