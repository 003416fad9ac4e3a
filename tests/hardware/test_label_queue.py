"""A queue of labels under faults, on a modelled printer with modelled paper and an honest person: no false word.

The production spooler, session, conversation and delivery run in one thread and in a time of their own; the queue keeps
the states of ``sync.label_states``. Every word is held against the paper: "printed" means that a whole label came out,
and no roll ever has two whole labels that count.
"""

import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import msgspec
import pytest
import structlog

from hardware.printer.delivery import PRINTED, Delivery, Fate
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.straight import StraightSession
from hardware.spooler import Spooler
from hardware.testing_bench import PrinterBench, StripComposer
from hardware.testing_printer import ModelledPrinter
from hardware.testing_printing import FakeJob
from photocore.errors import TwincheckError
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.settings import locate_config
from sync.copies import MAX_COPIES
from sync.label_states import IN_DOUBT, LabelNews, LabelState, after

CONFIG = locate_config()
SET_SIZE = 4
FAULTY = 0.23
REALISTIC = 0.01
CUSTOMER_S = 20.0
LOOKS_AFTER_S = 60.0
SILENT = structlog.wrap_logger(None, processors=[lambda *_: (_ for _ in ()).throw(structlog.DropEvent)])


def profile(**changes: Any) -> PrinterProfile:
    """The narrowest head: a label is 1.3 kB, and every command of a wide one is in it."""
    made = load_profile(CONFIG, "virtual-80mm")
    return msgspec.structs.replace(made, **{"print_width_dots": 192, "band_rows": 24, **changes})


class KilledError(BaseException):
    """The program ended here, as by kill -9: nothing after this runs."""


