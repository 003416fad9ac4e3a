"""The staff book from the command line: the same answers, whether the running station gives them or we open it.

A question and its answer are JSON objects. Neither is ever logged: a PIN stands in the question, on a socket that only
the owner of the station's folder can reach.
"""

from collections.abc import Mapping
from typing import Any

from photocore.roles import ROLES, Role
from sync.errors import JournalDown, StaffUnfit
from sync.roster import Roster
from sync.staff import StaffBook, read_badge
from sync.views import StaffMember

STAFF_VERBS = frozenset({"staff add", "staff list", "staff remove", "staff unlock"})


def answer_staff(book: StaffBook, roster: Roster, question: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the staff book says to ``question``: its members, or ``error`` as a sentence."""
    try:
        return _answer(book, roster, question)
    except (StaffUnfit, JournalDown) as cause:
        return {"error": str(cause)}


def _answer(book: StaffBook, roster: Roster, question: Mapping[str, Any]) -> dict[str, Any]:
    match str(question.get("do")):
        case "staff add":
            badge = read_badge(tuple(roster.card_tables), str(question.get("badge")))
            name, pin = str(question.get("name")), str(question.get("pin"))
            return {"member": _told(book.add(badge, name, pin, _role(question)))}
        case "staff remove":
            member = _meant(book, question)
            book.remove(member.id)
            return {"removed": member.name} | _list(book)
        case "staff unlock":
            member = _meant(book, question)
            book.unlock(member.id)
            return {"unlocked": member.name} | _list(book)
        case _:
            return _list(book)


def _role(question: Mapping[str, Any]) -> Role:
    wanted = str(question.get("role") or "cashier")
    for role in ROLES:
        if role == wanted:
            return role
    raise StaffUnfit(f"There is no role {wanted[:40]!r}; there are {', '.join(ROLES)}.")


def _list(book: StaffBook) -> dict[str, Any]:
    return {"members": [_told(member) for member in book.members()]}


def _meant(book: StaffBook, question: Mapping[str, Any]) -> StaffMember:
    """Return whoever is meant: by id, or by a name that only one of them has."""
    who = str(question.get("who"))
    found = [member for member in book.members() if who in (member.id, member.name)]
    if len(found) > 1:
        raise StaffUnfit(f"{len(found)} members are called so; name one by the id in `twincheck station staff list`.")
    if not found:
        raise StaffUnfit(f"There is no {who[:40]!r} in the staff book.")
    return found[0]


def _told(member: StaffMember) -> dict[str, Any]:
    until = member.locked_until.isoformat(timespec="seconds") if member.locked_until else None
    return {
        "id": member.id,
        "name": member.name,
        "badge": member.badge_masked,
        "role": member.role,
        "added_at": member.added_at,
        "locked_until": until,
    }
