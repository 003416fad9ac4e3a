"""What people try with shares that are not theirs, or not any more (O16; research, reliability A03, A09, A22)."""

import io
import threading
import zipfile

import pytest
from PIL import Image

from photoservice.sharing.bare import BareJpeg, BarePng, orientation_of

PLACE = b"48.2082N-16.3738E"


def with_metadata(width: int = 60, height: int = 40, *, kind: str = "JPEG", orientation: int = 6) -> bytes:
    """Return a picture with place, person, comment and a preview in it."""
    picture = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x010E] = orientation, "Anna Private", PLACE.decode()
    exif.get_ifd(0x8825)[0x001D] = "2026:11:22"
    made = io.BytesIO()
    more = {"comment": b"<script>" + PLACE} if kind == "JPEG" else {}
    picture.save(made, kind, exif=exif, **more)
    return made.getvalue() + (b"PK\3\4" + PLACE if kind == "JPEG" else b"")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
def test_attack_exif_an_original_goes_out_without_place_and_person(size):
    whole = with_metadata()
    barer = BareJpeg()
    bare = b"".join(barer.feed(whole[at : at + size]) for at in range(0, len(whole), size))
    for word in (PLACE, b"Anna", b"script", b"PK\3\4", b"2026:11:22"):
        assert word in whole
        assert word not in bare
    before, after = Image.open(io.BytesIO(whole)), Image.open(io.BytesIO(bare))
    assert before.tobytes() == after.tobytes(), "the pixels are as they were"
    assert dict(after.getexif()) == {0x0112: 6}
    assert orientation_of(b"II*\0\xff\xff\xff\xff") == 1


@pytest.mark.parametrize("size", [1, 9, 100_000])
def test_attack_exif_a_png_goes_out_without_what_is_written_in_it(size):
    whole = with_metadata(kind="PNG")
    barer = BarePng()
    bare = b"".join(barer.feed(whole[at : at + size]) for at in range(0, len(whole), size))
    assert b"Anna" in whole
    assert b"Anna" not in bare
    assert Image.open(io.BytesIO(whole)).tobytes() == Image.open(io.BytesIO(bare)).tobytes()
    assert b"eXIf" not in bare


def test_attack_exif_no_byte_a_guest_gets_tells_place_or_person(owner, share, guest, archive):
    mine = owner("LEAK0001")
    original = with_metadata(180, 120)
    filed = archive.file(mine.rolls[0], "30", archive.tenant("Silver Lab"), original=original, file_name="Anna GPS.jpg")
    shared = share(mine, "roll", "download_proxy", "download_original")
    one = guest(shared)
    got = [one.get(f"{shared.path}/{path}") for path in (f"d/{filed.id}/original", f"d/{filed.id}/proxy", "zip")]
    got += [one.get(f"{shared.path}/i/{filed.id}/{tier}") for tier in ("256", "2048")]
    for reply in got:
        assert reply.status_code == 200, reply.url
        everything = reply.content + repr(dict(reply.headers)).encode()
        assert not any(word in everything for word in (PLACE, b"Anna", b"GPS", b"2026:11:22"))
        assert "noindex" in reply.headers["X-Robots-Tag"]
    assert got[0].headers["Content-Disposition"].startswith('attachment; filename="Summer 30.jpg"')
    with zipfile.ZipFile(io.BytesIO(got[2].content)) as zipped:
        assert len(zipped.namelist()) == 4
    assert mine.browser.get(f"/my/images/{filed.id}/download/original").content == original


