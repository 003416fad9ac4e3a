"""The service's own keys: made at the first start, kept in the data folder, never in the database.

Whoever steals a dump of the database has neither card numbers nor codes: lookups are HMACs under ``pepper``, account
keys are wrapped under ``wrap``, and what stations sealed opens with ``seal`` only. Files are 0600 in a 0700 folder.
"""

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from photocore.keys import SealingKey, SigningKey
from photocore.seams import Entropy
from photoservice.errors import Erased, StartRefused

_BYTES = 32
_NONCE = 12


@dataclass(frozen=True, kw_only=True, repr=False)
class Keyring:
    """Signing (Ed25519), sealing (X25519), the pepper of every HMAC, and the key that wraps account keys."""

    sign: SigningKey
    seal: SealingKey
    pepper: bytes
    wrap: bytes

    @property
    def mark(self) -> bytes:
        """What tells these four keys from others, and tells nothing else."""
        wrap = hmac.new(self.wrap, b"mark", sha256).hexdigest()
        return self.mac("mark", self.sign.public.hex(), self.seal.public.hex(), wrap)

    def mac(self, purpose: str, *parts: str) -> bytes:
        """Return the 32-byte HMAC that stands for a secret in the database; ``purpose`` keeps the kinds apart.

        Each part goes in behind its length, so that no two lists of parts read alike.
        """
        spoken = b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in (purpose, *parts))
        return hmac.digest(self.pepper, spoken, "sha256")


def open_keyring(folder: Path, entropy: Entropy) -> Keyring:
    """Return the keys in ``folder``, making those that are missing.

    Raises:
        StartRefused: a key file is not 32 bytes; it is never replaced by a new one.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return Keyring(
        sign=SigningKey(seed=_open_key(folder / "sign.key", entropy)),
        seal=SealingKey(secret=_open_key(folder / "seal.key", entropy)),
        pepper=_open_key(folder / "pepper.key", entropy),
        wrap=_open_key(folder / "wrap.key", entropy),
    )


def _open_key(path: Path, entropy: Entropy) -> bytes:
    if not path.exists():
        _write_key(path, entropy.token(_BYTES))
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise StartRefused(f"{path} is not a key of {_BYTES} bytes. Bring it back from a backup.")
    return key


def _write_key(path: Path, key: bytes) -> None:
    """Write durably under a name of its own, then link: two processes starting together agree on one key."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the disk have which files the folder holds."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def lock_away(key: bytes, plain: bytes, *, about: str, entropy: Entropy) -> bytes:
    """Return ``plain`` encrypted under ``key`` (AES-256-GCM); it opens for the same ``about`` only."""
    nonce = entropy.token(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def take_out(key: bytes, box: bytes, *, about: str) -> bytes:
    """Return what :func:`lock_away` put in.

    Raises:
        Erased: the key is another one.
    """
    try:
        return AESGCM(key).decrypt(box[:_NONCE], box[_NONCE:], about.encode())
    except (InvalidTag, ValueError) as cause:
        raise Erased(f"{about} does not open with this key") from cause
