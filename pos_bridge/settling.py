"""The bridge's own work, round by round: messages are read, what changed is matched, the station is told.

Every step is durable before the next, and may be repeated: a crash anywhere is made good by the next round. What
cannot be read or matched is set aside with its reason, and never stops what is behind it.
"""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
import structlog

from photocore.seams import Clock, Entropy
from pos_bridge.errors import BridgeError
from pos_bridge.ledger import looking, pruning, results
from pos_bridge.ledger.ledger import Ledger
from pos_bridge.ledger.times import instant, micros
from pos_bridge.ledger.views import KeptMessage
from pos_bridge.messages import Adapter, Reading
from pos_bridge.settings import TillSettings
from pos_bridge.telling import ChargeDesk, StationDesk, Teller
from sync.backoff import wait_after
from sync.errors import JournalDown
from sync.statements import run

READ_AT_ONCE: Final = 100
READ_TOGETHER: Final = 20
READ_IN_A_ROUND: Final = 5_000
"""Messages that are read before what was read is matched: no flood keeps a sale from being decided."""
"""Messages that share a commit: few enough that whoever waits for the disk meanwhile hardly notices."""
DECIDED_AT_ONCE: Final = 64
LONGEST_REST_S: Final = 60.0
SETTLED_BY: Final = "settled by"
"""The note of the store and the settings by which everything was decided last: the store's GLN stands first."""

_log = structlog.get_logger(__name__)


class Settler:
    """One thread at a time. ``adapters`` go by the kind of a source; ``charges`` is None where no codes are paid.

    ``on_registered`` is told each new registration at a till: its claim, and the mark of its card. ``stand_back`` is
    called before messages are read, and returns when that is in nobody's way.
    """

    def __init__(
        self,
        ledger: Ledger,
        adapters: Mapping[str, Adapter],
        desk: StationDesk,
        *,
        clock: Clock,
        charges: ChargeDesk | None = None,
        on_registered: Callable[[str, str], object] = lambda claim, card: None,
        stand_back: Callable[[], object] = lambda: None,
    ) -> None:
        self._ledger = ledger
        self._adapters = adapters
        self._clock = clock
        self._stand_back = stand_back
        self._ending = threading.Event()
        language = ledger.ground.settings.language
        self._teller = Teller(ledger, desk, charges, language=language, on_registered=on_registered)

    def end(self) -> None:
        """Let the round that is under way leave the rest to the next start. For any thread."""
        self._ending.set()

    def run_once(self) -> int:
        """Read, match and tell what there is; return how much that was. Of a long backlog it reads a part.

        Raises:
            JournalDown: the ledger or the station's journal takes nothing now. Nothing is lost: run again.
        """
        self._heed_roster()
        now = self._clock.now()
        done = self._read_all()
        self._ledger.write(lambda connection: run(connection, "pos_bridge/results.touch_due", {"now": micros(now)}))
        done += self._settle_all(now)
        done += self._teller.tell()
        self._ledger.write(lambda connection: pruning.wipe_cards(connection, self._ledger.ground.settings, now))
        return done

    def due(self) -> datetime | None:
        """Return when something will have waited long enough, though nothing new comes."""
        at = self._ledger.read(looking.next_due)
        return instant(at) if at is not None else None

    def rest_s(self) -> float:
        """Return how long nothing needs to be done unless somebody wakes us: a minute at most."""
        if self._ledger.unread(1):
            return 0.0
        due = self.due()
        if due is None:
            return LONGEST_REST_S
        return min(LONGEST_REST_S, max(0.05, (due - self._clock.now()).total_seconds()))

    # -- the roster ---------------------------------------------------------------------------------------------------

    def _heed_roster(self) -> None:
        """Decide again on what another roster, or other settings, make something else of."""
        ground = self._ledger.ground
        stands = f"{ground.knowledge.store} {_hash_of(ground.settings)}"
        if self._ledger.read_note(SETTLED_BY) != stands:
            self._ledger.touch_all()
            self._ledger.note(SETTLED_BY, stands)
        version = ground.knowledge.version
        if self._ledger.read_note("settled by roster") != version:
            self._ledger.learn_roster()
            self._ledger.note("settled by roster", version)

    # -- reading ------------------------------------------------------------------------------------------------------

    def _read_all(self) -> int:
        done = 0
        while done < READ_IN_A_ROUND and (messages := self._ledger.unread(READ_AT_ONCE)):
            for first in range(0, len(messages), READ_TOGETHER):
                if self._ending.is_set():
                    return done
                self._stand_back()
                done += self._read_together(messages[first : first + READ_TOGETHER])
        return done

    def _read_together(self, messages: Sequence[KeptMessage]) -> int:
        """Read messages with one commit, where one of them cannot be read each by itself; return how many."""
        try:
            self._ledger.note_read({kept.number: self._reading(kept) for kept in messages})
        except JournalDown:
            raise
        except Exception:  # noqa: BLE001  the job worker: read alone, it is said which one it was, and why
            for kept in messages:
                self._read(kept)
        return len(messages)

    def _read(self, kept: KeptMessage) -> None:
        try:
            self._ledger.note_read({kept.number: self._reading(kept)})
        except JournalDown:
            raise
        except BridgeError as refusal:
            self._ledger.note_refused(kept.number, str(refusal))
        except Exception as fault:  # noqa: BLE001  the job worker: an adapter's fault must not stop other messages
            _log.exception("till.message_not_read", source=kept.message.source, key=kept.message.key)
            self._ledger.note_refused(kept.number, f"{type(fault).__name__}: {fault}")

    def _reading(self, kept: KeptMessage) -> Reading:
        source = self._ledger.ground.settings.source.get(kept.message.source)
        if source is None:
            raise BridgeError(f"no source {kept.message.source!r} is set up (till.toml)")
        adapter = self._adapters.get(source.kind)
        if adapter is None:
            raise BridgeError(f"messages of kind {source.kind!r} cannot be read")
        return adapter.read(kept.message, source)

    # -- matching -----------------------------------------------------------------------------------------------------

    def _settle_all(self, now: datetime) -> int:
        done = 0
        while not self._ending.is_set() and (
            homes := self._ledger.read(lambda connection: looking.dirty(connection, DECIDED_AT_ONCE))
        ):
            done += self._settle(homes, now)
        return done

    def _settle(self, homes: Sequence[str], now: datetime) -> int:
        ground = self._ledger.ground
        try:
            return self._ledger.write(lambda connection: results.settle(connection, ground, homes, now))
        except JournalDown:
            raise
        except Exception as fault:  # noqa: BLE001  the job worker: one neighbourhood must not stop the others
            if len(homes) > 1:
                return sum(self._settle([home], now) for home in homes)
            _log.exception("till.not_matched", home=homes[0])
            why = f"{type(fault).__name__}: {fault}"
            self._ledger.write(lambda connection: results.give_up(connection, homes[0], why, now))
            return 1


