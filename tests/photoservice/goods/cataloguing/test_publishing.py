"""Versions of the catalogue: published once and for good, in one order for everybody; and the terms of products."""

import asyncio
import copy
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from photoservice.cataloguing.catalogues import MOST_BYTES, SHIPPED
from photoservice.errors import Malformed, TooLarge
from photoservice.goods_errors import (
    CatalogueTaken,
    CatalogueUnfit,
    ChangedMeanwhile,
    NothingOffered,
    StillUsed,
    TermsUnfit,
)
from photoservice.wiring import offer_something


def plan(world, plan_id: str, make: dict[str, object], currency: str = "EUR", state: str = "live") -> None:
    """Put a plan of a package in, as if somebody had made it."""
    world.sql(
        """insert into goods.plan (id, kind, scope, root, origin, criterion, make, repeats, cooling, pays, currency,
                                   state, begun_at, since, made_at, changed_at)
           values ($1, 'goods', 'package', 'TCP-1', $1, '{"kind":"images","count":1}', $2, false, '1 day', 'till', $3,
                   $4, now(), now(), now(), now())""",
        plan_id,
        json.dumps(make),
        currency,
        state,
    )


def drop_yen(shop) -> None:
    """Take a currency out of a catalogue, everywhere."""
    shop["currencies"] = ["EUR"]
    for item in shop["items"]:
        prices = [item["price"]["base"], *(step["each"] for step in item["price"].get("steps", []))]
        more = [value.get("more", {}) for option in item.get("options", []) for value in option["values"]]
        for amounts in (*prices, *more):
            amounts.pop("JPY", None)


@contextmanager
def refused(error: type[Exception], case: object) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """Expect that a case is refused; when it is not, or with something else, its name is told."""
    try:
        with pytest.raises(error) as found:
            yield found
    except BaseException as failed:
        failed.add_note(f"of {str(case)[:80]}")
        raise


def versions(world) -> list[str]:
    return [row["version"] for row in world.sql("select version from goods.catalogue order by place")]


def current(world) -> str:
    catalogues = world.running.service.goods.catalogues
    return world.running.do(catalogues.current).version


def test_O10_a_fresh_service_offers_the_shipped_catalogue_once(world):
    rows = world.sql("select version, published_by from goods.catalogue")
    assert [row["published_by"] for row in rows] == [SHIPPED]
    world.running.run(offer_something(world.running.service))
    assert len(versions(world)) == 1


def test_O10_the_last_published_is_in_force_and_older_ones_stay_as_they_were(world, publish, shop):
    publish(shop)
    before = bytes(world.sql("select body from goods.catalogue where version = 'v1'")[0]["body"])
    shop["version"] = "v2"
    shop["items"][0]["is_withdrawn"] = True
    shop["items"][1]["price"]["base"]["EUR"] = 250
    publish(shop, note="CDs are over")
    assert current(world) == "v2"
    catalogues = world.running.service.goods.catalogues
    old = world.running.do(lambda session: catalogues.version(session, "v1"))
    assert not old.item("cd").is_withdrawn
    assert old.item("prints").price.base["EUR"] == 190
    assert bytes(world.sql("select body from goods.catalogue where version = 'v1'")[0]["body"]) == before
    assert next(one.note for one in world.running.do(catalogues.all)) == "CDs are over"


def test_O10_the_same_again_changes_nothing_and_another_under_its_name_is_refused(world, publish, shop):
    first = publish(shop)
    assert publish(shop).place == first.place
    shop["items"][0]["price"]["base"]["EUR"] = 1
    with pytest.raises(CatalogueTaken):
        publish(shop)
    assert current(world) == "v1"


def test_O10_an_older_version_does_not_come_back_under_its_old_name(world, publish, shop):
    publish(shop)
    publish({**shop, "version": "v2"})
    with pytest.raises(CatalogueTaken):
        publish(shop)
    assert current(world) == "v2"


def test_O10_every_fault_is_told_and_nothing_is_published(world, publish, shop):
    shop["version"] = "a b"
    shop["items"][0]["titles"] = {}
    with pytest.raises(CatalogueUnfit) as refused:
        publish(shop)
    assert len(refused.value.faults) == 3  # the version, and a title in two languages
    assert len(versions(world)) == 1


def test_O10_an_item_never_becomes_other_goods(world, publish, shop):
    publish(shop)
    shop["version"] = "v2"
    shop["items"][0]["kind"] = "index_print"
    with pytest.raises(CatalogueUnfit, match="it was disc in v1"):
        publish(shop)


def test_O10_what_is_no_catalogue_is_refused(world):
    catalogues = world.running.service.goods.catalogues

    def publish(body: bytes) -> None:
        world.running.do(lambda session: catalogues.publish(session, body, by="tests"))

    before = versions(world)
    for body in (b"", b"{", b"[]", b"\xff\xfe", b'{"version":"1"}', b"[" * 200_000, b'{"\0":1}'):
        with refused(CatalogueUnfit, body):
            publish(body)
    with pytest.raises(TooLarge):
        publish(b" " * (MOST_BYTES + 1))
    assert versions(world) == before


