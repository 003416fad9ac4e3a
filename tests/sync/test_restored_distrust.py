"""What a restored station does not believe: foreign, changed or missing events, a twin's, another history."""

import shutil

import msgspec
import pytest

from photocore.events import Event, Prev, decode_event, encode_event, event_hash, sign_event
from photocore.keys import SigningKey
from photocore.wire import EpochMark
from sync.errors import HistoryForked, ReturnRefused
from sync.restoring import TWIN, Owner, read_page
from sync.rounds import Round, run_round


def spoilt(counter, change):
    """Put the copy back while what the photoservice gives back is spoilt; returns the round's report."""
    counter.register(2)
    counter.register(3)
    counter.round()
    counter.world.service.spoil_back = change
    counter.put_back()
    return counter.round()


def resigned(line: bytes) -> bytes:
    event = decode_event(line)
    return encode_event(sign_event(event, SigningKey(seed=b"x" * 32)))


def changed(line: bytes) -> bytes:
    event = decode_event(line)
    return encode_event(msgspec.structs.replace(event, public={**event.public, "number": "TCN-000000000"}))


@pytest.mark.parametrize("change", [resigned, changed, lambda line: line[:-9], lambda _: b"[]"])
def test_K4_what_is_not_our_own_event_is_not_taken_and_stops_nothing_else(counter, change):
    """A wrong signature, a changed number, half a line: nothing comes back, it is said, and sending goes on."""
    report = spoilt(counter, change)

    assert report.ok
    assert counter.station.desk.status().restored == 0
    assert "not everything came back" in counter.station.courier.trouble
    assert counter.station.desk.status().unsent == 0


def test_K4_what_the_road_spoilt_once_comes_back_whole_at_the_next_handshake(counter):
    """A page cut short on its way is no reason to do without those events until somebody restarts the station."""
    spoilt(counter, lambda line: line[:-9])
    counter.world.service.spoil_back = lambda line: line

    counter.station.courier.rounds.delivery.greet_again()
    assert counter.round().ok

    assert counter.station.desk.status().restored > 2
    assert counter.station.courier.trouble == ""


def test_K4_what_never_comes_back_right_is_not_asked_for_for_ever(counter):
    spoilt(counter, resigned)
    asked = []
    counter.world.service.spoil_back = lambda line: asked.append(line) or resigned(line)

    for _ in range(5):
        counter.station.courier.rounds.delivery.greet_again()
        assert counter.round().ok

    assert len(asked) == 2 * len(set(asked))
    assert "not everything came back" in counter.station.courier.trouble


def test_K4_a_hole_in_what_is_given_back_is_not_bridged(counter):
    """What stands behind the hole cannot be proven; what stands before it is taken."""
    held = []

    def skip_second(line: bytes) -> bytes:
        held.append(line)
        return b"" if decode_event(line).seq == 2 else line

    report = spoilt(counter, skip_second)

    assert report.ok
    assert counter.station.desk.status().restored == 1
    assert "seq 2 is missing" in counter.station.courier.trouble


def test_K4_another_history_at_one_place_stops_sending_and_says_so(counter):
    """A twin wrote there with our key: nothing is sent, nothing is settled."""
    counter.put_back()
    counter.register(2)
    (epoch,) = counter.station.journal.read(
        lambda db: db.execute("select epoch from epoch order by ordinal limit 1").fetchone()
    )
    place = next(place for place in counter.world.service._by_place if place[1] == epoch and place[2] == 2)
    counter.world.service._by_place[place] = (counter.world.service._by_place[place][0], "ab" * 32)
    sent = len(counter.world.service.applied)

    report = counter.round()

    assert (report.ok, len(counter.world.service.applied)) == (False, sent)
    assert "may have a twin" in report.reason
    assert counter.station.courier.trouble == report.reason


