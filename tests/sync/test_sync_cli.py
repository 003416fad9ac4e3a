"""``twincheck sync`` and ``twincheck station`` as a person or a script uses them, over real HTTP and real processes."""

import json
import os
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from photocore.errors import ChannelDown
from photocore.seams import HttpRequest
from sync.cli import command, station_command
from sync.keys import load_station, save_station


@pytest.fixture
def served(make_world):
    """Return a world whose photoservice answers on a real port, and its address."""
    world = make_world()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            url = f"http://{self.headers['host']}{self.path}"
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = HttpRequest(method=self.command, url=url, headers=headers, body=body)
            try:
                told = world.service.exchange(request)
            except ChannelDown:
                self.close_connection = True
                return
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield world, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def enrol(world, url) -> list[str]:
    code = world.service.issue_code("ENROL-1")
    assert station_command(["enrol", "--url", url, "--code", code, "--dir", str(world.folder), "--name", "Till 2"]) == 0
    return ["--dir", str(world.folder)]


def test_K4_enrol_register_sync_over_real_http(served, capsys):
    """A folder becomes a station, a registration goes up signed, and status says that nothing is owed."""
    world, url = served
    where = enrol(world, url)
    assert "Foto Linde is enrolled" in capsys.readouterr().out
    station = world.open()
    done = station.desk.register(world.wish(world.package_id(1)))
    station.close()
    assert command(["status", *where]) == 0
    assert "2 unsent, 1 registration among them; the oldest of " in capsys.readouterr().out

    assert command(["now", *where]) == 0

    out = capsys.readouterr().out
    assert "Done: 3 settled, 0 parked." in out
    assert "  3 sent" in out
    assert done.claim in [event.id for event in world.service.applied]
    assert command(["status", *where, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["unsent"], told["events"], told["online"], told["held_by"]) == (0, 3, None, None)


def test_K4_sync_now_asks_the_process_that_holds_the_journal(served, capsys):
    """No second writer: the holder carries, the command shows its report."""
    world, url = served
    where = enrol(world, url)
    capsys.readouterr()
    world.service.faults.down = True
    station = world.open(carry=True)
    done = station.desk.register(world.wish(world.package_id(1)))
    world.service.faults.down = False

    assert command(["now", *where, "--json"]) == 0

    told = capsys.readouterr().out
    assert json.loads(told[told.index("{\n") :])["ok"]
    assert station.desk.level(done.claim).word == "confirmed"
    assert command(["status", *where]) == 0
    assert ": online" in capsys.readouterr().out


def test_K4_sync_now_says_when_it_could_not(served, capsys):
    """Exit code 1 and the reason; what is owed stays owed."""
    world, url = served
    where = enrol(world, url)
    world.service.faults.portal = True

    assert command(["now", *where]) == 1
    assert "Not done: the answer is 200 of type text/html, not JSON" in capsys.readouterr().out
    assert command(["status", *where]) == 0


def test_K4_parked_lists_what_waits_for_a_person(served, capsys):
    """With the reason, and with exit code 1 so that a script notices."""
    world, url = served
    where = enrol(world, url)
    station = world.open()
    done = station.desk.register(world.wish(world.package_id(1)))
    world.service.faults.parks.add(done.claim)
    station.close()
    assert command(["parked", *where]) == 0
    assert "Nothing is parked." in capsys.readouterr().out
    command(["now", *where])
    capsys.readouterr()

    assert command(["parked", *where]) == 1
    assert "parked: the store does not carry this film" in capsys.readouterr().out
    assert command(["parked", *where, "--json"]) == 1
    (event,) = json.loads(capsys.readouterr().out)["parked"]
    assert (event["id"], event["kind"]) == (done.claim, "PackageClaimed")
    assert command(["status", *where]) == 1


def test_K4_the_second_writer_without_a_door_is_told_who_holds_it(world, capsys):
    """A station that does not carry has no door; its lock is named."""
    world.open()

    assert command(["now", "--dir", str(world.folder)]) == 1
    assert f"process {os.getpid()}" in capsys.readouterr().out


def test_K4_a_folder_that_is_no_station_is_a_clear_error(tmp_path, capsys):
    """On stderr, with what to do."""
    for verb in ("now", "status", "parked"):
        assert command([verb, "--dir", str(tmp_path)]) == 1
        assert "twincheck station enrol" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_K4_a_wrong_code_is_a_clear_error(served, capsys):
    """And no station."""
    world, url = served

    assert station_command(["enrol", "--url", url, "--code", "NO", "--dir", str(world.folder)]) == 1
    assert "wrong or spent" in capsys.readouterr().err


def test_K4_https_to_a_port_of_plain_http_is_told_in_a_sentence(served, capsys):
    """No name of a library's class, no count of retries."""
    world, url = served
    address = url.removeprefix("http://")
    wrong = ["--url", f"https://{address}", "--code", "ENROL-1", "--dir", str(world.folder)]

    assert station_command(["enrol", *wrong]) == 1

    said = f"twincheck station: https://{address} does not answer: {address} speaks no https\n"
    assert capsys.readouterr().err == said


def test_K4_a_station_file_survives_odd_names(world):
    """Quotes, backslashes and letters of any script come back as they were."""
    odd = msgspec.structs.replace(load_station(world.folder), name='Kasse "3" \\ Größe 東京 \x7f\n')

    save_station(world.folder, odd)

    assert load_station(world.folder) == odd


def test_K4_a_refused_enrolment_leaves_nothing_behind(served, tmp_path, capsys):
    """Neither folders nor keys: whoever mistypes a code has nothing to clear away."""
    _, url = served
    folder = tmp_path / "deep" / "station"

    assert station_command(["enrol", "--url", url, "--code", "NO", "--dir", str(folder)]) == 1

    assert "wrong or spent" in capsys.readouterr().err
    assert not (tmp_path / "deep").exists()


def test_K4_a_folder_that_was_there_before_a_refused_enrolment_stays(served, tmp_path):
    """Only what the enrolment made itself is cleared away."""
    _, url = served
    (tmp_path / "note.txt").write_text("mine")

    assert station_command(["enrol", "--url", url, "--code", "NO", "--dir", str(tmp_path)]) == 1

    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_K4_sync_now_shows_each_step_once(served, capsys):
    """Asking for the roster and for news moves no number, and prints no line."""
    world, url = served
    where = enrol(world, url)
    station = world.open()
    station.desk.register(world.wish(world.package_id(1)))
    station.close()
    capsys.readouterr()

    command(["now", *where])

    steps = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert steps == ["  2 sent, 2 settled, 0 parked", "  3 sent, 3 settled, 0 parked"]  # two runs, two batches


def test_K4_status_is_said_in_words_a_manager_uses(served, capsys):
    """Nothing is "none": what there is not is left out, or said."""
    world, url = served
    where = enrol(world, url)
    capsys.readouterr()

    assert command(["status", *where]) == 0

    out = capsys.readouterr().out
    assert "none" not in out
    assert "0 unsent" in out
    assert "acknowledged nothing yet" in out
    assert "no program holds its journal now" in out


def restored_folder(world, where) -> None:
    """Copy the station away, register and sync, put the copy back, and sync."""
    world.open().close()
    command(["now", *where])
    copy = world.folder.with_name("last-night")
    shutil.copytree(world.folder, copy)
    station = world.open()
    station.desk.register(world.wish(world.package_id(2)))
    station.close()
    command(["now", *where])
    shutil.rmtree(world.folder)
    shutil.copytree(copy, world.folder)
    command(["now", *where])


def test_K4_a_restored_station_is_told_of_in_status(served, capsys):
    """RESTORED stands there until a member of staff has taken note; sync now said how many came back."""
    world, url = served
    where = enrol(world, url)
    restored_folder(world, where)
    assert "brought back" in capsys.readouterr().out

    assert command(["status", *where]) == 0

    told = capsys.readouterr().out
    assert "RESTORED 3 events (not yet noted by staff)" in told
    assert "sign in at the kiosk, see to the labels to print" in told
    station = world.open()
    station.desk.note_restored("00ff00ff00ff00ff")
    station.close()
    command(["status", *where])
    assert "RESTORED" not in capsys.readouterr().out


def test_K3_closed_and_corrected_events_are_listed_only_with_all(served, capsys):
    """They are kept, with how they ended; the exit code says that nobody is waited for."""
    world, url = served
    where = enrol(world, url)
    station = world.open()
    done = station.desk.register(world.wish(world.package_id(1)))
    world.service.faults.parks.add(done.claim)
    station.close()
    command(["now", *where])
    station = world.open()
    station.desk.close_parked(done.claim, staff="00ff00ff00ff00ff", reason="seen")
    station.close()
    capsys.readouterr()

    assert command(["parked", *where]) == 0
    assert "Nothing is parked." in capsys.readouterr().out
    assert command(["parked", *where, "--all"]) == 0
    assert "closed: the store does not carry this film [not_carried]" in capsys.readouterr().out
