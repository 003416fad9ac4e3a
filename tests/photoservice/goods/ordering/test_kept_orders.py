"""What open orders need stays; who leaves takes their name off their orders; a guest's orders follow them."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest

from photocore.edits import Edit
from photoservice.errors import Unknown
from photoservice.objects.collecting import Collector
from photoservice.objects.store import original_key
from photoservice.ordering.names import object_key


def released(shop, mine):
    mine.lives()
    shop.credit(mine.home.package)
    order = shop.order(shop.of_plan(mine, person=mine.person, cooling=None))
    assert shop.release() == 1
    return order


def collect(shop):
    service, nothing = shop.service, timedelta(0)
    collector = Collector(
        objects=service.pictures.objects, database=service.database, clock=service.clock, grace=nothing
    )
    return shop.run(collector.run())


def there(shop, mine):
    key = original_key(sha256(mine.pictures[0].original).digest())
    return shop.run(shop.service.pictures.objects.look(key)) is not None


def withdraw(shop):
    shop.world.sql("update images.image set state = 'withdrawn'")


def test_O15_originals_stay_until_what_is_made_of_them_is_made(shop, owner):
    mine = owner("KEPT0001", frames=1)
    order = released(shop, mine)
    withdraw(shop)
    found = collect(shop)
    assert (found.deleted, found.strange, there(shop, mine)) == (0, 0, True)
    note = shop.goods.steps.note
    shop.do(lambda s: note(s, order, 1, "sent", at=shop.world.clock.now(), by="lab", key="a"))
    assert (collect(shop).deleted > 0, there(shop, mine)) == (True, False)
    assert shop.run(shop.service.pictures.objects.look(object_key(order))) is not None


def test_O15_versions_of_edits_that_open_orders_are_made_with_stay(shop, owner):
    mine = owner("KEPT0002", frames=1)
    keep = shop.service.people.editing.versions.keep
    image, seen = mine.images[0], 0
    seen = shop.do(lambda s: keep(s, mine.person, image, Edit(turns=1), seen=0))
    released(shop, mine)
    for n in range(101):
        seen = shop.do(lambda s, seen=seen, n=n: keep(s, mine.person, image, Edit(contrast=n % 7 + 1), seen=seen))
    shop.pass_days(400)
    shop.run(shop.service.people.sweep.run())
    kept = [row["version"] for row in shop.world.sql("select version from people.edit order by version")]
    assert kept[0] == 1
    assert len(kept) < 60


def test_S5_who_deletes_everything_is_taken_off_their_orders(shop, owner):
    mine = owner("KEPT0003", frames=1)
    out = released(shop, mine)
    shop.credit(mine.home.package, item="prints", most=3)
    waits = shop.order(shop.of_plan(mine, "prints", person=mine.person))
    paid = shop.order(shop.wish(mine, "prints"))
    shop.pay(paid, 100)
    deleting = shop.service.people.deleting
    shop.do(lambda s: deleting.delete(s, mine.person))
    shop.release()
    rows = shop.world.sql("select person, root, address, why from goods.customer_order")
    assert {(row["person"], row["root"], row["address"], row["why"]) for row in rows} == {(None, None, None, "{}")}
    assert [shop.look(one).standing.stage for one in (out, waits, paid)] == ["released", "cancelled", "cancelled"]
    assert (shop.used(mine.home.package), shop.look(paid).paid.minor) == (1, 0)
    assert shop.do(lambda s: shop.goods.orders.address(s, out)) is None
    shop.pass_days(3)
    assert shop.release() == 0
    assert mine.person not in (shop.service.settings.folder / "releases.jsonl").read_text()


def test_S5_orders_are_taken_along_without_anybodys_address(shop, owner):
    mine, other = owner("KEPT0004"), owner("KEPT0005")
    order = released(shop, mine)
    foreign = shop.order(shop.wish(other))
    exporting = shop.service.people.exporting
    told = json.loads(shop.do(lambda s: exporting.tell(s, mine.person, {}, known=())))
    assert [one["id"] for one in told["kept"]["orders"]] == [order]
    assert [one["item"] for one in told["kept"]["lines_of_orders"]] == ["cd"]
    assert len(told["kept"]["pictures_of_orders"]) == 3
    assert foreign not in json.dumps(told)


def test_O15_a_guests_orders_become_the_persons_they_turn_out_to_be(shop, owner):
    guest, person = owner("KEPT0006"), owner("KEPT0007")
    order = shop.order(shop.wish(guest))
    shop.steer(guest, "give_address", order, address=guest.address("Thun"))
    joining = shop.service.people.entrance.joining
    shop.do(lambda s: joining.absorb(s, guest.person, person.person))
    assert [one.id for one in person.orders] == [order]
    assert shop.do(lambda s: shop.goods.orders.address(s, order)).town == "Thun"
    with pytest.raises(Unknown):
        shop.as_them(guest, "find", order)


def test_O15_orders_that_ended_go_after_ten_years(shop, owner):
    mine = owner("KEPT0008")
    ended, waits = shop.order(shop.wish(mine)), shop.order(shop.wish(mine))
    shop.steer(mine, "cancel", ended)
    shop.pass_days(3650)
    shop.run(shop.service.people.sweep.run(by_person=False))
    assert len(shop.world.sql("select id from goods.customer_order")) == 2
    shop.pass_days(10)
    shop.run(shop.service.people.sweep.run(by_person=False))
    assert [row["id"] for row in shop.world.sql("select id from goods.customer_order")] == [waits]


def test_O15_a_guest_who_waits_for_an_order_is_not_swept_and_who_has_none_leaves_no_name(shop, owner):
    mine, partner = owner("KEPT0009"), owner("KEPT0010")
    order = shop.order(shop.of_plan(mine, person=mine.person))
    shop.hold(partner.person, mine.home)
    shop.world.sql("update people.holding set how = 'joined'")
    shop.world.sql("delete from people.holding where person = $1", mine.person)
    shop.pass_days(200)
    sweep = shop.service.people.sweep
    shop.run(sweep.run())
    assert shop.look(order).person == mine.person
    cancel, version = shop.goods.orders.cancel_by, shop.look(order).version
    shop.do(lambda s: cancel(s, order, by="OP-1", note="they asked", version=version))
    shop.run(sweep.run())
    assert (shop.look(order).person, shop.look(order).root, partner.orders) == (None, None, [])
