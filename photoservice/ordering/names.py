"""An order's name: it follows from what the order was made for, so that a backup put back makes the same one again."""

from typing import Final

from photocore.crockford import ALPHABET, check_symbol, normalise
from photocore.errors import CodeError
from photoservice.errors import Unknown
from photoservice.keyring import Keyring

PREFIX: Final = "O-"
SYMBOLS: Final = 10


def order_name(keyring: Keyring, origin: str, attempt: int = 0) -> str:
    """Return the order ID of ``origin``; another ``attempt`` gives another, where two origins share a name."""
    while True:
        mac = keyring.mac("order", origin, str(attempt))
        for start in range(0, len(mac) - SYMBOLS, SYMBOLS):
            body = "".join(ALPHABET[byte & 31] for byte in mac[start : start + SYMBOLS])
            if (check := check_symbol(body)) in ALPHABET:
                return PREFIX + body + check
        attempt += 1_000


def asked_order(text: str) -> str:
    """Return the order ID that somebody typed or scanned.

    Raises:
        Unknown: it is none.
    """
    code = normalise(text.strip().upper().removeprefix(PREFIX))
    try:
        if len(code) == SYMBOLS + 1 and check_symbol(code[:-1]) == code[-1]:
            return PREFIX + code
    except CodeError:
        pass
    raise Unknown("There is no such order.")


def object_key(order: str) -> str:
    """Return the key under which an order's signed manifest stands in the object store."""
    name = order.lower()
    return f"orders/{name[len(PREFIX) : len(PREFIX) + 2]}/{name}"
