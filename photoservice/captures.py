"""Capture jobs: a document is kept first and answered 202, then carried out by a task of any process.

The job's row is claimed with ``skip locked`` inside the transaction that carries it out: a killed process lets go of
it, and the next one runs it again from the start. The domain's own uniqueness makes that harmless.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog

from photocore.crockford import draw
from photocore.seams import Clock, Entropy
from photoservice.db.database import Database, Row, Session
from photoservice.epcis.carry_out import Carried, Carrier
from photoservice.epcis.schema import read_document
from photoservice.errors import PROBLEM_TYPES, Malformed, Unknown
from photoservice.metrics import Metrics
from photoservice.tenants import Tenant

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
BEHAVIOURS = ("rollback", "proceed")
PAGE = 100


class CaptureJob(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The state of a capture, as EPCIS 2.0 words it; ``photo:parked`` counts events that were set aside."""

    capture_id: str = msgspec.field(name="captureID")
    created_at: str
    finished_at: str | None
    running: bool
    success: bool
    capture_error_behaviour: str
    errors: list[dict[str, Any]]
    parked: int = msgspec.field(name="photo:parked")


@dataclass(frozen=True, kw_only=True)
class Captures:
    """Takes documents in and carries them out."""

    database: Database
    clock: Clock
    entropy: Entropy
    carrier: Carrier
    metrics: Metrics
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, tenant: Tenant, body: bytes, behaviour: str) -> str:
        """Keep a valid document and return its capture's ID.

        Raises:
            EpcisInvalid: the document is out of form; nothing of it is kept.
            Malformed: there is no such error behaviour.
        """
        if behaviour not in BEHAVIOURS:
            raise Malformed("GS1-Capture-Error-Behaviour is rollback or proceed.")
        await asyncio.to_thread(read_document, body)
        capture = draw(self.entropy, 20)
        async with self.database.begin() as session:
            await session.run("captures.insert", capture, tenant.id, self.clock.now(), behaviour, body)
        self.wake.set()
        return capture

    async def job(self, session: Session, tenant: Tenant, capture: str) -> CaptureJob:
        """Return one of the tenant's captures.

        Raises:
            Unknown: there is none, or it is another's.
        """
        row = await session.row("captures.of_tenant", capture, tenant.id)
        if row is None:
            raise Unknown("You have no such capture.")
        return _job(row)

    async def jobs(self, session: Session, tenant: Tenant, *, after: str, limit: int) -> list[CaptureJob]:
        """Return the tenant's captures after one, in the order they were made."""
        return [_job(row) for row in await session.rows("captures.list", tenant.id, after, limit)]

    async def run_one(self) -> bool:
        """Carry out one waiting document; say whether there was one."""
        async with self.database.begin() as session:
            row = await session.row("captures.claim")
            if row is None:
                return False
            await session.row("captures.hold_tenant", row["tenant"])
            try:
                async with session.savepoint():
                    carried = await self._carry_out(session, row)
            except Exception as why:  # the worker's boundary: it is logged, and the job's state shows it
                log.exception("capture.failed", capture=row["id"], attempt=row["attempts"] + 1)
                await self._failed(session, row, why)
                return True
            await self._finish(session, row, carried)
        return True

    async def _carry_out(self, session: Session, row: Row) -> Carried:
        found = await session.row("tenants.by_id", row["tenant"])
        assert found is not None  # noqa: S101  # a foreign key holds it
        tenant = Tenant(id=found["id"], name=found["name"], kind=found["kind"], prefixes=tuple(found["prefixes"]))
        document = await asyncio.to_thread(read_document, row["document"])
        may_proceed = row["behaviour"] == "proceed"
        return await self.carrier.carry_out(session, tenant, row["id"], document, may_proceed=may_proceed)

    async def _finish(self, session: Session, row: Row, carried: Carried) -> None:
        errors = msgspec.json.encode(carried.errors).decode()
        await session.run("captures.finish", row["id"], self.clock.now(), not carried.errors, errors, carried.parked)
        self.metrics.captures.labels(result="failed" if carried.errors else "done").inc()
        log.info("capture.done", capture=row["id"], errors=len(carried.errors), parked=carried.parked)

    async def _failed(self, session: Session, row: Row, why: Exception) -> None:
        if row["attempts"] + 1 < MAX_ATTEMPTS:
            await session.run("captures.try_again", row["id"])
            return
        detail = f"Carrying it out failed {MAX_ATTEMPTS} times ({type(why).__name__}); it is kept, and we look into it."
        problem = {"type": PROBLEM_TYPES + "internal", "title": "Our fault", "status": 500, "detail": detail}
        await self._finish(session, row, Carried(errors=(problem,)))


def _job(row: Row) -> CaptureJob:
    finished = row["finished_at"]
    return CaptureJob(
        capture_id=row["id"],
        created_at=row["made_at"].isoformat(),
        finished_at=finished.isoformat() if finished else None,
        running=finished is None,
        success=bool(row["success"]),
        capture_error_behaviour=row["behaviour"],
        errors=msgspec.json.decode(row["errors"]),
        parked=row["parked"],
    )
