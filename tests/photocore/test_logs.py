"""Lines of the log, where they cannot be written."""

import io
import json
import sys

import pytest
import structlog

from photocore.logs import configure_logs


class FullDisk(io.StringIO):
    """A file on a disk that is full for the first so many writes."""

    def __init__(self, refuses: int) -> None:
        super().__init__()
        self._refuses = refuses

    def write(self, text: str) -> int:
        """Refuse it, or take it."""
        if self._refuses:
            self._refuses -= 1
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_K4_a_line_that_cannot_be_written_stops_nobody_and_is_counted():
    """What it was logged for goes on; the first line that goes out says how many are missing."""
    disk = FullDisk(refuses=2)
    configure_logs(stream=disk)
    log = structlog.get_logger()
    for event in ("journal_failed", "journal_failed", "sync_round", "sync_round"):
        log.error(event)

    lines = [json.loads(line) for line in disk.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["log_lines_lost", "sync_round", "sync_round"]
    assert lines[0]["lines"] == 2


@pytest.mark.parametrize("stderr", ["closed", "none"])
def test_K4_a_program_without_stderr_logs_into_nothing(stderr, monkeypatch):
    """A desktop starts it with no stderr at all; a terminal that was closed is no better."""
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed if stderr == "closed" else None)
    configure_logs()
    structlog.get_logger().error("journal_failed")

    monkeypatch.setattr(sys, "stderr", open_again := io.StringIO())
    structlog.get_logger().info("sync_round")
    assert [json.loads(line)["event"] for line in open_again.getvalue().splitlines()] == [
        "log_lines_lost",
        "sync_round",
    ]
