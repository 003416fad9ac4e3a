"""Nobody fills somebody else's page: what may be sent to whom, how it is put away, and who is blocked (O16)."""

import re
from datetime import timedelta

import pytest

from photoservice.sharing import guests, shares

BOUNDS = (shares.MOST_WAITING_OF_ONE, shares.MOST_WAITING)


@pytest.fixture
def account(world):
    """Let an owner sign in by some names, as signing up would."""

    def make(owner, *names):
        (row,) = world.sql(
            "select person from people.holding join claim on claim.station = holding.station"
            " and claim.id = holding.claim where claim.number = $1",
            owner.home.number,
        )
        logins = world.running.service.people.entrance.logins
        for name in names:
            world.running.do(lambda session, name=name: logins.add(session, row["person"], name))
        world.sql("update people.person set has_credentials = true where id = $1", row["person"])
        return row["person"]

    return make


def fill(world, person, to_person, count, *, made=0, to_whom="Ben Hill"):
    """Make shares as the form would, without asking for them one by one."""
    mac = world.running.service.people.entrance.logins.mac_of(to_whom)
    world.sql(
        "insert into people.share (id, person, kind, token_mac, to_person, to_whom, to_mac, scope, rights, made_at)"
        " select 'SH-' || $1 || n, $1, 'person', sha256(($1 || n)::bytea), $2, $6, $5, 'account', '{view}', $4"
        " from generate_series($3 + 1, $3 + $7::int) as n",
        *(person, to_person, made, world.clock.now() - timedelta(days=1), mac, to_whom, count),
    )


def ask(owner, to_whom):
    owner.browser.page("/my")
    fields = {"scope": "roll", "what": owner.rolls[0], "kind": "person", "to_whom": to_whom, "title": "Summer"}
    return owner.browser.post("/my/shares", **fields)


def listed(owner):
    return re.findall(r'action="/my/shares/(SH-[\w-]+)/hide"', owner.browser.page("/my/shares"))


def test_attack_one_person_puts_twenty_shares_on_anothers_page_and_no_more(owner, account, world):
    """The answer is the same for a name that nobody has, and what is opened makes room."""
    most, _ = BOUNDS
    mine, theirs = owner("LIMIT001"), owner("LIMIT002")
    person, other = account(mine, "Anna Lake"), account(theirs, "Ben Hill", "Benny")
    fill(world, person, other, most)
    fill(world, person, None, most, made=most, to_whom="Nobody Here")
    refused = [ask(mine, name) for name in ("ben hill", "nobody here")]
    texts = [re.sub(r"csrf\S+ \S+|[?;][xs]=[\w-]+|[0-9a-f]{32,}", "", reply.text.lower()) for reply in refused]
    assert [reply.status_code for reply in refused] == [422, 422]
    assert texts[0].replace("ben hill", "x") == texts[1].replace("nobody here", "x"), "nobody learns who exists"
    assert "have not been opened yet" in refused[0].text
    assert len(world.sql("select from people.share")) == 2 * most
    assert ask(mine, "Benny").status_code == 200, "another name of the same person is another name"
    assert len(listed(theirs)) == most
    assert world.sql("select from people.notice where kind = 'shared_with_you'") == []
    world.sql("update people.share set revoked_at = $1 where id = $2", world.clock.now(), f"SH-{person}1")
    assert ask(mine, "Ben Hill").status_code == 200