@dataclass
class Queue:
    """The journal's label jobs, without the disk: states by ``sync.label_states``, a spoilt copy voided and renewed."""

    jobs: dict[int, FakeJob] = field(default_factory=dict[int, FakeJob])
    states: dict[int, LabelState] = field(default_factory=dict[int, LabelState])
    tries: Counter[str] = field(default_factory=Counter[str])
    waiting: deque[int] = field(default_factory=deque[int])
    in_doubt: set[int] = field(default_factory=set[int])
    questions: list[int] = field(default_factory=list[int])
    asked: Counter[str] = field(default_factory=Counter[str])
    on_commit: Callable[[str, int], object] = lambda verb, job_id: None

    def register(self, claim: str, rolls: list[ItemId]) -> None:
        for number, roll in enumerate(rolls, 1):
            self._queue(claim, RollLabel(roll=roll, number=number, of=len(rolls), copy=self._copy()))

    def _copy(self) -> str:
        return f"{len(self.jobs) + 1:06}"

    def _queue(self, claim: str, label: RollLabel, *, first: bool = False) -> None:
        job = FakeJob(id=len(self.jobs) + 1, claim=claim, kind="roll", label=label, copy=label.copy)
        self.jobs[job.id] = job
        self.tries[label.roll] += 1
        if self.tries[label.roll] > MAX_COPIES:
            self.states[job.id] = LabelState.DEFERRED
            return
        self.states[job.id] = LabelState.QUEUED
        (self.waiting.appendleft if first else self.waiting.append)(job.id)

    def _take(self, job_id: int, news: LabelNews) -> bool:
        before = self.states[job_id]
        self.states[job_id] = state = after(before, news)
        (self.in_doubt.add if state in IN_DOUBT else self.in_doubt.discard)(job_id)
        return state is not before

    # -- what the spooler asks ---------------------------------------------------------------------

    def next_job(self) -> FakeJob | None:
        while self.waiting and self.states[self.waiting[0]] is not LabelState.QUEUED:
            self.waiting.popleft()
        return self.jobs[self.waiting[0]] if self.waiting else None

    def begin(self, job_id: int, process_id: str) -> None:
        if self.states[job_id] is LabelState.VOID:
            raise TwincheckError("voided")
        self._take(job_id, LabelNews.BEGIN)
        self.on_commit("begin", job_id)

    def sent(self, job_id: int) -> None:
        self._take(job_id, LabelNews.SENT)
        self.on_commit("sent", job_id)

    def printed(self, job_id: int, proof: str) -> None:
        self._take(job_id, LabelNews.PRINTED)
        self.on_commit("printed", job_id)

    def spoiled(self, job_id: int, why: str) -> None:
        if self._take(job_id, LabelNews.SPOILED):
            self._renew(job_id)
        self.on_commit("spoiled", job_id)

    def maybe(self, job_id: int, why: str) -> None:
        if self._take(job_id, LabelNews.MAYBE):
            self.questions.append(job_id)
            self.asked[why] += 1
        self.on_commit("maybe", job_id)

    def deferred(self, job_id: int, why: str) -> None:
        self._take(job_id, LabelNews.DEFER)
        self.on_commit("defer", job_id)

    def unsettled(self) -> tuple[FakeJob, ...]:
        return tuple(self.jobs[job_id] for job_id in sorted(self.in_doubt))

    def set_remaining(self, claim: str) -> int:
        return sum(self.jobs[job_id].claim == claim for job_id in list(self.waiting)[: 2 * SET_SIZE])

    # -- what a person does ------------------------------------------------------------------------

    def scan(self, job_id: int) -> None:
        """Take the scan of a fresh label, as ``LabelJobs.mark_scanned`` does."""
        self._take(job_id, LabelNews.PRINTED)
        self.on_commit("printed", job_id)

    def not_there(self, job_id: int) -> None:
        """Take a person's no: the copy is void and a new one queued, in one step."""
        self._take(job_id, LabelNews.VOID)
        self._renew(job_id)

    def _renew(self, job_id: int) -> None:
        job = self.jobs[job_id]
        assert isinstance(job.label, RollLabel)
        self._queue(job.claim, replace(job.label, copy=self._copy()), first=True)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of a campaign, counted on the paper."""

    labels: int
    attempts: int
    false_printed: int
    second_valid: int
    known_unprinted: int
    questions: int
    papers: int
    asked: Counter[str]
    struck: Counter[str]


class Counterfoil:
    """One counter: spooler, queue, printers, their paper, and the person who is asked."""

    def __init__(self, seed: int, spooler: type[Spooler] = Spooler, *, line: str, **traits: Any) -> None:
        self.chance = Random(seed)
        self.queue = Queue()
        self._traits = traits
        self._spooler = spooler
        self.printers = [ModelledPrinter(**traits)]
        self.bench = PrinterBench(self.printers[0], is_serial=line != "tcp", holds_bytes=line == "rtscts")
        self.struck: Counter[str] = Counter()
        self.attempts = 0
        self._profile = profile(supports=msgspec.structs.replace(profile().supports, asb=traits.get("reports", True)))
        self._kill_at: tuple[str, int] | None = None
        self._rolls = 0
        self._start()

    def _start(self) -> None:
        bench = self.bench
        session = StraightSession(bench.url, self._profile, bench.clock, bench.pass_time, opener=bench.open, log=SILENT)
        self.spooler = self._spooler(
            queue=self.queue, session=session, composer=StripComposer(self._profile), log=SILENT
        )

    # -- the faults ------------------------------------------------------------------------------------

    def faults(self) -> dict[str, Callable[[], object]]:
        """Each fault, begun; it ends by itself, or a person puts it right."""
        bench, chance = self.bench, self.chance
        return {
            "paper_out": self._paper_out,
            "cover_open": self._cover_open,
            "cutter_jam": self._jam,
            "head_hot": self._hot,
            "brown_out_midjob": self._brown_out,
            "old_buffer": self._old_buffer,
            "unplug": lambda: (bench.unplug(), bench.later(chance.uniform(0.5, 60), bench.plug)),
            "replug_as_other_port": self._other_printer,
            "mute": lambda: self._for_a_while("is_mute"),
            "garble": lambda: self._for_a_while("is_garbling"),
            "killed": self._kill,
        }

    def _paper_out(self) -> None:
        printer = self.bench.printer
        printer.rows_left = self.chance.randrange(60)
        self.bench.later(self.chance.uniform(20, 120), lambda: printer.refill(self.bench.now))

    def _cover_open(self) -> None:
        printer, bench = self.bench.printer, self.bench
        printer.feel(bench.now, cover_open=True)
        bench.later(self.chance.uniform(0.2, 30), lambda: printer.feel(bench.now, cover_open=False))

    def _jam(self) -> None:
        self.bench.printer.jams_next_cut = True

    def _hot(self) -> None:
        printer, bench = self.bench.printer, self.bench
        printer.work(bench.now)
        printer.is_hot = True
        bench.later(self.chance.uniform(5, 15), lambda: printer.cool(bench.now))

    def _brown_out(self) -> None:
        self.bench.brown_out(self.chance.uniform(0.02, 30))

    def _old_buffer(self) -> None:
        self.bench.printer.keeps_buffer = True
        self._brown_out()

    def _other_printer(self) -> None:
        self.bench.unplug()
        self.printers.append(ModelledPrinter(**self._traits))
        self.bench.later(self.chance.uniform(0.5, 60), lambda: self.bench.plug(self.printers[-1]))

    def _for_a_while(self, trait: str) -> None:
        printer = self.bench.printer
        setattr(printer, trait, True)
        self.bench.later(self.chance.uniform(0.2, 40), lambda: setattr(printer, trait, False))

    def _kill(self) -> None:
        raise KilledError

    def strike(self, name: str) -> None:
        """Let a fault come at a random byte to the printer or from it, a moment later, or around a commit."""
        begin = self.faults()[name]

        def happens() -> None:
            self.struck[name] += 1
            begin()

        match self.chance.randrange(4):
            case 0 | 1:
                self.bench.at_byte_out(self.chance.randrange(1500), happens)
            case 2:
                self.bench.at_byte_in(self.chance.randrange(14), happens)
            case _ if name == "killed":
                self._kill_at = (self.chance.choice(("begin", "sent", "printed", "spoiled", "maybe")), 0)
                self.struck[name] += 1
            case _:
                self.bench.later(self.chance.uniform(0, 1.5), happens)

    # -- the day ---------------------------------------------------------------------------------------

    def run(self, labels: int, rate: float, mix: dict[str, float]) -> Verdict:
        """Register sets until so many labels were asked for, and print them all."""
        names, weights = list(mix), list(mix.values())
        self.queue.on_commit = lambda verb, job_id: self._committed(verb, rate, names, weights)
        for number in range(math.ceil(labels / SET_SIZE)):
            self.queue.register(f"c{number:07}", [self._roll() for _ in range(SET_SIZE)])
            self._settle()
        self.queue.on_commit = lambda verb, job_id: None
        self.bench.let_be()
        self.bench.pass_time(600)
        return self.verdict()

    def _roll(self) -> ItemId:
        self._rolls += 1
        return ItemId(f"TCR-{self._rolls:010}")

    def _committed(self, verb: str, rate: float, names: list[str], weights: list[float]) -> None:
        if verb == "begin":
            self.attempts += 1
            self.bench.let_be()
            if self.chance.random() < rate:
                self.strike(self.chance.choices(names, weights)[0])
        if self._kill_at is not None and self._kill_at[0] == verb:
            self._kill_at = None
            raise KilledError

    def _settle(self) -> None:
        queue, steps = self.queue, 0
        while queue.next_job() is not None or queue.in_doubt or queue.questions:
            steps += 1
            assert steps < 2_000, f"nothing goes on: {Counter(queue.states.values())}, {self.spooler.status()}"
            try:
                if queue.questions:
                    self._answer(queue.questions.pop())
                else:
                    self.spooler.step()
            except KilledError:
                self.bench.hang_up()
                self.bench.pass_time(CUSTOMER_S)
                self._start()

    def _answer(self, job_id: int) -> None:
        """Be the person: look at the counter a minute later, scan the label that lies there, else say no."""
        self.bench.pass_time(LOOKS_AFTER_S)
        if self.queue.states[job_id] is not LabelState.MAYBE:
            return
        lies_there = self.queue.jobs[job_id].copy in self._whole()
        (self.queue.scan if lies_there else self.queue.not_there)(job_id)

    def _whole(self, *, last: int = 12) -> Counter[str]:
        pieces = [piece for printer in self.printers[-3:] for piece in printer.pieces[-last:]]
        return Counter(copy for piece in pieces if piece.is_cut for copy in piece.whole_copies())

    def verdict(self) -> Verdict:
        """Hold every state against all the paper there is."""
        papers = Counter(
            copy
            for printer in self.printers
            for piece in printer.pieces
            if piece.is_cut
            for copy in piece.whole_copies()
        )
        said = (LabelState.PRINTED, LabelState.TAKEN)
        valid: Counter[str] = Counter()
        proven: set[str] = set()
        false = 0
        for job in self.queue.jobs.values():
            assert isinstance(job.label, RollLabel)
            state = self.queue.states[job.id]
            if state in said:
                proven.add(job.label.roll)
                false += papers[job.copy] == 0
            if state not in (LabelState.VOID, LabelState.SPOILED):
                valid[job.label.roll] += papers[job.copy]
        return Verdict(
            labels=self._rolls,
            attempts=self.attempts,
            false_printed=false,
            second_valid=sum(count > 1 for count in valid.values()),
            known_unprinted=self._rolls - len(proven),
            questions=sum(self.queue.asked.values()),
            papers=papers.total(),
            asked=self.queue.asked,
            struck=self.struck,
        )


EVEN = dict.fromkeys(
    (
        "paper_out", "cover_open", "cutter_jam", "head_hot", "brown_out_midjob", "old_buffer", "unplug",
        "replug_as_other_port", "mute", "garble", "killed",
    ),
    1.0,
)  # fmt: skip
"""Every fault as often as every other: the hardest day."""

REAL = {
    "paper_out": 40, "cover_open": 20, "cutter_jam": 6, "head_hot": 4, "brown_out_midjob": 8, "old_buffer": 1,
    "unplug": 10, "replug_as_other_port": 1, "mute": 4, "garble": 1, "killed": 5,
}  # fmt: skip
"""How often which fault is met in a shop, of a hundred: a guess, as nobody published counts."""

LINES = pytest.mark.parametrize("line", ["tcp", "serial", "rtscts"])


def judge(verdict: Verdict) -> None:
    """Hold the queue's words to the paper."""
    assert (verdict.false_printed, verdict.second_valid, verdict.known_unprinted) == (0, 0, 0), verdict


