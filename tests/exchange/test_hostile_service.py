"""A service that means harm, or a proxy that lets half of all through: an ingest ends, in words, and sends no more."""

import json
from hashlib import sha256

import pytest

from exchange.cli import command
from exchange.errors import PeerDown, PeerRefused
from exchange.patience import Patience, Tries
from exchange.peer import Peer
from exchange.testing import KEY, FakeService, serving
from exchange.tus.client import Pace, Sending, Way
from exchange.tus.wish import Wish
from photocore.errors import ChannelDown
from photocore.seams import HttpResponse
from photocore.testing import ManualClock, SeededEntropy

CONTENT = b"a scan" * 200


class Source:
    length = len(CONTENT)

    def read(self, offset, most):
        return CONTENT[offset : offset + most]


class Said:
    """A channel on which each method has one answer, whatever is asked."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = 0

    def exchange(self, request):
        self.asked += 1
        assert self.asked < 200, "it goes on for ever"
        status, headers = self.answers[request.method]
        if status is None:
            raise ChannelDown("cut")
        return HttpResponse(status=status, headers=headers, body=b"")


def way_over(channel):
    pace = Pace(100)
    return Way(
        peer=Peer(url="http://lab.test", channel=channel, key=KEY),
        clock=ManualClock(),
        pace=pace,
        tries=lambda: Tries(Patience(), SeededEntropy("hostile"), lambda _: None),
    )


def send(channel):
    wish = Wish(roll="R", frame="1", sha256=sha256(CONTENT).digest())
    return Sending(way_over(channel), Source(), wish, find=lambda: pytest.fail("nothing was lost")).send()


CREATED = (201, {"location": "/uploads/1", "upload-offset": "0"})
STANDS = (200, {"upload-offset": "0", "upload-length": str(len(CONTENT))})


@pytest.mark.parametrize("patch", [(503, {}), (409, {}), (423, {}), (None, {})])
def test_attack_A08_where_head_passes_and_no_byte_does_it_ends_after_ten_tries(patch):
    """A proxy that cuts every PATCH: that an upload stands where it stood is no progress."""
    channel = Said(POST=CREATED, HEAD=STANDS, PATCH=patch)
    with pytest.raises(PeerDown, match="tried 10 times"):
        send(channel)


@pytest.mark.parametrize("offset", ["9" * 5000, "-1", "\u0661", "1e3", "", str(1 << 62)])
def test_attack_A08_an_offset_that_is_none_is_not_believed(offset):
    channel = Said(POST=(201, {"location": "/uploads/1", "upload-offset": offset}), HEAD=STANDS, PATCH=(503, {}))
    with pytest.raises(PeerDown):
        send(channel)


@pytest.mark.parametrize("location", ["http://[", "uploads/1", ""])
def test_attack_A08_an_address_that_is_none_is_told(location):
    with pytest.raises(PeerRefused, match="did not say where"):
        send(Said(POST=(201, {"location": location, "upload-offset": "0"})))


class Obscene(FakeService):
    """Says things that a terminal would obey."""

    def answer(self, request, **more):
        told = super().answer(request, **more)
        problem = {"type": "urn:x:\x1b]0;owned\x07\x1b[2J", "title": "\x1b[31mno"}
        if "upload-length" in request.headers:
            return HttpResponse(status=422, headers={}, body=json.dumps(problem).encode())
        return told


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(CONTENT)
    return folder


def test_attack_A08_nothing_a_service_says_is_obeyed_by_a_terminal(folder, monkeypatch, capsys):
    monkeypatch.setenv("TWINCHECK_LAB_KEY", KEY)
    with serving(Obscene(ManualClock())) as url:
        assert command([str(folder), "--roll", "TCR-66SCA0RZM8Y", "--url", url]) == 1
    out, err = capsys.readouterr()
    assert "]0;owned" in out
    assert not {sign for sign in out + err if not sign.isprintable() and sign != "\n"}


def test_attack_A08_a_link_in_a_folder_brings_in_nothing_from_elsewhere(folder, tmp_path, monkeypatch, capsys):
    (tmp_path / "secret").write_bytes(b"not of this folder")
    (folder / "2.jpg").symlink_to(tmp_path / "secret")
    monkeypatch.setenv("TWINCHECK_LAB_KEY", KEY)
    service = FakeService(ManualClock())
    with serving(service) as url:
        assert command([str(folder), "--roll", "TCR-66SCA0RZM8Y", "--url", url]) == 0
    assert "left out: 2.jpg" in capsys.readouterr().out
    assert list(service.filed.values()) == [[CONTENT]]
