"""Make drafts of events: the one place where personal and secret parts are sealed, before the journal sees them."""

from dataclasses import dataclass

from photocore.events import SealedPart, mint_event_id
from photocore.kinds import Body, public_of
from photocore.sealing import Part, seal_part
from photocore.seams import Clock, Entropy
from sync.journal import Draft


@dataclass(frozen=True, kw_only=True)
class Drafter:
    """Seals for one service (its X25519 key) in the name of one station.

    ``printed`` is the randomness of what is printed openly, copy IDs and registration numbers, and of nothing else: a
    demonstration may seed it, while keys, salts, secrets and epochs stay truly random.
    """

    station: str
    seal_key: bytes
    clock: Clock
    entropy: Entropy
    printed: Entropy

    def mint_id(self) -> str:
        """Return a fresh event ID."""
        return mint_event_id(self.clock, self.entropy)

    def draft(
        self, public: Body, *, event_id: str | None = None, sealed: Body | None = None, secrets: Body | None = None
    ) -> Draft:
        """Return the draft whose kind is ``public``'s, its other parts sealed."""
        chosen, kind = event_id or self.mint_id(), type(public)
        return Draft(
            id=chosen,
            kind=kind.__name__,
            public=public_of(public),
            sealed=self.seal(chosen, kind, "sealed", sealed) if sealed else None,
            secrets=self.seal(chosen, kind, "secrets", secrets) if secrets else None,
        )

    def seal(self, event_id: str, kind: type[Body], part: Part, body: Body) -> SealedPart:
        """Return ``body`` sealed for one event; costly, so better done before the journal's writer is held."""
        return seal_part(
            to=self.seal_key,
            entropy=self.entropy,
            event=event_id,
            station=self.station,
            kind=kind.__name__,
            part=part,
            body=public_of(body),
        )
