"""Who comes to the operators' pages, by which session, and how roles are given and end (S3; issue 9)."""

import re

from photocore.duties import HOUSE_ONLY, MAY, RIGHTS, ROLES, may, rights_of
from photoservice.testing_pictures import register_at_home


def test_S3_each_right_is_somebodys_and_an_owner_has_them_all():
    assert set(MAY) == set(RIGHTS)
    assert rights_of("owner") == RIGHTS
    assert not may("viewer", "orders_change")
    assert not set(rights_of("owner", is_bound=True)) & HOUSE_ONLY
    for role in ROLES:
        assert set(rights_of(role, is_bound=True)) <= set(rights_of(role)) <= set(rights_of("owner"))


def test_S3_nobody_and_a_code_are_led_to_sign_in_and_other_people_find_nothing(world, person, operator):
    nobody = person("somebody")
    assert nobody.get("/ops").status_code == 404
    nobody.http.cookies.clear()
    led = nobody.get("/ops/audit?kind=searched", allow_redirects=False)
    assert (led.status_code, led.headers["Location"]) == (303, "/sign-in?next=%2Fops%2Faudit%3Fkind%3Dsearched")
    assert nobody.post("/ops/operators").status_code == 401

    code = register_at_home(world.running, world.maker, "DUTY0001", rolls=1).access_code
    boss = operator("owner")
    boss.http.cookies.clear()
    assert boss.post("/sign-in/code", access_code=code).status_code == 200
    led = boss.get("/ops", allow_redirects=False)
    assert led.headers["Location"] == "/sign-in?next=%2Fops"


def test_S3_an_operator_who_only_showed_a_code_or_a_link_is_not_on_duty(world, operator):
    boss = operator("owner")
    for how in ("code", "mail", "recovery"):
        world.sql("update people.session set how = $1", how)
        assert boss.get("/ops", allow_redirects=False).status_code == 303
    for how in ("password", "passkey"):
        world.sql("update people.session set how = $1", how)
        assert boss.get("/ops").status_code == 200


def test_S3_a_shift_ends_after_twelve_hours_and_signing_in_again_leads_back(world, operator):
    boss = operator("owner")
    world.clock.advance(12 * 3600 + 60)
    led = boss.get("/ops/audit", allow_redirects=False)
    assert led.headers["Location"] == "/sign-in?next=%2Fops%2Faudit"
    refused = boss.post("/ops/operators", login="owner", role="viewer")
    assert (refused.status_code, "more than twelve hours ago" in refused.text) == (403, True)
    boss.get(led.headers["Location"])
    back = boss.post("/sign-in/password", name="owner", password="a long walk by the river", next="/ops/audit")
    assert (back.status_code, back.url.removeprefix(world.url)) == (200, "/ops/audit")


def test_S3_an_owner_gives_and_ends_roles_and_what_ended_opens_nothing_at_once(world, operator, person, entries):
    boss, ada = operator("owner"), person("ada")
    assert ada.get("/ops").status_code == 404
    boss.page("/ops/operators")
    assert "The role is given" in boss.done("/ops/operators", login="ada", role="manager", name="Ada at the desk").text
    assert "Ada at the desk" in boss.page("/ops/operators")
    assert ada.get("/ops/audit").status_code == 200
    theirs = entries("operator_added")[-1]["subject"]
    boss.done(f"/ops/operators/{theirs}/end")
    assert ada.get("/ops").status_code == 404
    assert [one["kind"] for one in entries()] == ["operator_added", "operator_added", "operator_ended"]
    assert boss.post(f"/ops/operators/{theirs}/end").status_code == 404


def test_S3_nobody_changes_their_own_role_and_the_last_owner_stays(world, operator, entries):
    boss, manager = operator("owner"), operator("manager")
    manager.page("/ops")
    assert manager.post("/ops/operators", login="manager", role="owner").status_code == 403
    boss.page("/ops/operators")
    refused = boss.post("/ops/operators", login="owner", role="viewer")
    assert (refused.status_code, "Nobody changes their own role" in refused.text) == (409, True)
    last = boss.post(f"/ops/operators/{boss.id}/end")
    assert (last.status_code, "The last owner stays" in last.text) == (409, True)
    boss.page("/ops/operators")
    boss.done("/ops/operators", login="manager", role="owner")
    assert manager.get("/ops/operators").status_code == 200
    manager.page("/ops/operators")
    manager.done(f"/ops/operators/{boss.id}/end")
    assert boss.get("/ops").status_code == 404
    assert len(entries("operator_ended")) == 1


def test_S3_an_owner_of_one_tenant_neither_counts_as_an_owner_nor_sees_the_house(world, operator):
    boss, bound = operator("owner"), operator("owner", tenant="Corner Photo")
    assert bound.get("/ops/operators").status_code == 404
    assert bound.get("/ops/customers").status_code == 404
    assert bound.get("/ops/audit").status_code == 200
    boss.page("/ops")
    assert boss.post(f"/ops/operators/{boss.id}/end").status_code == 409


NONSENSE = (
    ({"login": "nobody-here", "role": "viewer"}, 404),
    ({"login": "ada", "role": "emperor"}, 400),
    ({"login": "ada", "role": "viewer", "tenant": "No Such"}, 404),
    ({"login": "ada", "role": "viewer", "name": "x" * 81}, 400),
    ({"login": "", "role": "viewer"}, 404),
    ({"login": "ada\0", "role": "viewer"}, 400),
)


def test_S3_a_form_that_makes_no_sense_changes_nothing(operator, person, entries):
    boss = operator("owner")
    person("ada")
    boss.page("/ops/operators")
    for fields, status in NONSENSE:
        assert boss.post("/ops/operators", **fields).status_code == status, fields
    assert len(entries()) == 1


def test_S3_refusals_are_pages_for_people_and_problems_for_programs(operator):
    viewer = operator("viewer")
    page = viewer.get("/ops/operators")
    assert (page.status_code, "Your role does not have this right" in page.text) == (403, True)
    problem = viewer.get("/ops/operators", headers={"Accept": "application/json"})
    assert problem.json()["type"] == "urn:twincheck:problem:duty-lacking"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert re.search(r'<html lang="de"', viewer.page("/ops?lang=de"))
