"""Tells the store's till bridge what was registered here, so that a till that knows only a price code can be matched.

Best effort, on a thread of its own; nothing a shopper does waits for it. Told is which piece, and when: no card, no
name, no receipt's number (DESIGN 5C, 5H). What was told is remembered in memory alone: a kiosk that starts tells the
last two days again, and the bridge knows a sighting by its ID, which is the claim's. What was undone is told as undone:
a registration that was told before, or, once a kiosk starts, may have been; else neither is told.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
import structlog

from kiosk.bridge_note import BridgeNote, Trouble, forget_bridge_note, write_bridge_note
from photocore.errors import ChannelDown, SettingsError
from photocore.ids import Sgtin, parse_item
from photocore.seams import Channel, Clock, Entropy, HttpRequest
from sync.backoff import wait_after
from sync.channel import RequestsChannel
from sync.errors import JournalDown
from sync.journal import Journal
from sync.registrations import Place, Written, place_before, withdrawn_of, written_after
from sync.station import Seams, Station

TOLD_FOR: Final = timedelta(days=2)
"""What is older matches no sale any more: the bridge's patience is 30 hours."""
AT_ONCE: Final = 100
"""Registrations in one message; the door takes 500."""
GATHER_S: Final = 1.0
"""After a commit the shopper's labels come first."""
REFUSED_S: Final = 600.0
"""How long a bridge that refuses us is left alone: a key is mended by a person."""
CONNECT_S: Final = 3.0
READ_S: Final = 5.0
TOTAL_S: Final = 8.0
"""A kiosk that closes waits so long for an exchange under way, no longer."""
MOST_KEY_BYTES: Final = 1024
_LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class BridgeAt:
    """Where the store's till bridge is, the file with its door's key, and who vouches for its certificate.

    ``ca_file`` is for a certificate of the store's own; None trusts whom this machine trusts.
    """

    url: str
    key_file: Path
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        """Refuse an address that is none, and plain http off this machine, whoever could listen in between.

        Raises:
            SettingsError: it is such an address, or the key cannot be read.
        """
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError(f"{self.url!r} is no address of a till bridge, such as https://till.shop.example:8490")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise SettingsError("The bridge's address must be scheme, host, port and path alone.")
        if parts.scheme == "http" and parts.hostname not in _LOCAL_HOSTS:
            raise SettingsError(f"{parts.hostname} is another machine: its till bridge must be reached by https.")
        if self.ca_file and not self.ca_file.is_file():
            raise SettingsError(f"{self.ca_file} is not there: it should vouch for the till bridge's certificate.")
        self.read_key()

    def read_key(self) -> str:
        """Return the key now in the file, so that a mended one counts without a restart.

        Raises:
            SettingsError: there is none, others may read it, or it is no key.
        """
        try:
            is_open = bool(self.key_file.stat().st_mode & 0o077)
            with self.key_file.open("rb") as file:
                key = file.read(MOST_KEY_BYTES + 1).decode("ascii").strip()
        except OSError as error:
            raise SettingsError(f"The bridge's key cannot be read: {self.key_file}: {error.strerror}") from error
        except UnicodeDecodeError:
            key, is_open = "", False
        if is_open:
            raise SettingsError(f"{self.key_file} may be read by others than its owner: chmod 600")
        if not key or len(key) > MOST_KEY_BYTES or not key.isprintable():
            raise SettingsError(f"{self.key_file} holds no key: one line, as key stands under [door] in till.toml.")
        return key


class _Refused(Exception):
    """The bridge answered, and did not take it; a person must look."""

    def __init__(self, trouble: Trouble, why: str) -> None:
        super().__init__(why)
        self.trouble: Trouble = trouble


