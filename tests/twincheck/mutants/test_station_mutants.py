"""Faults planted into the station's journal, outbox and restoring, each found by the simulation."""

import functools
from dataclasses import replace

import pytest

from sync import commits, database, journal, outbox, restoring, rounds
from twincheck.simulate import books, checks, promises
from twincheck.simulate.mutants.planting import Mutant

pytestmark = pytest.mark.xdist_group("station_mutants")

OFFLINE = (("station restore", 6), ("partition", 6), ("service down", 8), ("storm", 20))
POWER = (("power cut", 4), ("power cut at work", 4))
KILLS = (("kill at work", 1), ("power cut at work", 2))
DISKS = (("fsync", 3), ("full", 20), ("kill at work", 20))
RESTORES = (("station restore", 8), ("kill", 20))
SERVER = (("service restore", 8), ("clock", 6), ("storm", 30))
STORMS = (("storm", 8), ("one-way", 8), ("service crash", 6))


def synchronous(value, reads):
    def put(plant):
        plant.replace(
            database,
            "PRAGMAS",
            tuple(
                replace(one, value=value, reads=(reads,)) if one.name == "synchronous" else one
                for one in database.PRAGMAS
            ),
        )
        plant.wrap(database, "open_database", functools.partial(counting, plant))
        plant.replace(journal, "open_database", database.open_database)

    return put


def counting(plant, original):
    def counted(*values, **more):
        plant.hit()
        return original(*values, **more)

    return counted


def epoch_goes_on(plant):
    """A start goes on in the epoch that it finds on the disk."""

    def make(original):
        def begin(self, connection):
            found = journal.run(connection, "journal.newest_epoch")
            if not found:
                original(self, connection)
                return
            plant.hit()
            self._epoch = found[0][1]
            self._first_ordinal = self._first_ordinal or found[0][0]

        return begin

    plant.wrap(journal.Journal, "_begin_epoch", make)


def seq_from_memory(plant):
    """After a failed commit the epoch goes on, with the seq and head that the process remembers."""
    memory = {}

    def make_append(_original):
        def append(self, draft):
            ordinal, epoch, last, head = journal.run(self.connection, "journal.newest_epoch")[0]
            last, head = memory.get(epoch, (last, head))
            prev = journal.Prev(epoch=epoch, seq=last, hash=head) if last else journal.newest_event(self.connection)
            event, hashed = self._signed(draft, epoch, last + 1, prev)
            self._store(ordinal, event, hashed)
            memory[epoch] = (last + 1, hashed)
            self.has_appended = True
            return event

        return append

    def make_begin(original):
        def begin(self, connection):
            if self._epoch in memory:
                plant.hit()
            else:
                original(self, connection)

        return begin

    plant.wrap(journal.Transaction, "append", make_append)
    plant.wrap(journal.Journal, "_begin_epoch", make_begin)


def chain_ends_with_epoch(plant):
    def newest(connection):
        plant.hit()

    plant.replace(journal, "newest_event", newest)


def owed_afterwards(plant):
    """What is owed is written down by a transaction of its own, behind the event's."""
    owed = []

    def make_run(original):
        def run(connection, name, values=None):
            if name == "journal.owe_event":
                owed.append(values)
                return []
            return original(connection, name, values)

        return run

    def make_write(original):
        def write(self, work):
            owed.clear()
            result = original(self, work)
            rows = owed[:]
            owed.clear()
            if rows:
                plant.hit()
                write_owed = lambda transaction: [  # noqa: E731
                    journal_run(transaction.connection, "journal.owe_event", row) for row in rows
                ]
                original(self, write_owed)
            return result

        return write

    journal_run = journal.run
    plant.wrap(journal, "run", make_run)
    plant.wrap(journal.Journal, "write", make_write)
    plant.wrap(journal.Journal, "_begin_epoch", lambda original: owed_at_once(original, journal_run, owed))