def _hash_of(settings: TillSettings) -> str:
    """Return what changes whenever the settings change that sales are matched by."""
    zones = sorted((source.name, source.zone) for source in settings.source.values())
    return hashlib.sha256(msgspec.json.encode((settings.match, settings.lane, settings.codes, zones))).hexdigest()[:16]


class SettlerThread:
    """Runs a settler until it is stopped: at once when woken, when something is due, and again after what failed."""

    def __init__(self, settler: Settler, *, entropy: Entropy, on_settled: Callable[[], object] = lambda: None) -> None:
        self.fault = ""
        self._settler = settler
        self._entropy = entropy
        self._on_settled = on_settled
        self._failures = 0
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="till-settler", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something new. For any thread."""
        self._woken.set()

    def stop(self) -> None:
        """End soon: what is not read or matched yet is the next start's. Doing so twice is harmless."""
        self._stopping.set()
        self._settler.end()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            self._woken.wait(self._round())

    def _round(self) -> float:
        try:
            done = self._settler.run_once()
            rest_s = self._settler.rest_s()
        except Exception as fault:  # noqa: BLE001  the job worker: whatever it was, the next round is made
            return self._rest_after(fault)
        if self._failures:
            _log.info("till.settles_again", failures=self._failures)
        self._failures, self.fault = 0, ""
        if done:
            self._on_settled()
        return rest_s

    def _rest_after(self, fault: Exception) -> float:
        self._failures += 1
        self.fault = str(fault) or type(fault).__name__
        if self._failures == 1:
            _log.warning("till.does_not_settle", cause=self.fault, exc_info=not isinstance(fault, JournalDown))
        return wait_after(self._failures, self._entropy)
