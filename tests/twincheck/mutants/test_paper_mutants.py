"""Faults planted into the print queue and the store hub, each found by the simulation."""

import pytest

from store_hub import disk as hub_disk
from sync import copies, labels
from sync.label_states import LabelNews
from twincheck.simulate import hubs, printing, promises
from twincheck.simulate.mutants.planting import Mutant

pytestmark = pytest.mark.xdist_group("paper_mutants")

KILLS = (("kill", 6), ("power cut", 10))


def silence_prints_again(plant):
    """A paper of which nobody knows goes back into the queue by itself."""

    def make(original):
        def maybe(self, job_id, why):
            original(self, job_id, why)
            plant.hit()
            self.journal.write(lambda t: labels.run(t.connection, "labels.set_state", queued(job_id)))

        return maybe

    plant.wrap(labels.LabelJobs, "maybe", make)


def queued(job_id):
    return {"id": job_id, "state": "queued", "why": "", "process_id": None, "proof": None}


def begin_not_stored(plant):
    """That the first byte goes out is remembered by the process alone."""
    begun = {}

    def make_begin(_original):
        def begin(self, job_id, process_id):
            plant.hit()
            begun[id(self), job_id] = process_id

        return begin

    def make_next(original):
        def next_job(self):
            job = original(self)
            return None if job is not None and (id(self), job.id) in begun else job

        return next_job

    def make_news(original):
        def note(self, job_id, news, **more):
            if (id(self), job_id) in begun and news is not LabelNews.BEGIN:
                process_id = begun.pop((id(self), job_id))
                original(self, job_id, LabelNews.BEGIN, process_id=process_id)
            return original(self, job_id, news, **more)

        return note

    def make_spoil(original):
        def spoiled(self, job_id, why):
            begun.pop((id(self), job_id), None)
            original(self, job_id, why)

        return spoiled

    plant.wrap(labels.LabelJobs, "begin", make_begin)
    plant.wrap(labels.LabelJobs, "next_job", make_next)
    plant.wrap(labels.LabelJobs, "_note", make_news)
    plant.wrap(labels.LabelJobs, "spoiled", make_spoil)


def two_may_be_valid(plant, when):
    """The database lets two copies of a label be valid, and the old one is not voided."""
    from sync import journal

    def make_open(original):
        def opened(*values, **more):
            connection = original(*values, **more)
            connection.execute("drop index if exists label_job_one_valid_copy")
            return connection

        return opened

    def make_run(original):
        def run(connection, name, values=None):
            if name == "labels.end_copy" and when(values):
                ((kind,),) = connection.execute("select kind from label_job where id = ?", (values["id"],))
                if kind == "roll":
                    plant.hit()
                    return []
            return original(connection, name, values)

        return run

    plant.wrap(journal, "open_database", make_open)
    plant.wrap(copies, "run", make_run)


def reprint_voids_nothing(plant):
    two_may_be_valid(plant, lambda values: values["why"] == "torn")


def settled_voids_nothing(plant):
    two_may_be_valid(plant, lambda values: values["why"] == "looked")


def staff_err(plant):
    """Staff who overlook papers: *it is not there*, they say of each."""
    from sync.desk_labels import LabelDesk

    def make(original):
        def settle(self, job_id, *, printed, staff, reason):
            original(self, job_id, printed=False, staff=staff, reason=reason)

        return settle

    plant.wrap(LabelDesk, "settle_job", make)


def spoiled_voids_nothing(plant):
    two_may_be_valid(plant, lambda values: values["why"] == "paper out")


def hub_owes_nothing(plant):
    """The hub says that it has a batch, and never carries it on."""

    def owed(self, **_):
        plant.hit()
        return []

    plant.replace(hub_disk.SqliteStore, "owed", owed)


def hub_forgets(plant):
    """The hub acknowledges a batch, and drops it."""

    def make(original):
        def keep(connection, batch, taken_at, known_to):
            kept = original(connection, batch, taken_at, known_to)
            plant.hit()
            connection.execute("delete from sent where ack is null")
            return kept

        return keep

    plant.wrap(hub_disk, "_keep", make)


def hub_mark_is_newest(plant):
    """The hub's mark is the highest seq it has."""

    def make(original):
        def mark(connection, station, epoch):
            made = original(connection, station, epoch)
            query = "select seq, hash from inside where station = ? and epoch = ? order by seq desc limit 1"
            rows = list(connection.execute(query, (station, epoch)))
            if not rows:
                return made
            plant.hit()
            return hub_disk.EpochMark(epoch=epoch, high=hub_disk.Mark(seq=rows[0][0], hash=rows[0][1]), need=())

        return mark

    plant.wrap(hub_disk, "_mark", make)


ONE = (printing.ONE_VALID_COPY,)
SILENT = (printing.NO_SILENT_REPRINT,)
WORN = (("hub disk", 6), ("hub restore", 6), ("hub cut off", 6), ("service down", 8))
HUBS = (("hub cut off", 8), ("hub down", 10), ("service down", 12), ("kill", 20))
LOST = (promises.NOTHING_LOST,)
MUTANTS = [
    Mutant(
        name="silence-prints-again",
        fault="A paper of which nobody knows is printed again by itself.",
        where="sync/labels.py",
        put=silence_prints_again,
        claims=SILENT,
        weather=(),
    ),
    Mutant(
        name="begin-not-stored",
        fault="That a paper's first byte goes out is not stored before.",
        where="sync/labels.py",
        put=begin_not_stored,
        claims=SILENT,
        seed=1,
        weather=(("kill at work", 1), ("power cut at work", 2)),
    ),
    Mutant(
        name="reprint-voids-nothing",
        fault="A reprint leaves the old copy valid.",
        where="sync/copies.py",
        put=reprint_voids_nothing,
        claims=ONE,
        seed=1,
        weather=(),
    ),
    Mutant(
        name="settled-voids-nothing",
        fault="A person's *it is not on paper* makes a new copy and leaves the old one valid.",
        where="sync/copies.py",
        put=settled_voids_nothing,
        claims=ONE,
        weather=(),
        also=staff_err,
    ),
    Mutant(
        name="spoiled-voids-nothing",
        fault="A spoilt label is made anew and stays valid itself.",
        where="sync/copies.py",
        put=spoiled_voids_nothing,
        claims=ONE,
        seed=2,
        weather=(),
    ),
    Mutant(
        name="hub-owes-nothing",
        fault="The store hub acknowledges, and carries nothing upward.",
        where="store_hub/disk.py",
        put=hub_owes_nothing,
        claims=LOST,
        seed=1,
        weather=HUBS,
    ),
    Mutant(
        name="hub-forgets",
        fault="The store hub drops what it has acknowledged.",
        where="store_hub/disk.py",
        put=hub_forgets,
        claims=LOST,
        seed=1,
        weather=HUBS,
    ),
    Mutant(
        name="hub-mark-is-newest",
        fault="The store hub's mark is the highest seq it has.",
        where="store_hub/disk.py",
        put=hub_mark_is_newest,
        claims=(hubs.HUB_TRUE,),
        seed=2,
        weather=WORN,
    ),
]


def test_K4_mutant_is_caught(mutant, caught):
    caught(mutant)


def test_K4_its_world_holds_without_it(mutant, held):
    held(mutant)


# A simulated disk fails also while SQLite closes a file, where apsw has nobody to raise it to.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_K4_mutant_takes_few_seeds(mutant, sought):
    sought(mutant)