def test_attack_password_nothing_is_told_before_it_and_guessing_ends(owner, share, guest, browser):
    mine = owner("LEAK0002")
    shared = share(mine, "roll", title="Secret Lake", sender="Anna", password="film-1984")
    stranger = browser()
    page = stranger.page(shared.path)
    assert not any(word in page for word in ("Secret Lake", "Anna", "3 pictures", "IM-"))
    for _ in range(5):
        wrong = stranger.post(f"{shared.path}/open", password="guessed")
        assert wrong.status_code == 403
        assert "Secret Lake" not in wrong.text
    resting = stranger.post(f"{shared.path}/open", password="film-1984")
    assert (resting.status_code, int(resting.headers["Retry-After"]) > 0) == (429, True)
    assert "Secret Lake" in guest(shared, password="film-1984").page(shared.path)


def test_attack_a_view_limit_holds_under_twenty_openings_at_once(owner, share, browser, world):
    mine = owner("LEAK0003")
    shared = share(mine, "roll", view_limit="3")
    people = [browser() for _ in range(20)]
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda one=one: codes.append(one.post(f"{shared.path}/open").status_code))
        for one in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] * 3 + [403] * 17
    assert world.sql("select views from people.share")[0]["views"] == 3
    assert len(world.sql("select id from people.guest")) == 3


def test_attack_robots_and_reloads_are_not_counted(owner, share, guest, browser, world):
    mine = owner("LEAK0004")
    shared = share(mine, "roll")
    robot = browser()
    for _ in range(3):
        assert robot.get(shared.path, **{"User-Agent": "WhatsApp/2"}).status_code == 200
        assert robot.http.head(robot.url + shared.path, timeout=30).status_code in (200, 405)
    one = guest(shared)
    for _ in range(3):
        one.page(shared.path)
        one.post(f"{shared.path}/open")
    mine.browser.page(shared.path)
    assert world.sql("select views from people.share")[0]["views"] == 1


def test_attack_an_address_leaks_by_no_referrer_no_cache_and_no_log(owner, share, guest, capfd):
    mine = owner("LEAK0005")
    shared = share(mine, "roll")
    one = guest(shared)
    for path in (shared.path, f"{shared.path}/images/{mine.images[0]}", f"{shared.path}/nonsense"):
        reply = one.get(path)
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert "http" not in reply.text.replace(one.url, "").replace("http://www.w3.org/2000/svg", "")
    assert one.get(shared.path).headers["Cache-Control"] == "no-store"
    assert "noindex" in one.get(shared.path).headers["X-Robots-Tag"]
    token = shared.path.removeprefix("/s/")
    assert len(token) == 22, "128 bits"
    assert token not in capfd.readouterr().out


def test_attack_the_database_alone_opens_no_share(owner, share, world):
    mine = owner("LEAK0006")
    shared = share(mine, "roll", password="film-1984")
    row = world.sql("select * from people.share")[0]
    assert shared.path.removeprefix("/s/") not in repr(row)
    assert "film-1984" not in repr(row)


def test_attack_csrf_and_other_guests_cookies_do_nothing(owner, share, guest, world):
    mine = owner("LEAK0007")
    shared, second = share(mine, "roll", "pick"), share(mine, "roll", "pick")
    one, image = guest(shared), mine.pictures[mine.rolls[0]][0].id
    one.page(shared.path)
    assert one.post(f"{shared.path}/pick", pick=image, csrf="0" * 32).status_code == 403
    assert one.post(f"{shared.path}/pick", pick=image, csrf="").status_code == 403
    assert one.post(f"{shared.path}/pick", {"Sec-Fetch-Site": "cross-site"}, pick=image).status_code == 403
    assert one.post(f"{second.path}/pick", pick=image).status_code == 404
    other = guest(second)
    stolen = other.http.cookies.get("twincheck-guest", path=second.path)
    one.http.cookies.set("twincheck-guest", stolen, path=shared.path, domain="127.0.0.1")
    assert one.get(shared.path + "/images/" + image).status_code in (200, 404)
    assert world.sql("select count(*) as n from people.pick")[0]["n"] == 0


HOSTILE = (
    "<script>alert(1)</script>",
    "'); drop table people.share; --",
    "\u202egnp.exe",
    "a\0b",
    "=HYPERLINK(1)",
    "＝HYPERLINK(1)",
    "名" * 60,
    "x" * 10_000,
)


