"""Offers and their answers: read strictly, frames in their one form."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.offers import (
    AnsweredFrame,
    FrameWord,
    Offer,
    OfferAnswer,
    OfferedFrame,
    offer_path,
    read_answer,
    read_offer,
)
from photocore.errors import EventMalformed

HASH = "ab" * 32


def frame(name="1", **more):
    return {"frame": name, "sha256": HASH, "size": 5, **more}


def offered(*frames, **more):
    return json.dumps({"frames": frames, **more}).encode()


def test_O5_an_offer_is_read_with_its_frames_in_their_one_form():
    offer = read_offer(offered(frame("007"), frame("12a"), frame("00"), stock="Gold 200", developed_on="2026-11-20"))
    assert [each.frame for each in offer.frames] == ["7", "12A", "00"]
    assert (offer.stock, str(offer.developed_on), offer.rivals) == ("Gold 200", "2026-11-20", False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        offered(),
        offered(frame(), frame("01")),
        offered(frame("1000")),
        offered(frame("x")),
        offered(frame(size=0)),
        offered(frame(size=-1)),
        offered(frame(size=True)),
        offered(frame(size="5")),
        offered(frame(size=2**41)),
        offered(frame(sha256="AB" * 32)),
        offered(frame(sha256="ab" * 31)),
        offered(frame(sha256=HASH + "\n")),
        offered(frame(file_name="x" * 256)),
        offered(frame(more=1)),
        offered(frame(), iso=0),
        offered(frame(), developed_on="20.11.2026"),
        offered(frame(), note="x" * 2001),
        offered(frame(), unknown=1),
        offered(*(frame(str(n), file_name="x" * 250) for n in range(1000)), note="x" * 2000) + b" " * (1 << 20),
    ],
)
def test_attack_A07_an_offer_out_of_form_is_refused(body):
    with pytest.raises(EventMalformed):
        read_offer(body)


def test_O5_a_rolls_id_may_hold_what_paths_may_not():
    assert offer_path("(01)09521141012352(21)A/1%26") == "/rolls/%2801%2909521141012352%2821%29A%2F1%2526/offer"


class TestAnswer:
    OFFER = Offer(frames=(OfferedFrame(frame="1", sha256=HASH, size=5), OfferedFrame(frame="2", sha256=HASH, size=5)))

    def answer(self, *frames):
        told = OfferAnswer(reservation="RS-1", expires_at=datetime(2026, 11, 22, tzinfo=UTC), bytes=5, frames=frames)
        return msgspec.json.encode(told)

    def test_O5_an_answer_comes_back_as_it_was_given(self):
        first, second = AnsweredFrame(frame="1", word=FrameWord.HAVE), AnsweredFrame(frame="2", word=FrameWord.NEED)
        assert read_answer(self.answer(first, second), self.OFFER).frames == (first, second)

    @pytest.mark.parametrize("names", [["1"], ["2", "1"], ["1", "3"], ["1", "2", "2"]])
    def test_attack_A07_an_answer_to_another_question_is_refused(self, names):
        frames = [AnsweredFrame(frame=name, word=FrameWord.NEED) for name in names]
        with pytest.raises(EventMalformed):
            read_answer(self.answer(*frames), self.OFFER)

    @pytest.mark.parametrize("upload", ["@evil.test/", "https://evil.test/", "", ".evil.test", "/a\r\nb", "/ü"])
    def test_attack_A07_an_upload_is_a_path_and_leads_nowhere_else(self, upload):
        frames = [AnsweredFrame(frame=name, word=FrameWord.NEED, upload=upload) for name in ("1", "2")]
        with pytest.raises(EventMalformed):
            read_answer(self.answer(*frames), self.OFFER)


@given(st.binary(max_size=200))
def test_attack_A07_whatever_comes_is_an_offer_or_refused(body):
    with pytest.raises(EventMalformed):
        read_offer(body)
