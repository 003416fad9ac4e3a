"""Orders that wait are reminded of, warned about and ended, whoever they wait for."""


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


def disputed(shop, mine):
    """Return an order that waits for its owner alone since two days; it took the package's credit."""
    mine.lives()
    shop.credit(mine.home.package)
    order = shop.order(shop.of_plan(mine, person=mine.person))
    shop.contest(mine)
    shop.pass_days(2)
    shop.release()
    assert (shop.look(order).waits, shop.used(mine.home.package)) == (("owner",), 1)
    return order


def test_S4_what_waits_for_an_owner_alone_ends_too_and_gives_its_credit_back(shop, owner):
    """Nobody decides: its people are told as of any other, and the package has its piece again."""
    mine = owner("MIND0005")
    order = disputed(shop, mine)
    told = []
    for day in range(62):
        if shop.remind():
            told.append((day, mine.told()[-1]))
        shop.pass_days(1)
    assert told == [(3, "order_waits"), (14, "order_waits"), (53, "order_ends"), (60, "order_cancelled")]
    assert (shop.look(order).standing.stage, shop.used(mine.home.package)) == ("cancelled", 0)


def test_S4_a_dispute_that_is_settled_at_the_last_moment_ends_nothing(shop, owner):
    """The order is due before anybody has looked at it again: it is handed over, and not cancelled."""
    mine = owner("MIND0006")
    order = disputed(shop, mine)
    for _ in range(59):
        shop.remind()
        shop.pass_days(1)
    shop.release()
    shop.contest(mine, "registered")
    shop.pass_days(1)
    shop.remind()
    assert shop.look(order).standing.stage == "due"
    assert (shop.release(), shop.used(mine.home.package)) == (1, 1)
