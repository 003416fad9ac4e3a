"""The service as a lab sees it: its address, its key, its problems in words."""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from exchange.errors import PeerRefused
from photocore.seams import Channel, HttpRequest, HttpResponse

MOST_DETAIL: Final = 400


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A service at ``url`` (no slash at its end), asked over ``channel`` with a lab's ``key``."""

    url: str
    channel: Channel
    key: str = field(repr=False)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> HttpResponse:
        """Make one exchange. Raises ChannelDown."""
        told = {"authorization": f"Bearer {self.key}", **(headers or {})}
        return self.channel.exchange(HttpRequest(method=method, url=self.url + path, headers=told, body=body))


class _Problem(msgspec.Struct):
    type: str = ""
    title: str = ""
    detail: str = ""


def refusal_of(answer: HttpResponse) -> PeerRefused:
    """Return an answer that says no as what it is; RFC 9457 where it speaks so, its status where not."""
    try:
        problem = msgspec.json.decode(answer.body, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        problem = _Problem()
    sentence = _shown(problem.detail or problem.title)[:MOST_DETAIL]
    return PeerRefused(
        sentence or f"The service answered {answer.status}.",
        status=answer.status,
        word=_shown(problem.type.rpartition(":")[2])[:60],
    )


def _shown(text: str) -> str:
    """Return a stranger's text without what a terminal would obey."""
    return "".join(sign for sign in text if sign.isprintable())


def is_passing(status: int) -> bool:
    """Say whether an answer is of the kind that may be another one soon."""
    return status in (408, 423, 425, 429, 500, 502, 503, 504)


def wait_of(answer: HttpResponse) -> float:
    """Return the seconds of Retry-After; 0 where there is none, or a date."""
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isascii() and told.isdecimal() and len(told) < 6 else 0.0
