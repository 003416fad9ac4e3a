"""What is refused about goods: a branch of the tree in ``errors.py``, kept apart for its size.

::

    Refusal
    └── GoodsRefusal             ... because of what can be had, what makes it, or who pays
        ├── NothingOffered       ... 404: no catalogue was published yet, or not this one
        ├── CatalogueUnfit       ... 422: it is none, or contradicts itself
        ├── CatalogueTaken       ... 409: another catalogue was published under this version
        ├── StillUsed            ... 409: live plans or products' terms need what would go
        ├── ChoiceNotHad         ... 422: what was chosen cannot be had so
        ├── TermsUnfit           ... 422: no terms, or of what is not in the catalogue
        ├── AddressShort         ... 422: something of an address was typed, and it is none yet
        ├── ChangedMeanwhile     ... 409: another editor was faster
        └── ShareLimitReached    ... 409: a share's owner lets its guests order no further than so
"""

from http import HTTPStatus

from photoservice.errors import Refusal


class GoodsRefusal(Refusal):
    """Something about goods is refused."""


class NothingOffered(GoodsRefusal):
    """No catalogue was published yet, or none of this version."""

    status = HTTPStatus.NOT_FOUND
    slug = "no-catalogue"
    title = "There is no such catalogue"


class CatalogueUnfit(GoodsRefusal):
    """What should be published is no catalogue, or contradicts itself; ``faults`` are sentences."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "catalogue-unfit"
    title = "This catalogue contradicts itself"

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class CatalogueTaken(GoodsRefusal):
    """A published version never changes: another catalogue of this name was published."""

    status = HTTPStatus.CONFLICT
    slug = "catalogue-taken"
    title = "Another catalogue has this version"


class StillUsed(GoodsRefusal):
    """Live plans, or the terms of package products, need what a catalogue would take away; ``uses`` are sentences."""

    status = HTTPStatus.CONFLICT
    slug = "still-used"
    title = "Plans still need what would go"

    def __init__(self, uses: tuple[str, ...]) -> None:
        super().__init__("; ".join(uses))
        self.uses = uses


class ChoiceNotHad(GoodsRefusal):
    """What was chosen cannot be had so; ``why`` says which part of it, in one word (photocore.errors.ChoiceRefused)."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "choice-refused"
    title = "This cannot be had so"

    def __init__(self, why: str, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why


class TermsUnfit(GoodsRefusal):
    """What a product should have prepaid cannot be, or cannot be had; ``faults`` are sentences."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "terms-unfit"
    title = "These terms cannot be kept"

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class ChangedMeanwhile(GoodsRefusal):
    """Somebody else changed it since it was looked at; nothing was done."""

    status = HTTPStatus.CONFLICT
    slug = "changed-meanwhile"
    title = "It was changed meanwhile"

    def __init__(self) -> None:
        super().__init__("Somebody changed it since you looked at it. Nothing was lost; look at it again.")


class ShareLimitReached(GoodsRefusal):
    """An order by a share would go beyond what its owner lets its guests order; ``left`` minor units may be."""

    status = HTTPStatus.CONFLICT
    slug = "share-limit"
    title = "That is more than may be ordered by this share"

    def __init__(self, left: int, currency: str) -> None:
        super().__init__("Whoever shares these pictures set how much may be ordered. Nothing was ordered.")
        self.left = left
        self.currency = currency


class AddressShort(GoodsRefusal):
    """Something was typed of an address, but neither a street nor a town."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "address-short"
    title = "An address has a street or a town"

    def __init__(self) -> None:
        super().__init__("An address has a street or a town. Nothing was ordered.")