def weather(seed: int, labels: int, *, line: str) -> Verdict:
    """Print under faults in a fifth of all attempts, every kind as often, and judge."""
    verdict = Counterfoil(seed, line=line).run(labels, FAULTY, EVEN)
    assert verdict.struck.total() >= 0.2 * verdict.attempts
    assert set(verdict.struck) == set(EVEN)
    judge(verdict)
    return verdict


@LINES
def test_K3_a_queue_under_twenty_percent_faults_says_nothing_false(*, line: str) -> None:
    """2,500 labels, a fifth of the attempts struck: printed means paper, no roll has two labels that count."""
    verdict = weather(7, 2_500, line=line)
    assert verdict.questions <= 0.08 * verdict.labels


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@LINES
def test_K3_a_hundred_thousand_labels_under_twenty_percent_faults(*, line: str) -> None:
    """The whole queue of the issue: 100,000 labels on each kind of line."""
    weather(2026, 100_000, line=line)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@LINES
def test_K3_at_one_percent_faults_a_person_is_hardly_asked(*, line: str) -> None:
    """100,000 labels, one attempt in a hundred struck, as a shop has it: a question for two labels in a thousand."""
    verdict = Counterfoil(11, line=line).run(100_000, REALISTIC, REAL)
    judge(verdict)
    assert verdict.questions <= 0.002 * verdict.labels


