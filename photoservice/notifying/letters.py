"""What a message says: its kind's words in its reader's language, as text and as HTML that loads nothing from anywhere.

Nothing of anybody's making becomes markup or a header: HTML is escaped where it stands, and facts were put on one line
when they were queued. Pictures are never attached: a mail travels through many hands.
"""

import functools
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from photoservice import web
from photoservice.errors import Unknown
from photoservice.keyring import Keyring
from photoservice.notifying.kinds import KINDS, Kind, Sort
from photoservice.notifying.saying import facts_in
from photoservice.web.languages import DEFAULT, Words

UNSUBSCRIBE: Final = "/my/unsubscribe"

_TEMPLATES: Final = Path(web.__file__).parent / "templates"
_MAC_SYMBOLS: Final = 32
_WHY: Final[Mapping[Sort, str]] = {"news": "why_news", "security": "why_security", "answer": "why_answer"}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as it leaves the house; ``unsubscribe`` is an address, or nothing where nobody can stop it."""

    id: str
    to: str
    language: str
    subject: str
    text: str
    html: str
    unsubscribe: str = ""


@dataclass(frozen=True, kw_only=True)
class Letters:
    """Writes letters. ``address`` is what the world calls this service."""

    templates: Environment
    words: Mapping[str, Words]
    keyring: Keyring
    address: str

    def write(self, *, name: str, kind: Kind, person: str, to: str, language: str, about: Mapping[str, str]) -> Letter:
        """Return the letter of a message called ``name`` with the facts ``about``."""
        words = self.words[language if language in self.words else DEFAULT]
        link = self._absolute(about.get("link") or kind.leads_to(about))
        stop = f"{self.address}{UNSUBSCRIBE}/{self.stop_token(person, kind)}" if kind.is_choice else ""
        facts = facts_in(words, about)
        subject = words.text(f"mail.subject.{kind.name}").format(**facts)
        values = {
            "subject": subject,
            "text": words.text(f"mail.text.{kind.name}").format(**facts),
            "button": words.text(f"mail.button.{kind.name}"),
            "why": words.text(f"mail.{_WHY[kind.sort]}"),
            "link": link,
            "stop": stop,
            "code": about.get("code", ""),
            "sort": kind.sort,
            "words": words,
        }
        return Letter(
            id=name,
            to=to,
            language=words.language,
            subject=subject,
            text=self.templates.get_template("mail/message.txt").render(values),
            html=self.templates.get_template("mail/message.html").render(values),
            unsubscribe=stop,
        )

    def stop_token(self, person: str, kind: Kind) -> str:
        """Return what stops mails of a kind to a person, without a session; nothing is kept of it."""
        return f"{person}.{kind.name}.{self._mac(person, kind.name)}"

    def read_stop(self, token: str) -> tuple[str, Kind]:
        """Return whose mails of which kind a token stops.

        Raises:
            Unknown: it is none of ours.
        """
        person, _, rest = token.partition(".")
        name, _, mac = rest.partition(".")
        kind = KINDS.get(name)
        if kind is None or not kind.is_choice or not _same(mac, self._mac(person, name)):
            raise Unknown("This link stops nothing.")
        return person, kind

    def _mac(self, person: str, kind: str) -> str:
        return self.keyring.mac("unsubscribe", person, kind).hex()[:_MAC_SYMBOLS]

    def _absolute(self, link: str) -> str:
        return link if link.startswith(f"{self.address}/") else self.address + (link if link[:1] == "/" else "/my")


@functools.cache
def mail_templates() -> Environment:
    """Return the templates of mails: what is HTML is escaped, what is text is not; a process compiles them once."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
