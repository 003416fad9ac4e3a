"""A store's station: ``twincheck station enrol | staff``, and what it owes: ``twincheck sync now | status | parked``.

``status`` and ``parked`` open the journal for looking only, beside its writer; ``now`` asks the process that holds the
journal, and carries by itself when there is none. ``export | import`` are told in :mod:`sync.parcel_cli`.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import apsw
import structlog

from photocore.errors import TwincheckError
from photocore.logs import configure_logs
from sync import outbox
from sync.bringing_back import count_restored
from sync.control import ask_holder, report_of
from sync.database import read_beside
from sync.delivery import Progress
from sync.errors import JournalBusy
from sync.journal import DATABASE, LOCK
from sync.keys import load_station
from sync.lock import is_held
from sync.news import count_contested
from sync.outbox import ParkedEvent
from sync.parcel_cli import Told, add_parcel_verbs, export_parcel, import_parcel
from sync.registrations import count_waiting
from sync.rounds import OnProgress, RoundReport
from sync.staff_cli import add_staff_verbs, ask_staff
from sync.statements import number, one, run
from sync.status_words import kind_words, status_lines
from sync.wiring import enrol_real, open_real_station, real_seams

FOLDER_VARIABLE = "TWINCHECK_STATION"
DEFAULT_FOLDER = "/var/lib/twincheck/station"


def command(argv: Sequence[str] | None = None) -> int:
    """Run ``twincheck sync``; returns 0 when all is well, 1 when something is owed or wrong, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="twincheck sync", description="Carry a station's events to the photoservice.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, told in (
        ("now", "carry everything owed at once"),
        ("status", "show what is owed, without disturbing anyone"),
        ("parked", "list the events that wait for a person"),
        ("export", "pack what is owed into a file that any machine with a network can carry"),
        ("import", "carry such a file from here; or take the answers that came back"),
    ):
        _station_options(verbs.add_parser(verb, help=told))
    verbs.choices["parked"].add_argument("--all", action="store_true", help="also those corrected or closed")
    add_parcel_verbs(verbs.choices["export"], verbs.choices["import"])
    options = parser.parse_args(argv)
    _log_to_stderr()
    folder, as_json = Path(options.dir), bool(options.json)
    try:
        match options.verb:
            case "now":
                return _now(folder, as_json=as_json)
            case "status":
                return _status(folder, as_json=as_json)
            case "export":
                return _told(export_parcel(options, real_seams().clock), as_json=as_json)
            case "import":
                seams = real_seams()
                done = import_parcel(options, seams.clock, seams.channel, _say_nothing if as_json else _say)
                return _told(done, as_json=as_json)
            case _:
                return _parked(folder, ended=options.all, as_json=as_json)
    except TwincheckError as error:
        print(f"twincheck sync: {error}", file=sys.stderr)
        return 1


