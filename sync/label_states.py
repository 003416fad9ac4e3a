"""The states of a label job, and which news leads from one to another (DESIGN 5F).

``queued -> sending -> awaiting proof -> printed -> taken``, with ``spoiled``, ``maybe``, ``void``, ``deferred``.
Silence is ``maybe``: never "printed", and never a silent reprint.
"""

from enum import StrEnum

from sync.errors import IllegalTransition


class LabelState(StrEnum):
    """Where one copy of a label or receipt stands."""

    QUEUED = "queued"
    SENDING = "sending"
    AWAITING_PROOF = "awaiting_proof"
    PRINTED = "printed"
    TAKEN = "taken"
    SPOILED = "spoiled"
    MAYBE = "maybe"
    VOID = "void"
    DEFERRED = "deferred"


class LabelNews(StrEnum):
    """What can be learned of a copy."""

    BEGIN = "begin"
    SENT = "sent"
    PRINTED = "printed"
    TAKEN = "taken"
    SPOILED = "spoiled"
    MAYBE = "maybe"
    VOID = "void"
    DEFER = "defer"
    RESUME = "resume"


ON_ITS_WAY = frozenset({LabelState.QUEUED, LabelState.SENDING, LabelState.AWAITING_PROOF})
IN_DOUBT = frozenset({LabelState.SENDING, LabelState.AWAITING_PROOF})
OVER = frozenset({LabelState.VOID, LabelState.SPOILED})

_S, _N = LabelState, LabelNews

TRANSITIONS: dict[tuple[LabelState, LabelNews], LabelState] = {
    (_S.QUEUED, _N.BEGIN): _S.SENDING,
    (_S.QUEUED, _N.DEFER): _S.DEFERRED,
    (_S.QUEUED, _N.SPOILED): _S.SPOILED,
    (_S.DEFERRED, _N.RESUME): _S.QUEUED,
    (_S.SENDING, _N.SENT): _S.AWAITING_PROOF,
    (_S.SENDING, _N.PRINTED): _S.PRINTED,
    (_S.SENDING, _N.SPOILED): _S.SPOILED,
    (_S.SENDING, _N.MAYBE): _S.MAYBE,
    (_S.AWAITING_PROOF, _N.PRINTED): _S.PRINTED,
    (_S.AWAITING_PROOF, _N.TAKEN): _S.TAKEN,
    (_S.AWAITING_PROOF, _N.SPOILED): _S.SPOILED,
    (_S.AWAITING_PROOF, _N.MAYBE): _S.MAYBE,
    (_S.MAYBE, _N.PRINTED): _S.PRINTED,
    (_S.MAYBE, _N.TAKEN): _S.TAKEN,
    (_S.MAYBE, _N.SPOILED): _S.SPOILED,
    (_S.MAYBE, _N.MAYBE): _S.MAYBE,
    (_S.PRINTED, _N.PRINTED): _S.PRINTED,  # a second proof, such as a scan after the printer's own word
    (_S.PRINTED, _N.TAKEN): _S.TAKEN,
    (_S.TAKEN, _N.PRINTED): _S.TAKEN,
    (_S.TAKEN, _N.TAKEN): _S.TAKEN,
    # A scan of the fresh label may beat the spooler's verdict: what was under the scanner is on paper and whole.
    **{(state, news): state for state in (_S.PRINTED, _S.TAKEN) for news in (_N.SENT, _N.MAYBE, _N.SPOILED)},
    **{(state, _N.VOID): _S.VOID for state in _S if state not in OVER},
    **{(state, _N.VOID): state for state in OVER},
    # A copy may be voided while the printer is at it: its late news changes nothing, and is no mistake.
    **{(state, news): state for state in OVER for news in (_N.SENT, _N.PRINTED, _N.TAKEN, _N.SPOILED, _N.MAYBE)},
}


def after(state: LabelState, news: LabelNews) -> LabelState:
    """Return the state that ``news`` leads to.

    Raises:
        IllegalTransition: no such way.
    """
    try:
        return TRANSITIONS[state, news]
    except KeyError as cause:
        raise IllegalTransition(f"a label that is {state} cannot take the news {news}") from cause
