"""A roll that came in for development makes exactly one order of a fresh one, whoever says so how often (O7)."""

import asyncio
import json
from datetime import timedelta

import pytest

from photoservice.custody.custody import Told


@pytest.fixture
def lab(shop):
    """Return what labs do: ``lab.sees(roll)``, ``lab.takes_back(key)``, and the round."""

    class Lab:
        def sees(self, roll, key="K1", *, step="received", tenant="Silver Lab"):
            name, custody = shop.archive.tenant(tenant), shop.service.people.custody
            told = Told(roll=roll, step=step, at=shop.world.clock.now(), key=key)
            return shop.do(lambda s: custody.tell(s, name, [told]))

        def takes_back(self, key="K1"):
            name, custody = shop.archive.tenant("Silver Lab"), shop.service.people.custody
            shop.do(lambda s: custody.take_back(s, name, key))

        def round(self):
            return shop.run(shop.goods.next_rolls.run_once())

    return Lab()


def plan(shop, mine, *, scope="package", item="next-roll", person=None):
    now = shop.world.clock.now()
    shop.world.sql(
        "insert into goods.plan (id, kind, scope, person, root, origin, make, repeats, cooling, pays, currency, state,"
        " begun_at, since, made_at, changed_at)"
        " values ($1, 'next_roll', $2, $3, $4, $1, $5::jsonb, true, $6, 'till', 'EUR', 'live', $7, $7, $7, $7)",
        *(f"PL-{mine.person}", scope, person, mine.home.package if scope == "package" else None),
        *(json.dumps({"item": item}), timedelta(days=1), now),
    )


def orders(shop):
    return [row["id"] for row in shop.world.sql("select id from goods.customer_order order by made_at, id")]


def test_O7_a_roll_received_orders_one_roll_under_replay_labs_and_workers(shop, owner, lab):
    mine = owner("NEXT0001", rolls=2)
    shop.world.running.add_tenant("Other Lab", "lab")
    plan(shop, mine)
    roll = mine.home.rolls[0]
    assert lab.sees(roll) == ["applied"]
    assert lab.sees(roll) == ["duplicate"]
    lab.sees(roll, "K2")
    lab.sees(roll, "K3", tenant="Other Lab")
    lab.sees(mine.home.rolls[1], "K4", step="developed")

    async def at_once():
        return await asyncio.gather(*(shop.goods.next_rolls.run_once() for _ in range(4)))

    assert sum(shop.run(at_once())) == 1
    lab.sees(roll, "K5")
    assert lab.round() == 0
    (order,) = orders(shop)
    found = shop.look(order)
    assert (found.origin, found.kind, found.roll, found.root) == (f"roll {roll}", "next_roll", roll, mine.home.package)
    assert found.why["roll"] == roll
    assert found.standing.stage == "cooling"


def test_O7_without_an_address_it_asks_and_waits(shop, owner, lab):
    mine = owner("NEXT0002")
    plan(shop, mine)
    shop.credit(mine.home.package, item="next-roll")
    lab.sees(mine.home.rolls[0])
    assert lab.round() == 1
    assert mine.told() == ["next_roll_asks_address", "order_made"]
    (order,) = orders(shop)
    shop.pass_days(1.1)
    assert (shop.release(), shop.look(order).waits) == (0, ("address",))
    shop.steer(mine, "give_address", order, address=mine.address())
    assert shop.release() == 1


def test_O7_a_sighting_taken_back_takes_its_order_along_and_a_true_one_makes_another(shop, owner, lab):
    mine = owner("NEXT0003")
    mine.lives()
    plan(shop, mine)
    shop.credit(mine.home.package, item="next-roll")
    roll = mine.home.rolls[0]
    lab.sees(roll)
    lab.round()
    lab.takes_back()
    assert (lab.round(), shop.used(mine.home.package)) == (0, 0)
    (order,) = orders(shop)
    assert shop.steps(order) == [(1, "cancelled", "the roll was not received")]
    shop.pass_days(0.01)
    lab.sees(roll, "K2")
    assert lab.round() == 1
    assert [shop.look(one).standing.stage for one in orders(shop)] == ["cancelled", "cooling"]


def test_O7_what_went_out_is_not_taken_back(shop, owner, lab):
    mine = owner("NEXT0004")
    mine.lives()
    plan(shop, mine, scope="account", person=mine.person)
    shop.credit(mine.home.package, item="next-roll")
    lab.sees(mine.home.rolls[0])
    lab.round()
    shop.pass_days(1.1)
    assert shop.release() == 1
    lab.takes_back()
    lab.round()
    lab.sees(mine.home.rolls[0], "K2")
    assert lab.round() == 0
    assert [shop.look(one).standing.stage for one in orders(shop)] == ["released"]


def test_O7_taken_back_before_anybody_looked_or_without_a_plan_nothing_is_made(shop, owner, lab):
    mine, other = owner("NEXT0005"), owner("NEXT0006")
    plan(shop, mine)
    lab.sees(mine.home.rolls[0])
    lab.takes_back()
    lab.sees(other.home.rolls[0], "K2")
    assert (lab.round(), orders(shop)) == (0, [])
    plan(shop, other)
    lab.sees(other.home.rolls[0], "K3")
    assert lab.round() == 1


def test_O7_goods_that_are_not_offered_any_more_pause_the_plan(shop, owner, lab):
    mine = owner("NEXT0007")
    plan(shop, mine, item="withdrawn-long-ago")
    lab.sees(mine.home.rolls[0])
    assert (lab.round(), orders(shop)) == (0, [])
    (paused,) = shop.world.sql("select state, trouble from goods.plan where kind = 'next_roll'")
    assert (paused["state"], paused["trouble"]) == ("paused", "item")
    assert mine.told() == ["plan_paused"]


def test_O7_a_roll_that_came_in_before_it_was_registered_is_ordered_for_once_it_is(shop, owner, lab):
    early = "(01)09521141012352(21)NEXT0007-R1"
    assert lab.sees(early) == ["applied"]
    assert (lab.round(), orders(shop)) == (0, [])
    mine = owner("NEXT0007")
    assert mine.home.rolls == (early,)
    plan(shop, mine)
    assert (lab.round(), lab.round()) == (1, 0)
    (order,) = orders(shop)
    assert shop.look(order).roll == early
