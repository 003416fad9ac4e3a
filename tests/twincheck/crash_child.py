"""A counter without a window, to be killed: registers one package under a given event ID and prints its labels.

Arguments: station folder, printer URL, event ID, package, card number. It says ``registered`` once the journal has it,
and ends when every label is printed or in doubt.
"""

import faulthandler
import sys
import threading
from pathlib import Path

from hardware.printer.profile import load_profile
from hardware.printer.session import PrinterSession
from hardware.render.composer import PrintComposer
from hardware.spooler import Spooler
from photocore.cards import CardNumber
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.logs import configure_logs
from photocore.settings import locate_config
from sync.views import RegisterWish
from sync.wiring import open_real_station

UNDECIDED = {"queued", "sending", "awaiting_proof"}
STACKS_AFTER_S = 100
"""A counter that still runs then says on stderr where it waits; the test gives it 120 s."""


def main() -> None:
    configure_logs()
    faulthandler.dump_traceback_later(STACKS_AFTER_S)
    folder, printer, event_id, package, card = sys.argv[1:]
    config, clock = locate_config(), SystemClock()
    profile = load_profile(config, "virtual-80mm")
    station = open_real_station(Path(folder))
    wish = RegisterWish(
        event_id=event_id,
        item=ItemId(package),
        level="package",
        item_typed=False,
        card=CardNumber(table="demo-gsrn", number=card),
        card_typed=False,
    )
    registered = station.desk.register(wish)
    sys.stdout.write("registered\n")
    sys.stdout.flush()
    session = PrinterSession(printer, profile, clock)
    spooler = Spooler(queue=station.jobs, session=session, composer=PrintComposer(config, profile))
    spooler.start()
    while any(job.state.value in UNDECIDED for job in station.desk.jobs(registered.claim)):
        threading.Event().wait(0.02)
    spooler.stop()
    station.close()
    sys.stdout.write("done\n")


main()
