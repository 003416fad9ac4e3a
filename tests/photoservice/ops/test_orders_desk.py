"""Operators see orders and plans with why they were made, and do with them what their role allows (O15, S3, S4)."""

import re
from datetime import timedelta

import pytest

from photocore.criteria import Rolls
from photocore.pricing import Choice
from photoservice.ordering.wishes import LineWish, OrderWish
from photoservice.persons.profiles import Address
from photoservice.planning.shown import PlanWish
from photoservice.testing_pictures import register_at_home

WHY = "The customer asked on the telephone"


@pytest.fixture
def home(world, archive):
    """A registered package with three pictures of one roll, filed by a lab."""
    home = register_at_home(world.running, world.maker, "DESK0001", rolls=1)
    images = tuple(archive.file(home.rolls[0], str(n), archive.tenant("Silver Lab")).id for n in (1, 2, 3))
    return home, images


@pytest.fixture
def order(world, home):
    """Make an order of that package: ``order(pays="till")`` returns its ID."""
    package, images = home
    made = iter(range(100))
    making = world.running.service.goods.making

    def make(**more):
        wish = OrderWish(
            **{
                "origin": f"hand ops {next(made)}",
                "kind": "hand",
                "person": None,
                "root": package.package,
                "lines": (LineWish(choice=Choice(item="cd"), images=images),),
                "currency": "EUR",
                "pays": "till",
                **more,
            }
        )
        return world.running.do(lambda session: making.make(session, wish)).order

    return make


def fields_of(page):
    """Return what the forms of an order's page bring along."""
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("version", "key", "currency")}


def test_S3_orders_are_listed_by_how_they_stand_and_found_by_their_id(world, operator, order):
    first, second = order(), order(cooling=timedelta(hours=24), kind="plan", plan=None)
    desk = operator("viewer")
    page = desk.page("/ops/orders")
    assert (first in page, second in page) == (True, True)
    assert "payment" in page
    assert second not in desk.page("/ops/orders?stage=waiting")
    assert first not in desk.page("/ops/orders?stage=cooling")
    assert first in desk.page("/ops/orders?stage=unpaid&wait=payment&kind=hand")
    assert "No orders" in desk.page("/ops/orders?days=3")
    for query in ("stage=burning", "wait=luck", "kind=magic", "days=x", "days=-1", "behind=!!"):
        assert desk.get(f"/ops/orders?{query}").status_code == 400, query
    assert desk.done("/ops/search", q=first.lower()).url.endswith(first)


def test_S3_an_order_s_page_tells_everything_and_the_look_is_kept(operator, order, home, entries):
    package, _ = home
    desk, made = operator("viewer"), order(why={"plan": "PL-1", "met": "3 rolls"})
    page = desk.page(f"/ops/orders/{made}")
    assert not [word for word in ("3 rolls", "waiting", "payment", "Nothing was paid") if word not in page]
    assert "Cancel the order" not in page, "a viewer does nothing"
    assert package.package.replace("(", "%28").replace(")", "%29") in page
    assert [one["subject"] for one in entries("order_seen")] == [made]


