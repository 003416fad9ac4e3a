"""What proves a label, and what makes a proof void.

Two kinds of printers prove: one *echoes* an id of ours once everything before it is on paper; another *counts* the
labels it has printed, or feels one waiting at its peel bar. A count has no id in it, so it counts for one label only on
an unbroken conversation: nothing held before, nothing held after, exactly one more, and no fault, silence or lost line
in between. Whatever breaks that makes the count void, and the label a question for a person (DESIGN 5F).

An echo that comes after a fault proves nothing either: a printer whose roll ended in mid-label prints the rest of it on
the next roll, and then says in good faith that all of it is on paper.
"""

from dataclasses import dataclass, field

from hardware.printer.process_ids import PROBE
from hardware.printer.status import PrinterStatus


@dataclass
class _Count:
    """One label counted: what the printer said before it, and whether all of it has gone out."""

    process_id: str
    before: PrinterStatus
    is_sent: bool = False


@dataclass
class Proofs:
    """Which labels of a printer wait for a proof, and which have it."""

    _expected: set[str] = field(default_factory=set[str])
    _proved: dict[str, str] = field(default_factory=dict[str, str])
    _marred: dict[str, str] = field(default_factory=dict[str, str])
    _count: _Count | None = None

    def expect(self, process_id: str) -> None:
        """Take a proof with this id, should it come; an older one with the same id no longer counts."""
        self.forget(process_id)
        self._expected.add(process_id)

    def forget(self, process_id: str) -> None:
        """No longer wait for this proof: should it still come, it proves nothing."""
        self._expected.discard(process_id)
        self._proved.pop(process_id, None)
        self._marred.pop(process_id, None)
        if self._count is not None and self._count.process_id == process_id:
            self._count = None

    def how(self, process_id: str) -> str | None:
        """Return what proves that everything before this id is on paper, in words; None while nothing does."""
        return self._proved.get(process_id)

    def echo(self, process_id: str) -> bool:
        """Take an id the printer sent back; say whether anybody waited for it."""
        if process_id not in self._expected:
            return False
        if process_id in self._marred:
            self._expected.discard(process_id)
        else:
            self._prove(process_id, "process id")
        return True

    def mar(self, fault: str) -> None:
        """Note a fault the printer told of: no label under way is whole by its echo any more."""
        self._marred |= dict.fromkeys(self._expected - {PROBE} - self._marred.keys(), fault)

    def marred_by(self, process_id: str) -> str | None:
        """Return the first fault that was told of while this label was under way; None where there was none."""
        return self._marred.get(process_id)

    # -- counting -------------------------------------------------------------------------------------

    def begin_count(self, process_id: str, status: PrinterStatus) -> bool:
        """Count from ``status`` on; say whether that can prove anything: it holds nothing, and it counts."""
        self._count = None
        can_count = status.count is not None or status.label_waiting is not None
        if not can_count or status.held != 0 or status.label_waiting or status.fault:
            return False
        self._count = _Count(process_id, status)
        return True

    def all_sent(self) -> None:
        """Note that all of the counted label went out: from now on a count is about it."""
        if self._count is not None:
            self._count.is_sent = True

    def is_counting(self, process_id: str) -> bool:
        """Say whether a count may still prove this label."""
        return self._count is not None and self._count.process_id == process_id

    def doubt(self) -> None:
        """Give up counting: something came between."""
        self._count = None

    def weigh(self, status: PrinterStatus) -> bool:
        """Look at a whole status; say whether it proves the counted label. Only what is asked for afterwards can."""
        counted = self._count
        if counted is None or not counted.is_sent:
            self._weigh_early(status)
            return False
        if status.held != 0:
            return False
        if counted.before.count is None:
            if not status.label_waiting:
                return False
            self._prove(counted.process_id, "label waiting")
        elif status.count is None or status.count - counted.before.count not in (0, 1):
            self.doubt()  # something else was printed too, or the counter was set back
            return False
        elif status.count == counted.before.count:
            return False
        else:
            self._prove(counted.process_id, f"odometer {status.count},")
        self._count = None
        return True

    def _weigh_early(self, status: PrinterStatus) -> None:
        """Look at a status asked for while the label goes out: what was printed by now is another's, or the feed key's.

        Counted for our label later, it would prove one that was lost.
        """
        counted = self._count
        if counted is not None and (status.label_waiting or status.count != counted.before.count):
            self.doubt()

    def _prove(self, process_id: str, how: str) -> None:
        self._expected.discard(process_id)
        self._proved[process_id] = how
