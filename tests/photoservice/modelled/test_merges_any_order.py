"""Whoever owns a package follows from the set of facts: claims and merges in any order leave the same owners (5C, S5).

Some of the cards' people are erased before what their stations still hold arrives, so a merge may tie two accounts that
no card leads to any more. History 10685 of the nightly ones found the projection left behind by such a merge.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.events import Event, mint_epoch
from photocore.keys import SigningKey
from photocore.seams import HttpRequest
from photocore.testing import ManualClock, SeededEntropy
from photocore.wire import decode_answer, encode_batch, events_path
from photoservice.intake.examine import Believed, Sender, examine
from photoservice.modelled import looking
from photoservice.modelled.service import PUBLIC_URL, ModelPhotoservice
from sync.signing import sign_request

CARDS = ("952114100000000018", "952114100000000025", "952114100000000032", "952114100000000049")
PACKAGES = tuple(f"ORDER00{n}" for n in range(6))
"""One of each card, and two that any may claim."""
PLACES = range(len(CARDS))

merges = st.tuples(
    st.sampled_from(("guest", "replaced", "household")), st.sampled_from(PLACES), st.sampled_from(PLACES)
)
claims = st.tuples(st.just("claim"), st.sampled_from(range(len(PACKAGES))), st.sampled_from(PLACES))


@dataclass
class House:
    """A photoservice with one store, and three stations of it that know each a part."""

    builders: Any

    def __post_init__(self) -> None:
        self.clock, self.entropy = ManualClock(), SeededEntropy("house")
        self.model = ModelPhotoservice(clock=self.clock, entropy=SeededEntropy("model"))
        self.model.add_store(self.builders.STORE, "Corner Photo Mitte")
        self.stations = [self._station() for _ in range(3)]
        first = self.stations[0]
        self.firsts = [first.claim(self.package(place), card) for place, card in enumerate(CARDS)]
        self.send(first, *first.events)
        self.accounts = [self._account(claim) for claim in self.firsts]

    def _station(self) -> Any:
        keys = self.model.keys
        station = self.builders.Station(
            url=PUBLIC_URL,
            clock=self.clock,
            key=SigningKey(seed=self.entropy.token(32)),
            sign_public=keys.sign.public,
            seal_public=keys.seal.public,
            epoch=mint_epoch(self.entropy),
            entropy=self.entropy,
        )
        station.id = self.model.enrol_by_hand(self.builders.STORE, station.key.public)
        station.open_epoch()
        return station

    def _account(self, claim: Event) -> str:
        row = self.model.store.claim.get((claim.station, claim.id))
        assert row is not None
        return row["account"]

    def package(self, place: int) -> str:
        return self.builders.package_id(PACKAGES[place])

    def write(self, station: Any, fact: tuple[str, int, int]) -> Event:
        """Write one fact: a claim of a package with a card, or a merge of a card with another one."""
        word, one, other = fact
        if word == "claim":
            return station.claim(self.package(one), CARDS[other])
        return station.merge(word, CARDS[one], CARDS[other])

    def send(self, station: Any, *events: Event) -> None:
        request = HttpRequest(method="POST", url=PUBLIC_URL + events_path(station.id), body=encode_batch(events))
        signed = sign_request(request, station=station.id, key=station.key, created=self.clock.now())
        answer = self.model.answer(signed)
        assert answer.status == 200, answer.body
        said = msgspec.json.decode(decode_answer(answer.body).acks[0].text)
        assert {verdict["verdict"] for verdict in said["verdicts"]} == {"applied"}

    def owners(self) -> Any:
        """Return what stands, which must be what follows from the facts."""
        stored = looking.registrations(self.model.store)
        assert self.model.recomputed() == stored
        return stored


def lived(builders: Any, facts: list[tuple[str, int, int]], erased: set[int], order: list[int], size: int) -> Any:
    """Return the owners after ``facts`` came in this order, ``size`` of a station's in one batch where they meet."""
    house = House(builders)
    senders = [house.stations[place % 3] for place in range(len(facts))]
    written = [house.write(station, fact) for station, fact in zip(senders, facts, strict=True)]
    house.clock.advance(60)
    for place in sorted(erased):
        house.model.erase(house.accounts[place])
    batch: list[int] = []
    for place in order:
        if batch and (senders[place] is not senders[batch[0]] or len(batch) == size):
            house.send(senders[batch[0]], *(written[one] for one in batch))
            house.owners()
            batch = []
        batch.append(place)
    if batch:
        house.send(senders[batch[0]], *(written[one] for one in batch))
    return house.owners()


@pytest.mark.timeout(900)  # the night looks for 2,000 examples
@given(
    facts=st.lists(st.one_of(merges, claims).filter(lambda fact: fact[0] == "claim" or fact[1] != fact[2]), max_size=7),
    erased=st.sets(st.sampled_from(PLACES)),
    size=st.integers(1, 4),
    shuffle=st.randoms(use_true_random=False),
)
def test_S5_O11_any_order_of_the_same_claims_and_merges_leaves_the_same_owners(builders, facts, erased, size, shuffle):
    """Rings, chains, erased and living, one by one or in batches: after each batch what stands is what follows."""
    order = list(range(len(facts)))
    said = lived(builders, facts, erased, order, 1)
    shuffle.shuffle(order)
    assert lived(builders, facts, erased, order, size) == said


def test_S5_history_10685_trimmed_two_erased_customers_are_joined_by_a_late_merge(builders):
    """Two who contest a package are erased, each alone; then comes the merge that joined them before: one owner."""
    facts = [("claim", 4, 0), ("claim", 4, 1), ("household", 0, 1)]
    shared, own = builders.package_id(PACKAGES[4]), builders.package_id(PACKAGES[0])
    apart, joined = (lived(builders, facts[:count], {0, 1}, list(range(count)), 1) for count in (2, 3))
    assert (apart[shared].word, joined[shared].word) == ("contested", "waiting")
    assert joined[shared].owner == joined[own].owner == House(builders).accounts[1]


def test_S5_a_merge_locks_what_its_registrations_card_owns_though_both_come_at_once(builders):
    """The registration that stands for the lost card is in the same batch; the card's older package is locked, too."""
    house = House(builders)
    station = house.stations[1]
    claim = station.claim(house.package(5), CARDS[0])
    events = [claim, station.merge("replaced", claim, CARDS[1])]
    sender = Sender(id=station.id, store=station.store, role="kiosk", public_key=station.key.public)
    lines = [line for event in events if isinstance(line := examine(event, sender, house.model.keys.seal), Believed)]
    assert len(lines) == len(events)
    mergings = house.model.service.receiver.applier.mergings
    reach = house.model.do(lambda session: mergings.reach(session, station.id, lines))
    assert reach.roots == {house.package(0), house.package(1)}
    assert len(reach.cards) == 2