def test_O10_of_two_who_publish_at_once_the_later_is_in_force_for_everybody(world, publish, shop):
    bodies = [{**shop, "version": f"v{n}"} for n in range(1, 7)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(publish, bodies))
    assert sorted(one.place for one in done) == [one.place for one in sorted(done, key=lambda one: one.place)]
    assert current(world) == max(done, key=lambda one: one.place).catalogue.version
    assert len(versions(world)) == 7


def test_O10_of_two_other_catalogues_under_one_name_one_is_refused(world, shop):
    catalogues = world.running.service.goods.catalogues
    other = {**shop, "items": shop["items"][:2]}

    async def publish(values):
        async with world.running.service.database.begin() as session:
            return await catalogues.publish(session, json.dumps(values).encode(), by="tests")

    async def both():
        return await asyncio.gather(publish(shop), publish(other), return_exceptions=True)

    done = world.running.run(both())
    assert sum(isinstance(one, CatalogueTaken) for one in done) == 1
    assert len(versions(world)) == 2


TAKEN_AWAY = {
    "withdrawn": (lambda shop: shop["items"][1].update(is_withdrawn=True), "it is not there any more"),
    "gone": (lambda shop: shop.update(items=shop["items"][:1]), "it is not there any more"),
    "a-size": (
        lambda shop: shop["items"][1]["options"][0].update(values=shop["items"][1]["options"][0]["values"][:1]),
        "no ",
    ),
    "yen": (drop_yen, "no price in JPY"),
}
"""What a catalogue loses, by name, and what is said of plans that need it."""


def test_O10_what_live_plans_need_goes_only_on_purpose(world, publish, shop):
    plan(world, "PL-A", {"item": "prints", "options": {"size": "20x30"}, "quantity": 1}, "JPY")
    plan(world, "PL-B", {"item": "prints", "options": {"size": "20x30"}, "quantity": 2}, "JPY")
    plan(world, "PL-C", {"item": "prints", "options": {"size": "1x1"}, "quantity": 1}, state="ended")
    for name, (change, why) in TAKEN_AWAY.items():
        publish({**shop, "version": f"before-{name}"}, is_forced=True)
        less = {**copy.deepcopy(shop), "version": f"less-{name}"}
        less["items"][1]["exclusions"] = []
        change(less)
        with refused(StillUsed, name) as error:
            publish(less)
        assert "2 live plans make prints" in str(error.value), name
        assert why in str(error.value), name
        assert current(world) == f"before-{name}"
        publish(less, is_forced=True)
        assert current(world) == f"less-{name}"


def test_O10_no_catalogue_and_no_version_are_said(world):
    catalogues = world.running.service.goods.catalogues
    with pytest.raises(NothingOffered):
        world.running.do(lambda session: catalogues.version(session, "never"))
    world.sql("delete from goods.catalogue")
    with pytest.raises(NothingOffered):
        world.running.do(catalogues.current)


def test_O15_a_product_s_terms_are_kept_changed_and_listed(world, publish, shop):
    publish(shop)
    book = world.running.service.goods.terms
    gtin = "04006381333931"

    def put(values, **more):
        body = json.dumps(values).encode()
        return world.running.do(lambda session: book.set(session, "4006381333931", body, by="tests", **more))

    assert world.running.do(lambda session: book.of(session, gtin)) is None
    put({"credits": [{"item": "cd"}]}, edition=0)
    with pytest.raises(ChangedMeanwhile):
        put({}, edition=0)
    put({"credits": [{"item": "cd", "pieces": 2}]}, edition=1)
    assert world.running.do(lambda session: book.of(session, gtin)).credits[0].pieces == 2
    assert [(one.gtin, one.edition) for one in world.running.do(book.all)] == [(gtin, 2)]


UNFIT_TERMS = [
    ("4006381333930", {}, Malformed),
    ("abc", {}, Malformed),
    ("4006381333931", {"credits": [{"item": "yacht"}]}, TermsUnfit),
    ("4006381333931", {"credits": [{"item": "cd", "pieces": -2}]}, TermsUnfit),
    ("4006381333931", {"plans": [{"make": {"item": "cd"}, "when": {"kind": "images", "count": -1}}]}, TermsUnfit),
    ("4006381333931", {"credits": [{"item": "cd", "options": {"x" * 50_000: "y" * 50_001}}]}, TooLarge),
]


def test_O15_terms_that_cannot_be_kept_are_refused(world, publish, shop):
    publish(shop)
    book = world.running.service.goods.terms

    def put(gtin: str, values: dict[str, object]) -> None:
        world.running.do(lambda session: book.set(session, gtin, json.dumps(values).encode(), by="tests"))

    for gtin, values, error in UNFIT_TERMS:
        with refused(error, (gtin, values)):
            put(gtin, values)
        assert world.sql("select * from goods.terms") == [], (gtin, str(values)[:80])


def test_O15_a_catalogue_that_takes_away_what_is_prepaid_is_refused(world, publish, shop):
    publish(shop)
    book = world.running.service.goods.terms
    body = json.dumps({"credits": [{"item": "cd"}]}).encode()
    world.running.do(lambda session: book.set(session, "4006381333931", body, by="tests"))
    shop["version"] = "v2"
    del shop["items"][0]
    with pytest.raises(StillUsed, match="product 04006381333931, credit 1: cd is not in the catalogue"):
        publish(shop)
