"""Whatever is split, cut, lost, repeated or asked in between: an upload ends in the same bytes, or is not whole."""

import base64
import hashlib
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from exchange.errors import PeerDown, PeerRefused
from exchange.offers import FiledWord
from exchange.patience import Patience, Tries
from exchange.peer import Peer
from exchange.testing import KEY, FakeService, FaultyChannel
from exchange.tus.client import Pace, Sending, Sent, Way
from exchange.tus.protocol import OFFSET_STREAM
from exchange.tus.wish import Wish, write_wish
from photocore.seams import HttpRequest
from photocore.testing import ManualClock, SeededEntropy

URL = "http://lab.test"
CONTENT = bytes(range(256)) * 20


def wish_of(content, frame="1"):
    return Wish(roll="R", frame=frame, sha256=sha256(content).digest())


class Bytes:
    """A source in memory."""

    def __init__(self, content):
        self.content = content

    @property
    def length(self):
        return len(self.content)

    def read(self, offset, most):
        return self.content[offset : offset + most]


class SmallPace(Pace):
    LEAST = 1


class Lab:
    """A service, a channel on which things get lost, and a clock that the client's waits move."""

    def __init__(self, fault=lambda _: None, piece=1500, tries=10):
        self.clock = ManualClock()
        self.service = FakeService(self.clock)
        self.channel = FaultyChannel(self.service, fault)
        self.waits = []
        pace = SmallPace(piece)
        pace.MOST = piece
        self.way = Way(
            peer=Peer(url=URL, channel=self.channel, key=KEY),
            clock=self.clock,
            pace=pace,
            tries=lambda: Tries(Patience(tries=tries), SeededEntropy("lab"), self.wait),
        )

    def go_through(self, channel, key=KEY):
        self.way = replace(self.way, peer=Peer(url=URL, channel=channel, key=key))

    def wait(self, seconds):
        self.waits.append(seconds)
        self.clock.advance(seconds)

    def find(self, wish):
        return self.service._said_of(wish.roll, wish.frame, wish.sha256)

    def send(self, content=CONTENT, *, upload=None, frame="1", on_offset=lambda *_: None):
        wish = wish_of(content, frame)
        sending = Sending(self.way, Bytes(content), wish, find=lambda: self.find(wish), on_offset=on_offset)
        return sending.send(upload)

    @property
    def methods(self):
        return [request.method for request in self.channel.asked]


