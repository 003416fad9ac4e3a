"""Jobs, storage and the mail queue on the operators' pages (issue 9; O1, S4)."""

import re

import pytest

ROLL = "(01)09521141012352(21)WORKS001-R1"


@pytest.fixture
def lab(archive):
    return archive.tenant("Silver Lab")


@pytest.fixture
def boss(operator):
    return operator("manager")


def test_O20_a_roll_that_failed_is_seen_and_tried_again(world, boss, operator, archive, lab, entries):
    """The picture that nothing could be made of is wanted anew; a lab's own people see their rolls alone."""
    filed = archive.file(ROLL, "1", lab, made=False, trouble="unreadable")
    world.sql("update images.image set trouble = 'unreadable' where id = $1", filed.id)
    page = boss.page("/ops/jobs?failed=1")
    assert (ROLL in page, "unreadable" in page, "Lanes" in page) == (True, True, True)
    boss.done("/ops/jobs/retry", roll=ROLL)
    assert world.sql("select trouble from images.image")[0]["trouble"] == ""
    assert world.sql("select entrypoint from jobs.pgqueuer where dedupe_key = $1", ROLL)[0]["entrypoint"] == "asked"
    assert entries("renditions_wanted")[0]["subject"] == ROLL
    assert boss.post("/ops/jobs/retry", roll="nothing").status_code == 404
    mine, other = operator("lab", tenant="Silver Lab"), operator("lab", tenant="Halide", name="bob")
    assert (ROLL in mine.page("/ops/jobs"), "Lanes" in mine.page("/ops/jobs")) == (True, False)
    assert ROLL not in other.page("/ops/jobs")
    assert other.post("/ops/jobs/retry", roll=ROLL).status_code == 404
    viewer = operator("viewer")
    assert viewer.post("/ops/jobs/retry", roll=ROLL).status_code == 403
    assert viewer.get("/ops/jobs?behind=AAAA").status_code == 400


def promise(world, lab, name, *, offer=b"o" * 32):
    """Promise 1,000 bytes to the lab, as an offer does."""
    now = "now()"
    world.sql(
        "insert into images.tenant_storage (tenant, reserved) values ($1, 1000)"
        " on conflict (tenant) do update set reserved = images.tenant_storage.reserved + 1000",
        lab,
    )
    world.sql("update images.storage set reserved = reserved + 1000")
    world.sql(
        f"insert into images.reservation (id, tenant, roll, offer, granted, made_at, expires_at)"
        f" values ($1, $2, $3, $4, 1000, {now}, {now} + interval '1 day')",
        *(name, lab, ROLL, offer),
    )


def test_O1_room_is_seen_and_a_promise_is_taken_back(world, boss, operator, archive, lab, entries):
    """What was promised is free again; under an upload that is open nothing is taken back."""
    filed = archive.file(ROLL, "1", lab)
    world.sql("update images.original set damage = 'missing', scrubbed_at = now()")
    promise(world, lab, "RS-ONE")
    promise(world, lab, "RS-TWO", offer=b"p" * 32)
    world.sql(
        "insert into images.upload (id, tenant, reservation, roll, frame, length, state, made_at, expires_at)"
        " values ('UP-ONE', $1, 'RS-TWO', $2, '2', 10, 'open', now(), now() + interval '1 day')",
        lab,
        ROLL,
    )
    page = boss.page("/ops/storage")
    assert all(text in page for text in ("RS-ONE", "RS-TWO", "UP-ONE", "Silver Lab", "Damaged originals", "missing"))
    assert filed.id not in page
    assert boss.post("/ops/storage/reservations/RS-TWO/end", why="It hangs").status_code == 422
    boss.page("/ops/storage")
    boss.done("/ops/storage/reservations/RS-ONE/end", why="They sent another offer")
    assert boss.post("/ops/storage/reservations/RS-ONE/end", why="twice").status_code == 404
    assert world.sql("select reserved from images.storage")[0]["reserved"] == 1000
    assert world.sql("select reserved from images.tenant_storage where tenant = $1", lab)[0]["reserved"] == 1000
    assert entries("reservation_ended")[0]["subject"] == "RS-ONE"
    mine = operator("manager", tenant="Silver Lab")
    page = mine.page("/ops/storage")
    assert ("RS-TWO" in page, "Never read again" in page) == (True, False)
    assert "RS-TWO" not in operator("manager", tenant="Halide", name="bob").page("/ops/storage")
    assert mine.post("/ops/storage/reservations/RS-TWO/end", why="because").status_code == 404


