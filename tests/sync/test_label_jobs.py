"""Label jobs: every step durable, nothing printed in silence, at most one valid copy."""

import pytest

from photocore.events import decode_event
from photocore.label import Receipt
from sync.copies import MAX_COPIES
from sync.errors import IllegalTransition
from sync.label_states import OVER, TRANSITIONS, LabelNews, LabelState, after


def print_next(station, proof: str = "process id"):
    job = station.jobs.next_job()
    station.jobs.begin(job.id, f"p{job.id}")
    station.jobs.sent(job.id)
    station.jobs.printed(job.id, proof)
    return job


def kinds(station) -> list[str]:
    rows = station.journal.read(lambda db: db.execute("select kind from event order by ordinal, seq").fetchall())
    return [kind for (kind,) in rows]


def test_O17_a_set_prints_in_order_and_the_receipt_comes_last(world, station):
    """Three labels, then the receipt; then there is nothing left."""
    done = station.desk.register(world.wish(world.package_id(1)))
    assert station.jobs.set_remaining(done.claim) == 4

    printed = [print_next(station) for _ in range(4)]

    assert [job.kind for job in printed] == ["roll", "roll", "roll", "receipt"]
    assert [job.label.roll for job in printed[:3]] == list(done.rolls)
    assert all(job.label.copy == job.copy for job in printed)
    assert station.jobs.next_job() is None
    assert station.jobs.set_remaining(done.claim) == 0


def test_O17_the_receipt_waits_while_a_label_is_at_the_printer(world, station):
    """Two printers, or a slow proof: the receipt still comes after its labels."""
    station.desk.register(world.wish(world.package_id(1)))
    for _ in range(3):
        job = station.jobs.next_job()
        station.jobs.begin(job.id, "p")

    assert station.jobs.next_job() is None
    station.jobs.maybe(job.id, "silence")
    assert station.jobs.next_job() is None


def test_O17_a_spoiled_label_is_replaced_in_one_commit_before_the_receipt(world, station):
    """A known cause: new copy, old one dead, and the photoservice told of both."""
    done = station.desk.register(world.wish(world.package_id(1)))
    first = station.jobs.next_job()
    station.jobs.begin(first.id, "p")
    station.jobs.spoiled(first.id, "paper out in the middle")

    again = station.jobs.next_job()

    assert again.label.roll == first.label.roll
    assert again.copy != first.copy
    assert station.desk.copy_state(first.label.roll, first.copy) == "replaced"
    assert station.desk.copy_state(first.label.roll, again.copy) == "valid"
    assert [print_next(station).kind for _ in range(4)][-1] == "receipt"
    (line,) = station.journal.read(lambda db: db.execute("select line from event where kind='CopiesIssued'").fetchone())
    assert decode_event(bytes(line)).public["copies"][0]["voids"] == first.copy
    assert len(station.desk.jobs(done.claim)) == 4


def test_O17_paper_out_at_each_label_of_a_five_roll_set_ends_with_one_valid_label_a_roll(make_world):
    """Every label is spoiled once; five are valid in the end, each printed."""
    world = make_world(snapshot=make_world().roster(manifests=(make_world().manifest(1, rolls=5),)))
    world.enrol()
    station = world.open()
    done = station.desk.register(world.wish(world.package_id(1)))
    for _ in range(5):
        job = station.jobs.next_job()
        station.jobs.begin(job.id, "p")
        station.jobs.spoiled(job.id, "paper out")
        print_next(station)

    labels = [job for job in station.desk.jobs(done.claim) if job.kind == "roll"]
    assert [(job.number, job.state) for job in labels] == [(n, "printed") for n in range(1, 6)]
    valid = station.journal.read(
        lambda db: db.execute("select count(*) from label_job where kind='roll' and valid=1").fetchone()
    )
    assert valid == (5,)


def test_O17_a_broken_printer_does_not_eat_the_whole_reel(world, station):
    """After ten wasted copies the station stops by itself and waits for a person."""
    done = station.desk.register(world.wish(world.package_id(1)))
    for _ in range(MAX_COPIES):
        job = station.jobs.next_job()
        assert job.label.roll == done.rolls[0]
        station.jobs.begin(job.id, "p")
        station.jobs.spoiled(job.id, "garbage")

    stuck = station.desk.jobs(done.claim)[0]
    assert (stuck.state, stuck.why) == (LabelState.DEFERRED, "10 copies came to nothing")
    assert station.jobs.next_job().label.roll == done.rolls[1]
    station.jobs.resume(stuck.id)
    assert station.jobs.next_job().id == stuck.id


def test_O17_silence_is_maybe_and_only_a_scan_or_a_person_settles_it(world, station):
    """The fresh label under the scanner proves itself; a second scan says it was taken."""
    done = station.desk.register(world.wish(world.package_id(1)))
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    station.jobs.sent(job.id)
    station.jobs.maybe(job.id, "the printer is silent")
    assert station.desk.jobs(done.claim)[0].state is LabelState.MAYBE

    assert station.desk.mark_printed_by_scan(done.rolls[0], job.copy) is LabelState.PRINTED
    assert station.desk.mark_printed_by_scan(done.rolls[0], job.copy) is LabelState.TAKEN
    assert station.desk.mark_printed_by_scan(done.rolls[0], "ZZZZZZ") is None