class TestClient:
    def test_O5_a_small_file_goes_in_one_request(self):
        lab = Lab(piece=len(CONTENT))
        assert lab.send().word is FiledWord.FILED
        assert lab.methods == ["POST"]
        assert lab.service.filed == {("R", "1"): [CONTENT]}

    def test_O5_a_large_file_goes_in_pieces_and_progress_is_told(self):
        lab, told = Lab(), []
        assert lab.send(on_offset=lambda offset, _: told.append(offset)).word is FiledWord.FILED
        assert told == [1500, 3000, 4500, 5120]
        assert lab.methods == ["POST", "PATCH", "PATCH", "PATCH"]

    def test_O5_a_killed_client_goes_on_where_the_service_is(self):
        lab = Lab()
        lab.channel.fault = lambda request: False if len(lab.channel.asked) > 2 else None
        with pytest.raises(PeerDown):
            lab.send()
        lab.channel.fault = lambda _: None
        taken = lab.service.taken_bytes
        path = lab.find(wish_of(CONTENT)).upload
        assert lab.send(upload=path).word is FiledWord.FILED
        assert (taken, lab.service.taken_bytes) == (3000, len(CONTENT))

    def test_O5_a_lost_answer_to_the_last_byte_is_asked_for_again(self):
        lab = Lab()
        lost = []
        lab.channel.fault = lambda request: (
            True if request.headers.get("upload-offset") == "4500" and not lost and not lost.append(1) else None
        )
        assert lab.send() == Sent(
            word=FiledWord.FILED, image=lab.service.uploads["/uploads/UP-1"].filed["Twincheck-Image"]
        )
        assert lab.methods[-2:] == ["PATCH", "HEAD"]
        assert lab.service.taken_bytes == len(CONTENT)

    def test_O5_a_lost_answer_to_the_creation_makes_no_second_upload(self):
        lab = Lab()
        lab.channel.fault = lambda _: True if len(lab.channel.asked) == 1 else None
        assert lab.send().word is FiledWord.FILED
        assert list(lab.service.uploads) == ["/uploads/UP-1"]
        lab = Lab(piece=len(CONTENT))
        lab.channel.fault = lambda _: True if len(lab.channel.asked) == 1 else None
        assert lab.send() == Sent(word=FiledWord.SAME)
        assert lab.methods == ["POST"]

    def test_O5_an_upload_that_is_gone_is_begun_anew(self):
        lab = Lab()
        assert lab.send(upload="/uploads/UP-9").word is FiledWord.FILED
        assert lab.methods[:2] == ["HEAD", "POST"]

    def test_O5_an_upload_that_expires_in_the_middle_is_begun_anew(self):
        lab = Lab()
        lab.channel.fault = lambda _: lab.clock.advance(4000) if len(lab.channel.asked) == 3 else None
        assert lab.send().word is FiledWord.FILED
        assert len(lab.service.uploads) == 2

    def test_O5_bytes_that_change_on_the_way_are_sent_again(self):
        lab = Lab()
        spoiled = []

        class Spoiling:
            def exchange(self, request):
                if request.method == "PATCH" and not spoiled:
                    spoiled.append(request)
                    request = HttpRequest(
                        method="PATCH", url=request.url, headers=request.headers, body=b"\xff" + request.body[1:]
                    )
                return lab.channel.exchange(request)

        lab.go_through(Spoiling())
        assert lab.send().word is FiledWord.FILED
        assert lab.service.filed == {("R", "1"): [CONTENT]}

    def test_attack_A10_a_file_that_is_no_picture_is_told_and_not_tried_again(self):
        lab = Lab()
        with pytest.raises(PeerRefused) as caught:
            lab.send(b"BAD" * 2000)
        assert (caught.value.status, caught.value.word, lab.waits) == (422, "not-a-picture", [])

    def test_O5_a_wrong_key_is_told_and_not_tried_again(self):
        lab = Lab()
        lab.go_through(lab.channel, key="tck_wrong")
        with pytest.raises(PeerRefused) as caught:
            lab.send()
        assert (caught.value.status, lab.waits) == (401, [])

    def test_O5_a_service_that_does_not_answer_is_asked_so_often_and_ever_more_rarely(self):
        lab = Lab(fault=lambda _: False, tries=8)
        with pytest.raises(PeerDown, match="tried 8 times"):
            lab.send()
        assert len(lab.waits) == 7
        assert all(0.5 <= wait / (0.25 * 2**n) <= 1 for n, wait in enumerate(lab.waits))

    def test_O5_each_byte_that_arrives_gives_patience_back(self):
        """A line that breaks at every second request still gets a file through, however large it is."""
        lab = Lab(piece=100, tries=3)
        lab.channel.fault = lambda request: False if len(lab.channel.asked) % 3 == 0 else None
        assert lab.send().word is FiledWord.FILED

    @pytest.mark.parametrize("told", ["", "-1", "999999", "x", "²"])
    def test_attack_A07_a_service_that_lies_about_the_offset_ends_no_loop(self, told):
        lab = Lab(tries=4)

        class Lying:
            def exchange(self, request):
                answer = lab.channel.exchange(request)
                answer.headers.pop("twincheck-word", None)
                answer.headers["upload-offset"] = told
                return answer

        lab.go_through(Lying())
        with pytest.raises(PeerDown):
            lab.send()

    def test_attack_A07_the_key_never_follows_a_location_to_another_address(self):
        lab = Lab()

        class Leading:
            def exchange(self, request):
                assert request.url.startswith(f"{URL}/")
                answer = lab.channel.exchange(request)
                if "location" in answer.headers:
                    answer.headers["location"] = f"https://evil.test{answer.headers['location']}"
                return answer

        lab.go_through(Leading())
        assert lab.send().word is FiledWord.FILED

    def test_O5_the_pace_follows_the_line(self):
        pace = Pace(1 << 20)
        pace.took(1 << 20, 0.5)
        assert pace.bytes == 2 << 20
        pace.took(2 << 20, 5.0)
        assert pace.bytes == 2 << 20
        pace.took(1 << 20, 0.1)  # a file's last piece says nothing of full ones
        assert pace.bytes == 2 << 20
        for _ in range(20):
            pace.cut()
        assert pace.bytes == Pace.LEAST


