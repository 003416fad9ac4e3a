"""The bytes of images over real HTTP: whole, in part, still the same; kept as long as is right; harmless (O5, D4)."""

import base64
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photoservice.errors import PreconditionFailed, RangeRefused
from photoservice.gallery.ranges import judge
from photoservice.objects.store import original_key, rendition_key
from photoservice.web.dispositions import disposition


@pytest.mark.parametrize("tier", ["256", "2048"])
def test_D4_a_rendition_is_whole_again_when_it_is_served(lab, scanned, tier, world):
    """The store holds it without its common header; what is served is the file, byte for byte, and its pixels."""
    image = scanned.filed[0]
    reply = lab.get(f"/images/{image.id}/{tier}")
    assert reply.status_code == 200
    assert reply.content == image.tiers[tier]
    assert reply.headers["Content-Type"] == "image/jpeg"
    assert reply.headers["Content-Length"] == str(len(image.tiers[tier]))
    assert reply.headers["ETag"] == f'"{hashlib.sha256(image.tiers[tier]).hexdigest()[:32]}"'
    assert Image.open(io.BytesIO(reply.content)).tobytes() == Image.open(io.BytesIO(image.tiers[tier])).tobytes()
    sha256 = hashlib.sha256(image.original).digest()
    kept = world.running.run(world.running.service.pictures.objects.read(rendition_key(sha256, tier, 1)))
    assert len(kept) < len(image.tiers[tier])
    with pytest.raises(OSError, match="identify"):
        Image.open(io.BytesIO(kept))


def test_D4_a_header_is_asked_for_once(world, lab, scanned):
    """It is common to many: after the first it stands in memory."""
    gallery = world.running.service.gallery
    for image in scanned.filed:
        assert lab.get(f"/images/{image.id}/256").status_code == 200
    assert len(gallery.bytes.headers.kept) == world.sql("select count(*) as n from images.jpeg_header")[0]["n"] - 1
    world.sql("update images.jpeg_header set bytes = ''")
    assert lab.get(f"/images/{scanned.filed[0].id}/256").content == scanned.filed[0].tiers["256"]


def test_O5_an_original_comes_back_byte_for_byte_and_only_to_be_saved(lab, scanned):
    """As an attachment under a harmless name, with its hash; no browser opens it on our origin."""
    image = scanned.filed[1]
    reply = lab.get(f"/images/{image.id}/original")
    assert reply.content == image.original
    digest = hashlib.sha256(image.original)
    assert reply.headers["ETag"] == f'"{digest.hexdigest()}"'
    assert reply.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="12A.jpg"'
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Cache-Control"] == "private, no-cache"
    mine = scanned.view().get(f"/images/{image.id}/original")
    assert mine.content == image.original
    assert mine.headers["Content-Disposition"].endswith("12A.jpg")
    assert "mnt" not in str(mine.headers)


def test_O5_ranges_and_preconditions_on_every_address_of_bytes(lab, scanned, paths):
    """One range (also across the joint of header and body), If-Range, If-None-Match, If-Match, HEAD."""
    image = scanned.filed[0]
    check_bytes(lab, f"/images/{image.id}/original", image.original)
    for tier, told in lab.told(paths(image.roll, "frames", "1"))["images"][0]["tiers"].items():
        check_bytes(lab, told["address"], image.tiers[tier])
        check_bytes(lab, told["link"], image.tiers[tier])


def check_bytes(lab, path, whole):
    size, etag = len(whole), lab.get(path).headers["ETag"]

    for start, end in [(0, 0), (0, 99), (500, 700), (580, 620), (size - 1, size - 1), (0, size - 1)]:
        part = lab.get(path, Range=f"bytes={start}-{end}")
        assert (part.status_code, part.content) == (206, whole[start : end + 1])
        assert part.headers["Content-Range"] == f"bytes {start}-{end}/{size}"
        assert part.headers["ETag"] == etag
    assert lab.get(path, Range=f"bytes={size - 7}-").content == whole[-7:]
    assert lab.get(path, Range="bytes=-9").content == whole[-9:]
    assert lab.get(path, Range=f"bytes=10-{size * 9}").content == whole[10:]
    beyond = lab.get(path, Range=f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    for ignored in ("bytes=5-2", "lines=1-2", "bytes=0-1,5-6", "bytes=", "nonsense"):
        assert (lab.get(path, Range=ignored).status_code, lab.get(path, Range=ignored).content) == (200, whole)

    assert lab.get(path, **{"Range": "bytes=1-2", "If-Range": etag}).content == whole[1:3]
    assert lab.get(path, **{"Range": "bytes=1-2", "If-Range": '"other"'}).content == whole
    assert lab.get(path, **{"Range": "bytes=1-2", "If-Range": f"W/{etag}"}).content == whole
    for same in (etag, f"W/{etag}", f'"a", {etag}', "*"):
        still = lab.get(path, **{"If-None-Match": same})
        assert (still.status_code, still.content, still.headers["ETag"]) == (304, b"", etag)
        assert "Cache-Control" in still.headers
    assert lab.get(path, **{"If-None-Match": '"other"'}).status_code == 200
    assert lab.get(path, **{"If-Match": etag}).status_code == 200
    assert lab.get(path, **{"If-Match": '"other"'}).status_code == 412
    assert lab.get(path, **{"If-None-Match": etag, "Range": f"bytes={size}-"}).status_code == 304

    head = lab.ask("HEAD", path, headers={"Range": "bytes=1-2"})
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["Content-Length"], head.headers["ETag"]) == (str(size), etag)
    assert head.headers["Accept-Ranges"] == "bytes"
    assert lab.ask("HEAD", path, headers={"If-None-Match": etag}).status_code == 304


