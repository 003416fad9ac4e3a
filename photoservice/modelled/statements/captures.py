"""What ``db/queries/captures.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def insert(db: ModelStore, id_: str, tenant: str, made_at: datetime, behaviour: str, document: bytes) -> int:
    """Keep a document to be carried out."""
    db.capture.add(id=id_, tenant=tenant, made_at=made_at, behaviour=behaviour, document=document)
    return 1


def of_tenant(db: ModelStore, id_: str, tenant: str) -> Sequence[ModelRow]:
    """Return one capture of a tenant."""
    row = db.capture.get(id_)
    return [row] if row and row["tenant"] == tenant else []


def claim(db: ModelStore) -> Sequence[ModelRow]:
    """Take one waiting document for this transaction."""
    waiting = sorted(db.capture.by("waiting", None), key=lambda row: (row["attempts"], row["made_at"]))
    return waiting[:1]


def finish(db: ModelStore, id_: str, at: datetime, success: bool, errors: str, parked_: int) -> int:
    """Write what became of a document."""
    row = db.capture.get(id_)
    return db.capture.change(row, finished_at=at, success=success, errors=errors, parked=parked_) if row else 0


def try_again(db: ModelStore, id_: str) -> int:
    """Count a failed attempt."""
    row = db.capture.get(id_)
    return db.capture.change(row, attempts=row["attempts"] + 1) if row else 0


def event_hashes(db: ModelStore, tenant: str, event_id: str) -> Sequence[ModelRow]:
    """Return what is held under a tenant's event ID."""
    return [pick(row, "content_hash") for row in db.epcis_event.by("event_id", (tenant, event_id))]


def insert_event(
    db: ModelStore,
    tenant: str,
    event_id: str,
    content_hash: str,
    capture: str,
    kind: str,
    verdict: str,
    reason: str,
    body: str,
    recorded_at: datetime,
    event_time: datetime,
    context: str | None,
) -> Sequence[ModelRow]:
    """Keep an EPCIS event with its verdict, and tell where it stands."""
    name = {"tenant": tenant, "event_id": event_id, "content_hash": content_hash, "capture": capture, "kind": kind}
    told = {"verdict": verdict, "reason": reason, "body": body, "recorded_at": recorded_at}
    return [pick(db.epcis_event.add(**name, **told, event_time=event_time, context=context), "place")]


def hold_tenant(db: ModelStore, tenant: str) -> Sequence[ModelRow]:
    """Let one document of a tenant at a time be carried out, as is always so here."""
    return []
