"""A zip on its way: as long as was told, of what may be seen, with a note of what is not in it; or visibly cut."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from photocore.edits import NO_EDIT
from photoservice.editing.versions import Head
from photoservice.errors import NotMade
from photoservice.gallery.sight import Sight
from photoservice.objects.store import original_key
from photoservice.taking import streaming
from photoservice.taking.planning import plan_zip
from photoservice.taking.streaming import Note, Taking, ZipCut

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Editor:
    """Carries edits out by saying so; of pictures in ``broken`` it cannot."""

    broken = ()

    async def rendered(self, piece, edit, tier):
        assert (piece.media, tier) == ("image/jpeg", "2048")
        return self._made(piece, b"edited small ")

    async def full(self, piece, edit):
        return self._made(piece, b"edited full ")

    def _made(self, piece, how):
        if piece.row["id"] in self.broken:
            raise NotMade("broken")
        return how + piece.row["id"].encode()


def explain(left_out):
    return Note(name="Missing.txt", text="\n".join(f"{one.name} {one.why}" for one in left_out))


@pytest.fixture
def box(owner, world):
    return Box(owner("TAKING01"), world)


class Box:
    def __init__(self, owner, world):
        self.owner, self.world, self.running = owner, world, world.running
        self.filed = [one for roll in owner.rolls for one in owner.pictures[roll]]
        self.taking = Taking(kept=world.running.service.gallery.bytes, darkroom=Editor())

    def plan(self, which, images=None, edited=(), sight=None):
        heads = {image: Head(version=1, edit=NO_EDIT) for image in edited}
        images, sight = images or self.owner.images, sight or Sight(rolls=self.owner.rolls)
        kept = self.taking.kept
        return self.running.do(lambda session: plan_zip(session, kept, sight, images, which, heads=heads))

    def take(self, plan, **more):
        async def take():
            sent = await self.taking.stream_zip(plan, explain=explain, now=NOW, **more)
            return sent.length, [bytes(part) async for part in sent.body]

        return self.running.run(take())

    def files(self, plan):
        length, parts = self.take(plan)
        content = b"".join(parts)
        assert length in (None, len(content))
        with zipfile.ZipFile(io.BytesIO(content)) as read:
            assert read.testzip() is None
            return {entry.filename: read.read(entry) for entry in read.infolist()}

    def name(self, one, ending="jpg"):
        return f"Kodak Gold 200 {one.roll}/{one.frame}.{ending}"


def test_O14_a_zip_of_originals_holds_the_exact_bytes_that_came(box):
    plan = box.plan("original")
    length, _ = box.take(plan)
    assert (length, plan.has_edits) == (plan.size, False)
    assert box.files(plan) == {box.name(one): one.original for one in box.filed}


def test_O14_a_zip_of_proxies_holds_what_pages_show(box):
    assert box.files(box.plan("proxy")) == {box.name(one): one.tiers["2048"] for one in box.filed}


def test_O14_edits_are_carried_out_on_the_way_and_originals_stay_as_they_are(box):
    edited = [box.filed[0].id]
    small, full, original = (box.files(box.plan(which, edited=edited)) for which in ("proxy", "edited", "original"))
    first = box.name(box.filed[0])
    assert (small[first], full[first]) == (b"edited small " + edited[0].encode(), b"edited full " + edited[0].encode())
    assert original[first] == box.filed[0].original
    assert [full[box.name(one)] for one in box.filed[1:]] == [one.original for one in box.filed[1:]]


def test_O14_large_files_are_read_twice_and_come_out_the_same(box, archive, monkeypatch):
    tenant, large = archive.tenant("Silver Lab"), b"\xff\xd8" + bytes(range(256)) * 24_000
    one = archive.file(box.owner.rolls[0], "30", tenant, original=large)
    assert len(large) > streaming.HELD
    assert box.files(box.plan("original", [one.id])) == {box.name(one): large}
    _, parts = box.take(box.plan("original", [one.id]))
    assert max(map(len, parts)) <= 1 << 20


def test_O14_what_cannot_be_put_in_is_named_in_a_note(box, archive):
    tenant, roll = archive.tenant("Silver Lab"), box.owner.rolls[0]
    making = archive.file(roll, "31", tenant, made=False)
    failed = archive.file(roll, "32", tenant, made=False, trouble="broken")
    damaged = archive.file(roll, "33", tenant)
    gone = archive.file(roll, "34", tenant)
    for one, change in ((damaged, "update images.original set damage = 'changed' where sha256 = $1"),):
        box.world.sql(change, _sha(box, one))
    box.running.run(box.taking.kept.objects.delete(original_key(_sha(box, gone))))
    images = [one.id for one in (making, failed, damaged, gone)]
    assert box.files(box.plan("proxy", images)) == {
        box.name(damaged): damaged.tiers["2048"],
        box.name(gone): gone.tiers["2048"],
        "Missing.txt": f"{box.name(making)} making\n{box.name(failed)} failed".encode(),
    }
    assert box.files(box.plan("original", images)) == {
        box.name(making): making.original,
        box.name(failed): failed.original,
        "Missing.txt": f"{box.name(damaged)} damaged\n{box.name(gone)} missing".encode(),
    }


def test_O14_an_edit_that_cannot_be_carried_out_is_named_in_the_note(box):
    broken = box.filed[0]
    box.taking.darkroom.broken = (broken.id,)
    found = box.files(box.plan("edited", edited=[broken.id]))
    assert found["Missing.txt"] == f"{box.name(broken)} failed".encode()
    assert len(found) == len(box.filed)


def test_O14_a_file_that_goes_while_a_zip_is_sent_cuts_it(box):
    plan = box.plan("original")

    async def take():
        sent = await box.taking.stream_zip(plan, explain=explain, now=NOW)
        first = await anext(sent.body)
        await box.taking.kept.objects.delete(plan.files[-1].piece.key)
        return len(first) + sum([len(part) async for part in sent.body])

    with pytest.raises(ZipCut):
        box.running.run(take())


def test_attack_a_zip_ends_when_who_asked_may_not_have_it_any_more(box):
    answers = iter((True, True, False))

    async def go_on():
        return next(answers)

    with pytest.raises(ZipCut):
        box.take(box.plan("original"), go_on=go_on)


def test_attack_a_zip_holds_nothing_that_is_out_of_sight(box, owner):
    theirs = owner("TAKING02")
    images = [*theirs.images, "IM-NONE", "", box.owner.images[0]]
    assert [file.image for file in box.plan("original", images).files] == [box.owner.images[0]]
    assert box.plan("original", images, sight=Sight()).files == ()
    box.world.sql("update images.image set state = 'withdrawn' where id = $1", box.owner.images[0])
    assert box.plan("original", images).files == ()


def test_attack_a_stock_that_leads_out_of_the_folder_does_not(box, archive):
    evil = "../../../etc/\u202e<script>" + "x" * 300
    box.world.sql("update images.tenant_roll set stock = $1", evil)
    for name in box.files(box.plan("proxy")):
        folder, _, file = name.partition("/")
        assert not set(folder + file) & set('\\/:*?"<>|\u202e')
        assert not folder.startswith(".")


def _sha(box, one):
    return bytes(box.world.sql("select sha256 from images.image where id = $1", one.id)[0]["sha256"])