def test_S4_money_is_noted_once_refunded_within_what_was_paid_and_given(world, operator, order, entries):
    desk, made = operator("support"), order()
    sent = {**fields_of(desk.page(f"/ops/orders/{made}")), "why": WHY}
    path = f"/ops/orders/{made}"
    for amount in ("0", "-1", "x", "1.001", "99999999999999"):
        assert desk.post(f"{path}/paid", **sent, amount=amount).status_code == 400, amount
    assert desk.post(f"{path}/paid", **{**sent, "currency": "USD"}, amount="1").status_code in (409, 422)
    price = world.sql("select price from goods.customer_order where id = $1", made)[0]["price"]
    full = f"{price / 100:.2f}"
    for _ in range(2):
        desk.done(f"{path}/paid", **sent, amount=full)
    assert world.sql("select sum(minor)::int as n from goods.payment where order_id = $1", made)[0]["n"] == price
    sent = {**fields_of(desk.page(path)), "why": WHY}
    assert desk.post(f"{path}/refund", **sent, amount=f"{price / 100 + 1:.2f}").status_code in (409, 422)
    assert desk.post(f"{path}/refund", **{**sent, "why": ""}, amount="1").status_code == 422
    desk.done(f"{path}/refund", **sent, amount="1")
    assert made in desk.page("/ops/orders?stage=owed")
    page = desk.page(path)
    assert "promised" in page
    (promise,) = world.sql("select promise from goods.payment where order_id = $1 and settled_at is null", made)
    desk.done(f"{path}/given", promise=promise["promise"])
    assert made not in desk.page("/ops/orders?stage=owed")
    kinds = [one["kind"] for one in entries() if one["subject"] == made and one["kind"] != "order_seen"]
    assert kinds == ["payment_noted", "payment_noted", "order_refunded", "refund_given"]


def test_S3_an_order_is_cancelled_once_by_who_looked_at_it_as_it_is(world, operator, order, entries):
    desk, made = operator("manager"), order()
    sent = fields_of(desk.page(f"/ops/orders/{made}"))
    path = f"/ops/orders/{made}/cancel"
    assert desk.post(path, **sent).status_code == 422, "no reason"
    assert desk.post(path, **{**sent, "version": "77"}, why=WHY).status_code == 409
    assert desk.post(path, **{**sent, "version": "x"}, why=WHY).status_code == 400
    assert "cancelled" in desk.done(path, **sent, why=WHY).text
    assert desk.post(path, **sent, why=WHY).status_code == 409
    (entry,) = entries("order_cancelled")
    assert (entry["subject"], WHY in entry["about"]) == (made, True)
    assert operator("viewer").post(path, **sent, why=WHY).status_code == 403


def test_S3_steps_are_noted_and_a_spoiled_line_is_made_once_more(world, operator, person, home, order, entries):
    desk, made = operator("lab"), order(person=lives(world, person, home[0]))
    goods = world.running.service.goods
    path = f"/ops/orders/{made}"
    sent = fields_of(desk.page(path))
    assert desk.post(f"{path}/step", **sent, line="1", step="made").status_code == 422, "not handed over yet"
    pay(world, made)
    world.running.run(goods.releasing.run_once())
    sent = fields_of(desk.page(path))
    for step, status in (("making", 200), ("made", 200), ("cancelled", 400), ("burnt", 400)):
        assert desk.post(f"{path}/step", **{**sent, "key": step}, line="1", step=step).status_code == status, step
    assert desk.post(f"{path}/step", **sent, line="9", step="sent").status_code == 404
    sent = {**fields_of(desk.page(path)), "why": WHY}
    once = desk.done(f"{path}/remake", **sent, line=["1"])
    assert "remake" in once.text
    assert desk.done(f"{path}/remake", **sent, line=["1"]).url == once.url, "sent twice it is made once"
    assert len(entries("step_noted")) == 2


def test_S3_what_a_customer_asks_to_have_made_again_is_listed_until_it_is(world, operator, person, home, order):
    """A wish stands on the first page, in the list and at its line; a remake answers it, and the receipt names that."""
    ada = lives(world, person, home[0])
    made, goods = order(person=ada), world.running.service.goods
    pay(world, made)
    world.running.run(goods.releasing.run_once())
    desk = operator("lab")
    assert made not in desk.page("/ops/orders?stage=open")
    assert "0</b><span>orders not released" in desk.page("/ops")
    for step in ("making", "made"):
        sent = {**fields_of(desk.page(f"/ops/orders/{made}")), "key": step}
        desk.done(f"/ops/orders/{made}/step", **sent, line="1", step=step)
    assert made not in desk.page("/ops/orders?stage=asked")
    world.running.do(lambda session: goods.asking.ask(session, ada, (), made, line=1, why="damaged"))
    assert "1</b><span>orders of which" in desk.page("/ops")
    assert made in desk.page("/ops/orders?stage=asked")
    page = desk.page(f"/ops/orders/{made}")
    assert "the customer asks" in page
    assert "it is damaged" in page
    again = desk.done(f"/ops/orders/{made}/remake", **fields_of(page), why=WHY, line=["1"]).url.split("/")[-1]
    assert made not in desk.page("/ops/orders?stage=asked")
    assert "answered" in desk.page(f"/ops/orders/{made}")
    receipt = world.running.do(lambda session: goods.receipts.of(session, made))
    assert receipt.remakes == (again.split("?")[0],)


