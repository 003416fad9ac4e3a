"""Carries out the flow's effects on a thread of its own, so that the screen never waits for a disk or a network.

Every effect that asks is answered by exactly one event, whatever goes wrong: a fault nobody foresaw is logged and
becomes :class:`~kiosk.flow.events.Failed`, which the flow turns into a page that says so. Only a question nobody
waits for any more is dropped: each may cost two seconds of upstream's patience, and a registration behind eight of
them would come too late for its shopper.
"""

import queue
import threading
from collections.abc import Callable
from typing import Any

import structlog

from kiosk import answers, staff_answers
from kiosk.back_room import NO_BACK_ROOM, BackRoom
from kiosk.card_work import CardWork
from kiosk.duties import demand_duty
from kiosk.flow import effects as ask
from kiosk.flow import events as told
from kiosk.flow.card_effects import MintGuestCard
from kiosk.flow.make_up_effects import MakeUp, MintIds, ReadCartridge, ReadMadeUp, ReadProduct
from kiosk.flow.staff_effects import OpenRegistration, Override, ReadDevices, ReadParked, ReadQueue, ReadRecent
from kiosk.flow.staff_events import TrainingBegun
from kiosk.flow.tool_effects import BeginTraining, InTraining, ReadContested, ReadShift
from kiosk.flow.values import Item, Package, Registration
from kiosk.make_up_work import MakeUpWork
from kiosk.ports import Desk, LabelQueue, StoreFacts
from kiosk.recalls import judge_film
from kiosk.staff_ports import DeviceFacts, StaffBook
from kiosk.staff_work import StaffWork
from kiosk.tool_work import ToolWork
from photocore.ids import ItemId
from photocore.seams import Clock
from sync.errors import DeskRefusal, JournalDown, NotStored
from sync.views import RegistrationView

Tell = Callable[[told.Happened], None]

Look = ask.LookUp | ask.CheckClaim
"""What a scan asks; the next scan's takes its place."""

Read = (
    ask.LookUp
    | ask.CheckClaim
    | ask.CheckCopy
    | ask.ReadClaim
    | MintGuestCard
    | ReadProduct
    | ReadCartridge
    | MintIds
    | ReadMadeUp
    | ReadQueue
    | ReadRecent
    | ReadParked
    | ReadDevices
    | ReadContested
    | ReadShift
    | OpenRegistration
)
"""What changes nothing, so that after its session nobody misses it."""

Writing = ask.Register | ask.Undo | ask.PrintAgain | MakeUp | Override
"""What the journal must have taken, so that it is known to be back."""


def unwrapped(effect: ask.Effect | None) -> ask.Effect | None:
    """Return what is asked, whichever desk it is asked of."""
    return effect.effect if isinstance(effect, InTraining) else effect


