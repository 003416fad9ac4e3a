"""What makes itself: an album with the third roll, a CD that is cancelled while it may be, a fresh roll (O4, O7, O15).

The shopper reads pages and sends their own forms, as a browser without scripts would; the lab asks with its key. What
is reported is what the pages say.
"""

import html
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from photoservice.testing_browser import PlainBrowser
from twincheck.demo.errors import DemoFailed
from twincheck.demo.lab import Lab
from twincheck.demo.stock import ALBUM_PLAN, DISC_PLAN

MADE_WITHIN_S: Final = 60.0
LOOK_EVERY_S: Final = 0.2
HOME: Final = {
    "name": "Ada Lindgren",
    "lines": "Fischergrube 12",
    "postcode": "23552",
    "town": "Lübeck",
    "country": "Germany",
}


@dataclass(frozen=True, kw_only=True)
class OrderSeen:
    """An order as its page shows it: what is made, how it stands, and why it was made, a sentence each."""

    order: str
    title: str
    state: str
    why: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlanSeen:
    """A plan as the page of plans shows it: in one sentence, what comes of it next, and the order it made last."""

    plan: str
    sentence: str
    next: str
    made: str


@dataclass(frozen=True, kw_only=True)
class GoodsSeen:
    """What came of it: the plans as their page tells them, what they made, and what the lab got to make.

    ``cancelled`` is ``unwanted`` as it stands since it was cancelled, in its cooling-off. ``next_rolls`` are the orders
    of fresh rolls; ``next_roll`` is the one of them that was given an address and handed over, and ``manifest`` what
    the lab fetched of it, its signature verified.
    """

    plans: tuple[PlanSeen, ...]
    made: OrderSeen
    unwanted: OrderSeen
    cancelled: OrderSeen
    next_roll: OrderSeen
    next_rolls: tuple[str, ...]
    manifest: dict[str, Any]


def walk_goods(shopper: PlainBrowser, lab: Lab, *, rolls: int, public: bytes) -> GoodsSeen:
    """See what ``rolls`` that came in and their pictures have made, cancel one of it, say where a fresh roll goes.

    ``public`` is the service's key as stations and labs have pinned it.

    Raises:
        DemoFailed: something was not made, or too often; or a page does not do what it says.
    """
    try:
        orders = _await_orders(shopper, 2 + rolls)
        plans = read_plans(shopper)
        made, unwanted = _of_plan(orders, ALBUM_PLAN), _of_plan(orders, DISC_PLAN)
        fresh = [one for one in orders if one.state == "waits"]
        if len(orders) != 2 + rolls or len(fresh) != rolls:
            raise DemoFailed(f"{rolls} rolls came in, and made: {[(one.title, one.state) for one in orders]}")
        cancelled = _cancel(shopper, unwanted.order)
        next_roll, manifest = _send_on(shopper, lab, fresh[0].order, public)
    except AssertionError as failed:
        raise DemoFailed(str(failed)) from failed
    return GoodsSeen(
        plans=plans,
        made=made,
        unwanted=unwanted,
        cancelled=cancelled,
        next_roll=next_roll,
        next_rolls=tuple(one.order for one in fresh),
        manifest=manifest,
    )


def _await_orders(shopper: PlainBrowser, count: int) -> list[OrderSeen]:
    """Look at the list of orders until there are ``count``, and open each."""

    def listed() -> list[str]:
        shopper.go("/my/orders")
        return shopper.links("/my/orders/O-")

    _await(lambda: len(listed()) >= count, f"{count} orders were made")
    return [_read(shopper, path) for path in listed()]


def read_plans(shopper: PlainBrowser) -> tuple[PlanSeen, ...]:
    """Return what the page of plans says of each plan.

    Raises:
        AssertionError: the page does not come, or shows no plan whole.
    """
    articles = re.findall(r"<article .*?</article>", shopper.go("/my/plans"), re.DOTALL)
    return tuple(_plan(article) for article in articles)


def _plan(article: str) -> PlanSeen:
    name, made = (re.search(f"/my/{place}", article) for place in (r"plans/(PL-\w+)", r"orders/(O-\w+)"))
    return PlanSeen(
        plan=name[1] if name else "",
        sentence=_texts(article, r"<h2[^>]*>(.*?)</h2>")[0],
        next=_texts(article, r'<div class="next">(.*?)</div>')[0],
        made=made[1] if made else "",
    )


def _cancel(shopper: PlainBrowser, order: str) -> OrderSeen:
    """Cancel an order by its page's own button."""
    path = f"/my/orders/{order}"
    shopper.go(path)
    shopper.submit(f"{path}/cancel")
    return _read(shopper, path)


def _send_on(shopper: PlainBrowser, lab: Lab, order: str, public: bytes) -> tuple[OrderSeen, dict[str, Any]]:
    """Say where a fresh roll goes, wait until the lab gets to make it, and read what that is told."""
    path = f"/my/orders/{order}"
    shopper.go(path)
    shopper.submit(f"{path}/address", HOME)
    _await(lambda: order in lab.orders(), f"{order} was handed over")
    manifest, where = lab.manifest(order, public)
    (line,) = manifest.lines
    told = {"order": manifest.order, "item": line.item, "options": line.options, "town": where.address.town}
    return _read(shopper, path), told


def _read(shopper: PlainBrowser, path: str) -> OrderSeen:
    page = shopper.go(path)
    return OrderSeen(
        order=path.rpartition("/")[2],
        title=_texts(page, r"<h1>(.*?)</h1>")[0],
        state=_texts(page, r'<span class="chip[^"]*">(.*?)</span>')[0],
        why=_texts(re.sub(r"<a\b.*?</a>", "", page, flags=re.DOTALL), r'<div class="why">(.*?)</div>'),
    )


def _of_plan(orders: Sequence[OrderSeen], plan: str) -> OrderSeen:
    found = [one for one in orders if any(plan in sentence for sentence in one.why)]
    if len(found) != 1:
        raise DemoFailed(f"the plan {plan} made {len(found)} orders")
    return found[0]


def _texts(page: str, pattern: str) -> tuple[str, ...]:
    """Return what stands in the first match, a text for each block of it. Raises AssertionError: nothing does."""
    found = re.search(pattern, page, re.DOTALL)
    blocks = re.split(r"</?(?:p|li|ul|h\d|div|section|article|dl|dt|dd)\b[^>]*>", found[1]) if found else []
    words = (" ".join(html.unescape(re.sub(r"<[^>]+>", "", block)).split()) for block in blocks)
    told = tuple(word for word in words if word)
    if not told:
        raise AssertionError(f"the page does not show {pattern}")
    return told


def _await(is_so: Callable[[], bool], what: str) -> None:
    ends_at = time.monotonic() + MADE_WITHIN_S
    while not is_so():
        if time.monotonic() > ends_at:
            raise DemoFailed(f"it did not come about that {what}")
        time.sleep(LOOK_EVERY_S)