@LINES
def test_K3_a_printer_that_cannot_confirm_asks_for_every_label_and_says_nothing_false(*, line: str) -> None:
    """Without proofs a person is asked each time; still nothing false is said, and every roll gets its one label."""
    verdict = Counterfoil(3, line=line, process_ids=False).run(200, FAULTY, EVEN)
    judge(verdict)
    assert verdict.questions >= 0.9 * verdict.labels


@LINES
@pytest.mark.parametrize("trait", ["keeps_buffer", "clears", "reports"])
def test_K3_clones_that_keep_or_cannot_clear_their_buffer_say_nothing_false(trait: str, *, line: str) -> None:
    """F34: one prints its old buffer after every power cut, one cannot be cleared, one does not report by itself."""
    judge(Counterfoil(5, line=line, **{trait: trait == "keeps_buffer"}).run(300, FAULTY, EVEN))


class SilentReprint(Spooler):
    """A mutant: what is not proven is printed again."""

    def _settle(self, job: Any, process_id: str, fate: Fate) -> None:
        if fate.word != "maybe":
            super()._settle(job, process_id, fate)
            return
        queue = self._queue
        assert isinstance(queue, Queue)
        queue.in_doubt.discard(job.id)
        queue.states[job.id] = LabelState.QUEUED
        queue.waiting.appendleft(job.id)


