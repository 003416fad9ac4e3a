"""The address of a photoservice: which ones a station may talk to at all."""

from typing import Final
from urllib.parse import urlsplit

from sync.errors import EnrolmentRefused

_LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def check_service_url(url: str) -> str:
    """Return ``url`` without a trailing slash, if a station may talk to it.

    Raises:
        EnrolmentRefused: not http(s), with a user name, a query or a fragment in it, or plain http off this machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EnrolmentRefused(f"{url!r} is no address of a photoservice, such as https://photos.example")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise EnrolmentRefused("The address must be scheme, host, port and path alone.")
    if parts.scheme == "http" and parts.hostname not in _LOCAL_HOSTS:
        raise EnrolmentRefused(f"{parts.hostname} is another machine: its photoservice must be reached by https.")
    return url.rstrip("/")
