"""`twincheck ingest`: a folder goes in by roll and frame, and what cannot is said."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from exchange.cli import command
from exchange.errors import PeerDown
from exchange.folder import read_table
from exchange.patience import Patience, Tries
from exchange.testing import KEY, FakeService, serving
from photocore.seams import HttpResponse
from photocore.testing import ManualClock, SeededEntropy

ROLL = "(01)09521141012352(21)A/1%26R-0001"


@pytest.fixture
def service():
    return FakeService(ManualClock(), max_size=1 << 30)


@pytest.fixture
def url(service):
    with serving(service) as address:
        yield address


@pytest.fixture
def folder(tmp_path):
    scans = tmp_path / "scans"
    scans.mkdir()
    for number in ("00", "0", "1", "2", "12A"):
        (scans / f"R1-{number}.jpg").write_bytes(f"picture {number}".encode() * 900)
    return scans


@pytest.fixture
def ingest(url, folder, monkeypatch, capsys):
    monkeypatch.setenv("TWINCHECK_LAB_KEY", KEY)

    def run(*options, where=folder, roll=ROLL):
        capsys.readouterr()
        code = command([str(where), "--roll", roll, "--url", url, *options])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def endings(out):
    return {told["frame"]: told["ending"] for told in json.loads(out)["pictures"]}


def test_O5_a_folder_goes_in_by_roll_and_frame(ingest, service, folder):
    code, out, _ = ingest("--stock", "Gold 200", "--iso", "200", "--developed-on", "2026-11-20", "--lab", "Silver")
    assert code == 0
    assert "All 5 pictures are there." in out
    assert {frame for _, frame in service.filed} == {"00", "0", "1", "2", "12A"}
    assert service.filed[ROLL, "12A"] == [(folder / "R1-12A.jpg").read_bytes()]
    (offer,) = service.offers
    assert (offer.stock, offer.iso, str(offer.developed_on), offer.lab) == ("Gold 200", 200, "2026-11-20", "Silver")
    assert [each.frame for each in offer.frames] == ["00", "0", "1", "2", "12A"]


def test_O5_sending_a_folder_again_sends_no_byte(ingest, service):
    ingest()
    taken, uploads = service.taken_bytes, len(service.uploads)
    code, out, _ = ingest("--json")
    assert (code, set(endings(out).values())) == (0, {"have"})
    assert (service.taken_bytes, len(service.uploads)) == (taken, uploads)


def test_O5_without_a_terminal_each_picture_is_a_plain_line(ingest):
    _, out, _ = ingest("--lanes", "1")
    assert "\r" not in out
    lines = out.splitlines()
    assert lines[:5] == [f"frame {n}  R1-{n}.jpg" for n in ("00", "0", "1", "2", "12A")]
    assert lines[5] == "5 to send"
    assert lines[6] == "1/5  frame 00  R1-00.jpg  filed"


def test_O5_on_a_terminal_a_line_moves(url, folder):
    """The scans are large enough to go in pieces, and the terminal is a real one."""
    (folder / "R1-3.jpg").write_bytes(bytes(range(256)) * 60_000)
    primary, secondary = os.openpty()
    seen = bytearray()

    def read():
        with contextlib.suppress(OSError):  # the other end is closed
            while piece := os.read(primary, 4096):
                seen.extend(piece)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    call = [sys.executable, "-m", "exchange.cli", str(folder), "--roll", ROLL, "--url", url]
    done = subprocess.run(call, check=False, env={**os.environ, "TWINCHECK_LAB_KEY": KEY}, stdout=secondary, timeout=60)
    os.close(secondary)
    reader.join(30)
    os.close(primary)
    assert done.returncode == 0
    assert b"All 6 pictures are there." in seen
    assert b"\r" in seen.replace(b"\r\n", b"\n")
    assert b"frame 3  " in seen


def test_O5_another_picture_for_a_frame_is_told_and_sent_only_when_asked_for(ingest, service, folder):
    ingest()
    (folder / "R1-2.jpg").write_bytes(b"another picture")
    code, out, _ = ingest("--json")
    assert (code, endings(out)["2"]) == (1, "held-back")
    assert len(service.filed[ROLL, "2"]) == 1
    code, out, _ = ingest("--json", "--rivals")
    assert (code, endings(out)["2"]) == (0, "rival")
    assert service.filed[ROLL, "2"][1] == b"another picture"
    code, out, _ = ingest("--json")
    assert (code, endings(out)["2"]) == (0, "have")


def test_attack_A10_a_file_that_is_no_picture_is_told_and_the_others_go_in(ingest, service, folder):
    (folder / "R1-2.jpg").write_bytes(b"BAD")
    (folder / "R1-1.jpg").write_bytes(b"")
    code, out, _ = ingest("--json")
    told = {each["frame"]: each for each in json.loads(out)["pictures"]}
    assert code == 1
    assert (told["2"]["ending"], told["2"]["why"]) == ("refused", "This is no picture. [not-a-picture]")
    assert (told["1"]["ending"], told["1"]["why"]) == (
        "refused",
        "the file is empty; export the scan again [zero-bytes]",
    )
    assert {frame for _, frame in service.filed} == {"00", "0", "12A"}
    _, out, _ = ingest()
    assert "3 of 5 pictures are there; missing: frame 1, 2." in out


def test_O5_what_is_no_picture_by_its_name_is_left_out_and_told(ingest, folder):
    for name in ("Thumbs.db", "notes.txt", ".DS_Store", "._R1-1.jpg"):
        (folder / name).write_bytes(b"x")
    (folder / "more").mkdir()
    os.mkfifo(folder / "R1-9.jpg")
    code, out, _ = ingest("--json")
    assert code == 0
    assert json.loads(out)["left"] == [".DS_Store", "._R1-1.jpg", "R1-9.jpg", "Thumbs.db", "more", "notes.txt"]


def test_O5_an_open_question_sends_nothing(ingest, service, folder):
    (folder / "R1-1.tif").write_bytes(b"x")
    code, out, err = ingest()
    assert (code, out, service.offers) == (2, "", [])
    assert "more than one file for frame 1" in err
    assert ingest("--only", "jpg")[0] == 0
    assert ingest("--only", "gif")[0] == 2


def test_O5_a_table_says_frames_that_names_do_not(ingest, service, folder, tmp_path):
    (folder / "first.jpg").write_bytes(b"first" * 100)
    (folder / "last.jpg").write_bytes(b"last" * 100)
    table = tmp_path / "frames.csv"
    table.write_text("File,Frame\nfirst.jpg, 00A\nlast.jpg,-\n")
    code, out, _ = ingest("--frames", str(table), "--json")
    assert (code, endings(out)["00A"]) == (0, "filed")
    assert json.loads(out)["left"] == ["last.jpg"]


@pytest.mark.parametrize("text", ["a.jpg", "a.jpg,1,2", ",1", "a.jpg,1\na.jpg,2", '"a', "\udcff"])
def test_attack_A07_a_table_out_of_form_is_refused_with_its_line(ingest, tmp_path, text):
    table = tmp_path / "frames.csv"
    table.write_bytes(text.encode(errors="surrogateescape"))
    code, _, err = ingest("--frames", str(table))
    assert code == 2
    assert "frames.csv" in err


def test_O5_a_table_from_a_spreadsheet_is_read(tmp_path):
    table = tmp_path / "frames.csv"
    table.write_bytes('\ufefffile,frame\r\n"a, b.jpg",12A\r\n\r\n'.encode())
    assert read_table(table) == {"a, b.jpg": "12A"}


def test_O5_a_plan_shows_frames_and_sends_nothing(ingest, service):
    code, out, _ = ingest("--plan")
    assert (code, service.offers) == (0, [])
    assert out.splitlines()[-1] == "frame 12A  R1-12A.jpg"
    assert json.loads(ingest("--plan", "--json")[1])["pictures"][0] == {
        "frame": "00",
        "file": "R1-00.jpg",
        "bytes": 9000,
    }


def test_O5_no_room_is_told_before_a_byte_is_sent(ingest, service):
    service.room = 100
    code, _, err = ingest()
    assert (code, service.taken_bytes) == (1, 0)
    assert err == "twincheck ingest: There is no room for this roll now.\n"
    assert json.loads(ingest("--json")[1]) == {
        "roll": ROLL,
        "ok": False,
        "reason": "There is no room for this roll now.",
    }


class Refusing(FakeService):
    """Ends the key before the third request."""

    asked = 0

    def answer(self, request, **more):
        self.asked += 1
        if self.asked == 3:
            request.headers["authorization"] = "Bearer tck_ended"
        return super().answer(request, **more)


def test_O5_a_service_that_refuses_us_in_the_middle_ends_it_and_the_rest_is_told_as_missing(ingest):
    service = Refusing(ManualClock())
    with serving(service) as url:
        code, out, _ = ingest("--json", "--lanes", "1", "--url", url)
    assert code == 1
    assert list(endings(out).values()) == ["filed", "failed", "failed", "failed", "failed"]
    assert service.asked == 3


class Resting(FakeService):
    """Wants every upload later, much later."""

    def __init__(self):
        super().__init__(ManualClock())
        self.was_asked = threading.Event()

    def answer(self, request, **more):
        if "upload-length" not in request.headers:
            return super().answer(request, **more)
        self.was_asked.set()
        return HttpResponse(status=503, headers={"retry-after": "3600"})


def test_O5_an_interrupted_ingest_ends_soon_and_is_130(folder):
    """Ctrl-C, while it waits before its next try."""
    service = Resting()
    program = "import sys; from twincheck.cli import main; sys.exit(main())"
    with serving(service) as url:
        call = [sys.executable, "-c", program, "ingest", str(folder), "--roll", ROLL, "--url", url]
        env = {**os.environ, "TWINCHECK_LAB_KEY": KEY}
        with subprocess.Popen(call, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert service.was_asked.wait(30)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, b"")


class TestCalls:
    @pytest.mark.parametrize(
        "options",
        [
            ["--url", "http://photos.example"],
            ["--url", "ftp://localhost"],
            ["--url", "http://user:pass@localhost"],
            ["--url", "http://[::1"],
            ["--url", "http://localhost:99999"],
            ["--iso", "0"],
            ["--note", "x" * 2001],
            ["--frame-is", "0"],
            ["--frame-is", "first"],
        ],
    )
    def test_O5_a_wrong_call_is_2_and_sends_nothing(self, ingest, service, options):
        code, _, err = ingest(*options)
        assert (code, service.offers) == (2, [])
        assert err.startswith("twincheck ingest: ")

    def test_O5_a_mistyped_roll_is_told_before_anything_is_read(self, ingest):
        code, _, err = ingest(roll="TCR-66SCA0RZM8Z")
        assert code == 2
        assert "--roll" in err

    def test_attack_A07_a_key_that_is_none_is_never_put_into_a_header(self, ingest, tmp_path):
        file = tmp_path / "key"
        for wrong in (b"", b"a b", b"x\r\ny", b"\xff\xfe"):
            file.write_bytes(wrong)
            assert ingest("--key-file", str(file))[0] == 2
        file.write_text(f"{KEY}\n")
        assert ingest("--key-file", str(file))[0] == 0

    def test_O5_an_empty_folder_is_told(self, ingest, tmp_path):
        code, _, err = ingest(where=tmp_path)
        assert code == 2
        assert "no picture" in err


def test_O5_who_waits_is_told_why_from_the_second_failure_in_a_row_on():
    told = []
    tries = Tries(Patience(tries=4), SeededEntropy("waits"), lambda _: None, told.append)
    for _ in range(3):
        tries.again("no answer")
    with pytest.raises(PeerDown, match="no answer; tried 4 times"):
        tries.again("no answer")
    assert told == ["no answer; trying again (3 of 4)", "no answer; trying again (4 of 4)"]


def test_O5_a_call_in_a_wrong_way_is_2_and_says_what_is_wrong(ingest, folder, capsys):
    where = ["--url", "http://127.0.0.1:1"]
    for call, said in (
        ([str(folder / "nowhere"), "--roll", ROLL, *where], "nowhere: No such file or directory"),
        ([str(folder), "--roll", ROLL, "--key-file", str(folder / "none"), *where], "none: No such file or directory"),
        ([str(folder), "--roll", "bogus", *where], "'bogus' is no roll's ID"),
    ):
        assert command(call) == 2
        assert said in capsys.readouterr().err
