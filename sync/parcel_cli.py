"""``twincheck sync export FILE | import FILE``: what a store without a network owes, carried on a stick.

Every answer ends with the one thing to do next: whoever does this has a closed shop and a stick in their hand.
"""

import argparse
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from photocore.seams import Channel, Clock
from sync.control import IMPORT_VERB, ask_holder
from sync.errors import JournalBusy, ParcelRefused
from sync.keys import load_keys, load_station
from sync.parcel import AnswersHead, Parcel, kind_of, read_answers, read_parcel
from sync.parcel_carry import Carriage, Way, answers_head
from sync.parcel_export import Packed, pack_owed
from sync.parcel_files import AnswerBook, check_free, read_file, write_file
from sync.parcel_take import read_for, take_answers
from sync.peer import Peer, peer_of
from sync.station import Station
from sync.wiring import open_real_station

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a verb answers: for programs, for people, and whether all is well."""

    body: dict[str, Any]
    lines: list[str]
    ok: bool = True


def add_parcel_verbs(export: argparse.ArgumentParser, bring: argparse.ArgumentParser) -> None:
    """Give the two verbs their arguments, beside those that every station's verb has."""
    export.add_argument("file", help="the parcel to write, such as /media/stick/counter-1.parcel")
    export.add_argument("--everything", action="store_true", help="all that is kept, for a photoservice that lost it")
    export.add_argument("--one-by-one", action="store_true", help="one event a request, when a batch was not taken")
    bring.add_argument("file", help="a parcel, or the answers that came back")
    bring.add_argument("--answer", help="where to write the answers (default: beside the parcel)")
    bring.add_argument("--look", action="store_true", help="say what it is, and send nothing")
    for verb in (export, bring):
        verb.add_argument("--force", action="store_true", help="write over a file that is there")


def export_parcel(options: argparse.Namespace, clock: Clock) -> Told:
    """Pack what the station owes into a file.

    Raises:
        SyncError: no station, no readable journal, or no room for the file.
    """
    folder, file = Path(options.dir), Path(options.file)
    check_free(file, force=options.force)
    wanted = "everything" if options.everything else "owed"
    packed = pack_owed(folder, clock, wanted=wanted, one_by_one=options.one_by_one)
    body = _export_body(packed, file)
    if not packed.text:
        lines = ["Nothing is owed: the photoservice has answered every event. No parcel was written."]
        return Told(body=body, lines=lines + _damage(packed), ok=not packed.damaged)
    write_file(file, packed.text, force=options.force)
    head = packed.head
    lines = [
        f"{_whose(head.station, head.name)} owes {head.url} {_events(head.events, head.registrations)}.",
        f"They are in {file} ({len(packed.text):,} bytes, {head.requests} requests).",
        "They stay owed here until the photoservice's answer is back.",
        *_damage(packed),
    ]
    if packed.is_full:
        lines.append("More is owed than found room: export again when this parcel's answers are imported.")
    lines.append(f"Next: take it to a machine with a network, and run there: twincheck sync import {file.name}")
    return Told(body=body, lines=lines, ok=not packed.damaged)


def import_parcel(options: argparse.Namespace, clock: Clock, channel: Channel, say: Say) -> Told:
    """Carry a parcel, or take the answers to one: the file says which it is.

    Raises:
        SyncError: it is not whole, not ours, or cannot be carried or taken.
    """
    file = Path(options.file)
    text = read_file(file)
    if kind_of(text) == "answers":
        return _take(options, file, text)
    parcel = read_parcel(text)
    head = parcel.head
    shown = [
        f"Parcel of {_whose(head.station, head.name)}, made {head.made_at}, for {head.url}:",
        f"  {_events(head.events, head.registrations)} in {head.requests} requests",
    ]
    if options.look:
        body = {"kind": "requests", "station": head.station, "url": head.url, "events": head.events}
        return Told(body=body, lines=[*shown, f"Next: twincheck sync import {file}"])
    for line in shown:
        say(line)
    return _carry(options, file, Carriage(parcel=parcel, channel=channel, tell=_steps(say)), clock)


def _steps(say: Say) -> Callable[[Way], None]:
    return lambda way: say(f"  {way.sent} of {way.of} sent: {way.settled} settled, {way.parked} parked")


def _carry(options: argparse.Namespace, file: Path, carriage: Carriage, clock: Clock) -> Told:
    parcel = carriage.parcel
    answer = Path(options.answer) if options.answer else file.with_name(file.name + ".answer")
    if not options.force and _answers_already(answer, parcel):
        lines = [f"It was carried before; its answers are in {answer}.", _NEXT_HOME.format(file=answer.name)]
        return Told(body={"ok": True, "answer": str(answer), "sent": 0}, lines=lines)
    check_free(answer, force=options.force)
    head = answers_head(parcel, clock)
    book = AnswerBook(answer, head)
    try:
        way = carriage.go(book.add, book.kept)
        if way.is_whole:
            book.finish(head, force=options.force)
    finally:
        book.close()
    return _way_told(way, answer, file)


