"""What an operator can set, each with its default, and the one rule that is checked before anything starts.

Command line > environment (``TWINCHECK_DATABASE``, ``TWINCHECK_PHOTOSERVICE_DIR``, ``TWINCHECK_OBJECTS``,
``TWINCHECK_MAIL`` and its kin) > default. The service makes its keys itself, in its data folder (``keyring.py``); the
one secret it is told is the password of its mail server.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from photoservice.errors import StartRefused
from photoservice.persons.passwords import PasswordCost

DATABASE_VARIABLE = "TWINCHECK_DATABASE"
FOLDER_VARIABLE = "TWINCHECK_PHOTOSERVICE_DIR"
OBJECTS_VARIABLE = "TWINCHECK_OBJECTS"
MAIL_VARIABLE = "TWINCHECK_MAIL"
MAIL_FROM_VARIABLE = "TWINCHECK_MAIL_FROM"
MAIL_PASSWORD_VARIABLE = "TWINCHECK_MAIL_PASSWORD"  # noqa: S105  # its name
SMS_VARIABLE = "TWINCHECK_SMS"
PUSH_VARIABLE = "TWINCHECK_PUSH"
DEFAULT_PORT = 8470
LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One photoservice.

    ``database`` is a PostgreSQL URL, or None for the embedded server in ``folder``. ``public_url`` is what the world
    calls us when a proxy stands in front; without it each request's own address is believed. ``settle_after`` is how
    long a registration stands unopposed before it is confirmed (DESIGN 5C). Only ``trusted_proxies`` are believed
    when they say whom they forward (X-Forwarded-For). ``/metrics`` answers this machine, those proxies, and
    ``metrics_from``; all others find nothing there. Whoever shows a code from a browser is answered when
    ``answer_floor`` has passed and never sooner; ``wrong_per_hour`` wrong codes from everybody close that door. Who has
    not sent a request's headers, or its body, within these times is hung up on: a batch (1 MB) comes within a minute
    over 150 kbit/s.

    ``objects`` says where images are kept: None for ``folder/objects``, a folder, or ``s3://bucket/prefix`` with the
    keys in the environment (docs/images.md). ``spool`` is where uploads lie until they are whole (``folder/incoming``).
    ``capacity`` is how many bytes may be kept and promised in all; without it, as many as the disk has beyond
    ``keep_free``; a tenant that files its first picture is given ``tenant_quota`` bytes of it until somebody says
    otherwise, and may have ``open_uploads`` and ``open_reservations`` at once. A promise of room lasts
    ``reservation_lives``, a short address ``link_lives``, a viewing ``viewing_lives``; who signed in stays so for
    ``session_lives`` after they were last here, who came by an access code for ``guest_session_lives``.
    ``password_cost`` is what each guess of a password takes. ``derive_here`` makes renditions in this process's own
    children; where it is off, another process works (``twincheck photoservice work``).
    Uploads whose time is over are ended every ``sweep_every``, what came is counted toward plans every ``plan_every``;
    None leaves either to other processes.
    At most ``edited_bytes`` of edited pictures are kept for a while in ``folder/edited``, to be made anew at any time.

    ``mail`` is where mail goes out: ``smtp://user@host:587`` (STARTTLS), ``smtps://...``, or ``folder:PATH`` for a
    trial; ``mail_password`` comes from the environment or a file, never from a command line. ``mail_from`` is who
    writes. ``sms`` and ``push`` are ``folder:PATH`` or nothing. Where nothing is set up, nothing is sent. Of new
    pictures people are told when their roll has been quiet for ``told_after``.

    ``checkout`` names the provider of payment pages: None, or ``virtual`` for a trial, where no money moves.
    """

    folder: Path
    database: str | None = None
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    tls_cert: Path | None = None
    tls_key: Path | None = None
    public_url: str | None = None
    settle_after: timedelta = timedelta(hours=48)
    settle_every: timedelta = timedelta(seconds=30)
    connections: int = 10
    trusted_proxies: tuple[str, ...] = ()
    metrics_from: tuple[str, ...] = ()
    answer_floor: timedelta = timedelta(milliseconds=400)
    wrong_per_hour: int = 1000
    headers_within: timedelta = timedelta(seconds=5)
    body_within: timedelta = timedelta(seconds=60)
    objects: str | None = None
    spool: Path | None = None
    capacity: int | None = None
    keep_free: int = 1 << 30
    reservation_lives: timedelta = timedelta(hours=24)
    open_uploads: int = 5000
    open_reservations: int = 20_000
    tenant_quota: int | None = 2_000_000_000_000
    link_lives: timedelta = timedelta(hours=1)
    viewing_lives: timedelta = timedelta(hours=12)
    session_lives: timedelta = timedelta(days=60)
    guest_session_lives: timedelta = timedelta(hours=24)
    password_cost: PasswordCost = field(default_factory=PasswordCost)
    derive_here: bool = True
    sweep_every: timedelta | None = timedelta(seconds=20)
    orders_every: timedelta | None = timedelta(seconds=2)
    plan_every: timedelta | None = timedelta(seconds=5)
    derive_children: int = 2
    edited_bytes: int = 512_000_000
    mail: str | None = None
    mail_from: str = ""
    mail_password: str = field(default="", repr=False)
    sms: str | None = None
    push: str | None = None
    told_after: timedelta = timedelta(minutes=10)
    checkout: str | None = None

    @property
    def may_read_metrics(self) -> tuple[str, ...]:
        """The networks that ``/metrics`` answers."""
        return (*LOOPBACK, *self.trusted_proxies, *self.metrics_from)

    @property
    def address(self) -> str:
        """The address people and stations are told, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        scheme = "https" if self.tls_cert else "http"
        host = "localhost" if is_loopback(self.host) else self.host
        return f"{scheme}://{host}:{self.port}"


def default_folder(environ: Mapping[str, str]) -> Path:
    """Return where the service keeps its data when nobody says."""
    if named := environ.get(FOLDER_VARIABLE):
        return Path(named)
    home = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "twincheck" / "photoservice"


def parse_network(text: str) -> str:
    """Return the network of a trusted proxy, an address or a CIDR, in its one form.

    Raises:
        StartRefused: it is none.
    """
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as cause:
        raise StartRefused(f"{text} is no address and no network such as 10.0.0.0/8.") from cause


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_open_door(settings: Settings) -> None:
    """Refuse to serve beyond this machine without TLS (DESIGN 4.14), or under an address nobody can call.

    Raises:
        StartRefused: it would; or half a certificate was given, or one that is not there.
    """
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise StartRefused("TLS needs both: --tls-cert and --tls-key.")
    for path in (settings.tls_cert, settings.tls_key):
        if path is not None and not path.is_file():
            raise StartRefused(f"There is no file {path}.")
    if settings.tls_cert is None and not is_loopback(settings.host):
        raise StartRefused(
            f"Refusing to serve on {settings.host} without TLS: cards and claim codes would cross the network in the"
            " clear. Give --tls-cert and --tls-key, or stay on --host 127.0.0.1 behind a proxy that ends TLS."
        )
    if settings.host in ("0.0.0.0", "::") and not settings.public_url:  # noqa: S104  # asked about, not bound
        raise StartRefused(
            f"{settings.host} is no address a receipt could lead to. Say what the world calls this service:"
            " --public-url https://photos.example"
        )
