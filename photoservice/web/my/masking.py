"""The token of a session's forms as it stands in a page: another text in each answer, worth the same.

Pages may travel packed, and what stands unchanged in packed pages can be learnt from their lengths (BREACH; ADR 0042).
So the token is combined with as much noise, and both are written one behind the other.
"""

import hmac

from photocore.seams import Entropy


def mask(token: str, entropy: Entropy) -> str:
    """Return a text that stands for ``token``, which is hexadecimal, in one answer; nothing for nothing."""
    plain = bytes.fromhex(token)
    noise = entropy.token(len(plain))
    return (noise + _mix(plain, noise)).hex()


def is_masked(said: str, token: str) -> bool:
    """Say whether ``said`` is a mask of ``token``; no time tells how near it came."""
    try:
        both = bytes.fromhex(said)
    except ValueError:
        return False
    plain, half = bytes.fromhex(token), len(both) // 2
    return len(both) == 2 * len(plain) and hmac.compare_digest(_mix(both[:half], both[half:]), plain)


def _mix(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