def station_command(argv: Sequence[str] | None = None) -> int:
    """Run ``twincheck station``; returns 0 when it was done, 1 when it was refused."""
    parser = argparse.ArgumentParser(
        prog="twincheck station", description="A store's station: make one, and its staff."
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    enrol = verbs.add_parser("enrol", help="enrol with a manager's one-time code")
    enrol.add_argument("--url", required=True, help="the photoservice, such as https://photos.example")
    enrol.add_argument("--code", required=True, help="the one-time code, valid for ten minutes")
    enrol.add_argument("--name", default="Counter", help="what people call this station")
    _station_options(enrol)
    for staff_verb in add_staff_verbs(verbs.add_parser("staff", help="badges and PINs of those who may sign in here")):
        _station_options(staff_verb)
    options = parser.parse_args(argv)
    _log_to_stderr()
    try:
        return _staff(options) if options.verb == "staff" else _enrol(options)
    except TwincheckError as error:
        print(f"twincheck station: {error}", file=sys.stderr)
        return 1


def _enrol(options: argparse.Namespace) -> int:
    done = enrol_real(url=options.url, code=options.code, name=options.name, folder=Path(options.dir))
    _show(asdict(done), [f"Station {done.station} of {done.store} is enrolled in {options.dir}."], as_json=options.json)
    return 0


def _staff(options: argparse.Namespace) -> int:
    answer, lines = ask_staff(options)
    _show(answer, lines, as_json=options.json)
    return 0


def _station_options(parser: argparse.ArgumentParser) -> None:
    default = os.environ.get(FOLDER_VARIABLE, DEFAULT_FOLDER)
    parser.add_argument("--dir", default=default, help=f"the station's folder (default {default})")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def _now(folder: Path, *, as_json: bool) -> int:
    load_station(folder)

    report = _carry(folder, (lambda _: None) if as_json else _Steps())
    done = report.progress
    words = f"{done.settled} settled, {done.parked} parked"
    lines = [f"Done: {words}." if report.ok else f"Not done: {report.reason} ({words})"]
    _show({"ok": report.ok, "reason": report.reason, **asdict(done)}, lines, as_json=as_json)
    return 0 if report.ok else 1


@dataclass
class _Steps:
    """Shows how far a round has come, when that has changed: asking for the roster moves nothing."""

    shown: str = ""

    def __call__(self, progress: Progress) -> None:
        parts = [f"{progress.sent} sent, {progress.settled} settled, {progress.parked} parked"]
        parts += [f"{progress.brought_back} brought back"] if progress.brought_back else []
        told = "  " + ", ".join(parts)
        if told != self.shown and (progress.sent or progress.brought_back):
            print(told, flush=True)
            self.shown = told


def _carry(folder: Path, tell: OnProgress) -> RoundReport:
    answer = ask_holder(folder, "sync now", tell)
    if answer is not None and "report" in answer:
        return report_of(answer)
    try:
        station = open_real_station(folder, carry=False)
    except JournalBusy as busy:
        return RoundReport(ok=False, progress=Progress(), reason=str(busy))
    try:
        return station.courier.carry_here(tell)
    finally:
        station.close()


def _status(folder: Path, *, as_json: bool) -> int:
    file = load_station(folder)
    holder = ask_holder(folder, "status") or {}
    told = read_beside(folder / DATABASE, _owed_now)
    told |= {
        "station": file.station,
        "url": file.url,
        "online": holder.get("online"),
        "rewound": holder.get("rewound"),
        "trouble": holder.get("trouble") or "",
        "held_by": is_held(folder / LOCK),
    }
    _show(told, status_lines(told), as_json=as_json)
    return 1 if told["parked"] or told["trouble"] else 0


def _owed_now(connection: apsw.Connection) -> dict[str, Any]:
    owed = outbox.count_owed(connection)
    acked = one(connection, "journal.read_note", {"name": outbox.SERVER_TIME})
    roster = one(connection, "roster.read_roster")
    ((sales, drop_offs),) = run(connection, "till.count_unsent")
    return {
        "events": number(connection, "journal.count_events"),
        "unsent": owed.unsent,
        "at_hub": outbox.count_at_hub(connection),
        "waiting": count_waiting(connection),
        "unsent_sales": sales,
        "unsent_drop_offs": drop_offs,
        "oldest_at": owed.oldest_at.isoformat(timespec="seconds") if owed.oldest_at else None,
        "parked": owed.parked,
        "contested": count_contested(connection),
        "restored": count_restored(connection),
        "last_ack_at": acked[0] if acked else None,
        "roster": roster[0] if roster else None,
    }


def _parked(folder: Path, *, ended: bool, as_json: bool) -> int:
    load_station(folder)
    events = read_beside(folder / DATABASE, lambda connection: outbox.list_parked(connection, ended=ended))
    _show({"parked": [asdict(event) for event in events]}, _parked_lines(events), as_json=as_json)
    return 1 if any(not event.ended for event in events) else 0


def _parked_lines(events: Sequence[ParkedEvent]) -> list[str]:
    lines = [
        f"{event.at}  {kind_words(event.kind)}  {event.id}  {event.ended or event.verdict}: {event.reason}"
        + (f" [{event.cause}]" if event.cause else "")
        for event in events
    ]
    return lines or ["Nothing is parked."]


def _told(told: Told, *, as_json: bool) -> int:
    _show(told.body, told.lines, as_json=as_json)
    return 0 if told.ok else 1


def _say(line: str) -> None:
    print(line, flush=True)


def _say_nothing(line: str) -> None:
    """Leave stdout to the JSON."""


def _log_to_stderr() -> None:
    """Keep stdout for the answer, unless the program round us has its own way of logging."""
    if not structlog.is_configured():
        configure_logs()


def _show(told: dict[str, Any], lines: Sequence[str], *, as_json: bool) -> None:
    print(json.dumps(told, indent=2) if as_json else "\n".join(lines))
