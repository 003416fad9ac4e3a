"""A plan's row as the plan it is, and its name: what it was made for says what it is called."""

import msgspec

from photocore.criteria import Criterion, read_criterion, write_criterion
from photocore.crockford import ALPHABET
from photocore.jsontext import read_json
from photocore.pricing import Choice
from photoservice.db.database import Row
from photoservice.keyring import Keyring
from photoservice.planning.shown import PlanShown

_SYMBOLS = 12
_TERMS = "terms "


def plan_name(keyring: Keyring, origin: str) -> str:
    """Return the ID of the plan that is made for ``origin``: the same wherever and however often it is made."""
    return "PL-" + "".join(ALPHABET[byte & 31] for byte in keyring.mac("plan", origin)[:_SYMBOLS])


def terms_origin(root: str, place: int) -> str:
    """Return what a plan is made for that came with a package: the ``place``-th of its product's terms, from 0."""
    return f"{_TERMS}{root} {place}"


def person_origin(person: str, key: str) -> str:
    """Return what a plan is made for that somebody made."""
    return f"person {person} {key}"


def read_plan(row: Row, group: str = "") -> PlanShown:
    """Return the plan of a row; what it counted is not in it."""
    criterion = row["criterion"]
    return PlanShown(
        id=row["id"],
        kind=row["kind"],
        scope=row["scope"],
        person=row["person"],
        root=row["root"],
        sub_group=row["sub_group"],
        group=group,
        name=row["name"],
        when=read_criterion(criterion.encode()) if criterion is not None else None,
        make=read_json(row["make"].encode(), Choice),
        repeats=row["repeats"],
        cooling=row["cooling"],
        pays=row["pays"],
        currency=row["currency"],
        state=row["state"],
        version=row["version"],
        number=row["number"],
        begun_at=row["begun_at"],
        since=row["since"],
        made_at=row["made_at"],
        changed_at=row["changed_at"],
        is_default=row["origin"].startswith(_TERMS),
        counts_all=row["counts_all"],
        trouble=row["trouble"],
    )


def criterion_text(criterion: Criterion | None) -> str | None:
    """Return a criterion as its column keeps it."""
    return write_criterion(criterion).decode() if criterion is not None else None


def choice_text(choice: Choice) -> str:
    """Return a choice as its column keeps it."""
    return msgspec.json.encode(choice, order="deterministic").decode()
