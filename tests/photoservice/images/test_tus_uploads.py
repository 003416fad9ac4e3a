"""tus 1.0 over a real line: what is cut off goes on, what does not fit is refused by the letter, nothing is lost."""

import base64
import hashlib
import http.client
import socket
import threading
from urllib.parse import quote, urlsplit

import pytest


def problem(reply) -> tuple[int, str]:
    return reply.status_code, reply.json()["type"].rpartition(":")[2]


def checksum(body: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


def test_O1_what_is_offered_is_told_without_a_key(lab):
    reply = lab.session.options(f"{lab.url}/uploads", timeout=30)
    assert reply.status_code == 204
    assert reply.headers["Tus-Version"] == "1.0.0"
    assert reply.headers["Tus-Max-Size"] == "200000000"
    assert set(reply.headers["Tus-Extension"].split(",")) >= {"creation", "creation-with-upload", "checksum"}


def test_O1_a_picture_comes_in_with_its_creation(lab, roll, scans):
    reply = lab.begin(roll, "1", len(scans()), body=scans())
    assert reply.status_code == 201
    assert reply.headers["Twincheck-Word"] == "filed"
    assert reply.headers["Upload-Offset"] == str(len(scans()))


def test_O1_an_upload_goes_on_in_pieces_and_tells_how_far_it_is(lab, roll, scans):
    scan = scans()
    upload = lab.begin(roll, "1", len(scan), filename="größe.jpg").headers["Location"]
    for start in range(0, len(scan), 1000):
        looked = lab.look(upload)
        assert (looked.status_code, looked.headers["Upload-Offset"]) == (200, str(start))
        assert "filename" in looked.headers["Upload-Metadata"]
        assert "Upload-Expires" in looked.headers
        reply = lab.append(upload, start, scan[start : start + 1000])
        assert reply.status_code == 204
    assert reply.headers["Twincheck-Word"] == "filed"


def test_O1_a_lost_answer_is_told_again(lab, roll, scans):
    """By HEAD, and by the PATCH that brings nothing more."""
    scan = scans()
    upload = lab.begin(roll, "1", len(scan)).headers["Location"]
    image = lab.append(upload, 0, scan).headers["Twincheck-Image"]
    looked, again = lab.look(upload), lab.append(upload, len(scan), b"")
    assert (looked.status_code, looked.headers["Upload-Offset"]) == (200, str(len(scan)))
    assert again.status_code == 204
    assert {looked.headers["Twincheck-Image"], again.headers["Twincheck-Image"]} == {image}
    assert problem(lab.append(upload, 0, scan)) == (409, "offset-mismatch")


def test_O1_a_line_that_is_cut_keeps_what_came(lab, roll, eventually, settings):
    """All but what the service had not taken from the line when it broke."""
    body = bytes(range(256)) * 16_000
    upload = lab.begin(roll, "1", len(body)).headers["Location"]
    with socket.create_connection((urlsplit(lab.url).hostname, urlsplit(lab.url).port), timeout=30) as line:
        line.sendall(patch_head(lab, upload, len(body)) + body[:3_000_000])
    eventually(lambda: int(lab.look(upload).headers.get("Upload-Offset", 0)) > 2_000_000)
    offset = int(lab.look(upload).headers["Upload-Offset"])
    assert offset <= 3_000_000
    spooled = settings.folder / "incoming" / upload.rpartition("/")[2]
    assert spooled.read_bytes() == body[:offset]
    assert problem(lab.append(upload, offset, body[offset:])) == (422, "not-a-picture"), "it went on to its end"


def patch_head(lab, upload: str, length: int, *more: str) -> bytes:
    lines = (
        f"PATCH {upload} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {lab.key}",
        "Tus-Resumable: 1.0.0",
        "Upload-Offset: 0",
        "Content-Type: application/offset+octet-stream",
        f"Content-Length: {length}",
        *more,
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def test_O1_bytes_that_promised_a_checksum_do_not_count_before_it_is_proved(lab, roll, scans, eventually):
    scan = scans()
    upload = lab.begin(roll, "1", len(scan)).headers["Location"]
    with socket.create_connection((urlsplit(lab.url).hostname, urlsplit(lab.url).port), timeout=30) as line:
        line.sendall(patch_head(lab, upload, len(scan), f"Upload-Checksum: {checksum(scan)}") + scan[:1500])
    eventually(lambda: lab.look(upload).status_code == 200)
    assert lab.look(upload).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_O1_a_wrong_checksum_keeps_nothing(lab, roll, scans, algorithm):
    scan = scans()
    upload = lab.begin(roll, "1", len(scan)).headers["Location"]
    half = len(scan) // 2
    assert (
        lab.append(upload, 0, scan[:half], **{"Upload-Checksum": checksum(scan[:half], algorithm)}).status_code == 204
    )
    wrong = lab.append(upload, half, scan[half:], **{"Upload-Checksum": checksum(b"else", algorithm)})
    assert problem(wrong) == (460, "checksum-mismatch")
    assert lab.look(upload).headers["Upload-Offset"] == str(half)
    right = lab.append(upload, half, scan[half:], **{"Upload-Checksum": checksum(scan[half:], algorithm)})
    assert right.headers["Twincheck-Word"] == "filed"


def test_O1_other_bytes_than_were_declared_are_not_filed(world, lab, roll, scans):
    declared = hashlib.sha256(scans(1)).hexdigest()
    body = scans(1)[:-1] + b"\0"
    upload = lab.begin(roll, "1", len(body), sha256=declared).headers["Location"]
    assert problem(lab.append(upload, 0, body)) == (422, "other-bytes")
    assert problem(lab.append(upload, 0, body)) == (422, "other-bytes")
    assert lab.look(upload).status_code == 422
    assert world.sql("select count(*) as n from images.image") == [{"n": 0}]
    assert world.sql("select reserved from images.storage") == [{"reserved": 0}]


def test_O20_what_is_no_scan_is_refused_with_its_word_and_gone(world, lab, roll, settings):
    assert problem(lab.send(roll, "1", b"no picture at all " * 9)) == (422, "not-a-picture")
    assert problem(lab.begin(roll, "1", 0)) == (422, "zero-bytes")
    assert list((settings.folder / "incoming").iterdir()) == []


def test_O1_more_bytes_than_the_upload_has_are_not_taken(lab, roll, scans):
    """Told by Content-Length, or found out as they come."""
    scan = scans()
    upload = lab.begin(roll, "1", len(scan)).headers["Location"]
    assert problem(lab.append(upload, 0, scan + b"x")) == (413, "too-large")
    assert problem(lab.append(upload, 0, (piece for piece in (scan, b"x")))) == (413, "too-large")
    assert lab.look(upload).headers["Upload-Offset"] == "0"


def test_O1_an_offset_that_is_not_the_end_is_a_conflict(lab, roll, scans):
    upload = lab.begin(roll, "1", len(scans())).headers["Location"]
    assert problem(lab.append(upload, 5, scans()[5:])) == (409, "offset-mismatch")


def test_O1_five_gigabytes_are_refused_before_a_byte_of_them(world, lab, roll):
    assert problem(lab.begin(roll, "1", 5 << 30)) == (413, "too-large")
    assert world.sql("select count(*) as n from images.upload") == [{"n": 0}]


def test_O1_two_requests_never_write_to_one_upload_at_once(lab, roll, scans, clients, eventually):
    """The second is told to wait; the first, though slow, is not hurt."""
    scan, go_on = scans(), threading.Event()
    upload = lab.begin(roll, "1", len(scan)).headers["Location"]
    slow, replies = clients(), []

    def pieces():
        yield scan[:1000]
        assert go_on.wait(30)
        yield scan[1000:]

    sender = threading.Thread(target=lambda: replies.append(slow.append(upload, 0, pieces())))
    sender.start()
    eventually(lambda: lab.look(upload).status_code == 423)
    assert problem(lab.append(upload, 0, scan)) == (423, "locked")
    assert problem(lab.ask("DELETE", upload)) == (423, "locked")
    go_on.set()
    sender.join(30)
    assert [reply.headers["Twincheck-Word"] for reply in replies] == ["filed"]


def test_O1_what_is_terminated_is_gone_and_its_room_free(world, lab, roll, scans, settings):
    upload = lab.begin(roll, "1", len(scans())).headers["Location"]
    lab.append(upload, 0, scans()[:100])
    assert lab.ask("DELETE", upload).status_code == 204
    assert [lab.look(upload).status_code, problem(lab.append(upload, 100, b""))[0]] == [410, 410]
    assert problem(lab.ask("DELETE", upload)) == (410, "ended")
    assert world.sql("select reserved from images.storage") == [{"reserved": 0}]
    assert list((settings.folder / "incoming").iterdir()) == []


def test_O1_a_filed_picture_is_not_terminated(world, lab, roll, scans):
    upload = lab.begin(roll, "1", len(scans()), body=scans()).headers["Location"]
    assert lab.ask("DELETE", upload).status_code == 410
    assert world.sql("select state from images.image") == [{"state": "standing"}]


HOSTILE = {
    "a NUL": {"frame": "1\0"},
    "no frame": {"frame": "A1"},
    "no roll": {"roll": "(01)1(21)2"},
    "a package": {"roll": "TCP-0000000000A"},
    "an endless roll": {"roll": "9" * 3000},
    "a hash that is none": {"sha256": "../../etc/passwd"},
    "a NUL in a reservation": {"reservation": "RS-\0"},
}


def test_O1_hostile_metadata_get_a_sentence(world, lab, roll):
    for name, told in HOSTILE.items():
        about = {"roll": roll, "frame": "1", **told}
        reply = lab.begin(about.pop("roll"), about.pop("frame"), 10, **about)
        assert reply.status_code in {400, 404, 422}, (name, reply.text)
        assert reply.json()["detail"]
    assert world.sql("select count(*) as n from images.upload") == [{"n": 0}]


NAMES = {
    "unicode": ("été 写真 ١٢.jpg", "été 写真 ١٢.jpg"),
    "a path": ("../../etc/passwd", "passwd"),
    "a windows path": ("C:\\scans\\7.tif", "7.tif"),
    "a NUL": ("a\0b.jpg", "ab.jpg"),
    "turned round": ("a\u202egpj.exe", "agpj.exe"),
}


def test_O1_a_files_name_is_told_and_never_opened(world, lab, roll, scans):
    for frame, (told, _) in enumerate(NAMES.values()):
        lab.filed(roll, str(frame), scans(), filename=told)
    rows = world.sql("select file_name from images.image order by frame_order")
    assert [row["file_name"] for row in rows] == [kept for _, kept in NAMES.values()]


def test_O1_requests_out_of_the_protocol_are_refused(lab, roll):
    assert problem(lab.ask("POST", "/uploads", headers={"Tus-Resumable": "0.2.2"})) == (412, "tus-version")
    assert problem(lab.ask("PATCH", "/uploads/UP-X", data=b"x"))[0] == 415
    assert lab.ask("HEAD", "/uploads/UP-X").status_code == 404
    assert lab.ask("HEAD", "/uploads/..%2f..%2fetc").status_code == 404


def test_O1_a_client_whose_network_knows_no_patch_may_post(lab, roll, scans):
    upload = lab.begin(roll, "1", len(scans())).headers["Location"]
    headers = {
        "X-HTTP-Method-Override": "PATCH",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    assert lab.ask("POST", upload, headers=headers, data=scans()).headers["Twincheck-Word"] == "filed"


def test_O1_a_roll_whose_serial_holds_a_slash_has_an_address(world, lab, scans, builders):
    roll = f"(01){builders.ROLL_GTIN}(21)AB/CD%2F1"
    reply = lab.offer(roll, ("1", scans()))
    assert reply.status_code == 200, reply.text
    lab.filed(roll, "1", scans(), reservation=reply.json()["reservation"])
    assert world.sql("select roll from images.image") == [{"roll": roll}]
    for path in ("%FF", "x%00y", quote("../" * 4, safe="")):
        assert lab.ask("POST", f"/rolls/{path}/offer", json={"frames": []}).status_code in {400, 404}


def test_O1_a_refusal_does_not_wait_for_the_body(lab, roll):
    """Who waits for 100 Continue is refused before a byte of the body moved."""
    at = urlsplit(lab.url)
    line = http.client.HTTPConnection(at.hostname or "", at.port, timeout=30)
    line.putrequest("POST", "/uploads")
    for name, value in {"Tus-Resumable": "1.0.0", "Content-Length": "1000000", "Expect": "100-continue"}.items():
        line.putheader(name, value)
    line.endheaders()
    assert line.getresponse().status == 400
    line.close()
