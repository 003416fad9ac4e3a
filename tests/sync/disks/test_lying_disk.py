"""A disk that says it has synced, and has not, loses what was promised; what was sent comes back from elsewhere.

No setting of ours helps against it. What helps is a second place: the photoservice, or the store's hub while the line
is down. What was at neither is gone.
"""

import msgspec
import pytest

from photocore.errors import ChannelDown
from photocore.keys import SigningKey, b64
from photocore.testing import SeededEntropy
from store_hub.disk import SqliteStore
from store_hub.relay import Relay, Upstream
from sync.errors import JournalDamaged
from sync.keys import PinnedHub, load_station, save_station
from sync.testing_cuts import Replay
from sync.testing_cuts_judge import Judge, spread
from sync.testing_cuts_life import ANNA, ordinary_life, record


def first_and_second_day(stand):
    """Return a life whose first day an honest disk has kept, and whose second a lying one will lose."""
    first = ordinary_life(stand, days=1)
    (surface,) = Replay(first.start, first.log).stops([len(first.log)])
    return record(stand, surface.views(), a_day)


def a_day(at):
    at.carry()
    at.register()
    at.make_up(ANNA)
    at.print(2)
    at.carry()
    at.register()


def test_K4_a_lying_disk_loses_what_was_promised(stand):
    """No setting helps against it, and none is promised to: one station alone cannot."""
    life, judge = first_and_second_day(stand), Judge(stand)

    tally = judge.sweep(life, spread(0, len(life.log), 100), lies=True)

    judge.close()
    assert len(tally.harm) > 50


@pytest.mark.parametrize("seed", range(8))
def test_K4_what_a_lying_disk_lost_comes_back_from_the_photoservice_and_what_was_never_sent_does_not(
    stand, machines, seed
):
    """With the journal as it survived or, where that cannot be opened, with none: both have the keys."""
    life = first_and_second_day(stand)
    closing = life.promises[-1].at
    cut = closing if seed % 2 else len(life.log)  # before it was closed, and after
    (surface,) = Replay(life.start, life.log, lies=True).stops([cut])
    image = surface.survivors(SeededEntropy(f"lies {seed}"))
    try:
        healed = machines(image)
    except JournalDamaged:
        healed = machines({})
    assert healed.carry().ok

    held, lost = healed.ids(), life.promises[-1].what.removeprefix("claim ")
    settled = {promise.what.removeprefix("settled ") for promise in life.promises if "settled" in promise.what}
    assert settled <= held
    assert {event.id for event in stand.service.applied} <= held
    assert healed.station.desk.status().unsent == 0
    assert healed.check() == len(held)
    if lost not in held:
        assert healed.told.startswith("RESTORED")


class Line:
    """The hub's line to the photoservice."""

    def __init__(self, beyond):
        self.beyond, self.is_down = beyond, False

    def exchange(self, request):
        if self.is_down:
            raise ChannelDown("no route")
        return self.beyond.exchange(request)


@pytest.fixture
def hub(stand, memory_path):
    """Put a store hub between the station and the photoservice; returns its line."""
    line, key = Line(stand.service), SigningKey(seed=b"h" * 32)
    store = SqliteStore(memory_path / "hub")
    file = load_station(stand.folder)
    upstream = Upstream(url=file.url, sign_key=stand.service.sign_key.public, channel=line)
    relay = Relay(key=key, upstream=upstream, store=store, stations={file.station: stand.own_key}, clock=stand.clock)
    save_station(stand.folder, msgspec.structs.replace(file, hub=PinnedHub(key=b64(key.public))))
    line.relay, stand.channel = relay, relay
    yield line
    store.close()


def test_K4_what_a_lying_disk_lost_while_the_line_was_down_comes_back_by_the_store_hub(stand, machines, hub):
    """The hub held it and forwards it once the line is up; the station then has it back from the photoservice."""
    first = machines()
    assert first.carry().ok
    honest = first.disk.surface.views()
    hub.is_down = True
    claims = [first.register() for _ in range(3)]
    first.carry()
    assert [first.station.desk.level(claim).word for claim in claims] == ["at the store hub"] * 3
    first.disk.is_dead = True
    first.station.close()

    healed = machines(honest)  # of the whole day nothing had reached the disk
    hub.is_down = False
    while hub.relay.forward_some().left:
        pass
    assert healed.carry().ok

    assert set(claims) <= healed.ids()
    assert [healed.station.desk.level(claim).word for claim in claims] == ["confirmed"] * 3
    assert healed.told.startswith("RESTORED")