def test_O5_what_may_be_kept_is_kept_as_long_as_it_is_true(world, lab, scanned, paths):
    """By its tag a rendition is for ever, without it asked again; a short address as long as it is good."""
    image = scanned.filed[0]
    tiers = lab.told(paths(image.roll, "frames", "1"))["images"][0]["tiers"]
    tagged = lab.get(tiers["256"]["address"])
    assert tagged.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert tagged.headers["Vary"] == "Authorization"
    assert lab.get(f"/images/{image.id}/256").headers["Cache-Control"] == "private, no-cache"
    assert lab.get(f"/images/{image.id}/256?v=other").headers["Cache-Control"] == "private, no-cache"
    linked = lab.get(tiers["256"]["link"])
    private, age, immutable = linked.headers["Cache-Control"].split(", ")
    assert (private, immutable) == ("private", "immutable")
    assert 3600 <= int(age.removeprefix("max-age=")) <= 5400
    assert linked.headers["Content-Disposition"] == 'inline; filename="1.jpg"'
    assert lab.get(paths(image.roll, "frames")).headers["Cache-Control"] == "private, no-store"


def test_O5_a_short_address_is_the_same_for_a_while_and_then_over(world, lab, scanned, paths):
    """Good for at least an hour and at most one and a half; the page loaded again names the same."""
    image = scanned.filed[0]
    nobody = type(lab)(url=world.url)

    def link():
        return lab.told(paths(image.roll, "frames", "1"))["images"][0]["tiers"]["256"]["link"]

    world.clock.advance(1)
    first = link()
    world.clock.advance(60)
    assert link() == first
    assert nobody.get(first).content == image.tiers["256"]
    world.clock.advance(1800)
    later = link()
    assert later != first
    world.clock.advance(3600 - 61 - 1800)
    assert nobody.get(first).status_code == 200
    world.clock.advance(1800)
    assert nobody.get(first).status_code == 404
    assert nobody.get(later).status_code == 200


def test_attack_A09_a_short_address_opens_what_it_was_made_for(world, lab, scanned, paths):
    """Another picture, a larger one, a later end, a cut signature: 404, and the same for all."""
    image, other = scanned.filed[0], scanned.filed[1]
    link = lab.told(paths(image.roll, "frames", "1"))["images"][0]["tiers"]["256"]["link"]
    path, query = link.split("?")
    expiry, signature = (value.split("=")[1] for value in query.split("&"))
    forged = [
        link.replace(image.id, other.id),
        link.replace("/256?", "/2048?"),
        f"{path}?x={int(expiry) + 1}&s={signature}",
        f"{path}?x=0{expiry}&s={signature}",
        f"{path}?x={expiry}&s={'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        f"{path}?x={expiry}&s={signature}A",
        path,
        f"{path}?x=-1&s=",
        f"{path}?x=%EF%BC%91&s=%F0%9F%93%B7",
    ]
    nobody = type(lab)(url=world.url)
    replies = [nobody.get(address) for address in forged]
    assert {(reply.status_code, reply.json()["type"]) for reply in replies} == {
        (404, "urn:twincheck:problem:not-found")
    }
    assert len({reply.json()["detail"] for reply in replies}) == 1


def test_O1_what_is_not_made_yet_says_so(archive, lab, world, paths):
    """Neither a lie nor a fault: not ready, ask again; or not to be made, and why."""
    tenant = archive.tenant("Silver Lab")
    waiting = archive.file("TCR-66SCA0RZM8Y", "1", tenant, made=False)
    broken = archive.file("TCR-66SCA0RZM8Y", "2", tenant, made=False, trouble="truncated")
    for tier in ("256", "2048"):
        soon = lab.get(f"/images/{waiting.id}/{tier}")
        assert (soon.status_code, soon.json()["type"]) == (503, "urn:twincheck:problem:not-ready")
        assert int(soon.headers["Retry-After"]) > 0
        never = lab.get(f"/images/{broken.id}/{tier}")
        assert (never.status_code, never.json()["type"]) == (409, "urn:twincheck:problem:not-made")
        assert "truncated" in never.json()["detail"]
    assert lab.get(f"/images/{broken.id}/original").content == broken.original
    row = world.sql("select count(*) as n from images.rendition")[0]
    assert row["n"] == 0