def owed_at_once(original, journal_run, owed):
    def begin(self, connection):
        owed.clear()
        original(self, connection)
        for row in owed:
            journal_run(connection, "journal.owe_event", row)
        owed.clear()

    return begin


def said_before_commit(plant):
    """A commit that fails is told as one that was good."""

    def make(original):
        def commit(self, writing):
            done = original(self, writing)
            for ticket in writing:
                if isinstance(ticket.error, commits.JournalDown) and not done:
                    plant.hit()
                    ticket.error = None
            return done

        return commit

    plant.wrap(commits.Bench, "_commit", make)


def pruned_at_once(plant):
    """What is acknowledged is forgotten at once."""

    def prune(connection, **_):
        done = outbox.run(connection, "outbox.prune_lines", {"before": "9999", "limit": 1000})
        plant.reached += bool(done)
        return len(done)

    plant.replace(outbox, "prune", prune)
    plant.wrap(rounds.Rounds, "_prune_when_due", prune_now)


def prune_now(original):
    def prune(self):
        self._prune_due = 0.0
        original(self)

    return prune


def pruned_by_own_clock(plant):
    """The station's own clock says how old an acknowledged event is."""

    def make(_original):
        def prune(self):
            before = (self._clock.now() - outbox.KEEP_ACKED).strftime("%Y-%m-%dT%H:%M:%S.000Z")

            def work(transaction):
                values = {"before": before, "limit": 1000}
                plant.reached += bool(outbox.run(transaction.connection, "outbox.prune_lines", values))

            self._journal.write(work)

        return prune

    plant.wrap(rounds.Rounds, "_prune_when_due", make)


def duplicate_is_an_error(plant):
    """An ack that calls something a duplicate is refused, and asked for again."""

    def make(original):
        def settle(connection, ack, verdict, *, late):
            if verdict.verdict == "duplicate":
                plant.hit()
                raise outbox.AnswerRefused("a duplicate")
            original(connection, ack, verdict, late=late)

        return settle

    plant.wrap(outbox, "_settle_one", make)


def server_loss_not_seen(plant):
    """The handshake shows that the photoservice has less than it signed for, and nobody looks."""

    def make(original):
        def compare(connection, theirs):
            found = original(connection, theirs)
            if found and len(found) > len(theirs.need):
                plant.hit()
                return list(theirs.need)
            return found

        return compare

    plant.wrap(outbox, "compare_mark", make)


def gaps_not_sent(plant):
    """A range that the photoservice names as missing is not sent again."""

    def make(_original):
        def want(self, epoch, first, last):
            plant.hit()

        return want

    from sync import delivery

    plant.wrap(delivery.Delivery, "_want", make)


def restored_asks_nothing(plant):
    def make(original):
        def greet(self, marks, lacking):
            lacking = list(lacking)
            plant.reached += bool(lacking)
            original(self, marks, [])

        return greet

    plant.wrap(restoring.Restoring, "greet", make)


def newest_by_clock(plant):
    """The event before is the one with the latest time on it."""
    plant.sql(
        "journal.newest_event",
        "order by ordinal desc limit 1",
        "order by (select max(at) from event where event.ordinal = epoch.ordinal) desc limit 1",
    )


def roll_missing(plant):
    """A registration takes all rolls of its package but the last."""
    from sync import registering

    def make(original):
        def registration(attempt, number, known, clock):
            made = original(attempt, number, known, clock)
            if len(made.rolls) > 1:
                plant.hit()
                made = replace(made, rolls=made.rolls[:-1])
            return made

        return registration

    plant.wrap(registering, "_registration", make)


