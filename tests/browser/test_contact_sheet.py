"""A roll from the lab's scanner to its owner's phone (O1, O5, D4, O17): uploaded, made ready, and seen in a browser."""

import base64
import re
import threading
from urllib.parse import quote

import pytest
import requests

from imaging.pixels.testing import write_scan

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

BUTTON = "button:not([type=button], [hidden] *)"
FRAMES = {"00": (900, 600), "1": (900, 600), "2": (600, 900), "3": (900, 600), "4": (900, 600), "5A": (900, 900)}

LOADED = (
    """() => [...document.querySelectorAll(".strip img:not(.faint)")].every((i) => i.complete && i.naturalWidth > 90)"""
)
ON_TOP = """() => [...document.querySelectorAll(".cell")].every((cell) => {
  cell.scrollIntoView({ block: "center" });
  const box = cell.getBoundingClientRect();
  return !document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).classList.contains("faint");
})"""
FAINT = """() => [...document.querySelectorAll(".strip .faint")].map((i) => i.complete && i.naturalWidth)"""


def upload(shop, key, roll, frame, scan):
    told = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in (("roll", roll), ("frame", frame)))
    headers = {
        "Authorization": f"Bearer {key}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(scan)),
        "Upload-Metadata": told,
        "Content-Type": "application/offset+octet-stream",
    }
    reply = requests.post(f"{shop.url}/uploads", data=scan, headers=headers, timeout=60)
    assert reply.headers.get("Twincheck-Word") == "filed", (reply.status_code, reply.text)


@pytest.fixture(scope="module")
def scanned(shop, tmp_path_factory, chromium):
    """A roll that can be seen whole: nobody changes it."""
    return scan_a_roll(shop, tmp_path_factory.mktemp("scans"))


@pytest.fixture
def spoilt(shop, tmp_path, chromium):
    """A roll whose last two frames cannot be seen: one failed, one is on its way."""
    film, code = scan_a_roll(shop, tmp_path)
    found = shop.running.sql(
        "select id from images.image where roll = $1 order by frame_order desc limit 2", film.rolls[0]
    )
    ids = [row["id"] for row in found]
    shop.running.sql("update images.image set trouble = 'truncated' where id = $1", ids[0])
    shop.running.sql(
        "delete from images.rendition where sha256 in (select sha256 from images.image where id = any($1))", ids
    )
    return film, code


def scan_a_roll(shop, folder):
    """Claim a package at home and scan its first roll; return the film and its access code."""
    film = shop.pack()
    headers = {"Idempotency-Key": f"the-contact-sheet-of-{shop.packed:04}"}
    claim = {"roll": film.rolls[0], "code": film.codes[0]}
    claimed = requests.post(f"{shop.url}/claims", json=claim, headers=headers, timeout=30)
    assert claimed.status_code == 201, claimed.text
    key = shop.running.add_tenant(f"Silver Lab {shop.packed}", "lab")
    for seed, (frame, size) in enumerate(FRAMES.items()):
        path = folder / f"{frame}.jpg"
        write_scan(path, "jpeg", seed=100 * shop.packed + seed, size=size, is_told=True)
        upload(shop, key, film.rolls[0], frame, path.read_bytes())
    lab = {"Authorization": f"Bearer {key}"}
    address = f"{shop.url}/rolls/{quote(film.rolls[0], safe='')}/frames"
    for _ in range(3000):
        told = requests.get(address, headers=lab, timeout=30).json()["frames"]
        if all(one["ready"] for one in told):
            break
        threading.Event().wait(0.01)
    assert [one["frame"] for one in told] == list(FRAMES)
    assert all(one["ready"] and one["placeholder"] for one in told), told
    shop.running.sql("update images.tenant_roll set stock = 'Kodak Gold', iso = 200 where roll = $1", film.rolls[0])
    return film, claimed.json()["access_code"]


def open_sheet(phone, code, *, scripts=True, language="en"):
    page = phone.go("/") if scripts else None
    page = phone.go(f"/r?lang={language}" + (f"#{code}" if scripts else ""))
    if not scripts:
        page.fill("#code", code)
        page.click(BUTTON)
    page.wait_for_selector(".strip")
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without"])
def test_O1_O5_the_owner_sees_the_contact_sheet_by_the_code_on_the_receipt(scanned, visit, scripts):
    """Placeholders at once, the pictures over them, each large at a tap; nothing asked of anybody else."""
    _, code = scanned
    phone = visit(scripts=scripts)
    page = open_sheet(phone, code, scripts=scripts)
    assert page.locator(".number").all_inner_texts() == list(FRAMES)
    assert "Roll 1" in page.inner_text(".sheet h3")
    assert "Kodak Gold · ISO 200 · C-41 · 6 pictures" in page.inner_text(".sheet")
    assert page.get_by_role("img", name="Picture 5A").count() == 1
    assert "shows these pictures again" in page.inner_text(".note")
    page.locator(".strip li").last.scroll_into_view_if_needed()
    if scripts:
        page.wait_for_function(LOADED)
        assert all(page.evaluate(FAINT))
        assert page.evaluate(ON_TOP)
    large = page.locator(".cell").nth(1).get_attribute("href")
    picture = requests.get(phone.url + large, timeout=30)
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert b"GPS" not in picture.content
    assert not any(code in url for url in phone.asked)
    assert "Rolls that are not shown yet appear when a lab has sent their scans." in page.inner_text(".note")
    with page.context.expect_page() as opened:
        page.locator(".cell").nth(1).click()
    opened.value.wait_for_url(re.compile(r"/i/IM-\w+/2048\?"))
    assert page.locator(".strip").count() == 1, "the sheet stays where it is: the way back would ask for the code"


def test_O5_who_waits_for_scans_is_told_that_they_appear_here(shop, visit):
    film = shop.pack()
    claim = {"roll": film.rolls[0], "code": film.codes[0]}
    headers = {"Idempotency-Key": "nothing-was-scanned-yet"}
    claimed = requests.post(f"{shop.url}/claims", json=claim, headers=headers, timeout=30)
    page = visit().go(f"/r#{claimed.json()['access_code']}")
    page.wait_for_selector(".note")
    assert "Your pictures appear here when the lab has sent the scans." in page.inner_text(".note")


def test_O17_the_sheet_fits_every_phone_by_day_and_by_night_and_from_the_right(spoilt, visit, shots):
    """320 px to a desk, three languages, both schemes; what waits and what failed is said in words."""
    _, code = spoilt
    for language, notes, sentences in (
        ("en", ("Being prepared", "Could not be made; the scan is kept"), ("in a minute", "ask the lab")),
        (
            "de",
            ("Wird vorbereitet", "Ließ sich nicht darstellen; der Scan ist aufbewahrt"),
            ("in einer Minute", "fragen Sie bitte das Labor"),
        ),
        ("ar", ("قيد التحضير", "تعذّر إعداد هذه الصورة؛ والمسح الأصلي محفوظ"), ("بعد دقيقة", "اسأل المختبر")),
    ):
        phone = visit(language=language)
        page = open_sheet(phone, code, language=language)
        assert page.locator(".state").all_inner_texts() == list(notes)
        assert all(sentence in page.inner_text(".note") for sentence in sentences)
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (language, width)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.locator(".strip li").last.scroll_into_view_if_needed()
                page.wait_for_function(LOADED)
                page.screenshot(path=shots / f"sheet {language} {width} {scheme}.png", full_page=True)
        cells = page.evaluate("[...document.querySelectorAll('.cell')].map((c) => c.getBoundingClientRect().height)")
        assert all(height >= 44 for height in cells)