def test_K4_what_grows_while_we_run_is_a_twins_and_is_told(counter):
    """A second machine started from a copy of this folder: the running one says so, and takes nothing of it."""
    counter.round()
    twin = counter.world.folder.with_name("twin")
    shutil.copytree(counter.copy, twin)
    other = counter.world.open(folder=twin)
    other.desk.register(counter.world.wish(counter.world.package_id(5)))
    delivery = other.courier.rounds.delivery
    delivery.begin_round()
    assert run_round(Round(delivery, other.courier.rounds.sign), counter.world.service).ok

    counter.station.courier.rounds.delivery.lost()
    assert counter.round().ok

    assert counter.station.courier.trouble == TWIN
    assert counter.station.desk.status().restored == 0


def test_K4_sync_now_greets_again_and_notices_a_twin_while_nothing_is_owed(counter):
    """The network is fine and nothing waits: the manager's round asks all the same who else writes in our name."""
    counter.round()
    twin = counter.world.folder.with_name("twin")
    shutil.copytree(counter.copy, twin)
    other = counter.world.open(folder=twin)
    other.desk.register(counter.world.wish(counter.world.package_id(5)))
    assert other.courier.carry_here().ok

    assert counter.station.courier.carry_here().ok

    assert counter.station.courier.trouble == TWIN


def test_K4_an_epoch_of_which_nothing_contiguous_is_held_brings_nothing_back(counter):
    """The photoservice has a later event of a run that never sent its first: nothing can be proven of it."""
    delivery = counter.station.courier.rounds.delivery
    marks = [EpochMark(epoch="0123456789abcdef", high=None, need=((1, 4),))]

    delivery.restoring.greet(marks, marks)

    assert not delivery.restoring.is_under_way
    assert not delivery.restoring.rewound


def signed(seq: int, prev: Prev | None, *, mark: int = 0) -> Event:
    event = Event(
        id=f"{seq + mark * 16:032x}",
        kind="EpochOpened",
        station="st-1",
        epoch="0123456789abcdef",
        seq=seq,
        at="2026-11-21T09:00:00.000Z",
        public={"software": f"twincheck {mark}"},
        prev=prev,
    )
    return sign_event(event, SigningKey(seed=b"k" * 32))


def behind(event: Event) -> Prev:
    return Prev(epoch=event.epoch, seq=event.seq, hash=event_hash(event))


def test_K4_a_page_that_follows_another_event_than_ours_is_a_fork_and_not_a_gap():
    """Both are rightly signed with our key: two have written at one place, and nothing may be sent any more."""
    owner = Owner(station="st-1", public_key=SigningKey(seed=b"k" * 32).public)
    ours, twins = signed(1, None), signed(1, None, mark=1)
    page = encode_event(signed(2, behind(twins)))

    with pytest.raises(HistoryForked, match="may have a twin"):
        read_page(page, owner, ours.epoch, behind(ours))
    assert read_page(page, owner, ours.epoch, behind(twins))[0].seq == 2


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "nothing is given back"),
        ([signed(3, behind(signed(2, None)))], "seq 2 is missing"),
        ([signed(1, None)], "seq 2 is missing"),
        ([msgspec.structs.replace(signed(2, behind(signed(1, None))), sig="")], "no event of ours"),
        ([signed(2, None)], "does not follow"),
    ],
)
def test_K4_a_page_out_of_its_order_is_refused_with_the_place(lines, why):
    """Nothing, a gap, an older one, an unsigned one, one without its predecessor."""
    owner = Owner(station="st-1", public_key=SigningKey(seed=b"k" * 32).public)
    body = b"\n".join(encode_event(line) for line in lines)

    with pytest.raises(ReturnRefused, match=why):
        read_page(body, owner, "0123456789abcdef", behind(signed(1, None)))


def test_K4_a_page_of_more_events_than_one_may_hold_is_not_even_read():
    """A thousand at most."""
    owner = Owner(station="st-1", public_key=SigningKey(seed=b"k" * 32).public)

    with pytest.raises(ReturnRefused, match="1001 events in one page"):
        read_page(b"{}\n" * 1001, owner, "0123456789abcdef", None)
