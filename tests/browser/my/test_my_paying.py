"""The pages of paying before a browser: axe-core finds nothing, nothing sticks out, the page back looks again (S4)."""

from urllib.parse import urlsplit

import pytest

from photocore.pricing import Choice
from photoservice.ordering.wishes import LineWish, OrderWish

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIGHTS = ((390, "light"), (1280, "dark"))


@pytest.fixture(scope="module")
def home(household):
    return household(rolls=1, frames=3)


@pytest.fixture
def order(shop, home):
    """Make an order by hand of two lines, of whoever has the pictures; return its ID and its price."""
    goods = shop.running.service.goods
    images = tuple(picture.id for picture in home.pictures[home.home.rolls[0]])
    lines = (
        LineWish(choice=Choice(item="cd", quantity=2), images=images),
        LineWish(choice=Choice(item="prints"), images=images),
    )
    before = shop.running.sql("select count(*) as n from goods.customer_order")[0]["n"]
    wish = OrderWish(origin=f"hand looks {before}", kind="hand", lines=lines, root=home.home.package)
    made = shop.running.do(lambda session: goods.making.make(session, wish))
    price = shop.running.do(lambda session: goods.payments.bill(session, made.order)).price
    return made.order, price


@pytest.mark.parametrize(("width", "scheme"), SIGHTS)
def test_S4_each_page_of_paying_passes_axe_and_fits(order, home, at_home, look_over, shop, width, scheme):
    name, _ = order
    goods, watched = shop.running.service.goods, at_home(home, width=width, color_scheme=scheme)
    page, wrong = watched.page, []
    virtual = urlsplit(shop.running.run(goods.checkouts.begin(name, back=f"/my/orders/{name}/paid"))).path
    for path in ("pay", "code", "paid", "receipt", virtual):
        page.goto(watched.url + (path if path == virtual else f"/my/orders/{name}/{path}"))
        if path == "pay":
            if told := look_over(page):
                wrong.append((path, told))
            page.click("button[value=till]")
            page.wait_for_url("**/code")
        if told := look_over(page):
            wrong.append((path, told))
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            wrong.append((path, f"{wide} pixels too wide"))
    assert wrong == []


def test_S4_the_page_back_from_a_payment_looks_again_by_itself(order, home, at_home, shop):
    name, price = order
    goods, clock = shop.running.service.goods, shop.running.service.clock
    shop.running.sql(
        "insert into goods.checkout (id, order_id, provider, back, minor, currency, state, made_at, expires_at)"
        " values ('CO-1', $1, 'elsewhere', '/my', $2, $3, 'open', $4::timestamptz, $4::timestamptz + interval '1 day')",
        *(name, price.minor, price.currency, clock.now()),
    )
    watched = at_home(home)
    watched.page.goto(f"{watched.url}/my/orders/{name}/paid")
    watched.page.wait_for_selector("text=We have not heard yet")
    shop.running.do(
        lambda session: goods.payments.note(
            session, name, way="checkout", key="elsewhere 1", minor=price.minor, currency=price.currency, by="elsewhere"
        )
    )
    watched.page.wait_for_selector("text=Your payment has arrived", timeout=30_000)
    assert watched.page.locator("#state").get_attribute("hx-trigger") is None