def lives(world, person, package):
    """Return somebody who signs in, has an address, and holds a package."""
    person("ada")
    people = world.running.service.people
    ada = world.running.do(lambda session: people.entrance.logins.find(session, "ada")).person
    home = Address(id="home", name="Ada", lines=("Gasse 1",), postcode="3011", town="Bern", country="CH")
    world.running.do(lambda session: people.profiles.change(session, ada, lambda one: one.with_address(home)))
    proofs = people.entrance.card_proofs
    world.running.do(lambda session: proofs.hold_by_staff(session, ada, package.number))
    return ada


def pay(world, made):
    price = world.sql("select price from goods.customer_order where id = $1", made)[0]["price"]
    note = world.running.service.goods.payments.note
    world.running.do(lambda session: note(session, made, way="staff", key="t", minor=price, currency="EUR", by="test"))


def test_S3_an_operator_of_another_tenant_finds_none_of_it(operator, order, world):
    made = order()
    for tenant, status in (("Halide", 200), ("Silver Lab", 200), ("Corner Photo", 404)):
        desk = operator("manager", tenant=tenant)
        assert desk.get(f"/ops/orders/{made}").status_code == status, tenant
        assert (made in desk.page("/ops/orders")) == (status == 200)
        desk.page("/ops")
        for deed in ("cancel", "remake"):
            refused = desk.post(f"/ops/orders/{made}/{deed}", version="1", why=WHY, key="k", currency="EUR", line="1")
            assert refused.status_code == 404, (tenant, deed)
    assert world.sql("select from goods.line_step where step = 'cancelled'") == []


def test_O15_plans_about_to_fire_are_listed_told_and_let_rest(world, operator, person, entries):
    person("ada")
    service = world.running.service
    ada = world.running.do(lambda session: service.people.entrance.logins.find(session, "ada")).person
    wish = PlanWish(make=Choice(item="cd"), when=Rolls(count=3), name="Three rolls, one CD")
    plan = world.running.do(lambda session: service.goods.plans.make(session, ada, (), wish, "key-1"))
    world.sql("update goods.plan set look_at = now() where id = $1", plan)
    desk = operator("support")
    page = desk.page("/ops/plans")
    assert (plan in page, "Three rolls, one CD" in page, "0/3" in page) == (True, True, True)
    assert desk.get("/ops/plans?by=luck").status_code == 400
    path = f"/ops/plans/{plan}"
    assert "It made nothing yet" in desk.page(path)
    assert desk.post(f"{path}/pause", version="9", why=WHY).status_code == 409
    assert desk.post(f"{path}/pause", version="1", why="").status_code == 422
    assert "rest" in desk.done(f"{path}/pause", version="1", why=WHY).text.lower()
    assert desk.post(f"{path}/pause", version="2", why=WHY).status_code == 422
    assert plan in desk.page("/ops/plans?by=paused")
    desk.done(f"{path}/resume", version="2", why=WHY)
    assert [one["kind"] for one in entries() if one["kind"] != "plan_seen"][1:] == ["plan_paused", "plan_resumed"]
    assert operator("viewer").post(f"{path}/pause", version="3", why=WHY).status_code == 403
    assert operator("manager", tenant="Halide").get(path).status_code == 404