def test_attack_whatever_a_guest_writes_is_text(owner, share, guest):
    mine = owner("LEAK0008")
    image = mine.pictures[mine.rolls[0]][0].id
    for text in HOSTILE:
        shared = share(mine, "roll", "pick", "comment", title=text[:100].replace("\0", ""))
        one = guest(shared, text)
        page = one.page(shared.path)
        assert "<script>alert" not in page
        assert "\u202e" not in page
        said = one.post(f"{shared.path}/comments", text=text, image=image)
        assert said.status_code == (400 if len(text) > 2000 or "\0" in text else 200)
        one.post(f"{shared.path}/pick", pick=image)
        owners = mine.browser.page(shared.page)
        assert "<script>alert" not in owners
        assert "\0" not in owners
        table = mine.browser.get(f"{shared.page}/picks.csv").content.decode("utf-8-sig")
        assert not any(f",{sign}HYPERLINK" in table for sign in "=＝")


def test_attack_who_has_the_address_floods_neither_pages_nor_their_owner(owner, share, guest, world):
    mine = owner("LEAK0018")
    shared = share(mine, "roll", "comment", "pick")
    one, now = guest(shared, "Ben"), world.clock.now()
    for sent in ("", "a\r\nSet-Cookie: evil=1"):
        fields = {"csrf": one.csrf, "text": "", "image": sent}
        led = one.http.post(f"{one.url}{shared.path}/comments", data=fields, allow_redirects=False, timeout=30)
        assert led.status_code == 303
        assert "Set-Cookie" not in led.headers
    one.page(shared.path)
    assert one.post(f"{shared.path}/comments", text="the last one").status_code == 200
    world.sql(
        "insert into people.comment (id, share, text, at)"
        " select 'CO-' || n, $1, 'spam', $2 from generate_series(1, 1999) as n",
        shared.id,
        now,
    )
    assert one.post(f"{shared.path}/comments", text="one too many").status_code == 422
    world.sql("update people.comment set removed_at = $1 where id = 'CO-1'", now)
    assert one.post(f"{shared.path}/comments", text="one more").status_code == 200
    world.sql(
        "insert into people.notice (id, person, kind, key, at)"
        " select 'N-' || n, person, 'share_opened', 'x' || n, $2 from people.share, generate_series(1, 49) as n"
        " where share.id = $1",
        shared.id,
        now,
    )
    opened = "select count(*) as n from people.notice where kind = 'share_opened'"
    guest(shared, "Mallory")
    assert world.sql(opened)[0]["n"] == 50
    world.clock.advance(25 * 3600)
    guest(shared, "Carla")
    assert world.sql(opened)[0]["n"] == 51


def test_attack_an_address_that_is_none_is_not_found(owner, browser):
    one = browser()
    for path in ("/s/x", "/s/" + "A" * 22, "/s/" + "A" * 64, "/s/%00", "/s/" + "é" * 22):
        assert one.get(path).status_code in (400, 404), path


def test_attack_forms_out_of_their_form_are_said_and_nothing_is_made(owner, world):
    mine = owner("LEAK0009")
    for wrong in (
        {"expires": "yesterday"},
        {"expires": "2020-01-01"},
        {"expires": "9999-12-31"},
        {"view_limit": "0"},
        {"view_limit": "1e9"},
        {"password": "short"},
        {"order_limit": "-5"},
        {"title": "t" * 5000},
        {"kind": "person", "to_whom": "anna"},
    ):
        fields = {"scope": "roll", "what": mine.rolls[0], "kind": "link", **wrong}
        reply = mine.browser.post("/my/shares", **fields)
        assert (reply.status_code, "typo" in reply.text or "wrong" in wrong) == (422, True), wrong
    assert world.sql("select count(*) as n from people.share")[0]["n"] == 0
