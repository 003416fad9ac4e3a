"""The holder's door for its own machine: ``sync now``, "are you online" and the staff book, over a Unix socket.

A journal has one writer, so a second process does not open it: it asks the holder. One JSON object a line each way. The
folder is 0700 and the socket in it 0600; whoever can open it could read the folder anyway. A socket's path is limited
to 107 bytes, a station's folder is not, so both ends reach it through the folder's handle. What is asked is never
logged: a PIN may stand in it.

This module is the one place of ``sync`` that touches a socket itself.
"""

import json
import os
import socket
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import structlog

from sync.courier import CourierThread
from sync.delivery import Progress
from sync.rounds import RoundReport

Answer = Callable[[dict[str, Any]], dict[str, Any]]

SOCKET = "courier.sock"
IMPORT_VERB = "import"
"""What asks the running station to take the answers of a parcel."""
MAX_LINE = 1024
QUESTION_S = 2.0

_log = structlog.get_logger()


class ControlDoor:
    """The holder's end: a thread that answers one caller at a time. ``verbs`` are what else may be asked."""

    def __init__(
        self, folder: Path, courier: CourierThread, verbs: Mapping[str, Answer] = MappingProxyType({})
    ) -> None:
        self._folder = folder
        self._courier = courier
        self._verbs = verbs
        self._stopping = False
        with _reachable(folder) as path:
            path.unlink(missing_ok=True)  # ours by the writer's lock, left by a kill -9
            self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._listener.bind(str(path))
            path.chmod(0o600)
        self._listener.listen(4)
        self._thread = threading.Thread(target=self._run, name="courier-door", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the door; a caller being served is let finish."""
        self._stopping = True
        with suppress(OSError):  # some kernels call a listener "not connected" while ending its accept()
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        (self._folder / SOCKET).unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._stopping:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            with caller:
                self._serve(caller)

    def _serve(self, caller: socket.socket) -> None:
        caller.settimeout(QUESTION_S)
        try:
            question = _read_question(caller)
            verb = str(question.get("do"))
            if verb == "sync now":
                report = self._courier.sync_now(lambda progress: _say(caller, {"progress": asdict(progress)}))
                _say(caller, {"report": asdict(report)})
            elif verb == "status":
                _say(caller, self._status())
            elif verb in self._verbs:
                _say(caller, self._verbs[verb](question))
            else:
                _say(caller, {"error": "unknown verb"})
        except (OSError, ValueError, RecursionError) as cause:  # the last: a thousand brackets are no question
            _log.info("control_caller_lost", cause=type(cause).__name__)

    def _status(self) -> dict[str, Any]:
        courier = self._courier
        return {"online": courier.is_online, "rewound": courier.is_rewound, "trouble": courier.trouble}


def ask_holder(
    folder: Path,
    verb: str,
    on_progress: Callable[[Progress], None] = lambda _: None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any] | None:
    """Ask the process that holds ``folder`` and return its last word, or None if there is no such process.

    One that breaks off in the middle is told as an ``error``.
    """
    if not folder.is_dir():
        return None
    with _reachable(folder) as path, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            line.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        try:
            _say(line, {"do": verb, **more})
            return _listen(line, on_progress)
        except (OSError, ValueError):
            return {"error": "The running station broke off; ask again."}


def report_of(answer: dict[str, Any]) -> RoundReport:
    """Return the round's report that a holder answered with."""
    body = answer["report"]
    return RoundReport(ok=body["ok"], progress=Progress(**body["progress"]), reason=body["reason"])


def _listen(line: socket.socket, on_progress: Callable[[Progress], None]) -> dict[str, Any] | None:
    with line.makefile("r", encoding="utf-8") as lines:
        for text in lines:
            word: dict[str, Any] = json.loads(text)
            if "progress" not in word:
                return word
            on_progress(Progress(**word["progress"]))
    return None


def _read_question(caller: socket.socket) -> dict[str, Any]:
    text = b""
    while b"\n" not in text and len(text) < MAX_LINE:
        piece = caller.recv(MAX_LINE)
        if not piece:
            break
        text += piece
    question: object = json.loads(text)
    return cast("dict[str, Any]", question) if isinstance(question, dict) else {}


def _say(line: socket.socket, word: dict[str, Any]) -> None:
    line.sendall(json.dumps(word).encode() + b"\n")


@contextmanager
def _reachable(folder: Path) -> Generator[Path]:
    """Give a short path to the socket in ``folder``, however deep that lies."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield Path(f"/proc/self/fd/{handle}") / SOCKET
    finally:
        os.close(handle)
