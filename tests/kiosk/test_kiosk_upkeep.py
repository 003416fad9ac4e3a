"""The kiosk looks after itself: its heart, its touch screen, its night's rest."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from kiosk.appliance.heart import Heart, Turn
from kiosk.appliance.night import AWAKE_S, NightRest
from kiosk.appliance.panel import PanelWatch, panels
from kiosk.appliance.upkeep import EVERY_S, Upkeep, is_quiet, status_of
from kiosk.appliance.wiring import take_manager
from kiosk.flow.access import Access
from kiosk.testing import Counter, Pilot, badge_frame, card_frame, frame
from kiosk.testing.counter import CARD, PACKAGE
from photocore.testing import ManualClock

Open = Callable[..., tuple[Pilot, Counter]]

BERLIN = ZoneInfo("Europe/Berlin")
HALF_PAST_THREE = time(3, 30)
ELO = """I: Bus=0003 Vendor=04e7 Product=0042 Version=0110
N: Name="Elo TouchSystems, Inc. Elo TouchSystems 2700 IntelliTouch(r) USB Touchmonitor Interface"
P: Phys=usb-0000:00:14.0-2/input0
S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/input/input7
U: Uniq=20A01122
H: Handlers=mouse1 event5
B: PROP=0
B: EV=1b
B: KEY=401 0 0 0 0 0
B: ABS=10000000003
B: MSC=10
"""
ILITEK = """I: Bus=0003 Vendor=222a Product=0001 Version=0110
N: Name="ILITEK ILITEK-TP"
P: Phys=usb-0000:00:14.0-5/input0
S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-5/1-5:1.0/0003:222A:0001.0003/input/input9
U: Uniq=
H: Handlers=mouse2 event7
B: PROP=2
B: EV=1b
B: KEY=400 0 0 0 0 0
B: ABS=2608000 3
B: MSC=20
"""
OTHERS = """I: Bus=0019 Vendor=0000 Product=0001 Version=0000
N: Name="Power Button"
P: Phys=PNP0C0C/button/input0
S: Sysfs=/devices/LNXSYSTM:00/LNXPWRBN:00/input/input0
U: Uniq=
H: Handlers=kbd event0
B: PROP=0
B: EV=3
B: KEY=8000 10000000000000 0

I: Bus=0018 Vendor=04f3 Product=311c Version=0100
N: Name="ELAN0501:00 04F3:311C Touchpad"
P: Phys=i2c-ELAN0501:00
S: Sysfs=/devices/platform/input/input13
U: Uniq=
H: Handlers=mouse0 event6
B: PROP=5
B: EV=1b
B: KEY=e520 10000 0 0 0 0
B: ABS=2e0800000000003
B: MSC=20

I: Bus=0003 Vendor=05e0 Product=1200 Version=0110
N: Name="Symbol Technologies, Inc, 2008 Symbol Bar Code Scanner"
H: Handlers=sysrq kbd event4 leds
B: PROP=0
B: EV=120013
B: KEY=1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe
"""
ELO_NAME = "Elo TouchSystems, Inc. Elo TouchSystems 2700 IntelliTouch(r) USB Touchmonitor Interface"


# -- the heart ------------------------------------------------------------------------------------


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[socket.socket, dict[str, str]]]:
    """A service manager's socket, and the environment it would give."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address)
        listening.settimeout(30)
        yield listening, {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "100000", "OTHER": "1"}


def test_K1_the_managers_variables_are_taken_and_half_its_patience_is_the_rhythm(
    manager: tuple[socket.socket, dict[str, str]],
) -> None:
    """What we start must not speak in our name; a watchdog meant for another process is none of ours."""
    listening, environ = manager
    tell, every_s = take_manager(environ)
    assert tell
    assert every_s == 0.05
    assert environ == {"OTHER": "1"}
    tell("READY=1")
    assert listening.recv(100) == b"READY=1"
    assert take_manager({}) == (None, EVERY_S)
    assert take_manager({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "1"}) == (None, EVERY_S)
    assert take_manager({"WATCHDOG_USEC": "soon"}) == (None, EVERY_S)
    assert take_manager({"WATCHDOG_USEC": "60000000"})[1] == EVERY_S


def test_K1_a_manager_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    """Nobody reads the socket any more: the kiosk goes on."""
    tell, _ = take_manager({"NOTIFY_SOCKET": str(tmp_path / "gone")})
    assert tell
    tell("WATCHDOG=1")


