"""The desk's part for the room round it: the whole queue, what staff did to the printer, and contested packages.

What staff do to a device is an event of its own, so that nobody wonders later why no label came for an hour. Settings
of a printer are notes of the journal: they stand in the same commit as the event that tells of them.
"""

from dataclasses import dataclass

import apsw
import msgspec

from photocore.ids import ItemId
from photocore.kinds import Act, StaffOverrode
from photocore.wire import Outcome
from sync.copies import find_job
from sync.desk_ground import DeskGround
from sync.journal import Transaction
from sync.label_states import LabelState
from sync.reissuing import Cause
from sync.statements import one, run
from sync.tending import open_jobs, resume
from sync.views import ContestedView


@dataclass(frozen=True, kw_only=True)
class ToolDesk(DeskGround):
    """What a screen asks about printers, about the queue as a whole, and about contested packages."""

    def note_act(self, act: Act, *, staff: str, reason: str = "") -> None:
        """Write what a member of staff did to a device."""
        body = StaffOverrode(staff=staff, act=act, reason=reason[:200])
        self.journal.write(lambda transaction: transaction.append(self.counter.drafter.draft(body)))
        self.on_change()

    def restart_queue(self, *, with_doubtful: bool, staff: str, reason: str) -> int:
        """Let every paper go that was set aside; returns how many. All of them or none: it is one commit.

        With ``with_doubtful`` those that nobody knows of print anew too, and the doubtful copies are void: staff have
        looked, and they are not there. Nothing that is proven, or on its way, is touched (DESIGN 5F).
        """
        count = self.journal.write(
            lambda transaction: self._restart(transaction, staff, reason, with_doubtful=with_doubtful)
        )
        self.on_change()
        return count

    def printer_note(self, printer: str) -> str:
        """Return what was kept for a printer by :meth:`keep_printer_note`; empty if nothing was."""
        name = _note_name(printer)
        row = self.journal.read(lambda connection: one(connection, "journal.read_note", {"name": name}))
        return str(row[0]) if row else ""

    def keep_printer_note(self, printer: str, value: str, *, staff: str) -> None:
        """Keep a setting of a printer, and write who changed it to what."""
        body = StaffOverrode(staff=staff, act="print_moved", reason=value[:200])

        def work(transaction: Transaction) -> None:
            run(transaction.connection, "journal.write_note", {"name": _note_name(printer), "value": value})
            transaction.append(self.counter.drafter.draft(body))

        self.journal.write(work)
        self.on_change()

    def contested(self) -> tuple[ContestedView, ...]:
        """Return the live registrations of this station whose package another card has too, the oldest first."""
        return self.journal.read(_contested)

    def _restart(self, transaction: Transaction, staff: str, reason: str, *, with_doubtful: bool) -> int:
        reissuing, count = self.jobs_queue.reissuing, 0
        for queued in open_jobs(transaction.connection):
            if queued.state is LabelState.DEFERRED:
                resume(transaction, self.counter.drafter, queued.id, staff, reason)
                count += 1
            elif queued.state is LabelState.MAYBE and with_doubtful:
                job = find_job(transaction.connection, queued.id)
                if job is not None:
                    reissuing.renew(transaction, job, Cause(reason=reason, staff=staff))
                    count += 1
        return count


def _note_name(printer: str) -> str:
    return f"printer {printer}"


def _contested(connection: apsw.Connection) -> tuple[ContestedView, ...]:
    return tuple(
        ContestedView(
            claim=claim,
            number=number,
            item=ItemId(item),
            package=ItemId(package) if package else None,
            made_at=made_at,
            evidence=msgspec.json.decode(outcome, type=Outcome).evidence,
        )
        for claim, number, item, package, made_at, outcome in run(connection, "news.contested")
    )
