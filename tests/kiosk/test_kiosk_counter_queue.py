"""What one printer prints: trial labels, training's papers, the station's own; and nothing of those while paused."""

from dataclasses import dataclass, field

import pytest

from hardware.printer.jobs import PrintJob
from hardware.printer.process_ids import process_id_of
from kiosk.counter_queue import LONGEST_PAUSE_S, TRAINING_IDS, TRIAL_IDS, CounterQueue, TrialJob
from kiosk.flow.staff_values import Shift
from photocore.ids import ItemId
from photocore.label import RollLabel, TrialLabel
from sync.errors import JournalDown

ROLL = RollLabel(roll=ItemId("(01)09506000134369(21)R4T9XK20A7"), number=1, of=1, copy="8K1QT7", product="Halide Gold")


@dataclass
class Queue:
    """A print queue that remembers what it was told."""

    jobs: list[PrintJob] = field(default_factory=list)
    told: list[tuple[object, ...]] = field(default_factory=list)

    def next_job(self):
        return self.jobs[0] if self.jobs else None

    def begin(self, job_id, process_id):
        self.jobs.pop(0)
        self.told.append(("begin", job_id))

    def sent(self, job_id):
        self.told.append(("sent", job_id))

    def printed(self, job_id, proof):
        self.told.append(("printed", job_id))

    def spoiled(self, job_id, why):
        self.told.append(("spoiled", job_id))

    def maybe(self, job_id, why):
        self.told.append(("maybe", job_id))

    def deferred(self, job_id, why):
        self.told.append(("deferred", job_id))

    def unsettled(self):
        return ()

    def set_remaining(self, claim):
        return len(self.jobs)


class Drawing:
    """Remembers where labels are drawn."""

    moved = (0, 0)

    def move(self, right: int, down: int) -> None:
        """Remember."""
        self.moved = (right, down)


def job(number: int, claim: str = "c") -> TrialJob:
    """Return a job of a queue."""
    return TrialJob(id=number, label=ROLL, claim=claim, kind="roll", copy="8K1QT7")


@pytest.fixture
def station() -> Queue:
    """The station's own queue, with one roll label."""
    return Queue(jobs=[job(1)])


@pytest.fixture
def queue(station: Queue) -> CounterQueue:
    """The printer's queue round it."""
    return CounterQueue(station, Drawing(), name="tcp://printer")


def test_S6_the_stations_queue_passes_through_unchanged(queue: CounterQueue, station: Queue) -> None:
    """Jobs, and every word about them."""
    found = queue.next_job()
    assert found is not None
    assert found.label == ROLL
    assert queue.set_remaining("c") == 1
    queue.begin(1, "p")
    queue.sent(1)
    queue.printed(1, "id")
    queue.maybe(1, "silence")
    queue.spoiled(1, "paper out")
    queue.deferred(1, "too wide")
    assert [word for word, _ in station.told] == ["begin", "sent", "printed", "maybe", "spoiled", "deferred"]


def test_S6_while_paused_only_trial_labels_print_and_the_end_of_it_wakes_the_printer(
    queue: CounterQueue, station: Queue
) -> None:
    """Nothing is written of what waits: no label is in doubt by a pause."""
    heard: list[str] = []
    queue.wake, queue.on_paused = lambda: heard.append("wake"), lambda: heard.append("paused")
    queue.pause(is_paused=True)
    assert (queue.next_job(), queue.word("ready")) == (None, "paused")
    queue.print_trial(Shift(right=5, down=-5), ruler=True, is_tried=True)
    trial = queue.next_job()
    assert trial is not None
    assert trial.label == TrialLabel(
        title="Test label",
        lines=("It counts for nothing.", "0.5 mm to the right · 0.5 mm up"),
        has_ruler=True,
        right=5,
        down=-5,
    )
    queue.begin(trial.id, "p")
    assert [left.id for left in queue.unsettled()] == [trial.id]
    queue.sent(trial.id)
    queue.maybe(trial.id, "silence")
    assert (queue.unsettled(), queue.next_job()) == ((), None)
    queue.pause(is_paused=False)
    assert (queue.next_job(), queue.word("ready")) == (station.jobs[0], "ready")
    assert (heard.count("paused"), station.told) == (2, [])


def test_S6_a_trial_label_that_cannot_be_drawn_is_dropped(queue: CounterQueue) -> None:
    """It holds up nothing."""
    queue.print_trial(Shift(), ruler=False, is_tried=False)
    trial = queue.next_job()
    assert trial is not None
    queue.deferred(trial.id, "too wide")
    found = queue.next_job()
    assert found is not None
    assert found.id == 1


