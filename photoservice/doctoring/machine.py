"""What the doctor says of the machine a service runs on: its folders, keys and ledgers, its certificate and address.

Nothing is changed: keys are not made, and a ledger is read from a copy, for opening one mends its torn last line.
"""

import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509

from photocore.findings import Finding, Verdict, fail, ok, warn
from photocore.seams import Clock, Disk
from photoservice.errors import LedgerDamaged, StartRefused
from photoservice.keyring import Keyring
from photoservice.objects.backup import KEYS, LEDGERS, snapshots_in
from photoservice.settings import Settings, is_loopback

KEY_FILES: Final = ("sign.key", "seal.key", "pepper.key", "wrap.key")
DISK_TIGHT_BYTES: Final = 5_000_000_000
DISK_FULL_BYTES: Final = 500_000_000
CERTIFICATE_SHORT: Final = timedelta(days=14)
BACKUP_OLD: Final = timedelta(hours=26)
"""A night and its neighbour's beginning."""
BACKUP_TOO_OLD: Final = timedelta(days=7)

OpenLedgers = Callable[[Path, Keyring], object]


def check_keys(folder: Path) -> Finding:
    """Say whether the keys are there and nobody else's to read; they are never made here."""
    keys = folder / KEYS
    missing = [name for name in KEY_FILES if not (keys / name).is_file()]
    if len(missing) == len(KEY_FILES):
        seen = f"no keys in {keys}: no service was ever started with this folder"
        return fail("keys", seen, "give the --dir that serve was given")
    if missing:
        step = "bring them back from a backup: without them nothing in the database can be read or matched"
        return fail("keys", f"{', '.join(missing)} missing in {keys}", step)
    open_to = [name for name in KEY_FILES if stat.S_IMODE((keys / name).stat().st_mode) & 0o077]
    if open_to:
        return fail("keys", f"{', '.join(open_to)} may be read by others", f"chmod 600 {keys}/*.key")
    return ok("keys", f"all four, in {keys}, nobody else's to read")


def check_ledgers(folder: Path, keyring: Keyring, open_ledgers: OpenLedgers) -> Iterator[Finding]:
    """Say whether every ledger is there and each of its lines is as it was written."""
    found = [folder / name for name in LEDGERS]
    if missing := [path.name for path in found if not path.is_file()]:
        step = "bring the newest copy back from a backup, before serve is started again"
        yield fail("ledgers", f"{', '.join(missing)} missing in {folder}", step)
        return
    with tempfile.TemporaryDirectory() as copied:
        for path in sorted(folder.glob("*.jsonl")):
            shutil.copyfile(path, Path(copied) / path.name)
        try:
            open_ledgers(Path(copied), keyring)
        except LedgerDamaged as damage:
            yield fail("ledgers", str(damage).replace(copied, str(folder)), "bring its newest backup back")
            return
    yield ok("ledgers", f"{len(found)} in {folder}, each line as it was written")


def check_room(disk: Disk, what: str, folder: Path, *, keep_free: int = 0) -> Finding:
    """Say how much the disk below ``folder`` still holds; below ``keep_free`` nothing is taken in any more."""
    place = folder
    while not place.exists():
        place = place.parent
    free = disk.free_bytes(str(place))
    seen = f"{free / 1e9:.1f} GB free below {folder}"
    if free < max(DISK_FULL_BYTES, keep_free):
        return fail(what, f"{seen}: no picture is taken in any more", "free some space, or give it a larger disk")
    if free < max(DISK_TIGHT_BYTES, 2 * keep_free):
        return warn(what, seen, "give it a larger disk soon")
    return ok(what, seen)


def check_clock(clock: Clock, server_at: datetime) -> Finding:
    """Hold this machine's clock against the database's: links, cooling-off and rounds are timed by either."""
    off = abs((clock.now() - server_at).total_seconds())
    seen = f"{clock.now():%Y-%m-%d %H:%M} UTC, {off:.1f} s from the database's"
    step = "set both clocks by the network: timedatectl set-ntp true"
    if off > 300:
        return fail("clock", seen, step)
    return warn("clock", seen, step) if off > 5 else ok("clock", seen)


def check_address(settings: Settings) -> Iterator[Finding]:
    """Say where receipts, mails and stations lead, and whether the world can follow."""
    address = settings.address
    host = urlsplit(address).hostname or ""
    if is_loopback(host):
        step = "for more than a trial: --public-url https://photos.example, behind a proxy that ends TLS"
        yield warn("address", f"{address}: only this machine can follow it", step)
        return
    if not address.startswith("https://"):
        step = "passwords and codes would cross the network in the clear: let a proxy end TLS, and say https://"
        yield fail("address", f"{address} is not secure", step)
        return
    yield ok("address", address)
    if settings.tls_cert is None and not settings.trusted_proxies:
        step = (
            "--trusted-proxy 127.0.0.1: else all the world looks like one source, and one guesser slows down everybody"
        )
        yield warn("proxy", "a proxy seems to stand in front, and none is trusted", step)


def check_certificate(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Say until when our own certificate is good; nothing where a proxy has it."""
    if settings.tls_cert is None:
        return
    try:
        certificate = x509.load_pem_x509_certificate(settings.tls_cert.read_bytes())
    except (OSError, ValueError) as error:
        yield fail("certificate", f"{settings.tls_cert} cannot be read: {error}", "give --tls-cert the right file")
        return
    left = certificate.not_valid_after_utc - now
    seen = f"{settings.tls_cert} is good until {certificate.not_valid_after_utc:%Y-%m-%d}"
    if left <= timedelta():
        yield fail("certificate", f"{settings.tls_cert} is not good any more", "renew it, and start serve again")
    elif left < CERTIFICATE_SHORT:
        yield warn("certificate", seen, "renew it, and start serve again")
    else:
        yield ok("certificate", seen)


def check_backup(folder: Path | None, now: datetime) -> Finding:
    """Say how old the newest backup in ``folder`` is."""
    nightly = "twincheck photoservice backup FOLDER, every night (docs/running.md)"
    if folder is None:
        return warn("backup", "not looked at: no folder was named", f"doctor --backup FOLDER; and {nightly}")
    found = snapshots_in(folder) if folder.is_dir() else []
    if not found:
        return fail("backup", f"there is none in {folder}", nightly)
    try:
        made = datetime.strptime(found[-1].name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return fail("backup", f"{found[-1]} has no name of ours", nightly)
    age = now - made
    verdict: Verdict = "ok" if age < BACKUP_OLD else "warn" if age < BACKUP_TOO_OLD else "fail"
    seen = f"{len(found)} in {folder}, the newest {int(age.total_seconds() // 3600)} hours old"
    return Finding(check="backup", verdict=verdict, seen=seen, next_step="" if verdict == "ok" else nightly)


def check_mail(settings: Settings) -> Finding:
    """Say whether anybody can be written to."""
    if settings.mail is None:
        step = "--mail smtp://user@host:587 --mail-from 'Name <address>'; give the doctor what serve is given"
        return warn("mail", "not set up: no link to sign in and no notice leaves the house", step)
    if settings.mail.startswith("folder:"):
        return warn("mail", f"{settings.mail}: written to files, for a trial", "give --mail a mail server")
    return ok("mail", f"goes out at {_without_password(settings.mail)}")


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"


def refused(check: str, refusal: StartRefused, step: str) -> Finding:
    """Return what a part says that would not let the service start."""
    return fail(check, str(refusal), step)