class DeskWorker:
    """One thread in front of the desk. ``tell`` is called on it: it should be an inbox's ``put``."""

    def __init__(
        self,
        *,
        desk: Desk,
        labels: LabelQueue,
        store: StoreFacts,
        clock: Clock,
        tell: Tell,
        staff: StaffBook | None = None,
        devices: DeviceFacts | None = None,
        back_room: BackRoom = NO_BACK_ROOM,
    ) -> None:
        self._desk = desk
        self._labels = labels
        self._store = store
        self._clock = clock
        self._tell = tell
        self._staff = staff
        self._cards = CardWork(desk=desk, clock=clock)
        self._making_up = MakeUpWork(desk=desk, store=store, clock=clock, films=back_room.films)
        self._for_staff = StaffWork(desk=desk, clock=clock, staff=staff, devices=devices)
        self._tools = ToolWork(desk=desk, clock=clock, printer=back_room.printer, station=back_room.station)
        self._recalls = back_room.recalls
        self._printer = back_room.printer
        self._training = back_room.training
        self._trainee: DeskWorker | None = None
        self._refused = 0
        self._log: Any = structlog.get_logger().bind(room="kiosk")
        self._queue: queue.SimpleQueue[tuple[ask.Effect, int] | None] = queue.SimpleQueue()
        self._newest_session = 0
        self._looks = 0
        self._thread = threading.Thread(target=self._run, name="kiosk desk", daemon=True)

    def start(self) -> None:
        """Begin to work. Once only."""
        self._thread.start()

    def do(self, effect: ask.Effect) -> None:
        """Take ``effect``; its answer comes through ``tell``. For any thread."""
        if isinstance(effect, ask.Asked):
            self._newest_session = max(self._newest_session, effect.session)
        if isinstance(unwrapped(effect), Look):
            self._looks += 1
        self._queue.put((effect, self._looks))

    def stop(self, timeout_s: float = 5.0) -> None:
        """Finish what was asked and end."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while (asked := self._queue.get()) is not None:
            effect, place = asked
            answer = None if self._is_overtaken(effect, place) else self.carry_out(effect)
            if answer is not None:
                self._tell(answer)
            del asked, effect, answer  # the thread may wait for hours now, and must not keep a shopper's card meanwhile

    def _is_overtaken(self, effect: ask.Effect, place: int) -> bool:
        """Say whether nobody waits for this any more: its session is over, or another code was scanned since."""
        plain = unwrapped(effect)
        if isinstance(plain, Read) and plain.session < self._newest_session:
            return True
        return isinstance(plain, Look) and place != self._looks

    def carry_out(self, effect: ask.Effect) -> told.Happened | None:
        """Do ``effect`` and return its answer; never raises.

        What is asked of the training desk is asked of no other: without one it is not done.
        """
        if isinstance(effect, InTraining):
            if self._trainee is None:
                return self._answer(effect.effect, told.Failed)
            return self._trainee.carry_out(effect.effect)
        try:
            demand_duty(effect, self._staff)
            answer = self._carry_out(effect)
        except JournalDown as down:
            self._note_outage(down)
            return self._answer(effect, told.NotStored if isinstance(down, NotStored) else told.NobodyKnows)
        except DeskRefusal as refusal:
            return self._answer(
                effect,
                told.DeskRefused,
                reason=refusal.reason.value,
                claim=refusal.claim,
                number=refusal.number or "",
            )
        except Exception:  # noqa: BLE001  the job worker: a fault of ours becomes a page that says so
            self._log.exception("kiosk.effect_failed", doing=type(effect).__name__)
            return self._answer(effect, told.Failed)
        if isinstance(effect, Writing):
            self._note_return()
        return answer

    def _note_outage(self, down: JournalDown) -> None:
        """Log an outage once, however many shoppers meet it."""
        self._refused += 1
        if self._refused == 1:
            self._log.warning("kiosk.journal_down", why=str(down))

    def _note_return(self) -> None:
        if self._refused:
            self._log.info("kiosk.journal_back", refused=self._refused)
        self._refused = 0

    def _answer(self, effect: ask.Effect, kind: Callable[..., told.Happened], **facts: object) -> told.Happened | None:
        if not isinstance(effect, ask.Asked):
            return None
        return kind(at=self._clock.monotonic(), about=effect, **facts)

    def _carry_out(self, effect: ask.Effect) -> told.Happened | None:
        match effect:
            case ask.ReadStation():
                return self._read_station()
            case BeginTraining():
                return self._begin_training(effect)
            case ask.EndTraining():
                return self._end_training()
            case ask.LookUp():
                package = answers.package_of(self._desk.look_up(ItemId(effect.item)))
                return self._answer(effect, told.PackageFound, package=self._judged(package, effect.of))
            case ask.CheckClaim():
                return self._check(effect)
            case ask.Register():
                return self._register(effect)
            case ask.Undo():
                return self._undo(effect)
            case _:
                return self._carry_out_label(effect)

    def _carry_out_label(self, effect: ask.Effect) -> told.Happened | None:
        match effect:
            case ask.PrintAgain():
                return self._print_again(effect)
            case ask.FindRegistration():
                return self._find(effect)
            case ask.CheckCopy():
                return self._check_copy(effect)
            case ask.SettleByScan():
                self._desk.mark_printed_by_scan(ItemId(effect.item), effect.copy)
                return self._read_claim(effect, effect.claim)
            case ask.ReadClaim():
                return self._read_claim(effect, effect.claim)
            case ask.Asked():
                return (
                    self._cards.carry_out(effect)
                    or self._making_up.carry_out(effect)
                    or self._tools.carry_out(effect)
                    or self._for_staff.carry_out(effect)
                )
            case _:
                return None

    def _read_station(self) -> told.StationRead:
        status, store = self._desk.status(), self._store
        return told.StationRead(
            at=self._clock.monotonic(),
            light=answers.light_of(status),
            store=store.name,
            prints_labels=store.prints_labels,
            make_up=store.make_up,
            troubles=staff_answers.troubles_of(status),
        )

    def _judged(self, package: Package, item: Item | None) -> Package:
        """Return ``package`` with what the store's recalls and its own date say of it."""
        return judge_film(package, item, self._recalls, self._clock.now().date())

    def _begin_training(self, effect: BeginTraining) -> told.Happened | None:
        if self._training is None:
            return self._answer(effect, told.Failed)
        self._desk.note_act("training_begun", staff=effect.staff)
        desk, labels = self._training.begin()
        if self._printer is not None and (kept := self._desk.printer_note(self._printer.name)):
            desk.keep_printer_note(self._printer.name, kept, staff=effect.staff)
        self._trainee = DeskWorker(
            desk=desk,
            labels=labels,
            store=self._store,
            clock=self._clock,
            tell=self._tell,
            back_room=BackRoom(recalls=self._recalls, printer=self._printer, films=self._making_up.films),
        )
        return self._answer(effect, TrainingBegun)

    def _end_training(self) -> None:
        self._trainee = None
        if self._training is not None:
            self._training.end()

    def _check(self, effect: ask.CheckClaim) -> told.Happened | None:
        view = self._desk.check_claim(ItemId(effect.item.item), effect.card.card)
        package = self._judged(answers.package_of(view), effect.item)
        return self._answer(effect, told.ClaimChecked, package=package, event_id=self._desk.mint_event_id())

    def _register(self, effect: ask.Register) -> told.Happened | None:
        wish = effect.wish
        done = self._desk.register(answers.wish_for_desk(wish))
        registration = answers.new_registration(done, wish, effect.package)
        labels = answers.labels_of(done.jobs)
        return self._answer(effect, told.Registered, registration=registration, labels=labels)

    def _undo(self, effect: ask.Undo) -> told.Happened | None:
        undone = self._desk.undo(effect.claim)
        return self._answer(effect, told.UndoStored, claim=effect.claim, printed=undone.printed, moving=undone.moving)

    def _print_again(self, effect: ask.PrintAgain) -> told.Happened | None:
        """Ask for new labels, and say whether there can be any: the maker's list may not have come even now."""
        jobs = self._desk.reprint(effect.claim, None, "asked for at the kiosk", card=effect.card)
        view = self._desk.find_registration(effect.number)
        return self._answer(
            effect,
            told.LabelsReplaced,
            claim=effect.claim,
            labels=answers.labels_of(jobs),
            is_waiting=view is not None and view.waiting_for_manifest,
            package=answers.package_of(self._desk.look_up(view.package)) if view and view.package else None,
        )

    def _read_claim(self, effect: ask.Effect, claim: str) -> told.Happened | None:
        level = self._desk.level(claim)
        labels = answers.labels_of(self._desk.jobs(claim))
        return self._answer(
            effect,
            told.ClaimRead,
            claim=claim,
            labels=labels,
            level=answers.level_of(level),
            reason=level.reason,
        )

    def _find(self, effect: ask.FindRegistration) -> told.Happened | None:
        """Find a receipt's registration, and queue what of it waits: for the maker's list, or for a better printer."""
        view = self._desk.find_registration(effect.number)
        if view is None:
            return self._answer(effect, told.RegistrationFound, number=effect.number, registration=None)
        view = self._push(view)
        registration = self._describe(view)
        labels = answers.labels_of(self._desk.jobs(view.claim))
        return self._answer(
            effect, told.RegistrationFound, number=view.number, registration=registration, labels=labels
        )

    def _push(self, view: RegistrationView) -> RegistrationView:
        if view.withdrawn:
            return view
        for job in view.jobs:
            if job.state.value == "deferred":
                self._labels.resume(job.id)
        if not view.waiting_for_manifest:
            return view
        try:
            self._desk.issue_labels(view.claim)
        except DeskRefusal as refusal:
            self._log.info("kiosk.labels_not_issued", claim=view.claim, why=refusal.reason.value)
        return self._desk.find_registration(view.number) or view

    def _describe(self, view: RegistrationView) -> Registration:
        package = answers.package_of(self._desk.look_up(view.package or view.item))
        level = self._desk.level(view.claim)
        return answers.found_registration(view, package, level)

    def _check_copy(self, effect: ask.CheckCopy) -> told.Happened | None:
        item = ItemId(effect.item)
        verdict = self._desk.copy_state(item, effect.copy)
        package = answers.package_of(self._desk.look_up(item))
        return self._answer(
            effect, told.CopyChecked, item=effect.item, copy=effect.copy, verdict=verdict, package=package
        )
