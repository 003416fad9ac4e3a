"""A station put back from last night's copy: it is noticed, told, and gets its events back (DESIGN 5E)."""

import pytest
from structlog.testing import capture_logs

from photocore.wire import Outcome
from sync.errors import DeskReason, DeskRefusal

STAFF = "00ff00ff00ff00ff"


def test_K4_a_restored_station_gets_every_event_back_and_is_told(counter):
    """Two runs of the station are missing from the copy: an epoch that went on, and one it never saw."""
    counter.register(2)
    counter.round()
    counter.station.close()
    counter.open()
    counter.register(3)
    counter.round()
    expected = counter.held()

    restored = counter.put_back()
    assert restored.desk.status().restored == 0
    with capture_logs() as logs:
        report = counter.round()

    assert report.ok
    assert counter.ids() - expected == {counter.station.journal.read(lambda db: opened(db, restored.journal.epoch))}
    assert expected <= counter.ids()
    assert (report.progress.brought_back, restored.desk.status().restored) == (4, 4)
    (told,) = [log for log in logs if log["event"] == "station_restored"]
    assert told["events"] == 4
    assert restored.desk.status().unsent == 0
    assert counter.check() == len(counter.ids())


def opened(connection, epoch: str) -> str:
    return connection.execute(
        "select id from event join epoch using (ordinal) where epoch = ? and seq = 1", (epoch,)
    ).fetchone()[0]


def test_K4_the_receipts_number_finds_the_registration_again_with_what_became_of_it(counter):
    """Verdict and outcome come back too, by the ordinary acks; whose card it was does not."""
    lost = counter.register(2)
    counter.round()

    restored = counter.put_back()
    assert restored.desk.find_registration(lost.number) is None
    counter.round()

    view = restored.desk.find_registration(lost.number)
    assert (view.claim, view.package, view.rolls) == (lost.claim, lost.package, lost.rolls)
    assert restored.desk.level(lost.claim).word == "confirmed"
    seen = restored.desk.check_claim(counter.world.package_id(2), counter.world.anna)
    assert (seen.registered, seen.claim) == ("here", None)
    with pytest.raises(DeskRefusal) as refused:
        counter.register(2)
    assert refused.value.reason is DeskReason.REGISTERED_HERE


def test_K4_a_registration_undone_since_the_backup_is_undone_again(counter):
    """Its papers are void; the package can be registered anew."""
    first = counter.claims[0]
    counter.station.desk.undo(first.claim)
    counter.round()

    restored = counter.put_back()
    assert not restored.desk.find_registration(first.number).withdrawn
    counter.round()

    assert restored.desk.find_registration(first.number).withdrawn
    assert restored.desk.jobs(first.claim) == ()
    assert counter.register(1).number != first.number


def test_K4_parked_events_come_back_as_parked_and_ended_ones_as_ended(counter):
    """What waited for a person waits again; what was closed stays closed."""
    waits, closed = counter.register(2), counter.register(3)
    counter.world.service.faults.parks |= {waits.claim, closed.claim}
    counter.round()
    counter.station.desk.close_parked(closed.claim, staff=STAFF, reason="seen")
    counter.round()

    restored = counter.put_back()
    counter.round()

    assert [view.id for view in restored.desk.parked()] == [waits.claim]
    assert restored.desk.status().parked == 1


def test_K3_what_came_back_is_older_than_what_is_registered_since(counter):
    """The list of the newest begins with who stands there now, not with last week's."""
    lost = [counter.register(serial) for serial in range(2, 5)]
    counter.round()
    counter.station.close()
    counter.open()
    lost.append(counter.register(5))
    counter.round()
    before = counter.put_back().desk.register(counter.world.wish(counter.world.package_id(10)))
    counter.round()

    after = counter.station.desk.register(counter.world.wish(counter.world.package_id(11)))

    newest = [after, before, *reversed(lost), counter.claims[0]]
    assert [view.claim for view in counter.station.desk.recent()] == [one.claim for one in newest]
    counter.station.close()
    counter.open()
    later = counter.register(12)
    assert counter.station.desk.recent(1)[0].claim == later.claim


def test_K4_staff_take_note_once_and_it_is_an_event(counter):
    """Until then the status tells it, whatever restarts; after, it does not."""
    counter.register(2)
    counter.round()
    counter.put_back()
    counter.round()
    restored = counter.world.open() if counter.station is None else counter.station
    assert restored.desk.status().restored == 2

    restored.desk.note_restored(STAFF)
    restored.desk.note_restored(STAFF)

    assert restored.desk.status().restored == 0
    counter.round()
    (noted,) = [event for event in counter.world.service.applied if event.kind == "StaffOverrode"]
    assert (noted.public["act"], noted.public["staff"]) == ("station_restored", STAFF)
    assert "2 events" in noted.public["reason"]


def test_K4_many_events_come_back_page_by_page_and_a_crash_between_loses_none(counter):
    """Each page is durable by itself; the next start goes on where the last one stopped."""
    for serial in range(100, 112):
        counter.register(serial)
    counter.round()
    expected = counter.held()
    counter.world.service.back_at_once = 5
    counter.put_back()
    delivery = counter.station.courier.rounds.delivery
    delivery.begin_round()
    while counter.station.desk.status().restored < 5:
        ask = delivery.next_ask()
        delivery.take(ask, counter.world.service.exchange(counter.station.courier.rounds.sign(ask.request)))
    counter.station.close()

    counter.open()
    assert counter.round().ok

    assert expected <= counter.ids()
    assert counter.station.desk.status().restored == 13
    assert counter.check() == len(counter.ids())


def test_K4_registrations_made_offline_before_the_events_came_back_go_up_too(counter):
    """The fresh epoch stays valid: it branches off where the copy ended, and the chain is checked with it."""
    counter.register(2)
    counter.round()
    counter.put_back()
    offline = counter.register(3)

    assert counter.round().ok

    assert offline.claim in {event.id for event in counter.world.service.applied}
    assert counter.check() == len(counter.ids())
    counter.station.close()
    counter.open()
    counter.register(4)
    assert counter.round().ok
    assert counter.check() == len(counter.ids())


def test_K4_news_of_a_claim_that_is_only_coming_back_are_kept_for_it(counter):
    """Contested since: the restored station hears of it, as it tells what it has noted."""
    lost = counter.register(2)
    counter.round()
    counter.world.service.tell(lost.claim, Outcome(word="contested"))
    restored = counter.put_back()

    counter.round()

    assert restored.desk.level(lost.claim).word == "contested"
    assert restored.desk.status().contested == 1
