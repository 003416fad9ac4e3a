"""kill -9 at every step between the first byte and the answer: it is finished later, and nothing is done twice."""

import errno
import signal
import socket
from dataclasses import replace
from itertools import cycle
from urllib.parse import urlsplit

import pytest
import requests

STEPS = ("whole", "probed", "kept", "written", "committed")


@pytest.fixture
def settings(settings):
    """Nobody sweeps but the test, when it says so."""
    return replace(settings, sweep_every=None)


def sweep(world):
    return world.running.run(world.running.service.pictures.sweeper.run_once())


@pytest.mark.parametrize(("step", "who_heals"), list(zip(STEPS, cycle(("the client", "the sweeper")), strict=False)))
def test_O1_a_service_killed_while_filing_has_lost_nothing(world, lab, roll, scans, dying, settings, step, who_heals):
    scan = scans()
    client, process = dying(step)
    upload = client.begin(roll, "1", len(scan)).headers["Location"]
    with pytest.raises(requests.ConnectionError):
        client.append(upload, 0, scan)
    assert process.wait(30) == -signal.SIGKILL
    if who_heals == "the sweeper":
        sweep(world)
    looked = lab.look(upload)
    assert (looked.status_code, looked.headers["Twincheck-Word"]) == (200, "filed")
    assert lab.filed(roll, "1", scan) == (looked.headers["Twincheck-Image"], "same")
    sweep(world)
    assert list((settings.folder / "incoming").iterdir()) == []
    assert world.sql("select state from images.upload") == [{"state": "filed"}] * 2
    assert world.sql("select used from images.storage") == [{"used": len(scan)}]


def test_O1_a_service_killed_while_bytes_come_in_goes_on_where_they_ended(
    world, lab, roll, dying, settings, eventually
):
    body = bytes(range(256)) * 16_000
    client, process = dying("never")
    upload = client.begin(roll, "1", len(body)).headers["Location"]
    spooled = settings.folder / "incoming" / upload.rpartition("/")[2]
    head = (
        f"PATCH {upload} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {lab.key}\r\nTus-Resumable: 1.0.0\r\n"
        f"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    at = urlsplit(client.url)
    with socket.create_connection((at.hostname, at.port), timeout=30) as line:
        line.sendall(head.encode() + body[:3_000_000])
        eventually(lambda: spooled.exists() and spooled.stat().st_size > 1_000_000)
        process.kill()
        process.wait(30)
    looked = lab.look(upload)
    offset = int(looked.headers["Upload-Offset"])
    assert 1_000_000 < offset <= 3_000_000
    assert spooled.read_bytes() == body[:offset]
    reply = lab.append(upload, offset, body[offset:])
    assert (reply.status_code, reply.json()["type"].rpartition(":")[2]) == (422, "not-a-picture")


def test_O1_unproved_bytes_of_a_killed_service_do_not_count(lab, roll, scans, settings):
    """The mark beside the file says from where on nothing was proved."""
    scan = scans()
    upload = lab.begin(roll, "1", len(scan)).headers["Location"]
    lab.append(upload, 0, scan[:1000])
    spooled = settings.folder / "incoming" / upload.rpartition("/")[2]
    with spooled.open("ab") as file:
        file.write(b"x" * 500)
    spooled.with_name(spooled.name + ".unproved").write_text("1000")
    assert lab.look(upload).headers["Upload-Offset"] == "1000"
    assert lab.append(upload, 1000, scan[1000:]).headers["Twincheck-Word"] == "filed"


def test_O1_a_mark_that_was_just_begun_takes_nothing_back(lab, roll, scans, settings):
    upload = lab.begin(roll, "1", len(scans())).headers["Location"]
    lab.append(upload, 0, scans()[:1000])
    (settings.folder / "incoming" / f"{upload.rpartition('/')[2]}.unproved").write_text("")
    assert lab.look(upload).headers["Upload-Offset"] == "1000"


def test_O1_a_lost_spool_begins_anew(lab, roll, scans, settings):
    upload = lab.begin(roll, "1", len(scans())).headers["Location"]
    lab.append(upload, 0, scans()[:1000])
    (settings.folder / "incoming" / upload.rpartition("/")[2]).unlink()
    assert lab.look(upload).headers["Upload-Offset"] == "0"
    assert lab.append(upload, 0, scans()).headers["Twincheck-Word"] == "filed"


def test_O1_strangers_files_in_the_spool_are_removed(world, lab, roll, scans, settings):
    """What no open upload has, as what was left by one that ended on another machine."""
    upload = lab.begin(roll, "1", len(scans())).headers["Location"]
    lab.append(upload, 0, scans()[:1000])
    spool = settings.folder / "incoming"
    (spool / "UP-NOBODYS").write_bytes(b"x")
    (spool / "UP-NOBODYS.unproved").write_text("0")
    assert sweep(world).removed == 1
    assert [path.name for path in spool.iterdir()] == [upload.rpartition("/")[2]]


def test_O1_what_else_lies_in_the_spool_is_neither_filed_nor_removed(world, lab, roll, scans, settings):
    """A folder of scans that was named by mistake, or a disk's lost+found: the sweeper goes on beside it."""
    lab.begin(roll, "1", len(scans()))
    spool = settings.folder / "incoming"
    (spool / "lost+found").mkdir(parents=True)
    for name in ("000123_07.tif", "UP-notes.txt", "zz.unproved"):
        (spool / name).write_bytes(b"precious")
    (spool / "UP-0123456789ABCDEF").write_bytes(b"left behind")
    assert sweep(world).removed == 1
    left = sorted(path.name for path in spool.iterdir())
    assert left == ["000123_07.tif", "UP-notes.txt", "lost+found", "zz.unproved"]


def test_O1_an_upload_that_cannot_be_read_keeps_no_other_waiting(world, lab, roll, scans, settings):
    """Two whole ones that nobody filed; looking at the first fails in a way that is no picture's fault."""
    waiting = [
        lab.begin(roll, str(frame), len(scans(frame))).headers["Location"].rpartition("/")[2] for frame in (1, 2)
    ]
    for frame, upload in enumerate(waiting, start=1):
        (settings.folder / "incoming" / upload).parent.mkdir(exist_ok=True)
        (settings.folder / "incoming" / upload).write_bytes(scans(frame))
    sweeper = world.running.service.pictures.sweeper
    bad = min(waiting)

    class Failing:
        """Cannot read one file."""

        async def probe(self, path):
            if path.name == bad:
                raise OSError(errno.EIO, "Input/output error")
            return await sweeper.filing.prober.probe(path)

    failing = replace(sweeper, filing=replace(sweeper.filing, prober=Failing()))
    swept = world.running.run(failing.run_once())
    assert (swept.filed, swept.removed) == (1, 0)
    assert sweep(world).filed == 1
