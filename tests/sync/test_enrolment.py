"""Enrolment: the key is made here, the code works once, and the service's keys are pinned."""

from dataclasses import replace

import msgspec
import pytest

from photocore.errors import ChannelDown
from photocore.keys import b64
from photocore.seams import HttpResponse
from sync.enrolment import enrol
from sync.errors import EnrolmentRefused, NotEnrolled
from sync.keys import is_enrolled, load_keys, load_station, make_keys
from sync.station import open_station
from sync.testing import PORTAL


def try_enrol(world, channel=None, **changes):
    values = {"url": "http://localhost:8470", "code": "ENROL-1", "name": 'Counter "A"', "folder": world.folder}
    return enrol(**(values | changes), channel=channel or world.service, entropy=world.entropy)


def test_K4_a_folder_becomes_a_station(make_world):
    """Named by the service, its keys pinned, its roster in force at once."""
    world = make_world()
    world.service.issue_code("ENROL-1")

    done = try_enrol(world)

    file = load_station(world.folder)
    assert (file.station, file.name, done.store) == (done.station, 'Counter "A"', "Foto Linde")
    assert file.sign_key == world.service.sign_key.public
    assert file.seal_key == world.service.seal_key.public
    station = world.open()
    assert station.roster.version == 1
    assert station.desk.register(world.wish(world.package_id(1))).rolls


def test_K4_private_keys_are_made_here_and_are_nobody_elses_to_read(make_world):
    """Files 0600, folder 0700; only the public half travelled."""
    world = make_world()
    world.service.issue_code("ENROL-1")
    try_enrol(world)

    keys = load_keys(world.folder)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (world.folder / "keys").iterdir()}
    assert modes == {"station.ed25519": 0o600, "card.hmac": 0o600}
    assert (world.folder / "keys").stat().st_mode & 0o777 == 0o700
    sent = b"".join(request.body for request in world.service.requests)
    assert b64(keys.signing.public).encode() in sent
    for secret in (keys.signing.seed, keys.card):
        assert b64(secret).encode() not in sent
        assert b64(secret) not in repr(keys)
    (world.folder / "keys" / "card.hmac").chmod(0o644)
    with pytest.raises(NotEnrolled, match="read by others"):
        load_keys(world.folder)


def test_K4_a_code_works_once(make_world):
    """The second station with the same code is refused, with the service's own words."""
    world = make_world()
    world.service.issue_code("ENROL-1")
    try_enrol(world)

    with pytest.raises(EnrolmentRefused, match="wrong or spent"):
        try_enrol(world, folder=world.folder.with_name("other"))
    assert not is_enrolled(world.folder.with_name("other"))


def test_K4_a_station_is_not_enrolled_over(make_world):
    """What it still owes would be lost with its keys."""
    world = make_world()
    world.service.issue_code("ENROL-1")
    done = try_enrol(world)
    world.service.issue_code("ENROL-2")

    with pytest.raises(EnrolmentRefused, match=done.station):
        try_enrol(world, code="ENROL-2")


def test_K4_a_lost_reply_leaves_no_half_station_and_the_same_key_asks_again(make_world):
    """Interrupted, it can be tried again with a new code."""
    world = make_world()
    world.service.issue_code("ENROL-1")
    world.service.faults.lost_replies = 1
    with pytest.raises(EnrolmentRefused, match="lost"):
        try_enrol(world)
    assert not is_enrolled(world.folder)
    key = load_keys(world.folder).signing.seed

    world.service.issue_code("ENROL-2")
    try_enrol(world, code="ENROL-2")

    assert load_keys(world.folder).signing.seed == key
    assert make_keys(world.folder, world.entropy).signing.seed == key


class Answers:
    """A channel that gives one answer."""

    def __init__(self, answer: HttpResponse | None) -> None:
        self.answer = answer

    def exchange(self, request):
        if self.answer is None:
            raise ChannelDown("no route")
        return self.answer


@pytest.mark.parametrize(
    "answer",
    [
        None,
        HttpResponse(status=200, headers={"content-type": "text/html"}, body=PORTAL),
        HttpResponse(status=201, headers={"content-type": "text/html"}, body=PORTAL),
        HttpResponse(status=201, body=b"{}"),
        HttpResponse(status=500, body=b"\xff\xfe"),
    ],
)
def test_K4_an_answer_that_is_no_photoservices_enrols_nothing(make_world, answer):
    """A portal, half an answer, a fault: a clear refusal, and no station."""
    world = make_world()

    with pytest.raises(EnrolmentRefused):
        try_enrol(world, channel=Answers(answer))
    assert not is_enrolled(world.folder)


def test_K4_a_roster_that_the_pinned_key_did_not_sign_is_refused(make_world):
    """Keys and roster of one answer must fit."""
    world = make_world()
    world.service.issue_code("ENROL-1")

    class Meddler:
        def exchange(self, request):
            answer = world.service.exchange(request)
            body = msgspec.json.decode(answer.body)
            body["service"]["sign"] = b64(bytes(32))
            return replace(answer, body=msgspec.json.encode(body))

    with pytest.raises(EnrolmentRefused, match="do not fit"):
        try_enrol(world, channel=Meddler())
    assert not is_enrolled(world.folder)


def test_K4_a_folder_that_is_no_station_is_told_apart(make_world, tmp_path):
    """Not enrolled, or broken by hand: a clear error either way."""
    world = make_world()
    with pytest.raises(NotEnrolled, match="twincheck station enrol"):
        open_station(tmp_path / "empty", world.seams())
    world.enrol()
    (world.folder / "station.toml").write_text("station = 3")
    with pytest.raises(NotEnrolled, match=r"station\.toml"):
        open_station(world.folder, world.seams())
