"""Notices in the app: once, for their person alone, safe whatever they hold; new pictures are told once a roll (S3)."""

import html
from datetime import timedelta

from photoservice.notifying.kinds import KINDS


def tell(world, person, kind, key, **about):
    people = world.running.service.people
    return world.running.do(lambda session: people.notices.tell(session, person, kind, key, about))


def person_of(world, owner):
    (row,) = world.sql(
        "select person from people.holding join claim on claim.id = holding.claim where number = $1", owner.home.number
    )
    return row["person"]


def arrive(world):
    return world.running.run(world.running.service.people.arrivals.run_once())


def touch(world, roll):
    world.sql("update images.filed_roll set changed_at = $2 where id = $1", roll, world.clock.now())


def test_S3_a_notice_is_told_once_and_seen_once(owner, world):
    mine = owner("NOTE0001")
    person = person_of(world, mine)
    assert "nothing to tell you yet" in mine.browser.page("/my/notices")
    about = {"share": "SH-1", "title": "Sea", "guest": "Eve"}
    assert [tell(world, person, "share_picked", "k", **about) for _ in range(2)] == [True, False]
    page = html.unescape(mine.browser.page("/my/notices"))
    assert page.count("Eve picked pictures from your share “Sea”.") == 1
    assert 'href="/my/shares/SH-1"' in page
    assert ">New</b>" in page
    assert mine.browser.post("/my/notices/seen").status_code == 200
    assert ">New</b>" not in mine.browser.page("/my/notices")


def test_attack_a_notice_of_another_person_is_not_shown_and_not_marked(owner, world):
    mine, theirs = owner("NOTE0002"), owner("NOTE0003")
    tell(world, person_of(world, mine), "password_changed", "k")
    page = theirs.browser.page("/my/notices")
    assert "password was changed" not in page
    theirs.browser.post("/my/notices/seen")
    assert world.sql("select seen_at from people.notice") == [{"seen_at": None}]
    (row,) = world.sql("select id from people.notice")
    assert "password was changed" not in theirs.browser.page(f"/my/notices?before={row['id']}")


def test_attack_what_others_wrote_stays_text_in_a_notice(owner, world):
    mine = owner("NOTE0004")
    evil = "</a><script>alert(1)</script>{0}{x}%s\u202e\0\n" + "x" * 10_000
    tell(world, person_of(world, mine), "share_commented", "k", share="../../sign-out?a=", title=evil, guest=evil)
    page = mine.browser.page("/my/notices")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert 'href="/my/shares/..%2F..%2Fsign-out%3Fa%3D"' in page


def test_attack_a_notice_leads_to_pages_of_ours_alone(owner, world):
    mine = owner("NOTE0005")
    person = person_of(world, mine)
    for n, path in enumerate(("https://evil.example/", "//evil.example", "javascript:alert(1)", "/sign-out")):
        tell(world, person, "shared_with_you", f"k{n}", title="t", sender="s", path=path)
    page = mine.browser.page("/my/notices")
    assert "evil" not in page
    assert "javascript:" not in page
    tell(world, person, "shared_with_you", "k9", title="t", sender="s", path="/s/abc")
    assert 'href="/s/abc"' in mine.browser.page("/my/notices")


def test_S3_older_notices_stand_on_further_pages(owner, world):
    mine = owner("NOTE0006")
    person = person_of(world, mine)
    for n in range(60):
        tell(world, person, "pictures_ready", f"k{n}", roll="R", film=f"number-{n}.", images="1")
        world.clock.advance(1)
    first = mine.browser.page("/my/notices")
    assert first.count("number-") == 50
    older = first.split("/my/notices?before=")[1].split('"')[0]
    second = mine.browser.page(f"/my/notices?before={older}")
    assert second.count("number-") == 10
    assert "number-0." in second


def test_S3_new_pictures_are_told_once_a_roll_when_it_is_quiet(owner, archive, world):
    mine = owner("NOTE0007", frames=(), rolls=2)
    roll, other = mine.rolls
    world.clock.advance(60)
    tenant = archive.tenant("Silver Lab")
    archive.file(roll, "1", tenant)
    archive.file(roll, "2", tenant)
    assert arrive(world) == 0
    world.clock.advance(timedelta(minutes=11).total_seconds())
    arrive(world)
    page = mine.browser.page("/my/notices")
    assert f"The pictures of your film are there: 2 pictures, {roll}." in html.unescape(page)
    assert other not in page
    archive.file(roll, "3", tenant)
    touch(world, roll)
    world.clock.advance(timedelta(minutes=11).total_seconds())
    arrive(world)
    assert len(world.sql("select id from people.notice where kind = 'pictures_ready'")) == 1


def test_S3_who_came_when_the_pictures_were_there_is_not_told(owner, world):
    mine = owner("NOTE0008")
    world.clock.advance(3600)
    arrive(world)
    assert world.sql("select id from people.notice") == []
    assert mine.images


def test_S3_nobody_is_told_of_pictures_that_they_may_not_see(owner, archive, world):
    """The registration is contested by the time the pictures come."""
    mine = owner("NOTE0009", frames=(), rolls=1)
    world.clock.advance(60)
    archive.file(mine.rolls[0], "1", archive.tenant("Silver Lab"))
    world.sql("update registration set word = 'contested'")
    world.clock.advance(3600)
    arrive(world)
    assert world.sql("select id from people.notice") == []


def test_S3_renditions_are_waited_for_an_hour(owner, archive, world):
    mine = owner("NOTE0010", frames=(), rolls=1)
    world.clock.advance(60)
    archive.file(mine.rolls[0], "1", archive.tenant("Silver Lab"), made=False)
    world.sql("update images.filed_roll set wanted = made + 1")
    world.clock.advance(timedelta(minutes=30).total_seconds())
    arrive(world)
    assert world.sql("select id from people.notice") == []
    world.clock.advance(timedelta(hours=1).total_seconds())
    arrive(world)
    assert len(world.sql("select id from people.notice")) == 1


def test_S3_every_kind_has_words_and_a_sign():
    from photoservice.web.languages import read_words
    from photoservice.web.my.notice_routes import SIGNS

    told = {name for name, kind in KINDS.items() if kind.sort != "answer"}
    assert set(SIGNS) == told
    for words in read_words().values():
        assert set(words.tree["notice"]["said"]) == told
        assert set(words.tree["account"]["kinds"]) == {name for name, kind in KINDS.items() if kind.is_choice}