class NeverRetry(Spooler):
    """A mutant: what was sent counts as printed."""

    def _settle(self, job: Any, process_id: str, fate: Fate) -> None:
        super()._settle(job, process_id, PRINTED if fate.word == "maybe" else fate)


def with_careless_delivery(patch: pytest.MonkeyPatch) -> None:
    """A mutant: nobody notices that the printer restarted while the line stayed open."""
    patch.setattr(Delivery, "_listen", lambda self: None)


def with_careless_start(patch: pytest.MonkeyPatch) -> None:
    """A mutant: the next label is sent behind whatever the last one left half said."""
    patch.setattr(Spooler, "_end_command", lambda self: True)


def with_copies_not_voided(patch: pytest.MonkeyPatch) -> None:
    """A mutant: a person's no makes a new copy, and the old one still counts."""
    patch.setattr(Queue, "not_there", lambda self, job_id: (self._take(job_id, LabelNews.TAKEN), self._renew(job_id)))


BROWN_OUTS = {"brown_out_midjob": 1.0}
OLD_BUFFERS = {"old_buffer": 1.0}


@pytest.mark.parametrize(
    ("mutant", "wrong", "line", "mix"),
    [
        (SilentReprint, "second_valid", "tcp", EVEN),
        (NeverRetry, "false_printed", "tcp", EVEN),
        (with_careless_delivery, "false_printed", "rtscts", BROWN_OUTS),
        (with_careless_start, "false_printed", "serial", OLD_BUFFERS),
        (with_copies_not_voided, "false_printed", "tcp", EVEN),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_K3_the_same_harness_catches_a_careless_printer_queue(
    mutant: Any, wrong: str, line: str, mix: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Naive retries make second valid labels, naive faith makes words without paper: both show at once."""
    spooler = mutant if isinstance(mutant, type) else Spooler
    judge(Counterfoil(1, line=line).run(400, FAULTY, mix))
    if spooler is Spooler:
        mutant(monkeypatch)
    assert getattr(Counterfoil(1, spooler, line=line).run(400, FAULTY, mix), wrong) > 0
