"""Orders that wait for their people are reminded of, warned about and ended; those that wait for others are not."""


def waiting(shop, mine, **more):
    order = shop.order(shop.wish(mine, "archive-download", **more))
    assert shop.release() == 0
    return order


def test_S4_an_unpaid_order_is_reminded_of_and_ends_after_sixty_days(shop, owner):
    mine = owner("MIND0001")
    order = waiting(shop, mine)
    told = []
    for day in range(62):
        if shop.remind():
            told.append((day, mine.told()[-1]))
        shop.pass_days(1)
    assert told == [(3, "order_waits"), (14, "order_waits"), (53, "order_ends"), (60, "order_cancelled")]
    found = shop.look(order)
    assert (found.standing.stage, shop.steps(order)) == ("cancelled", [(1, "cancelled", "it waited too long")])


def test_S4_nothing_ends_without_a_week_of_warning_even_where_nobody_looked(shop, owner):
    mine = owner("MIND0002")
    order = waiting(shop, mine)
    shop.pass_days(100)
    days = 0
    while shop.look(order).standing.stage != "cancelled":
        shop.remind()
        shop.pass_days(1)
        days += 1
    at = {row["kind"]: row["at"] for row in shop.world.sql("select kind, at from people.notice order by at")}
    assert (at["order_cancelled"] - at["order_ends"]).days >= 7
    assert days <= 20


def test_S4_what_was_paid_in_part_comes_back_when_it_ends(shop, owner):
    mine = owner("MIND0003")
    order = waiting(shop, mine)
    shop.pay(order, 100)
    shop.pass_days(54)
    for _ in range(4):
        shop.remind()
        shop.pass_days(8)
    assert (shop.look(order).standing.stage, shop.look(order).paid.minor) == ("cancelled", 0)


def test_S4_who_pays_is_not_reminded_any_more(shop, owner):
    mine = owner("MIND0004")
    order = waiting(shop, mine)
    shop.pass_days(3)
    assert (shop.remind(), shop.remind()) == (1, 0)
    shop.pay(order, shop.look(order).price.minor)
    assert shop.release() == 1
    shop.pass_days(80)
    assert shop.remind() == 0
    assert sorted(mine.told()) == ["order_released", "order_waits"]


def test_S4_nobody_is_reminded_of_what_waits_for_a_decision(shop, owner):
    mine = owner("MIND0005")
    mine.lives()
    shop.credit(mine.home.package)
    order = shop.order(shop.of_plan(mine, person=mine.person))
    shop.contest(mine)
    shop.pass_days(2)
    shop.release()
    shop.pass_days(70)
    assert (shop.remind(), shop.look(order).waits) == (0, ("owner",))