def test_K1_the_heart_is_silent_while_a_frame_is_owed() -> None:
    """A loop that turns but draws no more shows a picture nobody can trust."""
    said: list[str] = []
    heart = Heart(said.append)
    heart.begin()
    heart.beat(Turn(flips=7, is_frame_due=False), "attract; online")
    heart.beat(Turn(flips=7, is_frame_due=False), "attract; online")
    heart.beat(Turn(flips=7, is_frame_due=True), "attract; online")
    heart.beat(Turn(flips=8, is_frame_due=True), "attract; online")
    assert said == ["READY=1", "WATCHDOG=1\nSTATUS=attract; online", *["WATCHDOG=1"] * 3]
    for _ in range(5):
        heart.beat(Turn(flips=8, is_frame_due=True), "attract; online")
    assert len(said) == 5
    heart.beat(Turn(flips=9, is_frame_due=False), "attract; online")
    heart.end()
    assert said[5:] == ["WATCHDOG=1", "STOPPING=1"]


@pytest.mark.kivy
@pytest.mark.xdist_group("kivy")
@pytest.mark.timeout(300)
def test_K1_a_window_whose_loop_hangs_is_silent_to_its_service_manager(
    open_pilot: Open, manager: tuple[socket.socket, dict[str, str]]
) -> None:
    """The real app on a real socket: it beats while the loop turns, and not once while something holds it up."""
    listening, environ = manager
    tell, every_s = take_manager(environ)
    assert tell
    clock = ManualClock()
    pilot, _ = open_pilot(upkeep=Upkeep(clock=clock, heart=Heart(tell), every_s=every_s))
    heard: list[bytes] = []
    pilot.until(lambda: _heard(listening, heard).count(b"WATCHDOG=1") >= 2, deadline_s=60, what="heart beats")
    assert b"READY=1" in heard
    assert any(line.startswith(b"WATCHDOG=1\nSTATUS=attract") for line in heard)
    silence, over = [], threading.Event()

    def listen_while_it_hangs() -> None:
        _heard(listening, heard)
        listening.settimeout(20 * every_s)
        try:
            silence.append(listening.recv(100))
        except TimeoutError:
            silence.append(None)
        over.set()

    pilot.app.inbox.put(lambda _: (threading.Thread(target=listen_while_it_hangs).start(), over.wait(60)))
    pilot.until(over.is_set, deadline_s=60, what="the loop to go on")
    assert silence == [None]
    heard.clear()
    pilot.until(lambda: b"WATCHDOG=1" in _heard(listening, heard), deadline_s=60, what="a heart beat after it")


def _heard(listening: socket.socket, heard: list[bytes]) -> list[bytes]:
    """Add what waits on the socket."""
    listening.settimeout(0)
    while True:
        try:
            heard.append(listening.recv(1000))
        except BlockingIOError:
            return heard


def test_K1_the_status_names_a_page_and_never_a_person(counter: Counter) -> None:
    """It stands in the service manager's log."""
    assert status_of(counter.machine.state) == "attract; online"
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.desk.status_now = replace(counter.desk.status_now, online=False, unsent=3)
    assert status_of(counter.machine.state) == "confirming; online"


# -- the touch screen -----------------------------------------------------------------------------


def test_K1_a_touch_screen_is_told_from_all_else_the_kernel_lists() -> None:
    """Recorded lists: an old panel without properties, a modern one; no touchpad, scanner or button."""
    assert panels(f"{OTHERS}\n{ELO}\n{ILITEK}\n{ILITEK}") == (ELO_NAME, "ILITEK ILITEK-TP")
    assert panels(OTHERS) == ()
    assert panels("") == ()
    assert panels("N: Name=\nB: ABS=zz\n\nnothing at all") == ()


def test_K1_a_lost_touch_screen_is_told_and_logged_once_and_so_is_its_return() -> None:
    """Pulled and put in again; a list that cannot be read changes nothing."""
    listed = [ILITEK]

    def read() -> str:
        if not listed:
            raise FileNotFoundError("/proc/bus/input/devices")
        return listed[0]

    with capture_logs() as said:
        watch = PanelWatch(read)
        watch.look()
        assert watch.seen() == (("ILITEK ILITEK-TP", True),)
        listed[:] = [OTHERS]
        for _ in range(3):
            watch.look()
        assert watch.seen() == (("ILITEK ILITEK-TP", False),)
        listed.clear()
        watch.look()
        assert watch.seen() == (("ILITEK ILITEK-TP", False),)
        listed[:] = [ILITEK]
        watch.look()
        assert watch.seen() == (("ILITEK ILITEK-TP", True),)
    assert [line["event"] for line in said] == ["panel.lost", "panel.back"]


