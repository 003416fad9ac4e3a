"""Somebody at the address of a share, and what they may do there at this moment."""

from dataclasses import dataclass, field

from photocore.rights import Right, Standing
from photoservice.errors import RightLacking
from photoservice.sharing.share import Share


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody who opened a share."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody with a share's address: the share, how it stands towards them, and who they are, as far as is known.

    ``guest`` is None until they opened it. ``person`` is who they are where they have a session. ``csrf`` is what their
    forms bring along; empty when nothing tells them from others yet. ``is_owner`` looks at their own share, and does
    nothing by it.
    """

    share: Share
    standing: Standing
    guest: Guest | None
    person: str | None
    is_owner: bool
    csrf: str = field(repr=False)

    @property
    def is_inside(self) -> bool:
        """Whether they see the pictures."""
        return self.standing is Standing.OPEN and (self.guest is not None or self.is_owner)

    def may(self, right: Right) -> bool:
        """Say whether they may do what ``right`` is about; the owner looks with the eyes of a guest."""
        return self.is_inside and self.share.terms.allows(right)

    def need(self, right: Right) -> Guest:
        """Return the guest, who has ``right`` now.

        Raises:
            RightLacking: the share does not give it, or they are its owner.
        """
        if self.guest is None or not self.may(right):
            raise RightLacking
        return self.guest
