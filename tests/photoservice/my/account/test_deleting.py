"""Everything deleted: at once for everybody who looks, from the disks in time, and from every backup (S5)."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from photocore.host import SystemEntropy
from photoservice.objects.backup import Backup
from photoservice.objects.opening import open_objects
from photoservice.objects.restore import Restore
from photoservice.objects.store import original_key
from photoservice.testing import running_service
from photoservice.wiring import all_queries


def delete(browser, **fields):
    return browser.post("/my/account/delete", **{"really": "yes", **fields})


def states(world, images):
    rows = world.sql("select distinct state from images.image where id = any($1::text[])", list(images))
    return {row["state"] for row in rows}


def rows_of(world, person):
    """Count the rows of each table that names a person; the ledger's own note aside."""
    tables = world.sql(
        "select table_name as name from information_schema.columns"
        " where table_schema = 'people' and column_name = 'person'"
    )
    counts = {
        row["name"]: world.sql(f"select count(*) as n from people.{row['name']} where person = $1", person)[0]["n"]
        for row in tables
    }
    return {name for name, count in counts.items() if count}


def seen_by(world, person):
    people = world.running.service.people
    return {shown.roll for shown in world.running.do(lambda session: people.persons.shown(session, person))}


def test_S5_everything_goes_at_once(owner, world, person_of):
    mine, theirs = owner("GONE0001"), owner("GONE0002")
    person = person_of(mine)
    mine.browser.post("/my/account/name", name="Ada")
    mine.browser.post("/my/account/addresses/new", lines="Long Street 1", town="Berlin")
    page = mine.browser.page("/my/account/delete")
    assert "Pictures: 6 pictures" in page
    reply = delete(mine.browser)
    assert reply.status_code == 200
    assert "Everything is deleted" in reply.text
    assert rows_of(world, person) == {"record"}
    assert [row["kind"] for row in world.sql("select kind from people.record where person = $1", person)] == ["deleted"]
    assert states(world, mine.images) == {"withdrawn"}
    assert states(world, theirs.images) == {"standing"}
    assert mine.browser.get("/my").url.split("?")[0].endswith("/sign-in")
    assert mine.browser.open(mine.home.access_code).status_code == 403
    assert theirs.browser.get("/my").status_code == 200


def test_S5_without_the_tick_nothing_happens(owner, world):
    mine = owner("GONE0003")
    reply = delete(mine.browser, really="no")
    assert "tick the box" in reply.text
    assert states(world, mine.images) == {"standing"}
    assert mine.browser.get("/my").status_code == 200


def test_S5_the_files_go_when_the_grace_is_over(owner, world):
    mine = owner("GONE0004")
    delete(mine.browser)
    collector = world.running.service.pictures.upkeep._collector
    world.running.run(collector.run())
    world.clock.advance(timedelta(hours=25).total_seconds())
    world.running.run(collector.run())
    objects = world.running.service.pictures.objects
    for roll in mine.rolls:
        for one in mine.pictures[roll]:
            key = original_key(hashlib.sha256(one.original).digest())
            assert world.running.run(objects.look(key)) is None
    assert world.sql("select sha256 from images.original") == []


def test_S5_pictures_that_somebody_else_holds_too_stay(owner, world, person_of, also_held):
    mine, theirs = owner("GONE0005"), owner("GONE0006")
    also_held(mine, person_of(theirs))
    page = mine.browser.page("/my/account/delete")
    assert "6 pictures stay, because somebody else" in page
    assert delete(mine.browser).status_code == 200
    assert states(world, mine.images) == {"standing"}
    assert mine.rolls[0] in seen_by(world, person_of(theirs))


def test_S5_pictures_that_somebody_sees_by_another_receipt_of_the_same_film_stay(
    owner, world, station, archive, browser
):
    """One card registered a package at two counters: two receipts, two guests, and the one deletes everything."""
    package, rolls = world.pack("GONETWICE")
    claims = [station.claim(package), station.claim(package)]
    station.send()
    image = archive.file(rolls[0], "1", archive.tenant("Silver Lab")).id
    first, second = browser(), browser()
    for one, claim in zip((first, second), claims, strict=True):
        one.open(station.secrets[claim.id].access_code)
        assert one.get(f"/my/images/{image}").status_code == 200
    assert delete(first).status_code == 200
    assert states(world, [image]) == {"standing"}
    assert second.get(f"/my/images/{image}").status_code == 200


def test_S5_a_contested_registrations_pictures_are_not_theirs_to_delete(owner, world):
    mine = owner("GONE0007")
    world.sql("update registration set word = 'contested'")
    assert delete(mine.browser).status_code == 200
    assert states(world, mine.images) == {"standing"}


def test_S5_a_cards_account_that_was_proved_theirs_is_erased(owner, world, station, person_of):
    mine = owner("GONE0008")
    person = person_of(mine)
    package, _ = world.pack("GONECARD")
    station.claim(package)
    station.send()
    (row,) = world.sql("select account from claim join account_card using (account)")
    world.sql("insert into people.account_holding (person, account, how, since) values ($1, $2, 'staff', $3)",
              person, row["account"], world.clock.now())  # fmt: skip
    assert "Card accounts proved yours: 1" in mine.browser.page("/my/account/delete")
    delete(mine.browser)
    assert world.sql("select account from account_key where account = $1", row["account"]) == []
    assert row["account"] in world.running.service.accounts.erasures


