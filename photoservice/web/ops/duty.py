"""Who is on duty behind a request to ``/ops``, and what every change there begins with.

A handler opens a transaction and begins with :func:`on_duty`, or with :func:`acts` where it takes a form. Nobody who
only showed an access code, and nobody who proved themselves longer ago than a shift, is on duty; for who is no
operator there is nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from photocore.duties import Right
from photoservice.db.database import Session
from photoservice.errors import ProofNeeded, SignInNeeded, Unknown
from photoservice.operating.customers import LONGEST_REASON, read_reason
from photoservice.operating.duty import Duty
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest
from photoservice.web.my.visiting import field, read_my_form, visit

PROVED_WITHIN: Final = timedelta(hours=12)
"""A shift."""

PROVING: Final = frozenset({"password", "passkey"})
"""What somebody must have signed in with."""


@dataclass(frozen=True, kw_only=True)
class OnDuty(Duty):
    """An operator on duty in this browser."""

    visitor: Visitor


async def on_duty(request: AnyRequest, service: Photoservice, session: Session, right: Right) -> OnDuty:
    """Return the operator who asks, if they have ``right``.

    Raises:
        SignInNeeded: nobody we know, or they came by an access code or a link.
        Unknown: no operator; or it is nothing that an operator of one tenant knows of.
        ProofNeeded: they signed in more than twelve hours ago.
        DutyLacking: their role does not have the right.
    """
    visitor = await visit(request, service, session)
    if visitor.how not in PROVING:
        raise SignInNeeded
    duty = await service.goods.operators.on_duty_of(session, visitor.person)
    if duty is None:
        raise Unknown("There is no such page.")
    if service.clock.now() - visitor.proved_at > PROVED_WITHIN:
        raise ProofNeeded
    duty.refuse_lacking(right)
    return OnDuty(
        operator=duty.operator,
        person=duty.person,
        name=duty.name,
        role=duty.role,
        tenant=duty.tenant,
        tenant_name=duty.tenant_name,
        visitor=visitor,
    )


async def acts(
    request: AnyRequest, service: Photoservice, session: Session, right: Right
) -> tuple[OnDuty, Mapping[str, list[str]]]:
    """Return the operator who sent a form, and its fields. Raises as :func:`on_duty` and :func:`read_my_form` do."""
    duty = await on_duty(request, service, session, right)
    return duty, await read_my_form(request, duty.visitor)


def reason_in(fields: Mapping[str, list[str]]) -> str:
    """Return why somebody does it, as their form's field ``why`` says.

    Raises:
        Malformed: it is longer than :data:`~photoservice.operating.customers.LONGEST_REASON` letters.
        ReasonMissing: they do not say, or in less than three letters.
    """
    return read_reason(field(fields, "why", longest=LONGEST_REASON))
