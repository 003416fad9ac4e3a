"""What of ``db/queries/epcis.sql`` a capture asks; who asks for events again needs PostgreSQL."""

from photoservice.modelled.schema import ModelStore


def insert_name(db: ModelStore, tenant: str, role: str, name: str, place: int) -> int:
    """Write by which names an event can be found."""
    return 1 if db.epcis_name.add_unless_taken(tenant=tenant, role=role, name=name, place=place) else 0
