"""What people are told of: a table, one line a kind, with what each has to say and where it leads.

Four sorts. News somebody may want by mail too, and is asked. Security, which is always sent where a mail address was
proved. Answers, which somebody asked for and which are useless after a while. And what is only told in the app.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal
from urllib.parse import quote

Channel = Literal["mail", "sms", "push"]
Sort = Literal["news", "security", "answer"]

CHANNELS: Final[tuple[Channel, ...]] = ("mail", "sms", "push")
LONGEST_FACT: Final = 300
"""How much of a fact is told; names are longer sometimes, and a notice is no place for them."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind: the ``facts`` that its words and its path have blanks for, and how long it is worth sending."""

    name: str
    sort: Sort
    facts: tuple[str, ...] = ()
    path: str = "/my"
    lives: timedelta = timedelta(days=3)

    @property
    def is_choice(self) -> bool:
        """Whether people say themselves if they want it outside the app."""
        return self.sort == "news"

    @property
    def is_others_doing(self) -> bool:
        """Whether it is somebody else who has them told, as often as they like."""
        return "guest" in self.facts or "sender" in self.facts

    def about(self, said: Mapping[str, str]) -> dict[str, str]:
        """Return the facts as they are kept: cut, on one line, and a path of ours or none.

        Raises:
            KeyError: one is missing.
        """
        kept = {name: plain(said[name]) for name in self.facts}
        if said.get("path", "").startswith(("/my/", "/s/")):
            kept["path"] = said["path"][:500]
        return kept

    def leads_to(self, about: Mapping[str, str]) -> str:
        """Return the path of the page that a notice is about."""
        if "path" in about:
            return about["path"]
        return self.path.format_map({name: quote(value, safe="") for name, value in about.items()})


def plain(text: str) -> str:
    """Return ``text`` on one line, without what turns or hides other text, and not too long."""
    shown = "".join(sign if sign.isprintable() or sign == " " else " " for sign in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= LONGEST_FACT else shown[: LONGEST_FACT - 1] + "…"


_LINK_LIVES: Final = timedelta(minutes=30)

_OF_ORDER: Final = ("order", "goods")
_ORDER: Final = "/my/orders/{order}"

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(name="pictures_ready", sort="news", facts=("roll", "film", "images"), path="/my/rolls/{roll}"),
        Kind(name="share_opened", sort="news", facts=("share", "title", "guest"), path="/my/shares/{share}"),
        Kind(name="share_picked", sort="news", facts=("share", "title", "guest"), path="/my/shares/{share}"),
        Kind(name="share_commented", sort="news", facts=("share", "title", "guest"), path="/my/shares/{share}"),
        Kind(name="shared_with_you", sort="news", facts=("title", "sender"), path="/my"),
        Kind(name="order_made", sort="news", facts=_OF_ORDER, path=_ORDER),
        Kind(name="order_waits", sort="news", facts=(*_OF_ORDER, "wait"), path=_ORDER),
        Kind(name="order_ends", sort="news", facts=(*_OF_ORDER, "wait"), path=_ORDER),
        Kind(name="order_less", sort="news", facts=(*_OF_ORDER, "images"), path=_ORDER),
        Kind(name="order_released", sort="news", facts=_OF_ORDER, path=_ORDER),
        Kind(name="order_sent", sort="news", facts=_OF_ORDER, path=_ORDER),
        Kind(name="order_ready", sort="news", facts=_OF_ORDER, path=_ORDER),
        Kind(name="order_by_share", sort="news", facts=(*_OF_ORDER, "guest", "title"), path=_ORDER),
        Kind(name="order_cancelled", sort="news", facts=_OF_ORDER, path=_ORDER),
        Kind(name="next_roll_asks_address", sort="news", facts=_OF_ORDER, path=_ORDER),
        Kind(name="plan_paused", sort="news", facts=("plan", "name"), path="/my/plans/{plan}"),
        Kind(name="new_sign_in", sort="security", facts=("device",), path="/my/account"),
        Kind(name="password_changed", sort="security", path="/my/account"),
        Kind(name="passkey_added", sort="security", facts=("device",), path="/my/account"),
        Kind(name="mail_changed", sort="security", path="/my/account"),
        Kind(name="recovery_used", sort="security", path="/my/account"),
        Kind(name="mail_proof", sort="answer", facts=("link", "minutes"), lives=_LINK_LIVES),
        Kind(name="sign_in_link", sort="answer", facts=("link", "minutes"), lives=_LINK_LIVES),
        Kind(name="recovery", sort="answer", facts=("link", "minutes"), lives=_LINK_LIVES),
        Kind(name="card_proof", sort="answer", facts=("code", "minutes"), lives=_LINK_LIVES),
    )
}
