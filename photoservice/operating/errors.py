"""What operators are refused besides what everybody is, drawn as a tree.

::

    Refusal
    ├── DutyLacking      403: what this operator's role does not do
    ├── OperatorKept     409: an operator whose role must stay as it is
    └── ReasonMissing    422: what is personal of a customer was asked for without saying why
"""

from http import HTTPStatus
from typing import Literal

from photoservice.errors import Refusal


class DutyLacking(Refusal):
    """An operator asked for what their role does not do."""

    status = HTTPStatus.FORBIDDEN
    slug = "duty-lacking"
    title = "This is not among what your role does"

    def __init__(self) -> None:
        super().__init__("Your role does not have this right. Nothing was changed. An owner can give it to you.")


class OperatorKept(Refusal):
    """An operator's role stays as it is: it is the last owner's, or the asker's own; the slug says which."""

    status = HTTPStatus.CONFLICT
    title = "This operator's role stays as it is"

    def __init__(self, word: Literal["last-owner", "own-role"]) -> None:
        super().__init__("The last owner stays, and nobody changes their own role. Nothing was changed.")
        self.slug = word


class ReasonMissing(Refusal):
    """Something personal of a customer was asked for, or is to be destroyed, without a word about why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "reason-missing"
    title = "Say why"

    def __init__(self) -> None:
        super().__init__("Say in a few words why you look at this. It is kept with your name, for the customer.")
