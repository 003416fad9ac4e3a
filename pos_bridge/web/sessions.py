"""Who is signed in at the door's pages: by badge and PIN through the station's staff book, while they are there.

A session lives in memory: a restart signs everybody out. Its cookie is HttpOnly and SameSite=Strict, and each form
bears a token made from it, so that no other page can send one in its name.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from typing import Final

from photocore.roles import Role
from photocore.seams import Clock, Entropy

COOKIE: Final = "twincheck_till"
IDLE_S: Final = 15 * 60.0
LONGEST_S: Final = 8 * 3600.0
MOST: Final = 200
_ID: Final = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True, kw_only=True)
class Session:
    """One person at one browser, or with no ``staff`` nobody yet: then it is there for its forms' token."""

    id: str
    staff: str | None = None
    name: str = ""
    role: Role | None = None
    language: str = ""
    """What they chose to read, if they did."""
    began: float = 0.0
    seen: float = 0.0

    @property
    def is_manager(self) -> bool:
        """Say whether this is a manager."""
        return self.role == "manager"


class Sessions:
    """The sessions of this process. For the loop's thread alone."""

    def __init__(self, *, clock: Clock, entropy: Entropy) -> None:
        self._clock = clock
        self._entropy = entropy
        self._key = entropy.token(32)
        self._open: dict[str, Session] = {}

    def find(self, cookie: str) -> Session | None:
        """Return the live session of a cookie, seen now."""
        found = self._open.get(cookie)
        if found is None:
            return None
        now = self._clock.monotonic()
        if now - found.began > LONGEST_S or (found.staff and now - found.seen > IDLE_S):
            del self._open[cookie]
            return None
        self._open[cookie] = found = replace(found, seen=now)
        return found

    def resume(self, cookie: str) -> Session | None:
        """Return a session under a cookie of ours whose session is over, for nobody; None for what is no cookie.

        Pages stand open for days. A token says by itself that this process gave it out for this cookie, so their forms
        go on; whoever was signed in is not any more.
        """
        if not _ID.fullmatch(cookie):
            return None
        return self._keep(Session(id=cookie, began=self._clock.monotonic(), seen=self._clock.monotonic()))

    def is_signed_in(self, session: Session) -> bool:
        """Say whether its person is still there; asking is no sign of life."""
        found = self._open.get(session.id)
        now = self._clock.monotonic()
        if found is None or found.staff is None:
            return False
        return now - found.began <= LONGEST_S and now - found.seen <= IDLE_S

    def begin(
        self, *, staff: str | None = None, name: str = "", role: Role | None = None, language: str = ""
    ) -> Session:
        """Begin a session under a fresh cookie."""
        now = self._clock.monotonic()
        made = base64.urlsafe_b64encode(self._entropy.token(24)).decode()
        return self._keep(Session(id=made, staff=staff, name=name, role=role, language=language, began=now, seen=now))

    def speak(self, session: Session, language: str) -> Session:
        """Note what language somebody chose."""
        self._open[session.id] = chosen = replace(session, language=language)
        return chosen

    def end(self, cookie: str) -> None:
        """End a session."""
        self._open.pop(cookie, None)

    def token(self, session: Session) -> str:
        """Return what the forms of this session bear."""
        return hmac.new(self._key, session.id.encode(), hashlib.sha256).hexdigest()[:32]

    def fits(self, session: Session, token: str) -> bool:
        """Say whether ``token`` is of this session's forms."""
        return hmac.compare_digest(self.token(session), token)

    def _keep(self, session: Session) -> Session:
        if len(self._open) >= MOST:
            self._forget_one()
        self._open[session.id] = session
        return session

    def _forget_one(self) -> None:
        """Forget the one that was not seen the longest, of those without a person first."""
        oldest = min(self._open.values(), key=lambda one: (one.staff is not None, one.seen))
        del self._open[oldest.id]
