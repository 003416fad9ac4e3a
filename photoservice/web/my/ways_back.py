"""Where a page about some pictures leads back to: their roll, sub-group or picture, or the list they stand in."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote


def way_back(kind: str, what: str, images: Sequence[str]) -> dict[str, Any]:
    """Return ``up``, a path, and ``place``, the word of the navigation it belongs to, for a page.

    ``kind`` and ``what`` are those of a scope or of what is shared; ``images`` were picked one by one.
    """
    if kind in ("group", "sub_group", "rest"):
        return {"up": f"/my/groups/{what or kind}", "place": "groups"}
    if kind == "account":
        return {"up": "/my/shares", "place": "shares"}
    if kind == "favourites":
        return {"up": "/my/favourites", "place": "favourites"}
    if kind == "roll":
        return {"up": f"/my/rolls/{quote(what, safe='')}", "place": "rolls"}
    if len(images) == 1:
        return {"up": f"/my/images/{images[0]}", "place": "rolls"}
    return {"up": "/my", "place": "rolls"}