def write(world, name, person, **more):
    """Queue a message of which nobody may see the text, by a channel that leads nowhere here."""
    row = {"attempts": 1, "why": "the server is down", "failed_at": None, "sent_at": None, **more}
    world.sql(
        "insert into people.message (id, person, channel, kind, key, language, target, about, attempts, next_at,"
        " made_at, failed_at, sent_at, why)"
        " values ($1, $2, 'sms', 'odd_kind', $1, 'en', 'TARGETBOX', 'ABOUTBOX', $3, now() + interval '1 day', now(),"
        " $4, $5, $6)",
        *(name, person, row["attempts"], row["failed_at"], row["sent_at"], row["why"]),
    )


def test_S3_the_mail_queue_tells_why_and_never_what(world, operator, person, entries):
    """What waits is tried again or given up; where it went and what it said stands nowhere, then not even here."""
    desk = operator("support")
    person("ada")
    (ada,) = world.sql("select person from people.login where person not in (select person from ops.operator)")
    now = world.clock.now()
    write(world, "M-WAITS", ada["person"])
    write(world, "M-HANGS", ada["person"])
    write(world, "M-FAILED", ada["person"], failed_at=now, why="refused: no such mailbox")
    page = desk.page("/ops/mail")
    assert all(text in page for text in ("M-WAITS", "M-HANGS", "the server is down", ada["person"], "odd_kind"))
    assert "BOX" not in page
    assert ("M-FAILED" in page, "no such mailbox" in desk.page("/ops/mail?of=failed")) == (False, True)
    desk.done("/ops/mail/M-WAITS/retry")
    due = world.sql("select next_at <= $1 as due from people.message where id = 'M-WAITS'", now)[0]["due"]
    assert due
    desk.page("/ops/mail")
    assert desk.post("/ops/mail/M-HANGS/drop", why="").status_code == 422
    desk.page("/ops/mail")
    desk.done("/ops/mail/M-HANGS/drop", why="The address is a typing slip")
    (gone,) = world.sql("select target, about, failed_at from people.message where id = 'M-HANGS'")
    assert (bytes(gone["target"]), bytes(gone["about"]), gone["failed_at"]) == (b"", b"", now)
    for deed in ("/ops/mail/M-FAILED/retry", "/ops/mail/M-HANGS/drop", "/ops/mail/M-NOBODY/retry"):
        assert desk.post(deed, why="because").status_code == 404, deed
    assert len(entries("message_retried")) == len(entries("message_dropped")) == 1
    for odd in ("?of=all", "?channel=pigeon", "?behind=AAAA"):
        assert desk.get("/ops/mail" + odd).status_code == 400
    for refused in (operator("viewer"), operator("lab")):
        assert refused.get("/ops/mail").status_code == 403
    assert operator("owner", tenant="Halide").get("/ops/mail").status_code == 404


def test_O20_long_lists_go_on_page_by_page(world, operator, archive, lab):
    """Fifty a page, none twice, none missed."""
    archive.describe(ROLL, lab)
    world.sql(
        "insert into images.filed_roll (id, wanted, made, first_at, changed_at)"
        " select 'ROLL' || n, 1, 0, now(), now() from generate_series(1, 120) as n"
    )
    viewer, seen, path = operator("viewer"), [], "/ops/jobs"
    while path:
        page = viewer.page(path)
        seen += re.findall(r'<code class="id" dir="ltr">(ROLL\d+)</code>', page)
        onward = re.search(r'class="button second" href="(/ops/jobs\?[^"]+)"', page)
        path = onward[1].replace("&amp;", "&") if onward else ""
    assert (len(seen), len(set(seen))) == (120, 120)
