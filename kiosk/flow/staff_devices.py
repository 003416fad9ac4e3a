"""The staff's page of devices, and the question whether what was plugged in is the new one of a name."""

from dataclasses import replace

from kiosk.flow.events import (
    Happened,
    JournalMoved,
    Pressed,
    PrinterSaid,
    Scanned,
    ScannerSaid,
    StationRead,
    Unanswered,
)
from kiosk.flow.moves import Step, go, stay
from kiosk.flow.signing_in import go_home
from kiosk.flow.staff import refresh, take_staff_scan, wait_for
from kiosk.flow.staff_effects import ReadDevices, SettleDevice
from kiosk.flow.staff_events import DevicesRead
from kiosk.flow.staff_pages import DevicesShown, NewDeviceAsked, StaffHome, StaffTrouble
from kiosk.flow.staff_values import NewDevice
from kiosk.flow.states import Cause, State

DEVICE_LINES = 4
"""Lines of devices on one page, where there are more than fit: each may have a second line to say what is wrong."""


def step_devices(state: State, page: DevicesShown, event: Happened) -> Step:
    """Show how everything is, as live as the station itself hears it."""
    match event:
        case DevicesRead(devices=devices):
            return go(state, replace(page, devices=devices))
        case Unanswered() if isinstance(event.about, ReadDevices) and page.devices is None:
            return go(state, StaffTrouble(cause=Cause.FAULT, asked=event.about, under=StaffHome()))
        case JournalMoved() | StationRead() | PrinterSaid() | ScannerSaid():
            return stay(state, ReadDevices(session=state.session))
        case Pressed(button="back"):
            return go_home(state)
        case Pressed(button="before") if page.start:
            return go(state, replace(page, start=max(0, page.start - DEVICE_LINES), note=None))
        case Pressed(button="after"):
            return go(state, replace(page, start=page.start + DEVICE_LINES, note=None))
        case Pressed(button=button) if device := new_device(state, page, button):
            return go(state, NewDeviceAsked(device=device))
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def new_device(state: State, page: DevicesShown, button: str) -> NewDevice | None:
    """Return the device that a line's button asks about; in training nothing real is settled."""
    devices = page.devices.new if page.devices and not state.is_training else ()
    return next((device for device in devices if button == f"new:{device.name}"), None)


def step_new_device(state: State, page: NewDeviceAsked, event: Happened) -> Step:
    """Take a person's word about a device that may be the new one."""
    match event:
        case Pressed(button="back"):
            return refresh(state, DevicesShown())
        case Pressed(button="yes" | "no" as answer) if state.staff and not state.is_training:
            asked = SettleDevice(
                session=state.session, staff=state.staff.id, device=page.device, is_new=answer == "yes"
            )
            return wait_for(state, asked, DevicesShown())
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)
