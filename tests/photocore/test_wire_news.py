"""What became of a claim after its ack travels signed, and only as the answer to this very question."""

import pytest

from photocore.errors import SignatureBroken
from photocore.keys import SigningKey
from photocore.wire import ClaimNews, News, NewsRequest, Outcome, decode_news_request, encode, read_news, sign_news

STATION = "ST-7Q2M9XKD"


def _news(request: str) -> News:
    contested = ClaimNews(claim="0" * 32, version=2, outcome=Outcome(word="contested"))
    return News(station=STATION, request=request, news=(contested,), server_time="2026-11-21T10:00:00.000Z")


def test_news_are_read_back_as_they_were_signed():
    key = SigningKey(seed=b"a" * 32)
    text = encode(sign_news(_news("a" * 64), key))
    assert read_news(text, key.public, station=STATION, request="a" * 64) == _news("a" * 64)


def test_news_that_answer_another_question_are_refused():
    key = SigningKey(seed=b"a" * 32)
    text = encode(sign_news(_news("a" * 64), key))
    with pytest.raises(SignatureBroken):
        read_news(text, key.public, station=STATION, request="b" * 64)
    with pytest.raises(SignatureBroken):
        read_news(text, SigningKey(seed=b"x" * 32).public, station=STATION, request="a" * 64)


def test_a_question_for_news_survives_the_wire():
    asked = NewsRequest()
    assert decode_news_request(encode(asked)) == asked
