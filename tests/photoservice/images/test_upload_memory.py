"""An upload goes through the service's memory in pieces, however long it is."""

from pathlib import Path

SIZE = 150_000_000
PIECE = 250_000
MOST_MORE_KB = 30_000


def peak_kb(process_id: int) -> int:
    """Return the most memory a process ever had, in kB."""
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def test_O1_a_large_upload_does_not_stand_in_memory(lab, roll, scans, dying):
    """Seen: some 7 MB more for 190 MB."""
    client, process = dying("never")
    client.filed(roll, "0", scans())
    before = peak_kb(process.pid)
    upload = client.begin(roll, "1", SIZE + 1).headers["Location"]
    pieces = (bytes(PIECE) for _ in range(SIZE // PIECE))
    reply = client.append(upload, 0, pieces)
    assert (reply.status_code, reply.headers["Upload-Offset"]) == (204, str(SIZE))
    assert peak_kb(process.pid) - before < MOST_MORE_KB
    assert client.ask("DELETE", upload).status_code == 204