class SightingTeller:
    """The thread. ``wake`` is for the journal's own thread and only notes that there is news."""

    def __init__(
        self,
        bridge: BridgeAt,
        folder: Path,
        journal: Journal,
        *,
        channel: Channel,
        clock: Clock,
        entropy: Entropy,
        gather_s: float = GATHER_S,
    ) -> None:
        self._bridge, self._folder, self._journal = bridge, folder, journal
        self._channel, self._clock, self._entropy = channel, clock, entropy
        self._gather_s = gather_s
        self._place: Place | None = None
        self._told: dict[str, Written] = {}
        self._has_begun = False
        self._failures = 0
        self._trouble: Trouble = ""
        self._is_noted = False
        self._wake = threading.Condition()
        self._has_news = True
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="sightings", daemon=True)

    @property
    def trouble(self) -> Trouble:
        """What keeps the bridge from being told; empty while nothing does."""
        return self._trouble

    def start(self) -> None:
        """Begin to tell. Once only."""
        self._thread.start()

    def wake(self) -> None:
        """Say that something was written."""
        with self._wake:
            self._has_news = True
            self._wake.notify()

    def stop(self) -> None:
        """Finish the exchange under way, and tell no more. Twice is harmless."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def tell_round(self) -> float | None:
        """Tell all that was not told; return how long to leave the bridge alone, None until there is news."""
        try:
            count = self._tell_all()
        except (ChannelDown, JournalDown) as down:
            self._note("unreached", str(down))
        except _Refused as refused:
            self._note(refused.trouble, str(refused))
        except SettingsError as wrong:
            self._note("key", str(wrong))
        except Exception as error:  # noqa: BLE001  the thread's boundary: it must outlive a bug, and say so
            _log.exception("bridge.teller_failed")
            self._note("unreached", type(error).__name__)
        else:
            self._failures = 0
            self._note("", "", count)
            return None
        self._failures += 1
        jittered_s = wait_after(self._failures, self._entropy)
        return jittered_s if self._trouble == "unreached" else REFUSED_S + jittered_s

    def _run(self) -> None:
        while not self._stopping:
            with self._wake:
                self._has_news = False
            wait_s = self.tell_round()
            with self._wake:
                if wait_s is None:
                    self._wake.wait_for(lambda: self._has_news or self._stopping)
                    wait_s = self._gather_s
                self._wake.wait_for(lambda: self._stopping, wait_s)

    def _tell_all(self) -> int:
        since = self._clock.now() - TOLD_FOR
        count = self._tell_undone(since)
        place = self._place or self._journal.read(lambda connection: place_before(connection, since))
        while not self._stopping:
            rows, after = self._journal.read(lambda connection, place=place: written_after(connection, place, AT_ONCE))
            young = [row for row in rows if datetime.fromisoformat(row.at) >= since]
            fresh = [row for row in young if not row.withdrawn]
            undone = [row for row in young if row.withdrawn and not self._has_begun]
            self._post([*map(_sighting, fresh), *(each for row in undone for each in _undoings(row))])
            self._told |= {row.claim: row for row in fresh}
            self._place, place, count = after, after, count + len(fresh) + len(undone)
            if len(rows) < AT_ONCE:
                self._has_begun = True
                break
        return count

    def _tell_undone(self, since: datetime) -> int:
        """Tell what was undone since it was told; return how much that was."""
        self._told = {claim: row for claim, row in self._told.items() if datetime.fromisoformat(row.at) >= since}
        gone = self._journal.read(lambda connection: withdrawn_of(connection, self._told))
        for claim in sorted(gone):
            self._post(_undoings(self._told[claim]))
            del self._told[claim]
        return len(gone)

    def _post(self, told: Sequence[dict[str, str | None]]) -> None:
        if not told:
            return
        headers = {"authorization": f"Bearer {self._bridge.read_key()}", "content-type": "application/json"}
        body = msgspec.json.encode({"sightings": told})
        url = f"{self._bridge.url.rstrip('/')}/sightings"
        answer = self._channel.exchange(HttpRequest(method="POST", url=url, headers=headers, body=body))
        if answer.status == 401:
            raise _Refused("key", "the bridge does not know the key in --bridge-key-file")
        if answer.status >= 500 or answer.status == 429:
            raise ChannelDown(f"the bridge answers {answer.status}")
        if answer.status != 200 or not answer.headers.get("content-type", "").startswith("application/json"):
            raise _Refused("refused", f"what answers at {self._bridge.url} takes no sightings ({answer.status})")

    def _note(self, trouble: Trouble, why: str, count: int = 0) -> None:
        """Log and note what changed, once; ``count`` were told."""
        has_changed, self._trouble = trouble != self._trouble, trouble
        if has_changed and trouble:
            _log.warning("bridge.not_told", trouble=trouble, why=why)
        elif has_changed:
            _log.info("bridge.told_again", count=count)
        if has_changed or count or not self._is_noted:
            note = BridgeNote(url=self._bridge.url, at=self._clock.now(), trouble=trouble, why=why)
            write_bridge_note(self._folder, note)
            self._is_noted = True


def _sighting(told: Written) -> dict[str, str | None]:
    """Return what is said of one registration: the piece that a till sells, the package where it is known."""
    item = told.package or told.item
    parsed = parse_item(item)
    gtin = parsed.gtin if isinstance(parsed, Sgtin) else None
    return {"id": told.claim, "at": told.at, "via": "kiosk", "lane": None, "item": item, "gtin": gtin}


def _undoings(told: Written) -> list[dict[str, str | None]]:
    """Return what is said of one registration that was undone, by each piece that it may have been told as.

    Its package may have become known meanwhile, and the bridge looks where the piece was.
    """
    as_item = replace(told, package=None)
    said = [_sighting(told)] if told.package in (None, told.item) else [_sighting(told), _sighting(as_item)]
    return [one | {"id": f"{told.claim}-undone-{number}", "undoes": told.claim} for number, one in enumerate(said)]


def join_bridge(
    at: BridgeAt | None, folder: Path, station: Station, seams: Seams, stack: ExitStack
) -> Callable[[], None]:
    """Make ready to tell the store's bridge, if there is one; return what begins it."""
    if at is None:
        forget_bridge_note(folder)
        return lambda: None
    ca_file = str(at.ca_file) if at.ca_file else None
    channel = RequestsChannel(connect_s=CONNECT_S, read_s=READ_S, total_s=TOTAL_S, ca_file=ca_file)
    teller = SightingTeller(at, folder, station.journal, channel=channel, clock=seams.clock, entropy=seams.entropy)
    station.journal.on_append(teller.wake)
    stack.callback(teller.stop)
    return teller.start
