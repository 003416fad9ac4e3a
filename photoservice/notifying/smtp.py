"""Mail by SMTP: one letter, one connection, with the standard library's client in a thread.

``smtp://`` speaks STARTTLS and refuses to go on without it, unless the server is this machine; ``smtps://`` speaks TLS
from the start. Certificates are verified. A refusal of the address (5xx) is final; all else is tried again. The
password is never in the URL: it would stand in process lists and logs.
"""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final
from urllib.parse import unquote, urlsplit

from photocore.seams import Clock
from photoservice.errors import StartRefused
from photoservice.notifying.letters import Letter
from photoservice.notifying.outcomes import NotNow, Undeliverable
from photoservice.settings import is_loopback

TIMEOUT_S: Final = 20.0

_PERMANENT: Final = 500
_PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed over. ``tls``: from the start, by STARTTLS, or none, which only this machine may have."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = field(default="", repr=False)


def parse_smtp(url: str, password: str) -> MailServer:
    """Return the mail server a URL names: ``smtp://user@host:port`` or ``smtps://...``.

    Raises:
        StartRefused: it names none, or holds a password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as cause:
        raise StartRefused(f"{url} is no address of a mail server such as smtp://user@host:587.") from cause
    if parts.scheme not in _PORTS or not host or parts.path.strip("/") or parts.query:
        raise StartRefused("The mail server is smtp://user@host:port, smtps://user@host:port or folder:PATH.")
    if parts.password is not None:
        raise StartRefused("The mail server's password does not belong into its address: set TWINCHECK_MAIL_PASSWORD.")
    tls = "from the start" if parts.scheme == "smtps" else "none" if is_loopback(host) else "starttls"
    user = unquote(parts.username or "")
    return MailServer(host=host, port=port or _PORTS[parts.scheme], tls=tls, user=user, password=password)


def parse_sender(text: str) -> Address:
    """Return who writes, of ``Silver Lab <pictures@lab.example>`` or a bare address.

    Raises:
        StartRefused: it is no address.
    """
    name, spec = parseaddr(text)
    try:
        return Address(display_name=name, addr_spec=spec)
    except (HeaderParseError, ValueError, IndexError) as cause:
        raise StartRefused(f"{text!r} is no sender such as 'Silver Lab <pictures@lab.example>'.") from cause


@dataclass(frozen=True, kw_only=True)
class SmtpCourier:
    """Hands letters to a mail server."""

    server: MailServer
    sender: Address
    clock: Clock

    async def carry(self, letter: Letter) -> None:
        """Hand a letter over.

        Raises:
            Undeliverable: the address is none, or the server refuses it for good.
            NotNow: the server cannot be reached, or says to come again.
        """
        await asyncio.to_thread(self._carry, self.compose(letter))

    def compose(self, letter: Letter) -> EmailMessage:
        """Return a letter as a message (RFC 5322), with a name of its own that stays when it is sent again.

        Raises:
            Undeliverable: the address is none.
        """
        mail = EmailMessage(policy=SMTP)
        try:
            mail["To"] = Address(addr_spec=letter.to)
        except (HeaderParseError, ValueError, IndexError) as cause:
            raise Undeliverable("no address") from cause
        mail["From"] = self.sender
        mail["Subject"] = letter.subject
        mail["Date"] = format_datetime(self.clock.now())
        mail["Message-ID"] = f"<{letter.id.lower()}@{self.sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = letter.language
        if letter.unsubscribe:
            mail["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(letter.text, cte="quoted-printable")
        mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        return mail

    def _carry(self, mail: EmailMessage) -> None:
        try:
            with self._connect() as smtp:
                self._greet(smtp)
                smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as cause:
            code = max(code for code, _ in cause.recipients.values())
            raise _judge(code) from cause
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused, smtplib.SMTPConnectError) as cause:
            raise NotNow(f"{cause.smtp_code}", is_outage=True) from cause
        except smtplib.SMTPDataError as cause:
            raise _judge(cause.smtp_code) from cause
        except smtplib.SMTPNotSupportedError as cause:
            raise Undeliverable("not supported") from cause
        except (smtplib.SMTPException, OSError) as cause:
            raise NotNow(type(cause).__name__, is_outage=True) from cause

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        if server.tls == "from the start":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)

    def _greet(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo()
        if self.server.tls == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if self.server.user:
            smtp.login(self.server.user, self.server.password)


def _judge(code: int) -> Undeliverable | NotNow:
    return Undeliverable(f"{code}") if code >= _PERMANENT else NotNow(f"{code}", is_outage=False)
