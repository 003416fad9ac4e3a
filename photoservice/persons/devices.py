"""Where a person is signed in: each session with the browser it says it is, so that one can be ended from another.

What a browser says of itself is kept as it came and shown by the few words that people know it by; nothing is concluded
from it.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.persons.sessions import How, Visitor

_BROWSERS: Final = (
    (re.compile(r"\bEdg(?:e|A|iOS)?/"), "Edge"),
    (re.compile(r"\b(?:OPR|Opera)/"), "Opera"),
    (re.compile(r"\bSamsungBrowser/"), "Samsung Internet"),
    (re.compile(r"\b(?:Firefox|FxiOS)/"), "Firefox"),
    (re.compile(r"\b(?:HeadlessChrome|Chrome|Chromium|CriOS)/"), "Chrome"),
    (re.compile(r"\bSafari/"), "Safari"),
)
_SYSTEMS: Final = (
    (re.compile(r"\biPhone\b"), "iPhone"),
    (re.compile(r"\biPad\b"), "iPad"),
    (re.compile(r"\bAndroid\b"), "Android"),
    (re.compile(r"\bWindows\b"), "Windows"),
    (re.compile(r"\bMacintosh\b"), "Mac"),
    (re.compile(r"\bCrOS\b"), "ChromeOS"),
    (re.compile(r"\b(?:Linux|X11)\b"), "Linux"),
)


@dataclass(frozen=True, kw_only=True)
class Device:
    """One session. ``id`` names it in a form; ``name`` is such as ``Firefox · Android``, or nothing."""

    id: str
    name: str
    how: How
    made_at: datetime
    seen_at: datetime
    is_this: bool


def name_of_agent(agent: str) -> str:
    """Return the few words people know a browser by; nothing when it says none we know."""
    browser = next((name for sign, name in _BROWSERS if sign.search(agent)), "")
    system = next((name for sign, name in _SYSTEMS if sign.search(agent)), "")
    return " · ".join(filter(None, (browser, system)))


async def devices_of(session: Session, clock: Clock, visitor: Visitor) -> tuple[Device, ...]:
    """Return where the person who visits is signed in: the session in use, then who was here last first."""
    rows = await session.rows("logins.sessions", visitor.person, clock.now())
    devices = (
        Device(
            id=bytes(row["mac"]).hex(),
            name=name_of_agent(row["agent"]),
            how=row["how"],
            made_at=row["made_at"],
            seen_at=row["seen_at"],
            is_this=bytes(row["mac"]) == visitor.session,
        )
        for row in rows
    )
    return tuple(sorted(devices, key=lambda device: not device.is_this))


async def end_device(session: Session, visitor: Visitor, device: str) -> bool:
    """End one session of the person who visits; return whether there was one."""
    try:
        mac = bytes.fromhex(device)
    except ValueError:
        return False
    return bool(await session.run("logins.end_session", visitor.person, mac))