LOST = promises.NOTHING_LOST
MUTANTS = [
    Mutant(
        name="synchronous-normal",
        fault="Commits are not synced (`synchronous=NORMAL`).",
        where="sync/database.py",
        put=synchronous("NORMAL", 1),
        claims=(LOST,),
        weather=POWER,
    ),
    Mutant(
        name="synchronous-off",
        fault="Nothing is synced (`synchronous=OFF`).",
        where="sync/database.py",
        put=synchronous("OFF", 0),
        claims=(LOST,),
        weather=POWER,
    ),
    Mutant(
        name="epoch-goes-on",
        fault="A start goes on in the epoch it finds on its disk, so a restored disk uses places twice.",
        where="sync/journal.py",
        put=epoch_goes_on,
        claims=(checks.ONLY_TWINS,),
        weather=OFFLINE,
    ),
    Mutant(
        name="seq-from-memory",
        fault="A failed commit keeps its epoch, and the seq is counted in memory, outside the transaction.",
        where="sync/journal.py",
        put=seq_from_memory,
        claims=(checks.CHAINED, LOST, books.CONTIGUOUS),
        weather=DISKS,
    ),
    Mutant(
        name="chain-ends-with-epoch",
        fault="The first event of an epoch names no predecessor.",
        where="sync/journal.py",
        put=chain_ends_with_epoch,
        claims=(checks.CHAINED,),
        weather=(),
    ),
    Mutant(
        name="owed-afterwards",
        fault="The outbox row is written by a second transaction.",
        where="sync/journal.py",
        put=owed_afterwards,
        claims=(LOST,),
        weather=KILLS,
    ),
    Mutant(
        name="said-before-commit",
        fault="The screen says *registered here* whatever COMMIT answers.",
        where="sync/commits.py",
        put=said_before_commit,
        claims=(LOST,),
        seed=1,
        weather=DISKS,
    ),
    Mutant(
        name="pruned-at-once",
        fault="Acknowledged lines are forgotten at once.",
        where="sync/outbox.py",
        put=pruned_at_once,
        claims=(LOST,),
        weather=SERVER,
    ),
    Mutant(
        name="pruned-by-own-clock",
        fault="The station's own clock says when acknowledged lines may be forgotten.",
        where="sync/rounds.py",
        put=pruned_by_own_clock,
        claims=(LOST,),
        weather=SERVER,
    ),
    Mutant(
        name="duplicate-is-an-error",
        fault="An ack that calls an event a duplicate is refused, and the event sent for ever.",
        where="sync/outbox.py",
        put=duplicate_is_an_error,
        claims=(checks.EMPTIES,),
        hours=30,
        weather=STORMS,
    ),
    Mutant(
        name="server-loss-not-seen",
        fault="A photoservice put back from a backup is not sent again what it lost.",
        where="sync/outbox.py",
        put=server_loss_not_seen,
        claims=(LOST,),
        weather=SERVER,
    ),
    Mutant(
        name="gap-not-sent",
        fault="A gap that the photoservice names is never sent again.",
        where="sync/delivery.py",
        put=gaps_not_sent,
        claims=(LOST,),
        weather=SERVER,
    ),
    Mutant(
        name="restored-asks-nothing",
        fault="A restored station does not ask for what it lost.",
        where="sync/restoring.py",
        put=restored_asks_nothing,
        claims=(checks.ALL_BACK,),
        weather=RESTORES,
    ),
    Mutant(
        name="newest-by-clock",
        fault="The event before is found by its time of day, not by its place.",
        where="sync/sql/journal.sql",
        put=newest_by_clock,
        claims=(checks.CHAINED,),
        weather=(("clock", 5), ("kill", 10)),
    ),
    Mutant(
        name="roll-missing",
        fault="A registration takes all rolls of its package but the last.",
        where="sync/registering.py",
        put=roll_missing,
        claims=(checks.WHOLE,),
        weather=(),
    ),
]


def test_K4_mutant_is_caught(mutant, caught):
    caught(mutant)


def test_K4_its_world_holds_without_it(mutant, held):
    held(mutant)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_K4_mutant_takes_few_seeds(mutant, sought):
    sought(mutant)
