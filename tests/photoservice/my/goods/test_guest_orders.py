"""Ordering by a third party: from a share with the right, within its owner's limit (O16, S4)."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from photoservice.settings import Settings
from photoservice.testing_browser import PlainBrowser


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, orders_every=None)


@dataclass
class Party:
    """An owner, a share of their first roll, and a guest who opened it."""

    world: Any
    owner: Any
    share: Any
    guest: PlainBrowser

    @property
    def orders(self) -> list[Any]:
        return self.world.sql("select * from goods.customer_order order by made_at, id")

    def choose(self, item: str = "cd", guest: PlainBrowser | None = None, **chosen: str) -> list[tuple[str, str]]:
        """Walk from the share's page to the confirmation; return what its form would send."""
        one, base = guest or self.guest, f"{self.share.path}/order"
        one.go(self.share.path)
        one.go(one.links(base)[0])
        one.submit(base, {"image": self.owner.images[:2]})
        one.go(one.links(f"{base}/goods/{item}")[0])
        asked = one.form(f"{base}/goods/{item}").filled(chosen)
        one.go(f"{base}/confirm?" + "&".join(f"{name}={value}" for name, value in asked))
        return one.form(base).filled({})

    def send(self, fields: list[tuple[str, str]], guest: PlainBrowser | None = None) -> Any:
        one = guest or self.guest
        headers = {"Accept": "text/html", "Accept-Language": "en"}
        return one.http.post(f"{one.url}{self.share.path}/order", data=fields, headers=headers, timeout=30)

    def told(self) -> str:
        return re.sub(r"[\u2068\u2069]", "", self.owner.browser.page("/my/notices"))


@pytest.fixture
def party(world, owner, share, guest):
    def make(serial: str, *rights: str, one: Any = None, **terms: Any) -> Party:
        host = owner(serial)
        host.browser.page("/my")
        shared = share(host, "roll", *rights, **terms)
        come = guest(shared, "Bo", one=one)
        return Party(world=world, owner=host, share=shared, guest=PlainBrowser(come.url, http=come.http))

    return make


def test_O16_a_guest_orders_within_the_limit_and_the_owner_is_told_and_pays(party):
    one = party("PARTY001", "order", order_limit="10.00")
    fields = one.choose()
    assert "It goes to whoever shares these pictures, and they pay for it. They are told of it." in one.guest.page
    assert "€10.00 may still be ordered" in one.guest.page
    assert "It is ordered" in one.send(fields).text
    assert one.send(fields).status_code == 200  # the same form again
    made = one.orders
    assert [(row["price"], row["needs_confirmation"], row["share"]) for row in made] == [(590, False, one.share.id)]
    order = made[0]["id"]
    assert "What you ordered here" in one.guest.go(one.share.path)
    assert "Bo ordered by your share “Summer”: CD with the images." in one.told()
    page = re.sub(r"[\u2068\u2069]", "", one.owner.browser.page(f"/my/orders/{order}"))
    assert "Bo ordered it by your share “Summer”" in page
    assert "Waits to be paid" in page
    assert f'href="/my/orders/{order}"' not in one.guest.page
    refused = one.send(one.choose())
    assert (refused.status_code, "4.10 are left" in refused.text) == (409, True)
    one.owner.browser.post(f"/my/orders/{order}/cancel", version="1")
    assert one.send(one.choose()).status_code == 200  # what was cancelled does not count


def test_O16_orders_at_once_do_not_go_beyond_the_limit(party):
    one = party("PARTY002", "order", order_limit="12.00")
    forms = [one.choose() for _ in range(4)]
    with ThreadPoolExecutor(4) as taps:
        answers = sorted(reply.status_code for reply in taps.map(one.send, forms))
    assert answers == [200, 200, 409, 409]
    assert sum(row["price"] for row in one.orders) == 1180


def test_O16_without_a_limit_the_owner_must_confirm(party):
    one = party("PARTY003", "order")
    fields = one.choose()
    assert "They are asked to confirm it first." in one.guest.page
    assert one.send(fields).status_code == 200
    order = one.orders[0]["id"]
    page = one.owner.browser.page(f"/my/orders/{order}")
    assert "Waits until you confirm it" in page
    assert "Confirmed." in one.owner.browser.post(f"/my/orders/{order}/confirm", version="1").text


def test_O16_a_share_without_the_right_revoked_or_not_opened_orders_nothing(party, browser, owner, world):
    one = party("PARTY004", "order", "pick")
    fields = one.choose()
    other = owner("PARTY005")
    one.guest.go(one.share.path)
    base = f"{one.share.path}/order"
    for image in (other.images[0], one.owner.pictures[one.owner.rolls[1]][0].id, "IM-NOTHERE"):
        path = f"{one.guest.url}{base}/confirm?image={image}&line=cd:1:"
        assert one.guest.http.get(path, headers={"Accept": "text/html"}, timeout=30).status_code == 404
        forged = [(name, image if name == "image" else value) for name, value in fields]
        assert one.send(forged).status_code == 404
    assert browser().get(base).status_code == 404
    assert one.owner.browser.get(base).status_code == 403
    assert one.send([(n, "0" * 64 if n == "csrf" else v) for n, v in fields]).status_code == 403
    one.owner.browser.page(one.share.page)
    world.sql("update people.share set rights = array['view', 'pick'] where id = $1 returning id", one.share.id)
    assert one.send(fields).status_code == 403
    assert "order" not in one.guest.go(one.share.path).split('<main id="content"')[1].split("</main>")[0]
    world.sql("update people.share set rights = array['view', 'order'] where id = $1 returning id", one.share.id)
    assert one.send(fields).status_code == 200
    one.owner.browser.post(f"{one.share.page}/revoke")
    fields = [(name, "1" * 20 if name == "key" else value) for name, value in fields]
    assert one.send(fields).status_code == 410
    assert len(one.orders) == 1
    assert one.owner.browser.get(f"/my/orders/{one.orders[0]['id']}").status_code == 200


def test_O16_a_guest_with_an_account_and_the_right_pays_and_gets_it_themselves(party, browser, owner):
    friend = owner("PARTY006")
    friend.browser.page("/sign-up")
    friend.browser.post("/sign-up", name="bo-next-door", password="sprocket holes & light leaks")
    one = party("PARTY007", "order", "pay", one=friend.browser)
    fields = one.choose("prints")
    typed = {"lines": "Harbour 3", "town": "Port"}
    fields = [(name, typed.get(name, value)) for name, value in fields]
    reply = one.send(fields)
    assert "/my/orders/O-" in reply.url
    assert "Harbour 3, Port" in reply.text
    assert "Waits to be paid" in reply.text
    assert "You ordered it by a share" in reply.text
    order = one.orders[0]
    assert order["needs_confirmation"] is False
    assert one.owner.browser.get(f"/my/orders/{order['id']}").status_code == 404
    listed = re.sub(r"[\u2068\u2069]", "", one.owner.browser.page("/my/orders"))
    assert "Ordered by others for themselves" in listed
    assert "Bo, by “Summer”" in listed
    assert "Bo ordered by your share" in one.told()
    plain = browser()
    plain.page(one.share.path)
    plain.post(f"{one.share.path}/open", name="Eve")
    eve = PlainBrowser(plain.url, http=plain.http)
    one.choose("cd", eve)
    assert "they pay for it" in eve.page  # without an account it is the owner's all the same
