"""A new station joins: a one-time code for a store and a role, the key the station made itself, and back what it pins.

The code lives ten minutes and dies with its first use (DESIGN 5D). Eight Crockford symbols are 40 bits: at a thousand
guesses a second for its whole life one in 1.8 million succeeds. Who guesses is slowed down all the same, by source and
never for everybody, so that no stranger locks out a manager.
"""

from dataclasses import dataclass
from datetime import timedelta

from photocore.crockford import mint, normalise
from photocore.errors import CodeError, KeyMalformed
from photocore.keys import unb64
from photocore.kinds import KINDS
from photocore.seams import Clock, Entropy
from photocore.wire import EnrolRequest
from photoservice.db.database import Row, Session
from photoservice.errors import Malformed, Unknown, Unprocessable, Unproven
from photoservice.keyring import Keyring
from photoservice.throttle import Source, Throttle

CODE_SYMBOLS = 8
WRONG_PER_HOUR = 100_000
"""From everywhere together: far more than could lock anybody out by accident, or guess a code."""
CODE_LIFE = timedelta(minutes=10)

ROLE_KINDS = {"kiosk": frozenset(KINDS)}
"""The event kinds each role's key carries (DESIGN 5D); other kinds of an enrolled station are parked."""


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """Issues enrolment codes and redeems them."""

    clock: Clock
    entropy: Entropy
    keyring: Keyring
    throttle: Throttle

    async def issue_code(self, session: Session, *, store: str, role: str) -> str:
        """Return a fresh code that lets one station join ``store`` as ``role`` within ten minutes.

        Raises:
            Unknown: there is no such store.
            Unprocessable: there is no such role.
        """
        if role not in ROLE_KINDS:
            raise Unprocessable(f"There is no role {role}; there is: {', '.join(sorted(ROLE_KINDS))}.")
        if not await session.row("stores.by_gln", store):
            raise Unknown(f"There is no store with GLN {store}. Add it with: store add")
        code = mint(self.entropy, CODE_SYMBOLS)
        await session.run("enrolment.insert_code", self._mac(code), store, role, self.clock.now() + CODE_LIFE)
        return code

    async def try_code(self, session: Session, request: EnrolRequest, source: Source) -> Row | None:
        """Redeem a code as :meth:`enrol` does, or count a wrong one and return None; the transaction must commit.

        The tries of one source come one after the other: else a burst of them would be over before the first counts.

        Raises:
            Throttled: too many wrong ones.
            Malformed: the public key is none.
            Unprocessable: the key is enrolled already.
        """
        tries = self.throttle.counts(source)
        await session.lock([self.throttle.lock_name(source)])
        await self.throttle.refuse_resting(session, tries)
        try:
            async with session.savepoint():
                return await self.enrol(session, request)
        except Unproven:
            await self.throttle.note_wrong(session, tries)
            return None

    async def enrol(self, session: Session, request: EnrolRequest) -> Row:
        """Redeem a code and return the station's row. The same key with the same code gets the same answer again.

        Raises:
            Malformed: the public key is none.
            Unproven: the code is unknown, used by another, or too old.
            Unprocessable: the key is enrolled already.
        """
        public = _public_key(request.public_key)
        code = await session.row("enrolment.take_code", self._mac(request.code))
        if code is None or code["expires_at"] < self.clock.now():
            raise wrong_code()
        if code["station"] is not None:
            return await _same_again(session, code["station"], public)
        await session.lock([f"key:{public.hex()}"])
        if await session.row("stations.by_key", public):
            raise Unprocessable("This key is enrolled already. Make a new one and try again.")
        station = "ST-" + mint(self.entropy, CODE_SYMBOLS)
        await session.run(
            "stations.insert", station, code["store"], code["role"], request.name.strip(), public, self.clock.now()
        )
        await session.run("enrolment.spend_code", self._mac(request.code), station)
        return await _station(session, station)

    def _mac(self, code: str) -> bytes:
        try:
            return self.keyring.mac("enrol", normalise(code))
        except CodeError as cause:
            raise wrong_code() from cause


def wrong_code() -> Unproven:
    """Return the one answer to every code that opens nothing."""
    return Unproven("This enrolment code is wrong, used, or older than ten minutes. Ask for a new one.", challenge="")


def _public_key(text: str) -> bytes:
    try:
        return unb64(text, length=32)
    except KeyMalformed as cause:
        raise Malformed("public_key must be an Ed25519 public key: base64 of 32 bytes.") from cause


async def _same_again(session: Session, station: str, public: bytes) -> Row:
    row = await _station(session, station)
    if row["public_key"] != public:
        raise wrong_code()
    return row


async def _station(session: Session, station: str) -> Row:
    row = await session.row("stations.by_id", station)
    assert row is not None  # noqa: S101  # it stands in this very transaction
    return row