def test_attack_many_people_put_a_hundred_shares_on_a_page_and_push_nothing_out(owner, share, account, guest, world):
    """What was opened stays listed; what is too much is told nobody, and its address opens it all the same."""
    _, most = BOUNDS
    mine, theirs = owner("LIMIT003"), owner("LIMIT004")
    account(mine, "Anna Lake")
    person = account(theirs, "Ben Hill")
    kept = share(mine, "roll", kind="person", to_whom="Ben Hill", title="Kept")
    guest(kept, one=theirs.browser)
    world.sql(
        "insert into people.person (id, made_at, seen_at) select 'P-' || n, $1, $1 from generate_series(1, 10) as n",
        world.clock.now(),
    )
    for n in range(1, 11):
        fill(world, f"P-{n}", person, most // 10)
    world.clock.advance(60)
    late = share(mine, "roll", kind="person", to_whom="Ben Hill", title="Late")
    assert late.id not in listed(theirs)
    assert kept.id in listed(theirs)
    told = world.sql("select key from people.notice where person = $1 and kind = 'shared_with_you'", person)
    assert [row["key"] for row in told] == [f"shared:{kept.id}"]
    guest(late, one=theirs.browser)
    assert late.id in listed(theirs), "opened by its address it is listed"


def test_O16_a_share_is_put_away_and_its_sender_blocked_and_allowed_again(owner, share, account, guest, world):
    """The sender sees no difference, and nobody puts away what was not shared with them."""
    mine, theirs, other = owner("LIMIT005"), owner("LIMIT006"), owner("LIMIT007")
    account(mine, "Anna Lake")
    person = account(theirs, "Ben Hill")
    first, second = (share(mine, "roll", kind="person", to_whom="Ben Hill", title=name) for name in ("One", "Two"))
    page = mine.browser.page(first.page)
    assert sorted(listed(theirs)) == sorted([first.id, second.id])
    other.browser.page("/my")
    assert other.browser.post(f"/my/shares/{first.id}/hide").status_code == 404
    assert other.browser.post(f"/my/shares/{first.id}/block").status_code == 404
    reply = theirs.browser.post(f"/my/shares/{first.id}/hide")
    assert "Put away" in reply.text
    assert listed(theirs) == [second.id]
    guest(first, one=theirs.browser)
    assert sorted(listed(theirs)) == sorted([first.id, second.id])

    theirs.browser.page("/my/shares")
    assert theirs.browser.post(f"/my/shares/{second.id}/block").status_code == 200
    assert listed(theirs) == []
    third = share(mine, "roll", kind="person", to_whom="Ben Hill", title="Three")
    assert listed(theirs) == []
    told = world.sql("select key from people.notice where person = $1 and kind = 'shared_with_you'", person)
    assert f"shared:{third.id}" not in {row["key"] for row in told}
    bare = re.compile(r"csrf\S+ \S+|[0-9a-f]{32,}")
    assert bare.sub("", mine.browser.page(first.page)) != ""
    assert ("blocked" in page.lower(), "blocked" in mine.browser.page(third.page).lower()) == (False, False)

    blocked = re.search(r"/my/shares/(BL-\w+)/allow", theirs.browser.page("/my/shares"))
    assert blocked
    mine.browser.page("/my/shares")
    assert mine.browser.post(f"/my/shares/{blocked[1]}/allow").status_code == 404
    theirs.browser.page("/my/shares")
    assert theirs.browser.post(f"/my/shares/{blocked[1]}/allow").status_code == 200
    assert {first.id, second.id} <= set(listed(theirs))


def test_O16_the_pages_stay_small_with_the_most_there_may_be(owner, share, account, world):
    """500 shares of one's own, 120 of others and 700 notices: a page of each, and a way to the older ones."""
    mine, theirs = owner("LIMIT008"), owner("LIMIT009")
    person, other = account(mine, "Anna Lake"), account(theirs, "Ben Hill")
    fill(world, person, None, shares.MOST_SHARES)
    fill(world, other, person, 120)
    world.sql(
        "insert into people.notice (id, person, kind, key, about, at)"
        ' select \'N\' || n, $1, \'share_opened\', n, \'{"share": "SH-1", "title": "Summer", "guest": "Ben"}\', $2'
        " from generate_series(1, 700) as n",
        *(person, world.clock.now()),
    )
    seen, page = set(), mine.browser.page("/my/shares")
    assert len(page) < 120_000
    assert len(mine.browser.page("/my/notices")) < 80_000
    for _ in range(shares.MOST_SHARES // shares.MOST_LISTED):
        seen |= set(re.findall(r'<h2><a href="/my/shares/(SH-[\w-]+)', page))
        older = re.search(r'<p class="more"><a [^>]*before=(SH-[\w-]+)', page)
        assert older
        page = mine.browser.page(f"/my/shares?before={older[1]}")
    seen |= set(re.findall(r'<h2><a href="/my/shares/(SH-[\w-]+)', page))
    assert '<p class="more">' not in page
    assert len(seen) == shares.MOST_SHARES


def test_O16_a_picture_is_picked_once_by_each_guest_and_a_share_takes_so_many_picks(owner, share, guest, world):
    mine = owner("LIMIT010")
    shared = share(mine, "roll", "pick")
    one, image = guest(shared, "Ben"), mine.pictures[mine.rolls[0]][0].id
    for _ in range(2):
        one.page(shared.path)
        assert one.post(f"{shared.path}/pick", pick=image).status_code == 200
    assert world.sql("select count(*) as n from people.pick") == [{"n": 1}]
    world.sql(
        "insert into people.guest (id, share, mac, made_at, seen_at)"
        " select 'G-' || n, $1, sha256(n::text::bytea), $2, $2 from generate_series(1, $3::int) as n",
        *(shared.id, world.clock.now(), guests.MOST_PICKS),
    )
    world.sql(
        "insert into people.pick (share, image, guest, at)"
        " select $1, $2, 'G-' || n, $3 from generate_series(1, $4::int) as n",
        *(shared.id, image, world.clock.now(), guests.MOST_PICKS - 1),
    )
    one.page(shared.path)
    assert one.post(f"{shared.path}/pick", pick=mine.pictures[mine.rolls[0]][1].id).status_code == 422
    assert len(mine.browser.page(shared.page)) < 150_000


def test_O16_what_somebody_shares_unasked_shows_no_picture_before_it_is_opened(owner, share, account, guest):
    """Beforehand there is a name and a number; afterwards each small picture on the first page is there."""
    mine, theirs = owner("LIMIT008"), owner("LIMIT009")
    account(mine, "Anna Lake")
    account(theirs, "Ben Hill")
    shared = share(mine, "roll", kind="person", to_whom="Ben Hill", title="The lake")
    before = theirs.browser.page("/my")
    assert "The lake" in before
    assert f"{shared.path}/i/" not in before
    guest(shared, one=theirs.browser)
    covers = re.findall(rf'src="({re.escape(shared.path)}/i/[^"]+)"', theirs.browser.page("/my"))
    assert covers
    assert [theirs.browser.get(cover).status_code for cover in covers] == [200] * len(covers)
