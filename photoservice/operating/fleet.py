"""The fleet as operators see and change it: tenants with their keys, stores, stations (DESIGN 5D).

A key or a code is returned once, by what makes it; nobody can read it again. Who is of one tenant sees that one's
stores and stations, and adds and changes those of their own retailer; tenants are the house's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, get_args

from photocore.roster import Store, StoreSettings
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.enrolment import Enrolment
from photoservice.errors import Malformed, Unknown, Unprocessable
from photoservice.operating.audit import Audit
from photoservice.operating.duty import Duty
from photoservice.stores import add_store, change_store
from photoservice.tenants import Kind, TenantKeys

Filter = Literal["all", "live", "held", "silent", "revoked"]

FILTERS: Final[tuple[Filter, ...]] = get_args(Filter)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
PAGE: Final = 50
LONGEST_NAME: Final = 60
SILENT_AFTER: Final = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Some rows, and the key of the last of them where more follow."""

    rows: Sequence[Row]
    behind: str


@dataclass(frozen=True, kw_only=True)
class TenantWish:
    """A tenant as a form describes it; ``quota`` is in bytes, None for the usual one."""

    name: str
    kind: Kind
    prefixes: tuple[str, ...]
    gln: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tenants:
    """Shows and changes tenants; each of it is an entry of the audit."""

    clock: Clock
    audit: Audit
    keys: TenantKeys

    async def list(self, session: Session, duty: Duty, *, kind: str, revoked: bool, behind: str) -> Listed:
        """Return a page of tenants by name; who is of one tenant sees that one."""
        rows = await session.rows("ops_fleet.tenants", behind, kind, revoked, duty.tenant, PAGE + 1)
        return listed(rows, "id")

    async def find(self, session: Session, duty: Duty, tenant: str) -> Row:
        """Return one tenant. Raises Unknown, for another one's too."""
        duty.refuse_foreign(tenant)
        row = await session.row("ops_fleet.tenant", tenant)
        if row is None:
            raise Unknown("There is no such tenant.")
        return row

    async def add(self, session: Session, duty: Duty, wish: TenantWish) -> tuple[str, str]:
        """Add a tenant; return its ID and its key, which nobody can read again.

        Raises:
            Unknown: the reader is of one tenant.
            Unprocessable: the name is taken or none, a prefix or the GLN is none, or another maker's.
        """
        duty.refuse_foreign()
        _check_name(wish.name)
        key = await self.keys.add(session, name=wish.name, kind=wish.kind, prefixes=wish.prefixes, gln=wish.gln)
        tenant = str(await session.value("tenants.by_name", wish.name))
        about = {"kind": wish.kind, "prefixes": ",".join(wish.prefixes)}
        await self.audit.add(session, duty, "tenant_added", tenant, about, tenant=tenant)
        return tenant, key

    async def new_key(self, session: Session, duty: Duty, tenant: str, *, why: str) -> str:
        """Give a tenant another key and return it; the one before opens nothing any more. Raises Unknown."""
        duty.refuse_foreign()
        await self.find(session, duty, tenant)
        key, mac = self.keys.mint()
        await session.run("ops_fleet.rekey", tenant, mac)
        await self.audit.add(session, duty, "tenant_key_made", tenant, {"why": why}, tenant=tenant)
        return key

    async def revoke(self, session: Session, duty: Duty, tenant: str, *, why: str) -> None:
        """End a tenant's key.

        Raises:
            Unknown: there is no such tenant.
            Unprocessable: its key is ended already.
        """
        duty.refuse_foreign()
        row = await self.find(session, duty, tenant)
        if not await session.run("tenants.revoke", row["id"], self.clock.now()):
            raise Unprocessable("This key is ended already.")
        await self.audit.add(session, duty, "tenant_revoked", tenant, {"why": why}, tenant=tenant)

    async def lend(self, session: Session, duty: Duty, tenant: str, prefix: str) -> None:
        """Give a tenant a GS1 company prefix.

        Raises:
            Unknown: there is no such tenant.
            Unprocessable: it is none, or another maker's, or it has it already.
        """
        duty.refuse_foreign()
        row = await self.find(session, duty, tenant)
        await self.keys.lend(session, tenant, row["kind"], (prefix,))
        about = {"prefix": prefix, "change": "given"}
        await self.audit.add(session, duty, "tenant_changed", tenant, about, tenant=tenant)

    async def take_back(self, session: Session, duty: Duty, tenant: str, prefix: str) -> None:
        """Take a prefix from a tenant; what it said before stands. Raises Unknown."""
        duty.refuse_foreign()
        await self.find(session, duty, tenant)
        if not await session.run("ops_fleet.drop_prefix", tenant, prefix):
            raise Unknown("It does not have this prefix.")
        about = {"prefix": prefix, "change": "taken"}
        await self.audit.add(session, duty, "tenant_changed", tenant, about, tenant=tenant)

    async def bound(self, session: Session, duty: Duty, tenant: str, quota: int | None) -> None:
        """Bound what a tenant's images take, in bytes; never below what they take already. None is no bound."""
        duty.refuse_foreign()
        await self.find(session, duty, tenant)
        await session.run("storage.set_quota", tenant, quota)
        await self.audit.add(session, duty, "quota_changed", tenant, {"bytes": quota}, tenant=tenant)


