"""`twincheck photoservice seed-demo`: what it fills an empty service with works, and a used one is refused."""

from dataclasses import replace

import pytest
import requests

from photoservice.cli import command
from photoservice.settings import Settings
from photoservice.testing import running_service
from photoservice.testing_browser import PlainBrowser


@pytest.fixture
def seeded(database, tmp_path, capsys):
    """Fills an empty service; returns its folder, and what was printed once."""
    folder = tmp_path / "service"
    assert command(["seed-demo", "--frames", "2", "--dir", str(folder), "--database", database]) == 0
    told = [line.split() for line in capsys.readouterr().out.splitlines() if line.split()[0] in TOLD]
    return folder, told


TOLD = {"person", "access-code", "key", "claim-code"}


def passwords(told):
    return {words[1]: words[2] for words in told if words[0] == "person"}


def sign_in(url, name, password):
    browser = PlainBrowser(url)
    browser.go("/sign-in")
    browser.submit("/sign-in/password", name=name, password=password)
    return browser


@pytest.mark.timeout(180)
def test_O21_a_demonstration_has_people_who_sign_in_pictures_plans_orders_and_an_operator(seeded, database, capsys):
    folder, told = seeded
    settings = replace(Settings(folder=folder), derive_here=False)
    with running_service(database, folder, settings=settings) as running:
        known = passwords(told)
        ada = sign_in(running.url, "ada", known["ada"])
        home = ada.go("/my")
        assert home.count("/my/rolls/") >= 3
        image = running.sql("select id from images.image order by filed_at limit 1")[0]["id"]
        page = ada.go(f"/my/images/{image}")
        assert "<img" in page
        assert running.sql("select count(*) as n from images.rendition")[0]["n"] == 2 * 2 * 6
        assert running.sql("select count(*) as n from images.image where trouble <> ''")[0]["n"] == 0
        kinds = {row["kind"] for row in running.sql("select kind from goods.customer_order")}
        assert {"plan", "hand", "next_roll"} <= kinds
        fired = "select state, number from goods.plan where root like '%DEMO0001' and kind = 'goods'"
        assert running.sql(fired) == [{"state": "ended", "number": 1}]
        made = "select images from goods.order_line join goods.customer_order on id = order_id where firing = 1"
        all_three = running.sql("select count(*) as images from images.image where roll like '%DEMO0001-%'")
        assert running.sql(made) == all_three, "a roll is not whole before its last picture"
        assert "Off for packages that have no such plan" in ada.go("/my/plans"), "hers has one, with its film"
        operator = sign_in(running.url, "operator", known["operator"])
        assert "ops-home" in operator.go("/ops")
        assert "Registrations" in operator.go("/ops/dashboards")
        guest = PlainBrowser(running.url)
        guest.go("/sign-in")
        guest.submit("/sign-in/code", access_code=next(words[1] for words in told if words[0] == "access-code"))
        assert guest.path == "/my"
        roll, code = next(words[1:] for words in told if words[0] == "claim-code")
        wish = {"roll": roll, "code": code}
        keyed = {"Idempotency-Key": "seeded-claim-0000000000000000"}
        assert requests.post(f"{running.url}/claims", json=wish, headers=keyed, timeout=60).status_code == 201
    capsys.readouterr()
    assert command(["seed-demo", "--dir", str(folder), "--database", database]) == 1
    assert "in use" in capsys.readouterr().err


def test_O21_a_service_with_one_tenant_is_not_empty(world, capsys, settings):
    url = world.running.service.settings.database
    assert command(["seed-demo", "--dir", str(settings.folder), "--database", url]) == 1
    assert "in use" in capsys.readouterr().err
    assert world.sql("select count(*) as n from tenant")[0]["n"] == 2
