"""The shopper at home: My pictures opened by the receipt's code, one edited, two grouped and shared; a friend picks.

Everything goes through the pages' own forms, as a browser without scripts would send them.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from photoservice.testing_browser import PlainBrowser
from twincheck.demo.errors import DemoFailed


@dataclass(frozen=True, kw_only=True)
class AtHome:
    """What came of it: pictures seen, the version the edit became, the group's pictures, the share, and who picked."""

    pictures: int
    edited: str
    grouped: int
    share: str
    picked_by: str


def enter(url: str, access_code: str) -> PlainBrowser:
    """Return the browser of somebody who signed in with the code on a receipt.

    Raises:
        DemoFailed: it does not let them in.
    """
    shopper = PlainBrowser(url)
    try:
        shopper.go("/sign-in")
        shopper.submit("/sign-in/code", access_code=access_code)
    except AssertionError as failed:
        raise DemoFailed(str(failed)) from failed
    return shopper


def walk_at_home(shopper: PlainBrowser, roll: str) -> AtHome:
    """See ``roll`` in My pictures, edit, group and share it; let a friend open the share and pick.

    Raises:
        DemoFailed: a page did not come, or did not do what it says.
    """
    friend, sheet = PlainBrowser(shopper.url), f"/my/rolls/{quote(roll, safe='')}"
    try:
        shopper.go(sheet)
        images = [path.rpartition("/")[2] for path in shopper.links("/my/images/")]
        editor = f"/my/images/{images[0]}/edit"
        shopper.go(editor)
        shopper.submit(editor, {"light": "0.4", "warmth": "20", "do": "save"})
        shopper.go(sheet)
        shopper.submit("/my/selection", {"image": images[:2], "group": "new", "new_name": "For grandma"})
        shopper.go("/my/groups")
        group = shopper.links("/my/groups/G")[0]
        shopper.go(group)
        grouped = len(shopper.links("/my/images/"))
        shopper.go(f"/my/shares/new?scope=sub_group&what={group.rpartition('/')[2]}")
        shopper.submit("/my/shares", title="Two for you", sender="Your neighbour with the camera")
        page, found = shopper.path, re.search(r"/s/[A-Za-z0-9_-]{16,}", shopper.page)
        if found is None:
            raise DemoFailed("the share tells no address")
        friend.go(found[0])
        friend.submit(f"{found[0]}/open", name="Bo")
        friend.submit(f"{found[0]}/pick", {"pick": images[0]})
        shopper.go(urlsplit(page).path)
    except AssertionError as failed:
        raise DemoFailed(str(failed)) from failed
    if grouped != 2 or "Bo" not in shopper.page:
        raise DemoFailed("what was grouped and picked is not on the pages")
    return AtHome(pictures=len(images), edited=images[0], grouped=grouped, share=shopper.url + found[0], picked_by="Bo")
