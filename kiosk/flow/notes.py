"""Short words to the person at the screen: what was scanned or done last, and why it is not it, or that it is.

One word each; :mod:`kiosk.view.words` has the sentences.
"""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why the last scan or entry was not what was needed here. One word each; the view has the sentences."""

    ALREADY_HERE = "already_here"
    CARD_ALREADY_HERE = "card_already_here"
    PACKAGE_CHANGED = "package_changed"
    CARD_CHANGED = "card_changed"
    PRICE_CODE = "price_code"
    BADGE = "badge"
    RECEIPT_FIRST_FINISH = "receipt_first_finish"
    LABEL_FIRST_FINISH = "label_first_finish"
    ORDER_CODE = "order_code"
    CLAIM_CODE_KEPT = "claim_code_kept"
    NOT_READ = "not_read"
    REFUSED = "refused"
    DONE_FIRST = "done_first"
    LOOK_UP_FAILED = "look_up_failed"
    COPY_SETTLED = "copy_settled"
    COPY_OTHER = "copy_other"
    COPY_SQUARE = "copy_square"
    OWN_RECEIPT = "own_receipt"
    REGISTERED_BEFORE = "registered_before"
    TYPED_NOT_PACKAGE = "typed_not_package"
    TYPED_NOT_CARD = "typed_not_card"
    TYPED_NOT_CLAIM_CODE = "typed_not_claim_code"
    TYPED_NOT_NUMBER = "typed_not_number"
    CLAIM_CODE_ELSEWHERE = "claim_code_elsewhere"
    FILM_ALREADY_HERE = "film_already_here"
    FILM_CHANGED = "film_changed"
    CARD_NOTED = "card_noted"
    COUNT_RANGE = "count_range"
    NUMBERED = "numbered"
    NOT_PREPARED = "not_prepared"
    PIN_FIRST = "pin_first"
    SIGNED_IN_ALREADY = "signed_in_already"
    CHOOSE_FIRST = "choose_first"
    NUMBER_UNKNOWN = "number_unknown"
    NOT_MADE_UP = "not_made_up"
    RELEASED = "released"
    SETTLED = "settled"
    ANEW = "anew"
    LABELS_AGAIN = "labels_again"
    RECEIPT_AGAIN = "receipt_again"
    VOIDED = "voided"
    SENT_AGAIN = "sent_again"
    CLOSED = "closed"
    NOTED = "noted"
    ROLE = "role"
    ROLL_FIRST = "roll_first"
    NO_ROW = "no_row"
    TIME_FIRST = "time_first"
    NO_TIME = "no_time"
    TRAINING = "training"
    TEST_SENT = "test_sent"
    PAUSED = "paused"
    RESUMED = "resumed"
    ROLL_CHANGED = "roll_changed"
    SHIFT_KEPT = "shift_kept"
    RESTARTED = "restarted"
    RECALLED = "recalled"
    EXPIRED = "expired"
    GUEST_CARD = "guest_card"
    NO_GUEST_CARD = "no_guest_card"
    GUEST_CARD_FIRST = "guest_card_first"
    OWN_CARD_WANTED = "own_card_wanted"
    OTHER_CARD_WANTED = "other_card_wanted"
    CARDS_JOINED = "cards_joined"
    CARD_REPLACED = "card_replaced"


GOOD_NEWS = frozenset(
    {
        Why.CLAIM_CODE_KEPT,
        Why.COPY_SETTLED,
        Why.PACKAGE_CHANGED,
        Why.CARD_CHANGED,
        Why.OWN_RECEIPT,
        Why.FILM_CHANGED,
        Why.CARD_NOTED,
        Why.SIGNED_IN_ALREADY,
        Why.RELEASED,
        Why.SETTLED,
        Why.ANEW,
        Why.LABELS_AGAIN,
        Why.RECEIPT_AGAIN,
        Why.VOIDED,
        Why.SENT_AGAIN,
        Why.CLOSED,
        Why.NOTED,
        Why.TRAINING,
        Why.TEST_SENT,
        Why.RESUMED,
        Why.ROLL_CHANGED,
        Why.SHIFT_KEPT,
        Why.RESTARTED,
        Why.GUEST_CARD,
        Why.CARDS_JOINED,
        Why.CARD_REPLACED,
    }
)
"""Notes that say yes; the others say no, and why."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """What was scanned last and why it is not it; ``detail`` is a word of the code reader's, never raw input."""

    why: Why
    detail: str = ""
    count: int = 0
    """A number the sentence speaks of, such as the papers that are void now."""
