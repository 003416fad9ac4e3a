"""What a claim from a browser is answered, once and again: the same request under its key gets the same answer.

A phone that lost the answer must get the access code again, and the database must hold none: the code follows from
the Idempotency-Key, which only the asker has, by an HMAC of ours. The rest of the answer is kept for a day.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from photocore.codes import mint_access_code
from photocore.seams import Clock, Entropy
from photoservice.db.database import Session
from photoservice.errors import KeyReused
from photoservice.keyring import Keyring
from photoservice.products import PLACEHOLDERS, product_of

_KEPT_FOR = timedelta(days=1)


class ProductTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a film is, for people: its name, and the film in one line (``135-36 · ISO 400 · C-41``)."""

    name: str
    detail: str


class HomeClaim(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a claim from a browser. ``word`` is what the owner rule made of it at that moment.

    ``access_code`` opens this registration and nothing else; it is told here and never again. ``package`` and
    ``rolls`` are known once the maker's list is.
    """

    word: str
    number: str
    package: str | None
    rolls: tuple[str, ...]
    product: ProductTold | None
    registered_at: str
    access_code: str

    def __repr__(self) -> str:
        return f"HomeClaim(word={self.word!r})"


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it is told apart from others: its key, and what it says, as HMACs."""

    key: str = field(repr=False)
    key_mac: bytes
    fingerprint: bytes

    @property
    def lock_name(self) -> str:
        """The advisory lock under which a key is carried out once."""
        return f"answer:{self.key_mac.hex()}"


class _Stream:
    """Bytes that follow from a secret of ours and a secret of the asker's; nobody else can tell them from random."""

    def __init__(self, block: Callable[[int], bytes]) -> None:
        self._block = block
        self._drawn = 0

    def token(self, n: int) -> bytes:
        """Return the next ``n`` bytes."""
        stream = b""
        while len(stream) < n:
            stream += self._block(self._drawn)
            self._drawn += 1
        return stream[:n]


@dataclass(frozen=True, kw_only=True)
class HomeAnswers:
    """Keeps answers for a day, without their secret."""

    clock: Clock
    keyring: Keyring

    def request(self, key: str, item: str, code: str) -> Request:
        """Return what tells this request from others."""
        mac = self.keyring.mac
        return Request(key=key, key_mac=mac("home key", key), fingerprint=mac("home request", key, item, code))

    def entropy(self, request: Request, claim: str) -> Entropy:
        """Return the source an answer's access code is drawn from: always the same for this key and claim."""
        return _Stream(lambda place: self.keyring.mac("home access", request.key, claim, str(place)))

    async def find(self, session: Session, request: Request) -> HomeClaim | None:
        """Return what was answered to the same request before.

        Raises:
            KeyReused: the key was another request's.
        """
        row = await session.row("at_home.answer", request.key_mac)
        if row is None:
            return None
        if bytes(row["fingerprint"]) != request.fingerprint:
            raise KeyReused
        answer = msgspec.json.decode(row["answer"], type=HomeClaim)
        access_code = mint_access_code(self.entropy(request, row["claim"]))
        return msgspec.structs.replace(answer, access_code=access_code)

    async def keep(self, session: Session, request: Request, claim: str, answer: HomeClaim) -> None:
        """Keep an answer, without its access code."""
        told = msgspec.json.encode(msgspec.structs.replace(answer, access_code=""))
        row = (request.key_mac, request.fingerprint, claim, told, self.clock.now())
        await session.run("at_home.insert_answer", *row)

    async def forget(self, session: Session) -> None:
        """Drop answers older than a day."""
        await session.run("at_home.forget_answers", self.clock.now() - _KEPT_FOR)


async def product_told(session: Session, package: str) -> ProductTold | None:
    """Return what the film of ``package`` is, when its list and its maker told."""
    row = await session.row("at_home.product", package)
    if row is None or row["name"] in PLACEHOLDERS.values():
        return None
    product = product_of(row)
    return ProductTold(name=product.name, detail=product.detail)
