"""An order is handed over once: whatever dies, however many workers there are, and whatever backup is put back."""

import asyncio
import json
from dataclasses import replace

import msgspec
import pytest

from photocore.edits import Edit
from photocore.signed import read_signed_text
from photoservice.objects.store import StoreDown
from photoservice.ordering.errors import NotAsItStands
from photoservice.ordering.manifests import OrderManifest
from photoservice.ordering.names import object_key
from photoservice.ordering.releases import open_releases
from photoservice.wiring import assemble, open_ledgers


class PowerCut(Exception):
    """The process is gone."""


class DyingStore:
    """An object store that dies with its process, before a put or behind it."""

    def __init__(self, store, *, behind):
        self._store, self._behind = store, behind

    async def put(self, key, source):
        if self._behind:
            await self._store.put(key, source)
        raise PowerCut


class DyingLedger:
    """A ledger whose process dies before an entry or behind it."""

    def __init__(self, releases, *, behind):
        self._releases, self._behind = releases, behind

    def __getattr__(self, name):
        return getattr(self._releases, name)

    async def add(self, release):
        if self._behind:
            await self._releases.add(release)
        raise PowerCut


def manifest_of(shop, order):
    text = shop.run(shop.service.pictures.objects.read(object_key(order)))
    return read_signed_text("order", text, shop.service.keyring.sign.public, OrderManifest)


def paid_order(shop, mine, **more):
    shop.credit(mine.home.package)
    mine.lives()
    return shop.order(shop.of_plan(mine, person=mine.person, **more))


def test_O15_a_plans_order_goes_out_when_it_has_cooled_off(shop, owner):
    mine = owner("GOES0001")
    order = paid_order(shop, mine)
    assert shop.release() == 0
    shop.pass_days(1.01)
    assert (shop.release(), shop.release()) == (1, 0)
    manifest = manifest_of(shop, order)
    (line,) = manifest.lines
    assert (manifest.order, line.item, [one.image for one in line.images]) == (order, "cd", list(mine.images))
    assert (line.images[0].roll, line.images[0].frame) == (mine.home.rolls[0], "1")
    assert shop.steps(order) == [(1, "released", "")]
    assert mine.told() == ["order_made", "order_released"]
    assert [one.standing.stage for one in mine.orders] == ["released"]
    with pytest.raises(NotAsItStands):
        shop.steer(mine, "cancel", order)


def test_O15_nothing_of_whose_it_is_stands_in_a_manifest(shop, owner):
    mine = owner("GOES0002")
    order = paid_order(shop, mine)
    shop.pass_days(1.01)
    shop.release()
    (row,) = shop.world.sql("select text from goods.order_manifest")
    assert json.loads(json.loads(shop.run(shop.service.pictures.objects.read(object_key(order))))["text"])["lines"]
    assert all(word not in row["text"] for word in (mine.person, "Zoë", "Bern", "Gasse"))
    assert manifest_of(shop, order).is_shipped


@pytest.mark.parametrize("where", ["before the store", "behind the store", "before the ledger", "behind the ledger"])
def test_O15_killed_anywhere_it_is_handed_over_exactly_once(shop, owner, where):
    mine = owner("GOES0003")
    order = paid_order(shop, mine)
    shop.pass_days(1.01)
    behind, releasing = where.startswith("behind"), shop.goods.releasing
    if "store" in where:
        dying = replace(releasing, objects=DyingStore(releasing.objects, behind=behind))
    else:
        dying = replace(releasing, releases=DyingLedger(releasing.releases, behind=behind))
    with pytest.raises(PowerCut):
        shop.run(dying.run_once())
    kept = shop.world.sql("select text from goods.order_manifest")
    assert (shop.look(order).released_at, shop.look(order).standing.actions) == (None, frozenset())
    with pytest.raises(NotAsItStands):
        shop.steer(mine, "cancel", order)
    shop.pass_days(0.01)
    assert (shop.release(), shop.release()) == (1, 0)
    assert shop.world.sql("select text from goods.order_manifest") == kept
    assert msgspec.json.encode(manifest_of(shop, order), order="sorted").decode() == kept[0]["text"]
    folder = shop.service.settings.folder
    assert list(open_releases(folder, shop.service.keyring)) == [order]
    assert (folder / "releases.jsonl").read_text().count(order) == 1
    assert shop.steps(order) == [(1, "released", "")]
    assert mine.told().count("order_released") == 1


def test_O15_two_workers_hand_over_each_order_once(shop, owner):
    mine = owner("GOES0004")
    mine.lives()
    orders = [shop.order(shop.wish(mine, pays="till")) for _ in range(4)]
    for order in orders:
        shop.pay(order, shop.look(order).price.minor)

    async def work():
        return await asyncio.gather(*(shop.goods.releasing.run_once() for _ in range(4)))

    assert sum(shop.run(work())) == 4
    assert [shop.steps(order) for order in orders] == [[(1, "released", "")]] * 4