@pytest.mark.parametrize("verdict", ["sent, maybe", "maybe", "spoiled", "printed"])
@pytest.mark.parametrize("scans", [1, 2])
def test_O17_a_scan_that_beats_the_spoolers_verdict_wins(world, station, verdict, scans):
    """On a printer that cannot confirm the label is under the scanner before the spooler gives up waiting."""
    done = station.desk.register(world.wish(world.package_id(1)))
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    if verdict != "sent, maybe":
        station.jobs.sent(job.id)
    states = [station.desk.mark_printed_by_scan(done.rolls[0], job.copy) for _ in range(scans)]

    late = {
        "sent, maybe": lambda: (station.jobs.sent(job.id), station.jobs.maybe(job.id, "it cannot confirm")),
        "maybe": lambda: station.jobs.maybe(job.id, "it cannot confirm"),
        "spoiled": lambda: station.jobs.spoiled(job.id, "paper out"),
        "printed": lambda: station.jobs.printed(job.id, "process id"),
    }
    late[verdict]()

    assert states[-1] is [LabelState.PRINTED, LabelState.TAKEN][scans - 1]
    assert station.desk.jobs(done.claim)[0].state is states[-1]
    assert station.desk.copy_state(done.rolls[0], job.copy) == "valid"
    assert "CopiesIssued" not in kinds(station)


def test_O17_what_was_at_the_printer_in_a_crash_is_asked_about_never_reprinted(world, station):
    """After the restart the job is unsettled; the queue does not give it out again."""
    station.desk.register(world.wish(world.package_id(1)))
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    station.close()

    reborn = world.open()

    assert [open_job.id for open_job in reborn.jobs.unsettled()] == [job.id]
    assert reborn.jobs.next_job().id != job.id


def test_O17_a_label_undone_while_at_the_printer_stays_void_whatever_is_reported(world, station):
    """Late news of a dead copy changes nothing and breaks nothing; a dead copy cannot be begun."""
    done = station.desk.register(world.wish(world.package_id(1)))
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    station.desk.undo(done.claim)

    for news in (
        lambda: station.jobs.sent(job.id),
        lambda: station.jobs.printed(job.id, "late"),
        lambda: station.jobs.maybe(job.id, "late"),
        lambda: station.jobs.spoiled(job.id, "late"),
        lambda: station.jobs.taken(job.id),
    ):
        news()
        assert station.desk.copy_state(done.rolls[0], job.copy) == "void"
    with pytest.raises(IllegalTransition):
        station.jobs.begin(job.id, "p")
    with pytest.raises(IllegalTransition):
        station.jobs.begin(10_000, "p")
    assert "CopiesIssued" not in kinds(station)


def test_K4_an_unprinted_receipt_gets_a_new_access_code_after_a_restart(world, station):
    """What a crash loses is made anew, by an event that voids the old code."""
    done = station.desk.register(world.wish(world.package_id(1)))
    for _ in range(3):
        print_next(station)
    old = station.jobs.next_job().label.access_code
    station.close()

    reborn = world.open()
    receipt = reborn.jobs.next_job().label

    assert isinstance(receipt, Receipt)
    assert receipt.access_code not in (None, old)
    assert receipt.card_masked == "••••"
    assert reborn.jobs.next_job().label.access_code == receipt.access_code
    assert kinds(reborn).count("AccessCodeReplaced") == 1
    reborn.courier.start()
    reborn.courier.sync_now()
    (event,) = [event for event in world.service.applied if event.kind == "AccessCodeReplaced"]
    assert event.public["claim"] == done.claim
    assert world.service.secrets_of(event) == {"access_code": receipt.access_code}


def test_K4_a_spoiled_receipts_access_code_is_dead(world, station):
    """The waste in the bin opens nothing."""
    station.desk.register(world.wish(world.package_id(1)))
    for _ in range(3):
        print_next(station)
    first = station.jobs.next_job()
    station.jobs.begin(first.id, "p")
    station.jobs.spoiled(first.id, "paper out")

    second = station.jobs.next_job()

    assert second.label.access_code != first.label.access_code
    assert second.label.card_masked == "•••• 4711"
    assert kinds(station).count("AccessCodeReplaced") == 1


def test_K4_a_printed_receipts_secret_is_forgotten(world, station):
    """Plain text lives until it is on paper, and no longer."""
    done = station.desk.register(world.wish(world.package_id(1)))
    while station.jobs.next_job() is not None:
        print_next(station)

    assert station.desk.secrets.get(done.claim) is None


@pytest.mark.parametrize(
    ("state", "news"),
    [
        (LabelState.QUEUED, LabelNews.PRINTED),
        (LabelState.QUEUED, LabelNews.SENT),
        (LabelState.PRINTED, LabelNews.BEGIN),
        (LabelState.TAKEN, LabelNews.BEGIN),
        (LabelState.SENDING, LabelNews.BEGIN),
        (LabelState.SENDING, LabelNews.TAKEN),
        (LabelState.VOID, LabelNews.BEGIN),
        (LabelState.DEFERRED, LabelNews.BEGIN),
        (LabelState.TAKEN, LabelNews.RESUME),
    ],
)
def test_O17_an_illegal_step_raises(state, news):
    """The table has no such way."""
    with pytest.raises(IllegalTransition, match=str(state)):
        after(state, news)


def test_O17_every_state_can_be_voided_and_none_comes_back_from_it():
    """Over is over."""
    assert {after(state, LabelNews.VOID) for state in LabelState} == OVER
    assert {target for (state, _), target in TRANSITIONS.items() if state in OVER} == OVER
