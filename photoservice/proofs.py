"""What a claim code is known by: an HMAC of package and code, or the code locked away until its package is known.

One place for it, as codes come from makers, from stores, from stations and from browsers, and must all compare.
"""

from photocore.seams import Entropy
from photoservice.keyring import Keyring, lock_away, take_out


def claim_code_mac(keyring: Keyring, package: str, code: str) -> bytes:
    """Return the HMAC a claim code is known by: of package and code, so that it is worth nothing on another package."""
    return keyring.mac("claim code", package, code)


def lost_code_mac(keyring: Keyring, station: str, event: str, roll: str) -> bytes:
    """Return what stands in for a code that is lost: no code has this HMAC."""
    return keyring.mac("claim code lost", station, event, roll)


def hold_code(keyring: Keyring, entropy: Entropy, station: str, claim: str, code: str) -> bytes:
    """Return the code locked away until its package is known."""
    return lock_away(keyring.wrap, code.encode(), about=_held_name(station, claim), entropy=entropy)


def release_code(keyring: Keyring, package: str, station: str, claim: str, held: bytes) -> bytes:
    """Return the HMAC of a code that was locked away until its package was known."""
    code = take_out(keyring.wrap, held, about=_held_name(station, claim)).decode()
    return claim_code_mac(keyring, package, code)


def _held_name(station: str, claim: str) -> str:
    return f"claim code {station}/{claim}"
