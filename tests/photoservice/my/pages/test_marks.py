"""Favourites and notes (O8): a person's own, on pictures they may see, and shown to nobody else."""

import re
from html import unescape

from photoservice.arranging.marks import LONGEST_NOTE

LONG = "x" * LONGEST_NOTE


def test_O8_a_favourite_is_marked_shown_and_taken_back(owner):
    mine = owner("MARKS0001")
    image = mine.images[1]
    mine.browser.page("/my")
    led = mine.browser.post(f"/my/images/{image}/favourite", on="yes")
    assert led.url.endswith(f"/my/images/{image}")
    assert 'aria-pressed="true"' in led.text
    assert f'data-image="{image}"' in mine.browser.page("/my/favourites")
    mine.browser.post(f"/my/images/{image}/favourite", on="no")
    assert "No favourites yet" in mine.browser.page("/my/favourites")


def test_O8_a_script_gets_the_button_alone(owner):
    mine = owner("MARKS0002")
    mine.browser.page("/my")
    part = mine.browser.post(f"/my/images/{mine.images[0]}/favourite", headers={"HX-Request": "true"}, on="yes")
    assert part.text.strip().startswith("<form")
    assert 'aria-pressed="true"' in part.text


def test_O8_the_same_wish_twice_is_one_favourite(owner, world):
    mine = owner("MARKS0003")
    mine.browser.page("/my")
    for _ in range(3):
        assert mine.browser.post(f"/my/images/{mine.images[0]}/favourite", on="yes").status_code == 200
    assert len(world.sql("select image from people.favourite")) == 1
    assert mine.browser.post(f"/my/images/{mine.images[0]}/favourite", on="perhaps").status_code == 400


def test_O8_a_note_is_kept_as_it_was_written(owner):
    mine = owner("MARKS0004")
    image = mine.images[0]
    mine.browser.page("/my")
    for text in (
        "Grandma's garden",
        "<img src=x onerror=alert(1)>",
        "two\nlines",
        "ملاحظة \u202e \U0001f338",
        "'; --",
        LONG,
    ):
        page = mine.browser.post(f"/my/images/{image}/note", note=f"  {text}  ").text
        kept = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
        assert kept
        assert unescape(kept[1]) == text
        assert "<img src=x" not in page
        assert "Saved." in page
    mine.browser.post(f"/my/images/{image}/note", note=" ")
    assert "has a note" not in mine.browser.page(mine.path(mine.rolls[0]))


def test_attack_a_note_that_cannot_be_kept_is_refused_and_the_old_one_stays(owner, world):
    mine = owner("MARKS0005")
    image = mine.images[0]
    mine.browser.page("/my")
    mine.browser.post(f"/my/images/{image}/note", note="the old one")
    for text in (LONG + "x", "x" * 100_000, "nul\0"):
        assert mine.browser.post(f"/my/images/{image}/note", note=text).status_code == 400
    assert [row["text"] for row in world.sql("select text from people.note")] == ["the old one"]


def test_attack_marks_need_the_sessions_token(owner, world):
    mine = owner("MARKS0006")
    for path, fields in (("favourite", {"on": "yes"}), ("note", {"note": "x"})):
        reply = mine.browser.post(f"/my/images/{mine.images[0]}/{path}", csrf="0" * 32, **fields)
        assert reply.status_code == 403
    assert world.sql("select image from people.favourite union all select image from people.note") == []


def test_O8_favourites_go_dark_with_their_roll(owner, world):
    """The access code is voided: nothing of the roll is shown, and the mark is there again when the roll is."""
    mine = owner("MARKS0007")
    mine.browser.page("/my")
    mine.browser.post(f"/my/images/{mine.images[0]}/favourite", on="yes")
    world.sql("update access_code set voided_at = now()")
    assert mine.images[0] not in mine.browser.page("/my/favourites")
    assert mine.browser.get(f"/my/images/{mine.images[0]}").status_code == 404
    world.sql("update access_code set voided_at = null")
    assert mine.images[0] in mine.browser.page("/my/favourites")
