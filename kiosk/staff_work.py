"""What the worker asks of staff book and desk for the staff's pages. A PIN passes through here and is kept nowhere."""

from dataclasses import dataclass
from typing import Any

from kiosk import answers, staff_answers
from kiosk.flow import staff_effects as ask
from kiosk.flow import staff_events as told
from kiosk.flow.effects import Asked
from kiosk.flow.events import Answer
from kiosk.ports import Desk
from kiosk.staff_ports import DeviceFacts, StaffBook
from photocore.seams import Clock
from sync.errors import DeskReason, DeskRefusal, StaffRefusal
from sync.views import RegistrationView, Undone

RECENT = 20
"""As many of the newest registrations as a person looks through; older ones are found by their number."""

ON_PAPER = "a person looked: it is on paper"
NOT_ON_PAPER = "a person looked: it is not on paper"


REASON_LENGTH = 200
"""As long as an event's reason may be; what a device says of itself may be longer."""


@dataclass(frozen=True, kw_only=True)
class StaffWork:
    """Carries out what the staff's pages ask. May raise what the desk raises; the worker answers for that."""

    desk: Desk
    clock: Clock
    staff: StaffBook | None = None
    devices: DeviceFacts | None = None

    def carry_out(self, effect: Asked) -> Answer | None:
        """Do ``effect`` and return its answer; None when it is none of ours."""
        facts: dict[str, Any] = {"at": self.clock.monotonic(), "about": effect}
        match effect:
            case ask.SignIn():
                return self._sign_in(effect, facts)
            case ask.ReadQueue():
                now = self.clock.now()
                return told.QueueRead(**facts, jobs=staff_answers.queued_jobs(self.desk.queue(), now))
            case ask.ReadRecent():
                return told.RecentRead(
                    **facts, registrations=tuple(self._recent(view) for view in self.desk.recent(RECENT))
                )
            case ask.ReadParked():
                now = self.clock.now()
                return told.ParkedRead(
                    **facts, parked=tuple(staff_answers.parked(view, now) for view in self.desk.parked())
                )
            case ask.ReadDevices():
                return told.DevicesRead(**facts, devices=self._read_devices())
            case ask.OpenRegistration(number=number):
                return self._open(number, facts)
            case ask.Override():
                undone = self._override(effect)
                return told.DeedDone(**facts, printed=undone.printed, moving=undone.moving)
            case _:
                return None

    def _sign_in(self, effect: ask.SignIn, facts: dict[str, Any]) -> Answer:
        """Ask the book. Without one nobody is staff, and every PIN is wrong."""
        if self.staff is None:
            return told.SignInRefused(**facts, is_locked=False)
        try:
            member = self.staff.sign_in(effect.badge, effect.pin)
        except StaffRefusal as refusal:
            return told.SignInRefused(**facts, is_locked=refusal.reason == "locked", wait_s=refusal.wait_s)
        return told.SignedIn(**facts, staff=member.id, name=member.name, role=member.role)

    def _recent(self, view: RegistrationView) -> staff_answers.Recent:
        package = answers.package_of(self.desk.look_up(view.package or view.item))
        return staff_answers.recent(view, package, self.desk.level(view.claim), self.clock.now())

    def _read_devices(self) -> staff_answers.Devices:
        return staff_answers.devices(
            self.desk.status(),
            self.clock.now(),
            scanners=tuple(self.devices.scanners()) if self.devices else (),
            printers=tuple(self.devices.printers()) if self.devices else (),
            panels=tuple(self.devices.panels()) if self.devices else (),
            aids=self.devices.aids() if self.devices else None,
        )

    def _open(self, number: str, facts: dict[str, Any]) -> Answer:
        """Read a registration as it is. Nothing that waits is pushed: staff decide."""
        view = self.desk.find_registration(number)
        if view is None:
            return told.RegistrationOpened(**facts, number=number, registration=None)
        package = answers.package_of(self.desk.look_up(view.package or view.item))
        registration = answers.found_registration(view, package, self.desk.level(view.claim))
        return told.RegistrationOpened(
            **facts,
            number=view.number,
            registration=registration,
            labels=answers.labels_of(view.jobs),
            age_s=staff_answers.age_of(view.made_at, self.clock.now()),
        )

    def _settle_device(self, effect: ask.SettleDevice) -> None:
        """Write a person's word before it counts: a device that was taken on and nobody knows by whom there is not."""
        device = effect.device
        if self.devices is None:
            raise DeskRefusal(DeskReason.DEVICE_GONE)
        if effect.is_new:
            self.desk.note_act(
                "device_replaced", staff=effect.staff, reason=f"{device.name}: {device.title}"[:REASON_LENGTH]
            )
        if not self.devices.settle_new(device, is_new=effect.is_new):
            raise DeskRefusal(DeskReason.DEVICE_GONE)

    def _override(self, effect: ask.Override) -> Undone:
        desk, staff = self.desk, effect.staff
        match effect:
            case ask.ReleaseJob(job=job):
                desk.resume_job(job, staff=staff)
            case ask.SettleJob(job=job, is_printed=is_printed):
                reason = ON_PAPER if is_printed else NOT_ON_PAPER
                desk.settle_job(job, printed=is_printed, staff=staff, reason=reason)
            case ask.PrintForStaff(claim=claim, reason=reason, is_receipt=is_receipt):
                desk.reprint(claim, () if is_receipt else None, reason, receipt=is_receipt, staff=staff)
            case ask.VoidRegistration(claim=claim, reason=reason):
                return desk.undo(claim, "staff", reason, staff)
            case ask.SendAgain(event_id=event_id):
                desk.correct(event_id, staff=staff)
            case ask.CloseParked(event_id=event_id, reason=reason):
                desk.close_parked(event_id, staff=staff, reason=reason)
            case ask.NoteRestored():
                desk.note_restored(staff)
            case ask.SettleDevice():
                self._settle_device(effect)
            case _:
                raise TypeError(f"no such override: {type(effect).__name__}")
        return Undone(printed=0, moving=0)
