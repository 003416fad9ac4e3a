"""Sharing to one person, and putting one's own pictures into a sub-group somebody shares (O16)."""

import re

import pytest


@pytest.fixture
def account(world):
    """Let an owner sign in by a name, as signing up would."""

    def make(owner, name):
        service = world.running.service
        (row,) = world.sql(
            "select person from people.holding join claim on claim.station = holding.station"
            " and claim.id = holding.claim where claim.number = $1",
            owner.home.number,
        )

        async def add():
            async with service.database.begin() as session:
                await service.people.entrance.logins.add(session, row["person"], name)

        world.running.run(add())
        world.sql("update people.person set has_credentials = true where id = $1", row["person"])
        return row["person"]

    return make


def sub_group(world, person, images):
    now = world.clock.now()
    world.sql(
        "insert into people.sub_group (id, person, name, place, made_at, changed_at)"
        " values ('SG-1', $1, 'Lake', 1, $2, $2)",
        person,
        now,
    )
    for image in images:
        world.sql(
            "insert into people.grouped (person, image, sub_group, at) values ($1, $2, 'SG-1', $3)", person, image, now
        )


def test_O16_a_share_to_one_person_opens_for_that_person_alone(owner, share, account, browser, world):
    mine, theirs, other = owner("PERS0001"), owner("PERS0002"), owner("PERS0003")
    account(mine, "Anna Lake")
    account(theirs, "Ben Hill")
    mine.browser.page("/my")
    shared = share(mine, "roll", "pick", kind="person", to_whom="ben hill")
    nobody = share(mine, "roll", "pick", kind="person", to_whom="Nobody Here")
    pages = [
        re.sub(r"SH-\w+|/s/[\w-]+|csrf\S+|[0-9a-f]{64}", "", mine.browser.page(one.page)) for one in (shared, nobody)
    ]
    assert pages[0].replace("ben hill", "X") == pages[1].replace("Nobody Here", "X"), "nobody learns who exists"
    stranger = browser()
    assert (
        stranger.http.get(
            stranger.url + shared.path, headers={"Accept": "text/html"}, allow_redirects=False, timeout=30
        )
        .headers["Location"]
        .startswith("/sign-in?next=")
    )
    assert other.browser.get(shared.path).status_code == 404
    assert shared.path in theirs.browser.page("/my/shares")
    theirs.browser.page(shared.path)
    assert theirs.browser.post(f"{shared.path}/open").status_code == 200
    image = mine.pictures[mine.rolls[0]][0].id
    assert theirs.browser.get(f"{shared.path}/i/{image}/256").status_code == 200
    assert other.browser.get(f"{shared.path}/i/{image}/256").status_code == 404


def test_O16_a_guest_by_code_is_asked_to_make_an_account_first(owner):
    mine = owner("PERS0004")
    fields = {"scope": "roll", "what": mine.rolls[0], "kind": "person", "to_whom": "Ben"}
    assert mine.browser.post("/my/shares", **fields).status_code == 422


def test_O16_a_third_party_exchanges_pictures_in_a_shared_sub_group(owner, share, guest, account, world):
    mine, theirs, other = owner("EXCH0001"), owner("EXCH0002"), owner("EXCH0003")
    person = account(mine, "Anna Lake")
    sub_group(world, person, mine.images[:2])
    mine.browser.page("/my")
    shared = share(mine, "sub_group", "exchange", what="SG-1")
    guest(shared, "Ben", one=theirs.browser)
    one = guest(shared)
    put = theirs.images[0]
    assert put in theirs.browser.page(f"{shared.path}/put?roll={theirs.rolls[0].replace('(', '%28')}")
    assert theirs.browser.post(f"{shared.path}/put", image=[put]).status_code == 200
    assert theirs.browser.post(f"{shared.path}/put", image=[other.images[0]]).status_code == 404
    one.page(shared.path)
    assert one.post(f"{shared.path}/put", image=[put]).status_code == 403, "who has no pictures puts none in"
    page = one.page(shared.path)
    assert {image for image in mine.images + theirs.images if image in page} == {*mine.images[:2], put}
    assert one.get(f"{shared.path}/i/{put}/256").status_code == 200
    assert mine.browser.get(f"/my/images/{put}").status_code == 404, "it is not the owner's"

    world.sql("update images.image set state = 'withdrawn' where id = $1", put)
    assert one.get(f"{shared.path}/i/{put}/256").status_code == 404
    world.sql("update images.image set state = 'standing' where id = $1", put)

    mine.browser.page(shared.page)
    assert mine.browser.post(f"{shared.page}/put/{put}/remove").status_code == 200
    assert one.get(f"{shared.path}/i/{put}/256").status_code == 404
    theirs.browser.page(shared.path)
    assert theirs.browser.post(f"{shared.path}/put", image=[put]).status_code == 200
    assert theirs.browser.post(f"{shared.path}/put/{put}/remove").status_code == 200
    assert one.get(f"{shared.path}/i/{put}/256").status_code == 404
