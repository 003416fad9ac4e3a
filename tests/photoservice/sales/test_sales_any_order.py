"""Any order of the same claims, sales, refunds, corrections and lists leaves the same owners (K5; DESIGN 5C).

They are carried out by production's own intake over the modelled store, whose queries a differential test holds equal
to those of PostgreSQL.
"""

import random
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from photocore.events import mint_epoch
from photocore.keys import SigningKey
from photocore.testing import ManualClock, SeededEntropy
from photocore.wire import Verdict
from photoservice.intake.examine import Believed, Sender, examine
from photoservice.intake.judge import Judgement
from photoservice.modelled import looking
from photoservice.modelled.service import PUBLIC_URL, ModelPhotoservice

ANNA, BEN, CLEO = "952114100000000018", "952114100000000025", "952114100000000032"
HISTORIES = range(10)
ORDERS, NIGHTLY_ORDERS = 30, 300
"""Of each history."""


@dataclass
class House:
    """A photoservice with a store, a counter and two bridges that hear of the same till."""

    builders: Any

    def __post_init__(self) -> None:
        self.clock, self.entropy = ManualClock(), SeededEntropy("house")
        self.model = ModelPhotoservice(clock=self.clock, entropy=SeededEntropy("model"))
        self.maker = self.model.add_tenant("Halide", "maker", "9521141")
        self.model.add_store(self.builders.STORE, "Corner Photo Mitte")
        self.counter = self._station("kiosk")
        self.tills = [self._station("till"), self._station("till")]

    def _station(self, role: str) -> Any:
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
        station.id = self.model.enrol_by_hand(self.builders.STORE, station.key.public, role=role)
        station.open_epoch()
        return station

    def examined(self, station: Any) -> list[tuple[Sender, Believed]]:
        role = "kiosk" if station is self.counter else "till"
        sender = Sender(id=station.id, store=station.store, role=role, public_key=station.key.public)
        lines = [examine(event, sender, self.model.keys.seal) for event in station.events[1:]]
        assert all(isinstance(line, Believed) for line in lines), lines
        return [(sender, line) for line in lines if isinstance(line, Believed)]

    def take(self, sender: Sender, line: Believed) -> None:
        receiver, now = self.model.service.receiver, self.clock.now()

        async def work(session: Any) -> None:
            judged = [Judgement(line=line, verdict=Verdict.APPLIED)]
            judged = await receiver.carry_out(session, sender, judged, now, careful=False)
            assert judged[0].verdict is Verdict.APPLIED
            await receiver.settle(session, sender, judged, now)

        self.model.do(work)

    def pack(self, serial: str) -> None:
        builders = self.builders
        packing = builders.packing(builders.package_id(serial), builders.roll_ids(serial, 2))
        done = self.model.capture(self.maker, msgspec.json.encode(builders.document(packing)))
        assert not done.errors


def write(house: House, dice: random.Random) -> None:
    """Let the stations write what happened to two packages; their rolls are claimed and sold as well."""
    builders = house.builders
    items = [
        i for serial in ("A-SERIAL", "B-SERIAL") for i in (builders.package_id(serial), builders.roll_ids(serial)[0])
    ]
    for _ in range(3):
        activation = dice.choice(("till", "till", "registration"))
        house.counter.claim(dice.choice(items), dice.choice((ANNA, BEN, CLEO)), activation=activation)
    if dice.random() < 0.4:
        house.counter.merge("household", ANNA, BEN)
    sold = []
    for sequence in range(3):
        till = dice.choice(house.tills)
        item, card = dice.choice(items), dice.choice((None, ANNA, BEN))
        sold.append((till, till.sell(item, card, sequence=str(sequence))))
        if dice.random() < 0.3:
            other = house.tills[till is house.tills[0]]
            sold.append((other, other.sell(item, sequence=str(sequence))))
    told = [(till, till.refund(one)) for till, one in sold if dice.random() < 0.5]
    for till, one in (*sold, *told):
        if dice.random() < 0.25:
            till.correct(one)


@pytest.mark.parametrize("seed", HISTORIES)
def test_K5_hundreds_of_orders_leave_the_same_owners(builders, seed):
    """Ten histories, thirty orders each; what stands is what follows, after the last of them."""
    leaves_the_same_owners(builders, seed, ORDERS)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", HISTORIES)
def test_K5_thousands_of_orders_leave_the_same_owners(builders, seed):
    """The same, ten times as many."""
    leaves_the_same_owners(builders, seed, NIGHTLY_ORDERS)


def leaves_the_same_owners(builders: Any, seed: int, orders: int) -> None:
    house, dice = House(builders), random.Random(seed)
    write(house, dice)
    facts: list[Any] = [one for station in (house.counter, *house.tills) for one in house.examined(station)]
    facts += ["A-SERIAL", "B-SERIAL"]
    before, said = house.model.snapshot(), set()
    for _ in range(orders):
        house.model.restore(before)
        dice.shuffle(facts)
        for fact in facts:
            house.pack(fact) if isinstance(fact, str) else house.take(*fact)
        said.add(stands(house))
    assert len(said) == 1, said


def stands(house: House) -> str:
    """Return all that stands, by cards and not by the accounts that an order made first."""
    store = house.model.store
    stored = looking.registrations(store)
    assert house.model.recomputed() == stored
    names = {row["account"]: f"card {row['lookup'].hex()}" for row in store.account_card}
    owned = {item: (one.word, names.get(one.owner or ""), one.claims, one.has_case) for item, one in stored.items()}
    ended = sorted((row["station"], row["claim"], row["root"]) for row in store.ended_claim)
    return repr((owned, ended))
