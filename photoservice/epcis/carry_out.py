"""Carry out a captured document for its tenant: each event in a savepoint of its own, the whole in one transaction.

``rollback`` (the standard's default): one invalid event and nothing of the document is kept. ``proceed``: the valid
ones are. Parked events are no errors: they are kept, set aside and shown (``GET /parked``).
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from photocore.ids import item_id
from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.epcis.meaning import (
    Corrected,
    Deed,
    MasterData,
    Opened,
    Packed,
    Revoked,
    Sent,
    items_of,
    named_gtins,
    read_deed,
    read_ilmd,
    read_master_data,
)
from photoservice.epcis.names import names_of
from photoservice.epcis.schema import Described, EpcisEvent
from photoservice.errors import EpcisInvalid, Parked, Refusal, Unprocessable
from photoservice.manifests import Manifests
from photoservice.products import merge_facts
from photoservice.registrations import lock_name
from photoservice.tenants import Tenant

_Name = tuple[str, str, str, int]
"""Tenant, role, name, and where the event stands that bears it."""


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What became of a document: its errors as problems, and how many of its events were parked."""

    errors: tuple[dict[str, Any], ...]
    parked: int = 0


@dataclass(frozen=True, kw_only=True)
class _Reading:
    event: EpcisEvent
    body: dict[str, Any]
    deed: Deed
    facts: tuple[MasterData, ...]
    context: str | None


class _RolledBack(Exception):
    """Leaves the outer savepoint."""


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """Carries documents out."""

    clock: Clock
    manifests: Manifests

    async def carry_out(
        self, session: Session, tenant: Tenant, capture: str, document: Described, *, may_proceed: bool
    ) -> Carried:
        """Take in ``document`` and say what became of it."""
        readings, errors = _read_all(tenant, document)
        if errors and not may_proceed:
            return Carried(errors=tuple(errors))
        await session.lock(lock_name(item) for reading in readings.values() for item in items_of(reading.deed))
        parked, names = 0, set[_Name]()
        try:
            async with session.savepoint():
                errors += await self._describe(
                    session, tenant, list(read_master_data(document.vocabularies)), place=None
                )
                for place, reading in readings.items():
                    parked += await self._take(session, tenant, capture, reading, names)
                    errors += await self._describe(session, tenant, reading.facts, place=place)
                await session.run_many("epcis.insert_name", sorted(names))
                if errors and not may_proceed:
                    raise _RolledBack
        except _RolledBack:
            parked = 0
        return Carried(errors=tuple(errors), parked=parked)

    async def _take(self, session: Session, tenant: Tenant, capture: str, reading: _Reading, names: set[_Name]) -> int:
        """Keep one event and do what it says; return 1 when it had to be parked. Adds what it can be found by."""
        event_id, content = _identity(reading)
        held = await session.rows("captures.event_hashes", tenant.id, event_id)
        if content in {row["content_hash"] for row in held}:
            return 0
        reason = ""
        try:
            async with session.savepoint():
                if held:
                    raise Parked("its eventID names another event already")
                await self._do(session, tenant, event_id, reading)
        except Parked as why:
            reason = str(why)
        body = msgspec.json.encode(reading.body).decode()
        verdict = "parked" if reason else "applied"
        row = (tenant.id, event_id, content, capture, reading.event.type, verdict, reason, body, self.clock.now())
        place = await session.value("captures.insert_event", *row, _time(reading.event), reading.context)
        names.update((tenant.id, role, name, place) for role, name in names_of(reading.event))
        return 1 if reason else 0

    async def _do(self, session: Session, tenant: Tenant, event_id: str, reading: _Reading) -> None:
        said_at = _time(reading.event)
        match reading.deed:
            case Packed(package=package, rolls=rolls, glns=glns):
                await self.manifests.pack(session, tenant, item_id(package), [item_id(roll) for roll in rolls])
                await _destine(session, [item_id(package)], glns, said_at)
            case Opened(package=package):
                await self.manifests.open(session, tenant, item_id(package), event_id)
            case Sent(items=items, glns=glns):
                await _destine(session, [item_id(item) for item in items], glns, said_at)
            case Revoked(items=items, why=why):
                rows = [(item_id(item), tenant.id, why, self.clock.now()) for item in items]
                await session.run_many("manifests.revoke", rows)
            case Corrected():
                raise Parked("it declares an earlier event wrong; a person must look")
            case _:
                pass

    async def _describe(
        self, session: Session, tenant: Tenant, told: Sequence[MasterData], *, place: int | None
    ) -> list[dict[str, Any]]:
        errors: list[dict[str, Any]] = []
        for data in told:
            try:
                _check_owner(tenant, {data.gtin})
                await merge_facts(session, tenant, data.gtin, data.facts)
            except (EpcisInvalid, Unprocessable) as why:
                errors.append(_problem(why, place))
        return errors


def _read_all(tenant: Tenant, document: Described) -> tuple[dict[int, _Reading], list[dict[str, Any]]]:
    readings: dict[int, _Reading] = {}
    errors: list[dict[str, Any]] = []
    context = msgspec.json.encode(document.context).decode() if document.context else None
    for place, (event, body) in enumerate(document.events):
        try:
            _check_owner(tenant, named_gtins(event))
            readings[place] = _Reading(
                event=event, body=body, deed=read_deed(event), facts=tuple(read_ilmd(event)), context=context
            )
        except EpcisInvalid as why:
            errors.append(_problem(why, place))
    return readings, errors


def _time(event: EpcisEvent) -> datetime:
    """Return when it happened; the schema has found that this is a time with a zone."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", event.event_time))


def _check_owner(tenant: Tenant, gtins: set[str]) -> None:
    for gtin in sorted(gtins):
        if not tenant.owns(gtin):
            raise EpcisInvalid(f"The GTIN {gtin} is under no company prefix of yours.", exception="SecurityException")


def _identity(reading: _Reading) -> tuple[str, str]:
    """Return the event's ID and the hash of its content; without an ``eventID`` the hash is the ID."""
    content = {key: value for key, value in reading.body.items() if key != "recordTime"}
    digest = hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
    return reading.event.event_id or f"ni:///sha-256;{digest}", digest


def _problem(why: Refusal, place: int | None) -> dict[str, Any]:
    where = {} if place is None else {"eventIndex": place}
    return {"type": why.type, "title": why.title, "status": int(why.status), "detail": str(why), **where}


async def _destine(session: Session, items: Sequence[str], glns: Sequence[str], said_at: datetime) -> None:
    rows = [(item, gln, said_at, rank) for item in items for rank, gln in enumerate(glns)]
    await session.run_many("manifests.put_destination", rows)