def _way_told(way: Way, answer: Path, file: Path) -> Told:
    body = asdict(way) | {"ok": way.is_whole and not way.refused, "answer": str(answer) if way.is_whole else None}
    if not way.is_whole:
        lines = [
            f"Not all of it: {way.reason}. {way.sent} of {way.of} requests were answered, and are not lost.",
            f"Next: when the network is back, run again: twincheck sync import {file}",
        ]
        return Told(body=body, lines=lines, ok=False)
    lines = [f"Done: {way.settled} settled, {way.parked} parked. The answers are in {answer}."]
    if way.refused:
        lines.append(
            f"{way.refused} events could not be taken now. At the station, after importing the answers, pack them "
            "again with `twincheck sync export FILE --one-by-one`, so that none holds up the others."
        )
    lines.append(_NEXT_HOME.format(file=answer.name))
    return Told(body=body, lines=lines, ok=not way.refused)


_NEXT_HOME = "Next: take {file} back to the station, and run there: twincheck sync import {file}"


def _answers_already(answer: Path, parcel: Parcel) -> bool:
    """Say whether ``answer`` holds the answers to this very parcel: it was carried before."""
    if not answer.is_file():
        return False
    try:
        return read_answers(read_file(answer)).head.of == parcel.sha256
    except ParcelRefused:
        return False


def _take(options: argparse.Namespace, file: Path, text: bytes) -> Told:
    head = read_answers(text).head
    if options.look:
        body = {"kind": "answers", "station": head.station, "url": head.url}
        return Told(body=body, lines=[_answers_words(head), "Next: import it at that station."])
    folder = Path(options.dir)
    peer = peer_of(load_station(folder), load_keys(folder))
    read_for(file, peer)
    told = ask_holder(folder, IMPORT_VERB, more={"file": str(file.absolute())}) or _take_here(folder, peer, file)
    if error := told.get("error"):
        raise ParcelRefused(str(error))
    return Told(body=told, lines=[_answers_words(head), *_taken_lines(told)], ok=not (told["refused"] or told["lost"]))


def _take_here(folder: Path, peer: Peer, file: Path) -> dict[str, Any]:
    """Take the answers without a running station to ask."""
    try:
        station: Station = open_real_station(folder, carry=False)
    except JournalBusy as busy:
        return {"error": str(busy)}
    try:
        return asdict(take_answers(station.journal, peer, file))
    finally:
        station.close()


def _taken_lines(told: dict[str, Any]) -> list[str]:
    lines = [f"  {told['settled']} settled, {told['parked']} parked; {told['unsent']} unsent now"]
    if told["strange"]:
        lines.append(f"  {told['strange']} events are not in this journal: it is an older copy of this station's.")
    if told["lost"]:
        lines.append(f"  The photoservice has lost {told['lost']} events that it had: it was put back from a backup.")
        lines.append("Next: twincheck sync export FILE --everything, and carry that parcel too.")
    elif told["refused"]:
        lines.append("Next: twincheck sync export FILE --one-by-one, for what the photoservice could not take.")
    elif told["parked"]:
        lines.append("Next: twincheck sync parked says what waits for a person.")
    else:
        lines.append("Next: nothing. What is registered from now on is owed anew: twincheck sync status tells.")
    return lines


def _answers_words(head: AnswersHead) -> str:
    return f"Answers of {_plain(head.url)} for station {head.station}, of {head.made_at}:"


def _export_body(packed: Packed, file: Path) -> dict[str, Any]:
    head = packed.head
    return {
        "written": str(file) if packed.text else None,
        "station": head.station,
        "url": head.url,
        "events": head.events,
        "registrations": head.registrations,
        "requests": head.requests if packed.text else 0,
        "bytes": len(packed.text),
        "is_full": packed.is_full,
        "damaged": packed.damaged,
    }


def _damage(packed: Packed) -> list[str]:
    if not packed.damaged:
        return []
    return [f"{packed.damaged} events were spoilt by the disk and are not in it: keep this folder, and ask for help."]


def _whose(station: str, name: str) -> str:
    return f"Station {station} ({_plain(name)})"


def _plain(text: str) -> str:
    """Return what a file from anywhere says, without what would steer a terminal."""
    return "".join(symbol if symbol.isprintable() else "?" for symbol in text)


def _events(events: int, registrations: int) -> str:
    return f"{events} event{'' if events == 1 else 's'}, {registrations} of them registrations"