@dataclass(frozen=True, kw_only=True)
class Stores:
    """Shows and changes stores, and issues the codes by which stations join them."""

    clock: Clock
    audit: Audit
    enrolment: Enrolment

    async def list(self, session: Session, duty: Duty, *, retailer: str, behind: str) -> Listed:
        """Return a page of stores by name; who is of one tenant sees that one's."""
        rows = await session.rows("ops_fleet.stores", behind, duty.tenant or retailer or None, PAGE + 1)
        return listed(rows, "gln")

    async def find(self, session: Session, duty: Duty, gln: str) -> Row:
        """Return one store. Raises Unknown, for another tenant's too."""
        row = await session.row("ops_fleet.store", gln)
        if row is None:
            raise Unknown("There is no such store.")
        duty.refuse_foreign(row["retailer"])
        return row

    async def add(
        self,
        session: Session,
        duty: Duty,
        store: Store,
        settings: StoreSettings,
        *,
        retailer: str,
        is_activation_chosen: bool,
    ) -> None:
        """Add a store; stations of it that the ledger knows are back with it. Choices as for :func:`add_store`.

        Raises:
            Malformed: there is no such retailer.
            Unprocessable: the name or GLN is none, or taken; the time zone is unknown.
        """
        _check_name(store.name)
        whose = duty.tenant or await self._retailer(session, retailer)
        chosen = is_activation_chosen
        await add_store(session, self.clock, store, settings, retailer=whose, is_activation_chosen=chosen)
        back = await self.enrolment.carry_over(session)
        await self.audit.add(session, duty, "store_added", store.gln, {"stations_back": back}, tenant=whose)

    async def change(self, session: Session, duty: Duty, gln: str, changes: Mapping[str, str | None]) -> None:
        """Change a store; its stations hear of it with their next roster. Raises as :meth:`add`, and Unknown."""
        row = await self.find(session, duty, gln)
        _check_name(changes.get("name") or "")
        wished = await self._retailer(session, changes.get("retailer") or "")
        whose = row["retailer"] if duty.tenant is not None else wished
        await change_store(session, gln, {**changes, "retailer": whose})
        told = {**changes, "retailer": whose}
        was = {**row, "activation": row["activation"] if row["is_activation_chosen"] else "auto"}
        about = {name: value for name, value in told.items() if value is not None and value != was[name]}
        await self.audit.add(session, duty, "store_changed", gln, about, tenant=whose or row["retailer"])

    async def issue_code(self, session: Session, duty: Duty, gln: str, role: str) -> str:
        """Return a fresh code that lets one station join within ten minutes.

        Raises:
            Unknown: there is no such store, or it is another tenant's.
            Unprocessable: there is no such role.
        """
        row = await self.find(session, duty, gln)
        code = await self.enrolment.issue_code(session, store=gln, role=role)
        await self.audit.add(session, duty, "enrol_code_made", gln, {"role": role}, tenant=row["retailer"])
        return code

    async def _retailer(self, session: Session, retailer: str) -> str | None:
        if not retailer:
            return None
        if retailer not in {row["id"] for row in await session.rows("ops_fleet.retailers")}:
            raise Malformed("There is no such retailer.")
        return retailer


@dataclass(frozen=True, kw_only=True)
class Stations:
    """Shows stations; holds, releases and ends them."""

    clock: Clock
    audit: Audit
    enrolment: Enrolment

    async def list(self, session: Session, duty: Duty, *, wanted: Filter, store: str, behind: str) -> Listed:
        """Return a page of stations by store and name; who is of one tenant sees that one's."""
        silent = self.clock.now() - SILENT_AFTER
        rows = await session.rows("ops_fleet.stations", behind, wanted, silent, store, duty.tenant, PAGE + 1)
        return listed(rows, "id")

    async def find(self, session: Session, duty: Duty, station: str) -> Row:
        """Return one station. Raises Unknown, for another tenant's too."""
        row = await session.row("ops_fleet.station", station)
        if row is None:
            raise Unknown("There is no such station.")
        duty.refuse_foreign(row["retailer"])
        return row

    async def hold(self, session: Session, duty: Duty, station: str, *, why: str) -> None:
        """Let a station's events count no more until it is released: they are parked, none is lost.

        Raises:
            Unknown: there is no such station, or it is another tenant's.
            Unprocessable: it is held or ended already.
        """
        row = await self.find(session, duty, station)
        if row["revoked_at"] is not None or not await session.run("stations.stop", station, self.clock.now(), why):
            raise Unprocessable("It is held or ended already.")
        await self.audit.add(session, duty, "station_held", station, {"why": why}, tenant=row["retailer"])

    async def release(self, session: Session, duty: Duty, station: str, *, why: str) -> None:
        """Let a held station go on; what was parked meanwhile is tried again when somebody asks for it.

        Raises:
            Unknown: there is no such station, or it is another tenant's.
            Unprocessable: it is not held.
        """
        row = await self.find(session, duty, station)
        if row["revoked_at"] is not None or not await session.run("stations.release", station):
            raise Unprocessable("It is not held.")
        about = {"why": why, "was": row["held_why"]}
        await self.audit.add(session, duty, "station_released", station, about, tenant=row["retailer"])

    async def revoke(self, session: Session, duty: Duty, station: str, *, why: str) -> None:
        """End a station's key for good, in the ledger first.

        Raises:
            Unknown: there is no such station, or it is another tenant's.
            Unprocessable: it is ended already.
        """
        row = await self.find(session, duty, station)
        if not await self.enrolment.revoke(session, station):
            raise Unprocessable("It is ended already.")
        await self.audit.add(session, duty, "station_revoked", station, {"why": why}, tenant=row["retailer"])


def listed(rows: Sequence[Row], key: str) -> Listed:
    """Return one page of rows that were asked for with one more than a page holds."""
    return Listed(rows=rows[:PAGE], behind=str(rows[PAGE - 1][key]) if len(rows) > PAGE else "")


def _check_name(name: str) -> None:
    if not (name.isprintable() and name.strip() and len(name) <= LONGEST_NAME):
        raise Unprocessable(f"A name has 1 to {LONGEST_NAME} letters.")
