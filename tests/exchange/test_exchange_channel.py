"""The channel for large bodies over real HTTP, and files that change while they are sent."""

import hashlib
import socket
import threading
from contextlib import contextmanager

import pytest

from exchange.channel import LargeChannel
from exchange.errors import IngestRefused
from exchange.folder import Found, PictureFile, sum_up
from exchange.testing import KEY, FakeService, serving
from photocore.errors import ChannelDown
from photocore.frames import parse_frame
from photocore.seams import HttpRequest
from photocore.testing import ManualClock


@contextmanager
def answering(*answers):
    """Serve raw answers on a real port, one a connection, whatever is asked; yields the address and what was asked."""
    door = socket.create_server(("127.0.0.1", 0))
    asked = []

    def serve():
        for answer in answers:
            peer, _ = door.accept()
            with peer:
                asked.append(peer.recv(65_536))
                peer.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}", asked
    finally:
        thread.join(30)
        door.close()


@pytest.fixture
def channel():
    channel = LargeChannel(connect_s=5, read_s=5, max_bytes=1000)
    yield channel
    channel.close()


def test_O5_a_large_body_arrives_whole_with_its_length(channel):
    service = FakeService(ManualClock(), max_size=1 << 30)
    content = bytes(range(256)) * 20_000
    with serving(service) as url:
        headers = {
            "authorization": f"Bearer {KEY}",
            "tus-resumable": "1.0.0",
            "upload-length": str(len(content)),
            "upload-metadata": "roll UQ==,frame MQ==",
            "content-type": "application/offset+octet-stream",
        }
        answer = channel.exchange(HttpRequest(method="POST", url=f"{url}/uploads", headers=headers, body=content))
    assert (answer.status, answer.headers["upload-offset"]) == (201, str(len(content)))
    assert service.filed["Q", "1"] == [content]


def test_attack_A07_a_redirect_is_an_answer_and_is_not_followed(channel):
    with answering(b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n") as (url, asked):
        answer = channel.exchange(HttpRequest(method="PATCH", url=url, body=b"x"))
    assert (answer.status, len(asked)) == (307, 1)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no http\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000,
    ],
)
def test_attack_A07_half_an_answer_or_too_much_of_one_is_none(channel, answer):
    with answering(answer) as (url, _), pytest.raises(ChannelDown):
        channel.exchange(HttpRequest(method="HEAD" if not answer else "GET", url=url))


def test_O5_nobody_there_is_told_in_words(channel):
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
    with pytest.raises(ChannelDown, match="cannot be reached"):
        channel.exchange(HttpRequest(method="GET", url=url))


class TestPictureFile:
    CONTENT = bytes(range(200)) * 500

    @pytest.fixture
    def found(self, tmp_path):
        path = tmp_path / "1.jpg"
        path.write_bytes(self.CONTENT)
        return Found(path=path, frame=parse_frame("1"), size=len(self.CONTENT))

    def test_O5_a_file_is_read_from_wherever_the_service_is_and_again(self, found):
        digest = sum_up(found)
        assert digest == hashlib.sha256(self.CONTENT).digest()
        with PictureFile(found, digest) as source:
            for offset, most in ((4000, 100), (4000, 500), (0, 50), (4100, 95_000), (99_900, 900), (100_000, 10)):
                assert source.read(offset, most) == self.CONTENT[offset : offset + most]

    @pytest.mark.parametrize("start", [0, 5000])
    def test_O5_a_file_that_changes_is_noticed_before_its_last_byte_is_sent(self, found, start):
        digest = sum_up(found)
        with PictureFile(found, digest) as source:
            source.read(start, 100)
            found.path.write_bytes(self.CONTENT[:70_000] + b"!" + self.CONTENT[70_001:])
            with pytest.raises(IngestRefused, match="changed"):
                source.read(start + 100, 200_000)

    def test_O5_a_file_that_shrinks_or_grows_is_noticed(self, found):
        digest = sum_up(found)
        with PictureFile(found, digest) as source:
            found.path.write_bytes(self.CONTENT[:500])
            with pytest.raises(IngestRefused, match="changed"):
                source.read(0, 100_000)
        found.path.write_bytes(self.CONTENT * 2)
        with pytest.raises(IngestRefused, match="changed"):
            sum_up(found)
