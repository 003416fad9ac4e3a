"""``twincheck station staff add | list | remove | unlock``: who may sign in at this station.

A PIN is asked for twice without echo, or read from the first line of stdin; never taken from the command line, where
every process of the machine could read it. A running station is asked over its socket; else the station is opened here,
without carrying anything.
"""

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from photocore.roles import ROLES
from sync.control import ask_holder
from sync.errors import StaffUnfit
from sync.keys import load_station
from sync.pins import check_pin
from sync.staff_door import answer_staff
from sync.wiring import open_real_station


def add_staff_verbs(parser: argparse.ArgumentParser) -> tuple[argparse.ArgumentParser, ...]:
    """Teach ``parser`` the verbs, and return their parsers, so that all can take the station's own options."""
    verbs = parser.add_subparsers(dest="staff_verb", required=True)
    add = verbs.add_parser("add", help="take somebody in; the PIN is asked for")
    add.add_argument("--name", required=True, help="what screens call them")
    add.add_argument("--badge", required=True, help="the number on their badge, as its table in the roster has it")
    add.add_argument("--role", choices=ROLES, default="cashier", help="what they may do here (%(default)s)")
    add.add_argument("--pin-stdin", action="store_true", help="read the PIN from the first line of stdin")
    show = verbs.add_parser("list", help="show who may sign in, and whose badge is locked")
    remove = verbs.add_parser("remove", help="take somebody out; old events keep their id")
    unlock = verbs.add_parser("unlock", help="end the lock after five wrong PINs")
    for named in (remove, unlock):
        named.add_argument("who", help="the id or the whole name, as `list` shows it")
    return (add, show, remove, unlock)


def ask_staff(options: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Do what was asked, and return the answer as it is and in lines for people.

    Raises:
        StaffUnfit: why it was not.
        NotEnrolled: the folder is no station.
        JournalDown: its journal cannot be opened.
    """
    folder = Path(options.dir)
    load_station(folder)
    verb, more = f"staff {options.staff_verb}", _question(options)
    answer = ask_holder(folder, verb, more=more) or _ask_here(folder, {"do": verb} | more)
    if "error" in answer:
        raise StaffUnfit(_in_words(str(answer["error"])))
    return answer, _lines(answer)


def _question(options: argparse.Namespace) -> dict[str, str]:
    if options.staff_verb == "add":
        pin = _read_pin(from_stdin=options.pin_stdin)
        return {"name": options.name, "badge": options.badge, "role": options.role, "pin": pin}
    return {"who": options.who} if options.staff_verb in ("remove", "unlock") else {}


def _read_pin(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline(64).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise StaffUnfit("Nobody is here to type the PIN: give it on stdin with --pin-stdin.")
    pin = getpass.getpass("PIN (6 to 12 digits): ")
    check_pin(pin)
    if getpass.getpass("The same PIN again: ") != pin:
        raise StaffUnfit("The two PINs are not the same; nothing was changed.")
    return pin


def _ask_here(folder: Path, question: dict[str, str]) -> dict[str, Any]:
    station = open_real_station(folder, carry=False)
    try:
        return answer_staff(station.staff, station.roster, question)
    finally:
        station.close()


def _in_words(error: str) -> str:
    if error == "unknown verb":
        return "The running station is of an older version and has no staff book: restart it first."
    return error


def _lines(answer: dict[str, Any]) -> list[str]:
    if "member" in answer:
        member = answer["member"]
        return [f"{member['name']} may sign in with badge {member['badge']} as {member['role']} (id {member['id']})."]
    members = [_line(member) for member in answer["members"]]
    if "removed" in answer:
        return [f"{answer['removed']} may not sign in any more.", *(members or ["Nobody else is in the staff book."])]
    told = [f"{answer['unlocked']} may sign in again."] if "unlocked" in answer else []
    return told + (members or ["Nobody may sign in yet."])


def _line(member: dict[str, Any]) -> str:
    locked = f"  locked until {member['locked_until']}" if member["locked_until"] else ""
    return f"{member['id']}  {member['name']}  {member['role']}  {member['badge']}{locked}"
