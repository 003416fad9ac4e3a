"""A new station joins: a one-time code for a store and a role, the key the station made itself, and back what it pins.

The code lives ten minutes and dies with its first use (DESIGN 5D). Eight Crockford symbols are 40 bits: at a thousand
guesses a second for its whole life one in 1.8 million succeeds. Who guesses is slowed down all the same, by source and
never for everybody, so that no stranger locks out a manager.

Who joined is written into the ledger beside the keys after the database has it and before the station hears of it: a
station that knows its name is in the ledger, so a database put back from any backup can be told of it again.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from photocore.crockford import mint, normalise
from photocore.errors import CodeError, KeyMalformed
from photocore.keys import unb64
from photocore.kinds import KINDS
from photocore.seams import Clock, Entropy
from photocore.wire import EnrolRequest
from photoservice.db.database import Row, Session
from photoservice.errors import Malformed, Unknown, Unprocessable, Unproven
from photoservice.keyring import Keyring
from photoservice.station_ledger import Enrolled, Revoked, StationLedger
from photoservice.throttle import Source, Throttle

log = structlog.get_logger(__name__)

CODE_SYMBOLS = 8
WRONG_PER_HOUR = 100_000
"""From everywhere together: far more than could lock anybody out by accident, or guess a code."""
CODE_LIFE = timedelta(minutes=10)

_ONE_AT_A_TIME: Final = "the ledger of stations"

_SALES: Final = frozenset({"PackageSold", "SaleRefunded", "SaleCorrected"})
_COUNTER: Final = frozenset({"PackageMadeUp", "ClaimCodesReplaced", "MakeUpWithdrawn", "CardsMerged"})

ROLE_KINDS = {"kiosk": frozenset(KINDS) - _SALES, "till": frozenset(KINDS) - _COUNTER}
"""The event kinds each role's key carries (DESIGN 5D); other kinds of an enrolled station are parked.

What was sold only a till says. What packages a store makes up, and whose cards are one, is said at the counter.
"""


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """Issues enrolment codes and redeems them."""

    clock: Clock
    entropy: Entropy
    keyring: Keyring
    throttle: Throttle
    ledger: StationLedger

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

    def remember(self, station: Row) -> None:
        """Write into the ledger who joined; call it when the database has it, and before the station hears of it.

        Raises:
            LedgerDamaged, OSError: it cannot be written; the same code gives the station its answer later.
        """
        self.ledger.add(_as_entry(station))

    async def revoke(self, session: Session, station: str) -> bool:
        """End a station's key, in the ledger first; say whether it counted until now.

        Raises:
            LedgerDamaged, OSError: the ledger cannot be written; nothing was ended.
        """
        row = await session.row("stations.by_id", station)
        if row is None or row["revoked_at"] is not None:
            return False
        end = Revoked(station=station, at=self.clock.now())
        self.ledger.add(end)
        return bool(await session.run("stations.revoke", station, end.at))

    async def carry_over(self, session: Session) -> int:
        """Make database and ledger say the same; return how many stations the database did not know, or thought alive.

        The database may have come back from a backup, or be older than the ledger itself. A station whose store is not
        there either waits until the store is added again.
        """
        await session.lock([_ONE_AT_A_TIME])
        self.ledger.refresh()
        known = {row["id"]: row for row in await session.rows("stations.enrolled")}
        for row in known.values():
            self.ledger.add(_as_entry(row))
            if row["revoked_at"] is not None:
                self.ledger.add(Revoked(station=row["id"], at=row["revoked_at"]))
        changed = 0
        for entry in self.ledger:
            is_new = entry.station not in known and await self._bring_back(session, entry)
            end = self.ledger.end_of(entry.station)
            is_ended = end is not None and bool(await session.run("stations.revoke", end.station, end.at))
            changed += is_new or is_ended
        return changed

    async def _bring_back(self, session: Session, entry: Enrolled) -> bool:
        public = bytes.fromhex(entry.public_key)
        if not await session.row("stores.by_gln", entry.store):
            log.warning("station.without_store", station=entry.station, store=entry.store)
            return False
        if other := await session.row("stations.by_key", public):
            log.warning("station.key_taken", station=entry.station, by=other["id"])
            return False
        await session.run("stations.insert", entry.station, entry.store, entry.role, entry.name, public, entry.at)
        return True

    def _mac(self, code: str) -> bytes:
        try:
            return self.keyring.mac("enrol", normalise(code))
        except CodeError as cause:
            raise wrong_code() from cause


def wrong_code() -> Unproven:
    """Return the one answer to every code that opens nothing."""
    return Unproven("This enrolment code is wrong, used, or older than ten minutes. Ask for a new one.", challenge="")


def _as_entry(row: Row) -> Enrolled:
    return Enrolled(
        station=row["id"],
        store=row["store"],
        role=row["role"],
        name=row["name"],
        public_key=row["public_key"].hex(),
        at=row["enrolled_at"],
    )


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
