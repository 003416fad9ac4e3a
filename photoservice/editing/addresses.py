"""Short addresses of edited renditions, beside those of unedited ones (``photoservice/gallery/links.py``).

``/e/{image}/{tier}?d=<edit>&x=<expiry>&s=<signature>``: the edit itself stands in the address, so that nobody's name
does, and an address shows the same picture for as long as it is good, whatever its owner edits meanwhile.
"""

from dataclasses import dataclass

from photocore.edit_codes import code_of, read_code
from photocore.edits import NO_EDIT, Edit, shape_of
from photocore.errors import EditMalformed
from photoservice.errors import Unknown
from photoservice.gallery.links import Links


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Makes and reads addresses of pictures with an edit."""

    links: Links

    def link(self, image: str, tier: str, edit: Edit = NO_EDIT) -> str:
        """Return the address of a rendition, edited or not: a path with its query."""
        if edit == NO_EDIT:
            return self.links.link(image, tier)
        return self.links.link(image, tier, code_of(edit))

    def read(self, image: str, tier: str, code: str, *, expiry: str, signature: str) -> tuple[Edit, int]:
        """Return the edit of an address that was shown to us, and for how many seconds it is good still.

        Raises:
            Unknown: it is not one of ours, or it is over.
        """
        left_s = self.links.left_s(image, tier, code, expiry=expiry, signature=signature)
        try:
            return read_code(code), left_s
        except EditMalformed as cause:  # an address of another version of this program
            raise Unknown("There is no picture at this address any more. Open the page again.") from cause


def tier_shape(edit: Edit, width: int, height: int, tier: str) -> tuple[int, int]:
    """Return how wide and high, in pixels, a tier of an edited picture is; the large one is ``width`` by ``height``."""
    wide, high = shape_of(edit, width, height)
    scale = min(1.0, int(tier) / max(wide, high))
    return max(1, round(wide * scale)), max(1, round(high * scale))