def test_S5_an_account_that_another_proved_theirs_too_stays(owner, world, station, person_of):
    mine, theirs = owner("GONE0009"), owner("GONE0010")
    package, _ = world.pack("GONECARE")
    station.claim(package)
    station.send()
    (row,) = world.sql("select account from claim join account_card using (account)")
    for one in (mine, theirs):
        world.sql("insert into people.account_holding (person, account, how, since) values ($1, $2, 'staff', $3)",
                  person_of(one), row["account"], world.clock.now())  # fmt: skip
    delete(mine.browser)
    assert len(world.sql("select account from account_key where account = $1", row["account"])) == 1


def test_attack_deleting_twice_at_once_is_deleting_once(owner, world, person_of):
    mine = owner("GONE0011")
    person = person_of(mine)
    with ThreadPoolExecutor(4) as pool:
        codes = sorted(reply.status_code for reply in pool.map(lambda _: delete(mine.browser), range(4)))
    assert codes.count(200) >= 1
    assert set(codes) <= {200, 401, 404}
    assert len(world.sql("select id from people.record where person = $1", person)) == 1
    assert rows_of(world, person) == {"record"}


def test_S5_a_backup_brings_nobody_back(owner, world, scratch, tmp_path, person_of, database):
    mine, theirs = owner("GONE0012"), owner("GONE0013")
    person, other = person_of(mine), person_of(theirs)
    for one, text in ((person, "gone"), (other, "kept")):
        image = (mine if one == person else theirs).images[0]
        world.sql("insert into people.note (person, image, text, at) values ($1, $2, $3, $4)",
                  one, image, text, world.clock.now())  # fmt: skip
    service = world.running.service
    backup = Backup(
        database=service.database, objects=service.pictures.objects, clock=service.clock,
        service=service.settings.folder, folder=tmp_path / "backup",
    )  # fmt: skip
    world.running.run(backup.run(with_keys=True))
    world.clock.advance(60)
    assert delete(mine.browser).status_code == 200
    world.clock.advance(60)
    world.running.run(backup.run(with_keys=True))
    first = sorted((tmp_path / "backup" / "snapshots").iterdir())[0].name

    empty, folder = scratch.empty(), tmp_path / "restored"
    settings = replace(service.settings, folder=folder)
    restore = Restore(
        url=empty, queries=all_queries(), objects=open_objects(settings), service=folder, folder=tmp_path / "backup"
    )
    asyncio.run(restore.run(SystemEntropy(), at=first))
    with running_service(empty, folder, clock=world.clock, settings=settings) as again:
        people = {row["id"] for row in again.sql("select id from people.person")}
        assert people == {other}
        gone = again.sql("select distinct state from images.image where id = any($1::text[])", mine.images)
        assert gone == [{"state": "withdrawn"}]
        kept = again.sql("select distinct state from images.image where id = any($1::text[])", theirs.images)
        assert kept == [{"state": "standing"}]
        opened = replace(mine.browser, url=again.url).open(mine.home.access_code)
        assert opened.status_code == 403
        assert again.sql("select mac from people.session") == []
        assert again.sql("select text from people.note") == [{"text": "kept"}]
    scratch.drop(empty)


def test_attack_a_ledger_of_departures_that_was_changed_is_refused(owner, world, tmp_path):
    from photoservice.errors import LedgerDamaged
    from photoservice.persons.departures import open_departures

    mine = owner("GONE0014")
    delete(mine.browser)
    folder, keyring = world.running.service.settings.folder, world.running.service.keyring
    text = (folder / "departures.jsonl").read_text()
    assert mine.home.number not in text
    assert mine.home.access_code not in text
    changed = tmp_path / "changed"
    changed.mkdir()
    (changed / "departures.jsonl").write_text(text.replace("P-", "P-0", 1))
    with pytest.raises(LedgerDamaged):
        open_departures(changed, keyring)


def test_S5_a_form_that_crosses_ones_own_deletion_is_told_to_sign_in_and_nothing_is_kept(owner, world):
    """The person goes while their form waits for them; that is no fault of the service."""
    mine = owner("CROSSING1")
    mine.browser.page("/my")
    waiting = (
        "select count(*) as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    )

    async def delete_while_it_waits(session):
        await session.connection.execute("delete from people.person")
        form = asyncio.to_thread(mine.browser.post, "/my/groups", name="Too late")
        task = asyncio.create_task(form)
        async with world.running.service.database.look() as other:
            while not await other.connection.fetchval(waiting):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # nobody tells us what another connection waits for
        return task

    async def crossing():
        async with world.running.service.database.begin() as session:
            task = await delete_while_it_waits(session)
        return await task

    reply = world.running.run(crossing())
    assert (reply.status_code, "sign in once more" in reply.text) == (401, True)
    assert world.sql("select id from people.sub_group") == []