def test_S6_trainings_papers_are_marked_bear_no_code_and_are_told_to_training_alone(
    queue: CounterQueue, station: Queue
) -> None:
    """The real queue hears nothing of them, and its own number 1 is another job."""
    training = Queue(jobs=[job(1, "lesson")])
    queue.train(training)
    paper = queue.next_job()
    assert paper is not None
    assert isinstance(paper.label, TrialLabel)
    assert (paper.label.band, paper.label.title) == ("TRAINING", "Roll label · Halide Gold")
    assert str(ROLL.roll) not in repr(paper.label)
    assert "8K1QT7" not in repr(paper.label)
    assert process_id_of(paper.id) != process_id_of(1)
    queue.begin(paper.id, "p")
    queue.printed(paper.id, "id")
    assert training.told == [("begin", 1), ("printed", 1)]
    assert station.told == []


def test_S6_a_paper_of_a_training_that_is_over_is_nobodys(queue: CounterQueue, station: Queue) -> None:
    """It may still come out; nobody is told, and nothing fails."""
    training = Queue(jobs=[job(1, "lesson")])
    queue.train(training)
    paper = queue.next_job()
    assert paper is not None
    queue.train(None)
    queue.begin(paper.id, "p")
    queue.printed(paper.id, "id")
    assert (training.told, station.told) == ([], [])


def test_S6_a_training_queue_that_breaks_under_the_printer_breaks_nothing(queue: CounterQueue) -> None:
    """Its journal is thrown away, and the spooler may be in the middle of it."""

    class Broken(Queue):
        def next_job(self):
            raise JournalDown("thrown away")

        def unsettled(self):
            raise JournalDown("thrown away")

        def set_remaining(self, claim):
            raise JournalDown("thrown away")

    queue.train(Broken())
    found = queue.next_job()
    assert found is not None
    assert (found.id, queue.unsettled(), queue.set_remaining("c")) == (1, (), 1)


def test_S6_no_two_kinds_of_job_share_a_process_id() -> None:
    """A late proof of one never answers for another."""
    ids = [1, 2, TRIAL_IDS + 1, TRIAL_IDS + 2, TRAINING_IDS + 1, TRAINING_IDS + 2]
    assert len({process_id_of(number) for number in ids}) == len(ids)


@pytest.mark.parametrize(
    ("language", "title", "moved"),
    [("de", "Probeetikett", "0,5 mm nach rechts"), ("ar", "ملصق تجريبي", "0.5"), ("ja", "テストラベル", "0.5")],
)
def test_S6_papers_for_staff_are_in_the_kiosks_own_language(
    station: Queue, language: str, title: str, moved: str
) -> None:
    """Whatever the last shopper chose: a test label is for whoever works there."""
    queue = CounterQueue(station, Drawing(), name="tcp://printer", language=language)
    queue.print_trial(Shift(right=5), ruler=True, is_tried=False)
    trial = queue.next_job()
    assert trial is not None
    assert isinstance(trial.label, TrialLabel)
    assert (trial.label.title, trial.label.language) == (title, language)
    assert moved in trial.label.lines[1]
    assert (trial.label.right, trial.label.down) == (None, None)


def test_S6_after_training_the_printer_is_as_it_was(station: Queue) -> None:
    """What a trainee paused or moved holds up no shopper's label; what staff had paused stays so."""
    drawing = Drawing()
    queue = CounterQueue(station, drawing, name="tcp://printer")
    queue.move(Shift(right=5, down=0))
    queue.train(Queue())
    queue.pause(is_paused=True)
    queue.move(Shift(right=20, down=20))
    assert queue.next_job() is None
    queue.train(None)
    assert (queue.is_paused, drawing.moved) == (False, (5, 0))
    assert queue.next_job() is not None
    queue.pause(is_paused=True)
    queue.train(Queue())
    queue.pause(is_paused=False)
    queue.train(None)
    assert queue.is_paused
    queue.pause(is_paused=False)
    queue.train(None)
    assert not queue.is_paused


def test_S6_a_pause_that_everybody_forgot_ends_by_itself(queue: CounterQueue, station: Queue) -> None:
    """After half an hour, counted anew for each pause; the screen is told."""
    told: list[bool] = []
    queue.on_paused = lambda: told.append(queue.is_paused)
    queue.end_old_pause(50.0)
    queue.pause(is_paused=True)
    queue.end_old_pause(100.0)
    queue.pause(is_paused=False)
    queue.pause(is_paused=True)
    queue.end_old_pause(1000.0)
    queue.end_old_pause(999.0 + LONGEST_PAUSE_S)
    assert queue.is_paused
    queue.end_old_pause(1000.0 + LONGEST_PAUSE_S)
    assert (queue.is_paused, told) == (False, [True, False, True, False])
    assert queue.next_job() is station.jobs[0]
