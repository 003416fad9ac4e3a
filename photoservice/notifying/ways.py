"""The ways out of the house: which channels lead somewhere here (docs/my-pictures.md)."""

from photoservice.notifying.kinds import Channel
from photoservice.settings import Settings


def channels_of(settings: Settings) -> tuple[Channel, ...]:
    """Return the channels that are set up."""
    ways: tuple[tuple[Channel, str | None], ...] = (
        ("mail", settings.mail),
        ("sms", settings.sms),
        ("push", settings.push),
    )
    return tuple(channel for channel, url in ways if url)