def test_O15_a_backup_put_back_makes_the_same_order_and_hands_nothing_over_again(shop, owner):
    mine = owner("GOES0005")
    mine.lives()
    shop.credit(mine.home.package)
    wish = shop.of_plan(mine, person=mine.person)
    service = shop.service

    async def in_another(database):
        """The service on a database that knows nothing of the order, with the ledgers of this folder."""
        ledgers = open_ledgers(service.settings.folder, service.keyring)
        other = assemble(service.settings, database, service.keyring, service.clock, service.entropy, ledgers=ledgers)
        async with database.begin() as session:
            made = await other.goods.making.make(session, wish)
            await other.goods.releasing.carry_over(session)
        released = await other.goods.releasing.run_once()
        async with database.begin() as session:
            return made, released, await other.goods.orders.look(session, made.order)

    before = shop.world.sql("select id from goods.customer_order")
    order = shop.order(wish)
    shop.pass_days(1.01)
    assert shop.release() == 1
    at, manifest = shop.look(order).released_at, manifest_of(shop, order)
    for table in ("order_manifest", "line_step", "line_image", "order_line", "customer_order"):
        shop.world.sql(f"delete from goods.{table}")  # as a backup of before has it
    shop.world.sql("update goods.credit set used = 0")
    made, released, found = shop.run(in_another(service.database))
    assert before == []
    assert (made.order, released, found.released_at, found.standing.stage) == (order, 0, at, "released")
    assert shop.steps(order) == [(1, "released", "handed over before")]
    assert manifest_of(shop, order) == manifest


def test_O15_pictures_that_are_gone_are_dropped_said_and_not_paid(shop, owner):
    mine = owner("GOES0006")
    mine.lives()
    order = shop.order(shop.wish(mine, "prints"))
    shop.pay(order, shop.look(order).price.minor)
    shop.world.sql("update images.image set state = 'withdrawn' where id = $1", mine.images[1])
    before = shop.look(order).price.minor
    assert shop.release() == 1
    found = shop.look(order)
    assert [one.dropped for one in found.lines[0].images] == ["", "withdrawn", ""]
    assert found.paid == found.price
    assert found.price.minor < before
    assert [one.image for one in manifest_of(shop, order).lines[0].images] == [mine.images[0], mine.images[2]]
    assert "order_less" in mine.told()


def test_O15_an_order_of_nothing_ends_and_gives_back_what_was_taken(shop, owner):
    mine = owner("GOES0007")
    order = paid_order(shop, mine)
    shop.world.sql("update images.image set state = 'withdrawn'")
    shop.pass_days(1.01)
    assert shop.release() == 0
    found = shop.look(order)
    assert (found.standing.stage, shop.used(mine.home.package)) == ("cancelled", 0)
    assert mine.told() == ["order_made", "order_cancelled"]
    assert shop.goods.releasing.releases.of(order) is None


def test_O15_a_picture_chosen_instead_takes_its_place(shop, owner):
    mine = owner("GOES0008")
    order = paid_order(shop, mine)
    shop.world.sql("update images.image set state = 'rival' where id = $1", mine.images[0])
    better = shop.archive.file(mine.home.rolls[0], "1", shop.archive.tenant("Silver Lab"))
    shop.pass_days(1.01)
    shop.release()
    assert [one.image for one in manifest_of(shop, order).lines[0].images] == [better.id, *mine.images[1:]]


def test_O15_edits_are_pinned_when_it_goes_out(shop, owner):
    mine = owner("GOES0009")
    order = paid_order(shop, mine)
    keep = shop.service.people.editing.versions.keep
    version = shop.do(lambda s: keep(s, mine.person, mine.images[0], Edit(turns=1), seen=0))
    shop.pass_days(1.01)
    shop.release()
    shop.do(lambda s: keep(s, mine.person, mine.images[0], Edit(turns=2), seen=version))
    images = manifest_of(shop, order).lines[0].images
    assert [one.edit for one in images] == [Edit(turns=1).instructions, (), ()]
    assert [one.edit for one in shop.look(order).lines[0].images] == [version, 0, 0]


def test_O15_a_contested_package_keeps_its_orders_waiting(shop, owner):
    mine = owner("GOES0010")
    order = paid_order(shop, mine)
    shop.contest(mine)
    shop.pass_days(1.01)
    assert shop.release() == 0
    assert shop.look(order).waits == ("owner",)
    shop.contest(mine, "registered")
    shop.pass_days(0.1)
    assert shop.release() == 1


def test_O15_what_is_not_theirs_any_more_is_not_made_for_them(shop, owner):
    mine, heir = owner("GOES0011"), owner("GOES0012")
    order = paid_order(shop, mine)
    shop.hold(heir.person, mine.home)
    shop.world.sql("delete from people.holding where person = $1", mine.person)
    shop.pass_days(1.01)
    assert shop.release() == 0
    assert shop.look(order).standing.stage == "cancelled"
    assert {one.dropped for one in shop.look(order).lines[0].images} == {"unseen"}


def test_O15_a_store_that_is_down_loses_nothing(shop, owner):
    mine = owner("GOES0013")
    order = paid_order(shop, mine)
    shop.pass_days(1.01)

    class Down:
        async def put(self, key, source):
            raise StoreDown("no answer")

    with pytest.raises(StoreDown):
        shop.run(replace(shop.goods.releasing, objects=Down()).run_once())
    shop.pass_days(0.01)
    assert shop.release() == 1
    assert shop.look(order).standing.stage == "released"


def test_O15_a_manifest_lost_from_the_store_is_put_there_again(shop, owner):
    mine = owner("GOES0014")
    order = paid_order(shop, mine)
    shop.pass_days(1.01)
    shop.release()
    objects = shop.service.pictures.objects
    before = shop.run(objects.read(object_key(order)))
    shop.run(objects.delete(object_key(order)))
    assert shop.do(lambda s: shop.goods.releasing.manifest(s, order)) == before
    assert shop.run(objects.read(object_key(order))) == before