def test_O20_lost_bytes_are_told_and_a_rendition_is_asked_for_anew(world, lab, scanned):
    """An object that is gone is no 404: the answer says not ready, and the rendition is on its way again."""
    image = scanned.filed[0]
    sha256 = hashlib.sha256(image.original).digest()
    objects = world.running.service.pictures.objects
    world.running.run(objects.delete(rendition_key(sha256, "256", 1)))
    before = world.sql("select wanted from images.filed_roll")[0]["wanted"]
    gone = lab.get(f"/images/{image.id}/256")
    assert (gone.status_code, gone.json()["type"]) == (503, "urn:twincheck:problem:not-ready")
    assert world.sql("select wanted from images.filed_roll")[0]["wanted"] > before
    assert lab.get(f"/images/{image.id}/2048").content == image.tiers["2048"]
    world.running.run(objects.delete(original_key(sha256)))
    assert lab.get(f"/images/{image.id}/original").status_code == 503


def test_O20_a_damaged_original_is_not_handed_out(world, lab, scanned):
    """What a scrub found damaged is not what came; nobody gets it as if it were."""
    image = scanned.filed[0]
    world.sql("update images.original set damage = 'hash'")
    reply = lab.get(f"/images/{image.id}/original")
    assert (reply.status_code, reply.json()["type"]) == (503, "urn:twincheck:problem:not-ready")


def test_O5_many_at_once_each_get_their_own(lab, scanned):
    """A contact sheet asks for all its pictures together."""
    with ThreadPoolExecutor(8) as pool:
        asked = [(image, tier) for image in scanned.filed for tier in ("256", "2048")] * 4
        replies = list(pool.map(lambda one: lab.get(f"/images/{one[0].id}/{one[1]}").content, asked))
    assert replies == [image.tiers[tier] for image, tier in asked]


def test_O5_there_are_two_tiers(lab, scanned):
    """Whatever else is asked for is not there, and is the asker's fault."""
    for tier in ("512", "original.jpg", "..%2F256", "%00", "256%00"):
        reply = lab.get(f"/images/{scanned.filed[0].id}/{tier}")
        assert reply.status_code in (400, 404), (tier, reply.text)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("12A.tif", 'attachment; filename="12A.jpg"'),
        ("/etc/passwd", 'attachment; filename="passwd.jpg"'),
        ("C:\\lab\\x.exe", 'attachment; filename="x.jpg"'),
        ("setup.exe", 'attachment; filename="setup.jpg"'),
        ('a";b.html', "attachment; filename=\"a_b.jpg\"; filename*=UTF-8''a%22%3Bb.jpg"),
        ("a\r\nX-Evil: 1.jpg", "attachment; filename=\"aX-Evil_ 1.jpg\"; filename*=UTF-8''aX-Evil%3A%201.jpg"),
        (
            "Strand im Süden.jpg",
            "attachment; filename=\"Strand im S_den.jpg\"; filename*=UTF-8''Strand%20im%20S%C3%BCden.jpg",
        ),
        ("gpj.\u202eexe", 'attachment; filename="gpj.jpg"'),
        ("", 'attachment; filename="picture.jpg"'),
        ("...", 'attachment; filename="picture.jpg"'),
        ("x" * 300, f'attachment; filename="{"x" * 80}.jpg"'),
    ],
)
def test_attack_A08_a_files_name_can_do_nothing_but_name(name, header):
    """RFC 6266; its ending is that of what it is, so no program lands on a disk as one."""
    assert disposition("attachment", name, "image/jpeg") == header


@given(
    st.text(alphabet='bytes=0123456789-, W/"*', max_size=40),
    st.text(alphabet='W/"ab,* ', max_size=20),
    st.integers(1, 5000),
)
def test_O5_whatever_stands_in_the_headers_the_bytes_are_within(asked, tags, size):
    """No header gives bytes that are not there, none is a fault of ours."""
    try:
        wanted = judge("GET", {"range": asked, "if-none-match": tags, "if-match": "*"}, etag='"ab"', size=size)
    except RangeRefused:
        return
    assert 0 <= wanted.start <= wanted.end <= size
    assert wanted.status == 304 or wanted.length > 0


def test_O5_an_if_match_of_another_fails():
    with pytest.raises(PreconditionFailed):
        judge("GET", {"if-match": 'W/"ab"'}, etag='"ab"', size=5)