def test_K1_an_appliance_misses_a_panel_it_has_never_seen() -> None:
    """Started with the plug out; a window on a desk expects none."""
    assert PanelWatch(lambda: OTHERS, expects=True).seen() == (("", False),)
    assert PanelWatch(lambda: OTHERS).seen() == ()


# -- the night ------------------------------------------------------------------------------------


def _rest(local: datetime, awake_s: float = AWAKE_S) -> bool:
    return NightRest(at=HALF_PAST_THREE, began=0.0).is_due(local, awake_s)


@pytest.mark.parametrize(
    ("hour", "minute", "is_due"),
    [(3, 29, False), (3, 30, True), (5, 29, True), (5, 30, False), (15, 30, False), (0, 0, False)],
)
def test_K1_the_rest_has_its_hour_and_a_while_after_it(hour: int, minute: int, is_due: bool) -> None:
    """Somebody may stand there at the hour itself."""
    assert _rest(datetime(2026, 11, 22, hour, minute, tzinfo=BERLIN)) is is_due


def test_K1_an_hour_before_midnight_reaches_into_the_next_day() -> None:
    """23:30 is over at 01:30."""
    night = NightRest(at=time(23, 30), began=0.0)
    assert night.is_due(datetime(2026, 11, 22, 0, 40, tzinfo=BERLIN), AWAKE_S)
    assert not night.is_due(datetime(2026, 11, 22, 1, 30, tzinfo=BERLIN), AWAKE_S)


def test_K1_summer_time_takes_no_rest_away_and_gives_none_twice() -> None:
    """02:30 does not exist in March and comes twice in October: once each."""
    night = NightRest(at=time(2, 30), began=0.0)
    leap = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 03:00 in Berlin, a second ago it was 01:59:59
    assert not night.is_due((leap - timedelta(seconds=1)).astimezone(BERLIN), AWAKE_S)
    assert night.is_due(leap.astimezone(BERLIN), AWAKE_S)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert night.is_due(first.astimezone(BERLIN), AWAKE_S)
    again = NightRest(at=time(2, 30), began=5000.0)  # it did rest, and was started anew
    assert not again.is_due((first + timedelta(hours=1)).astimezone(BERLIN), 5000.0 + 3600)


def test_K1_a_clock_that_jumps_starts_no_storm_of_restarts() -> None:
    """Set back by hand after the rest, the hour comes again: who has just begun does not rest."""
    assert not _rest(datetime(2026, 11, 22, 3, 45, tzinfo=BERLIN), awake_s=60.0)
    assert not _rest(datetime(2026, 11, 22, 9, 0, tzinfo=BERLIN))


def test_K1_no_rest_while_anything_of_anybody_is_there(counter: Counter) -> None:
    """Only on the first page, as it is, ten minutes after the last touch, and with no label at the printer."""
    stopped: list[str] = []
    busy = [True]
    clock = counter.clock
    assert isinstance(clock, ManualClock)
    upkeep = Upkeep(
        clock=clock,
        night=NightRest(at=clock.now().astimezone().time().replace(second=0), began=clock.monotonic() - AWAKE_S),
        can_rest=lambda: not busy[0],
    )
    upkeep.stop = lambda: stopped.append("stopped")
    turn = Turn(flips=1, is_frame_due=False)

    def look() -> bool:
        upkeep.turn(turn, counter.machine.state)
        return bool(stopped)

    counter.scan(frame(PACKAGE))
    assert not look(), "somebody is at it"
    counter.wait(120.0)
    assert counter.screen.name == "attract"
    assert not look(), "somebody may come back"
    counter.wait(600.0)
    counter.scan(badge_frame())
    counter.wait(700.0)
    assert not look(), "a label is at the printer"
    busy[0] = False
    chosen = replace(counter.machine.state, access=Access(has_contrast=True))
    assert not is_quiet(chosen, clock.monotonic())
    assert look()
    assert upkeep.is_resting
    assert look()
    assert stopped == ["stopped"], "once"
