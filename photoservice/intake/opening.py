"""What an event sealed: whose card it was, and the secrets, in plain text and in memory only (DESIGN 5A, 5E).

A station deletes the ciphertext of its secrets at the ack. When we were restored from a backup it sends the event again
and has no more than their hash: what the event says stands, its codes are gone, and a note says what to print again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from photocore.codes import parse_access_code, parse_claim_code
from photocore.errors import CodeError
from photocore.events import Event
from photocore.ids import parse_item
from photocore.keys import SealingKey
from photocore.kinds import (
    AccessCodeReplaced,
    AccessCodeReplacedSecrets,
    Body,
    CardsMerged,
    CardsMergedSealed,
    ClaimCodesReplaced,
    ClaimCodesReplacedSecrets,
    CodeOfRoll,
    LabelCopy,
    PackageClaimed,
    PackageClaimedSealed,
    PackageClaimedSecrets,
    PackageMadeUp,
    PackageMadeUpSecrets,
    read_body,
)
from photocore.sealing import open_part
from photocore.till_kinds import PackageSold, PackageSoldSealed
from photoservice.errors import Parked


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """The secrets an event brought; ``codes`` are the claim codes under the strips, by roll."""

    access_code: str = ""
    claim_code: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict[str, str])

    def __repr__(self) -> str:
        return "Secrets(...)"


def open_card(event: Event, body: Body, seal: SealingKey) -> PackageClaimedSealed | None:
    """Return whose card a claim names, or lay in a sale's basket; None for other kinds, and for a sale without one.

    Raises:
        EventError: the sealed part is missing, another event's, or out of its form.
    """
    if isinstance(body, PackageSold) and event.sealed is not None:
        sold = read_body(open_part(seal, event, "sealed"), PackageSoldSealed)
        return PackageClaimedSealed(
            card_table=sold.card_table, card_number=sold.card_number, card_issue=sold.card_issue
        )
    if not isinstance(body, PackageClaimed):
        return None
    return read_body(open_part(seal, event, "sealed"), PackageClaimedSealed)


def open_cards(event: Event, body: Body, seal: SealingKey) -> tuple[PackageClaimedSealed, ...]:
    """Return the cards a merge names: the one that stays, then the old one where it was shown; none of other kinds.

    Raises:
        EventError: the sealed part is missing, another event's, or out of its form.
        Parked: neither a card nor a registration stands for the old one, or both cards are one.
    """
    if not isinstance(body, CardsMerged):
        return ()
    said = read_body(open_part(seal, event, "sealed"), CardsMergedSealed)
    into = PackageClaimedSealed(card_table=said.into_table, card_number=said.into_number)
    if said.old_table is None or said.old_number is None:
        if body.claim is None:
            raise Parked("it names no old card", cause="malformed")
        return (into,)
    old = PackageClaimedSealed(card_table=said.old_table, card_number=said.old_number)
    if old == into:
        raise Parked("both cards are one", cause="malformed")
    return into, old


def open_secrets(event: Event, body: Body, seal: SealingKey) -> Secrets | None:
    """Return the secrets of ``event``; None when it has none, or lost them.

    Raises:
        EventError: they are missing, another event's, or out of their form.
        CodeError: a code is none.
        Parked: the claim codes are not one for each label.
    """
    if are_secrets_lost(event):
        return None
    match body:
        case PackageClaimed():
            claimed = read_body(open_part(seal, event, "secrets"), PackageClaimedSecrets)
            code = _claim_code(claimed.claim_code)
            return Secrets(access_code=parse_access_code(claimed.access_code), claim_code=code)
        case AccessCodeReplaced():
            replaced = read_body(open_part(seal, event, "secrets"), AccessCodeReplacedSecrets)
            return Secrets(access_code=parse_access_code(replaced.access_code))
        case PackageMadeUp(coded=True, rolls=rolls):
            minted = read_body(open_part(seal, event, "secrets"), PackageMadeUpSecrets)
            return Secrets(codes=_codes(minted.codes, rolls))
        case ClaimCodesReplaced(copies=copies):
            anew = read_body(open_part(seal, event, "secrets"), ClaimCodesReplacedSecrets)
            return Secrets(codes=_codes(anew.codes, [copy.roll for copy in copies]))
        case _:
            return None


def are_secrets_lost(event: Event) -> bool:
    """Tell whether the secrets are named by their hash alone."""
    return event.secrets is not None and event.secrets.box is None


def note_lost(event: Event, body: Body) -> str:
    """Return what is told with an event that is applied without its secrets, or nothing."""
    if not are_secrets_lost(event):
        return ""
    if isinstance(body, PackageMadeUp | ClaimCodesReplaced):
        return "its secrets are lost: no claim code of these labels is known here; print the labels again"
    code = " and no claim code" if isinstance(body, PackageClaimed) and body.claim_code else ""
    return f"its secrets are lost: no access code{code} is known here; print the receipt again with a new access code"


def check_copies(copies: Sequence[LabelCopy], rolls: Sequence[str]) -> None:
    """Check that ``copies`` is one label of each of ``rolls``.

    Raises:
        Parked: it is not.
    """
    if sorted(copy.roll for copy in copies) != sorted(rolls):
        raise Parked("its labels are not one for each roll", cause="malformed")


def check_canonical(*items: str) -> None:
    """Check that ``items`` are written in their one canonical form, check symbol included, and each once.

    Raises:
        CodeError: one is no item.
        Parked: one is written otherwise, or twice.
    """
    if len(set(items)) != len(items):
        raise Parked("it names one item twice", cause="malformed")
    for item in items:
        if str(parse_item(item)) != item:
            raise Parked("the item is not written in its canonical form", cause="malformed")


def _codes(listed: Sequence[CodeOfRoll], rolls: Sequence[str]) -> dict[str, str]:
    codes = {one.roll: parse_claim_code(one.code) for one in listed}
    if sorted(one.roll for one in listed) != sorted(rolls) or len(set(codes.values())) != len(codes):
        raise Parked("its claim codes are not one for each roll", cause="malformed")
    return codes


def _claim_code(text: str | None) -> str | None:
    """Return the code, or None for one that is none: it proves nothing, but the registration stands."""
    try:
        return parse_claim_code(text) if text else None
    except CodeError:
        return None
