"""A mail server for tests: it really speaks SMTP (RFC 5321), with STARTTLS and AUTH, and misbehaves on command."""

import base64
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self, cast


@dataclass
class Delivered:
    """One mail as it came, and what its envelope said."""

    sender: str
    recipients: list[str]
    raw: bytes
    was_encrypted: bool
    user: str

    @property
    def mail(self) -> EmailMessage:
        """The mail, read as mail programs do."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def text(self) -> str:
        """What it says to who reads text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """What it says to who reads HTML."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        return str(part.get_content()) if part is not None else ""


@dataclass
class Manners:
    """What the server does: ``answers`` are given in the place of the usual one to a verb."""

    answers: dict[str, str] = field(default_factory=dict[str, str])
    password: str = ""
    tls: ssl.SSLContext | None = None


class MailServer(socketserver.ThreadingTCPServer):
    """Collects mails; ``wait(n)`` gives them when there are ``n``."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, manners: Manners | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.manners = manners or Manners()
        self.mails: list[Delivered] = []
        self.tries = 0
        self.changed = threading.Condition()
        self._runs = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def __enter__(self) -> Self:
        self._runs.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self._runs.join(10)

    def wait(self, count: int = 1) -> list[Delivered]:
        """Return the mails when there are ``count``.

        Raises:
            TimeoutError: there are not, after half a minute.
        """
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.mails) >= count, 30):
                raise TimeoutError(f"{len(self.mails)} of {count} mails came")
            return list(self.mails)

    def wait_tries(self, count: int) -> None:
        """Wait until somebody connected ``count`` times.

        Raises:
            TimeoutError: nobody did, for half a minute.
        """
        with self.changed:
            if not self.changed.wait_for(lambda: self.tries >= count, 30):
                raise TimeoutError(f"{self.tries} of {count} tries")


class _Talk(socketserver.StreamRequestHandler):
    def setup(self) -> None:
        super().setup()
        self.post = cast("MailServer", self.server)
        self.encrypted, self.user, self.sender = False, "", ""
        self.recipients: list[str] = []

    def handle(self) -> None:
        with self.post.changed:
            self.post.tries += 1
            self.post.changed.notify_all()
        if not self._say(self._answer("CONNECT", "220 mail.example")):
            return
        while line := self.rfile.readline(2000):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            try:
                if not self._do(verb.upper(), rest):
                    return
            except (ConnectionError, ssl.SSLError):
                return

    def _do(self, verb: str, rest: str) -> bool:
        manners = self.post.manners
        if verb in manners.answers:
            return self._say(self._answer(verb, ""))
        if verb == "EHLO":
            offers = ["STARTTLS"] * bool(manners.tls and not self.encrypted) + ["AUTH PLAIN"] + ["SMTPUTF8"]
            return self._say("\r\n".join([*(f"250-{offer}" for offer in ("mail.example", *offers)), "250 8BITMIME"]))
        if verb == "STARTTLS" and manners.tls:
            self._say("220 go on")
            safe = manners.tls.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = safe.makefile("rb"), safe.makefile("wb")
            self.encrypted = True
            return True
        if verb == "AUTH":
            _, user, password = base64.b64decode(rest.rsplit(maxsplit=1)[-1]).decode().split("\0")
            self.user = user
            return self._say("235 good" if password == manners.password else "535 5.7.8 no")
        if verb == "MAIL":
            self.sender, self.recipients = rest[5:].strip("<> ").split(">")[0], []
            return self._say("250 good")
        if verb == "RCPT":
            self.recipients.append(rest[3:].strip("<> "))
            return self._say("250 good")
        if verb == "DATA":
            return self._take()
        if verb == "QUIT":
            self._say("221 bye")
            return False
        return self._say("250 good" if verb in ("RSET", "NOOP") else "502 what?")

    def _take(self) -> bool:
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        delivered = Delivered(self.sender, self.recipients, b"".join(lines), self.encrypted, self.user)
        with self.post.changed:
            self.post.mails.append(delivered)
            self.post.changed.notify_all()
        return self._say("250 taken")

    def _answer(self, verb: str, usual: str) -> str:
        return self.post.manners.answers.get(verb, usual)

    def _say(self, text: str) -> bool:
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()
        return not text.startswith(("421", "554 5.0"))