@settings(max_examples=60)
@given(
    content=st.binary(min_size=1, max_size=4000),
    piece=st.integers(1, 1500),
    faults=st.lists(st.one_of(st.none(), st.booleans(), st.integers(0, 1500)), max_size=40),
)
def test_O5_whatever_is_lost_the_service_ends_with_the_very_bytes(content, piece, faults):
    coming = iter(faults)
    lab = Lab(fault=lambda _: next(coming, None), piece=piece, tries=50)
    content = b"\x00" + content
    assert lab.send(content).word in (FiledWord.FILED, FiledWord.SAME)
    assert lab.service.filed == {("R", "1"): [content]}


class AnyOrder(RuleBasedStateMachine):
    """Two clients of one upload who ask whatever they like in any order."""

    @initialize(length=st.integers(1, 3000))
    def begin(self, length):
        self.content = (CONTENT * 2)[:length]
        self.service = FakeService(ManualClock())
        made = self.ask(
            "POST", "/uploads", {"upload-length": str(length), "upload-metadata": write_wish(wish_of(self.content))}
        )
        self.path = made.headers["location"]
        self.kept = 0

    def ask(self, method, path, headers, body=b"", came=None):
        told = {"authorization": f"Bearer {KEY}", "tus-resumable": "1.0.0", "content-length": str(len(body)), **headers}
        return self.service.answer(HttpRequest(method=method, url=path, headers=told, body=body), came=came)

    def patch(self, offset, body, *, came=None, algorithm=None, digest=None):
        headers = {"upload-offset": str(offset), "content-type": OFFSET_STREAM}
        if algorithm:
            digest = digest if digest is not None else hashlib.new(algorithm, body).digest()
            headers["upload-checksum"] = f"{algorithm} {base64.b64encode(digest).decode()}"
        return self.ask("PATCH", self.path, headers, body, came)

    @rule(size=st.integers(0, 900), algorithm=st.sampled_from([None, "sha1", "sha256"]))
    def append(self, size, algorithm):
        body = self.content[self.kept : self.kept + size]
        answer = self.patch(self.kept, body, algorithm=algorithm)
        assert answer.status == 204
        self.kept += len(body)
        assert answer.headers["upload-offset"] == str(self.kept)
        assert ("twincheck-word" in answer.headers) == (self.kept == len(self.content))

    @rule(size=st.integers(1, 900), came=st.integers(0, 900), algorithm=st.sampled_from([None, "sha1"]))
    def cut(self, size, came, algorithm):
        body = self.content[self.kept : self.kept + size]
        came = min(came, len(body))
        self.patch(self.kept, body, came=came, algorithm=algorithm)
        self.kept += 0 if algorithm else came

    @rule(offset=st.integers(0, 4000), size=st.integers(0, 50))
    def append_elsewhere(self, offset, size):
        if offset != self.kept:
            assert self.patch(offset, b"x" * size).status == 409

    @rule(size=st.integers(1, 50))
    def append_beyond(self, size):
        body = self.content[self.kept :] + b"x" * size
        assert self.patch(self.kept, body).status == 413

    @rule(size=st.integers(1, 50))
    def append_spoiled(self, size):
        body = self.content[self.kept : self.kept + size]
        assert self.patch(self.kept, body, algorithm="sha1", digest=b"\0" * 20).status == 460

    @rule()
    def append_nothing(self):
        assert self.patch(self.kept, b"").status == 204

    @invariant()
    def head_tells_what_is_kept(self):
        if not hasattr(self, "path"):
            return
        answer = self.ask("HEAD", self.path, {})
        assert (answer.status, answer.headers["upload-offset"]) == (200, str(self.kept))
        assert answer.headers["upload-length"] == str(len(self.content))
        upload = self.service.uploads[self.path]
        assert bytes(upload.kept) == self.content[: self.kept]
        assert self.service.filed in ({}, {("R", "1"): [self.content]})


AnyOrder.TestCase.settings = settings(max_examples=40, stateful_step_count=20)
TestAnyOrder = AnyOrder.TestCase
