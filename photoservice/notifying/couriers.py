"""Couriers: who carries a letter out of the house, by one channel each, opened by its URL as devices are (STYLE 6).

A courier says one of three things: the letter is gone, it will never arrive there, or try again later. Mail goes by
SMTP. For SMS and push the port is here and an operator's own gateway behind it; a folder stands in for each of them.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import msgspec

from photocore.seams import Clock
from photoservice.errors import StartRefused
from photoservice.notifying.kinds import Channel
from photoservice.notifying.letters import Letter
from photoservice.notifying.outcomes import NotNow
from photoservice.notifying.smtp import SmtpCourier, parse_sender, parse_smtp
from photoservice.settings import Settings

FOLDER: Final = "folder:"


class Courier(Protocol):
    """Carries letters by one channel."""

    async def carry(self, letter: Letter) -> None:
        """Carry a letter out.

        Raises:
            Undeliverable: it will never arrive there.
            NotNow: it did not go out, and may later.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class FolderCourier:
    """Writes letters into a folder, a file each: for a trial, for tests, and for a gateway that watches a folder."""

    folder: Path

    async def carry(self, letter: Letter) -> None:
        """Write a letter, whole or not at all.

        Raises:
            NotNow: the disk refuses.
        """
        try:
            await asyncio.to_thread(self._write, letter)
        except OSError as cause:
            raise NotNow(type(cause).__name__, is_outage=True) from cause

    def _write(self, letter: Letter) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.folder / f".{letter.id}"
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(letter), indent=1))
        fresh.replace(self.folder / f"{letter.id}.json")


def open_couriers(settings: Settings, clock: Clock) -> Mapping[Channel, Courier]:
    """Return the couriers that are set up.

    Raises:
        StartRefused: what the settings say leads nowhere.
    """
    couriers: dict[Channel, Courier] = {}
    if settings.mail:
        couriers["mail"] = _open_mail(settings, clock)
    ways: tuple[tuple[Channel, str | None], ...] = (("sms", settings.sms), ("push", settings.push))
    for channel, url in ways:
        if url:
            couriers[channel] = FolderCourier(folder=_folder(url))
    return couriers


def _open_mail(settings: Settings, clock: Clock) -> Courier:
    if settings.mail and settings.mail.startswith(FOLDER):
        return FolderCourier(folder=_folder(settings.mail))
    server = parse_smtp(settings.mail or "", settings.mail_password)
    return SmtpCourier(server=server, sender=parse_sender(settings.mail_from), clock=clock)


def _folder(url: str) -> Path:
    path = Path(url.removeprefix(FOLDER))
    if not url.startswith(FOLDER) or not path.is_absolute():
        raise StartRefused(f"{url} is no way out: give folder: and the whole path of a folder.")
    return path
