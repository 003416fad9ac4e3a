"""A pytest plugin: runs each test it is told of with a fault planted into production code, and writes down how it went.

For faults that need somebody who lies: the simulation's roads lose and delay, they do not forge. Which test must fail
under which fault stands in ``DIRECTED``. Used by ``test_directed_mutants.py`` in a process of its own.
"""

import json
import os
from pathlib import Path

import msgspec
import pytest

from sync import answers, backoff, delivery, outbox, restoring
from sync import news as news_of
from sync import roster as roster_of
from sync.ledger import JournalLedger
from sync.statements import run as sql
from twincheck.simulate.mutants.planting import Plant


def believed_unsigned(plant):
    """Whoever signed an answer, and whether anybody did, is not looked at."""
    from photocore import answers as detours
    from photocore import roster, wire

    def read(domain, signed, public, shape):
        plant.hit()
        return msgspec.json.decode(signed.text.encode(), type=shape)

    for module in (detours, wire, roster):
        if hasattr(module, "read_signed"):
            plant.replace(module, "read_signed", read)
    plant.replace(answers, "_ack", lambda signed, peer: read("ack", signed, b"", answers.Ack))


def ack_of_any_request(plant):
    """An ack settles what it judges, whatever was asked."""

    def hear(signed, peer, *, epoch, request, sent):
        plant.hit()
        acks = tuple(ack for ack in (answers._ack(one, peer) for one in signed) if ack is not None)
        return answers.Heard(own=acks, late=(), hub=None)

    plant.replace(delivery, "hear_acks", hear)


def half_an_ack(plant):
    """An ack need not judge all that was sent."""

    def make(original):
        def hear(signed, peer, *, epoch, request, sent):
            plant.hit()
            acks = [answers._ack(one, peer) for one in signed]
            judged = {(verdict.id, verdict.seq) for ack in acks if ack is not None for verdict in ack.verdicts}
            return original(signed, peer, epoch=epoch, request=request, sent=frozenset(judged & sent))

        return hear

    plant.wrap(delivery, "hear_acks", make)


def older_ack_lowers(plant):
    plant.sql("outbox.raise_mark", "where :seq > high_mark.seq", "")


def poison_blocks(plant):
    """A batch that the photoservice cannot take ends the round, whole."""

    def narrow(self, ask, answer):
        plant.hit()
        raise delivery.AnswerRefused("the photoservice cannot take this batch")

    plant.replace(delivery.Delivery, "_narrow", narrow)


def parked_is_forgotten(plant):
    plant.sql("outbox.settle_event", "else :verdict end", "when :verdict = 'parked' then 'applied' else :verdict end")


def roster_goes_back(plant):
    def make(original):
        def put(connection, snapshot, etag):
            plant.hit()
            sql(connection, "roster.put_roster", {"version": 0, "etag": "", "head": b"{}"})
            original(connection, snapshot, etag)

        return put

    plant.wrap(roster_of, "put_roster", make)


def news_go_back(plant):
    plant.sql("news.take_news", "where excluded.version >= claim_outcome.version", "")


def news_told_before_noted(plant):
    """News are said to be noted by the question that brings them."""

    def make(original):
        def note(connection, told, heard):
            plant.hit()
            original(connection, told, heard)
            for one in told.news:
                sql(connection, "news.mark_told", {"claim": one.claim, "version": one.version})

        return note

    plant.wrap(news_of, "note_news", make)


def returned_unsigned(plant):
    plant.replace(restoring, "verify_event", lambda event, public: plant.hit())


def returned_unchained(plant):
    def place(event, epoch, seq, after):
        plant.hit()

    plant.replace(restoring, "_check_place", place)


def old_queue_prints(plant):
    plant.replace(JournalLedger, "doubt_old_papers", lambda self: plant.hit())


def backs_off_for_ever(plant):
    def wait(failures, entropy):
        plant.hit()
        return backoff.FIRST_S * 2 ** (failures - 1)

    plant.replace(backoff, "wait_after", wait)


def secret_goes_at_hub(plant):
    def make(original):
        def settle(connection, ack):
            plant.hit()
            for verdict in ack.verdicts:
                sql(connection, "outbox.drop_secret", {"event": verdict.id})
            return original(connection, ack)

        return settle

    plant.wrap(outbox, "settle_at_hub", make)


def twin_not_told(plant):
    plant.replace(restoring.Restoring, "_note_twin", lambda self, epoch: plant.hit())


def code_counts_for_two(plant):
    """Of several customers who show a claim code, one has it."""
    from photocore import ownership

    def make(original):
        def only(claims, proof):
            if proof == "claim code" and len({claim.customer for claim in claims}) > 1:
                plant.hit()
                claims = frozenset([min(claims, key=lambda claim: claim.id)])
            return original(claims, proof)

        return only

    plant.wrap(ownership, "_only", make)


def marks_alone(plant):
    plant.sql("outbox.last_settled", "level = 'photoservice'", "false")


def hub_never_doubted(plant):
    plant.replace(JournalLedger, "doubt_hub", lambda self: plant.hit())


def hub_counts_as_service(plant):
    plant.sql("outbox.settle_at_hub", "level = 'hub', verdict", "level = 'photoservice', verdict")


def hub_speaks_for_all(plant):
    """What the hub signs as the photoservice's word is that."""

    def make(original):
        def read(signed, public, *, station, level):
            plant.hit()
            said = msgspec.json.decode(signed.text, type=answers.Ack).level
            return original(signed, public, station=station, level=said)

        return read

    plant.wrap(answers, "read_ack_of", make)


def ack_of_any_station(plant):
    """An ack may be another station's."""

    def make(original):
        def read(signed, public, *, station, level):
            plant.hit()
            whose = msgspec.json.decode(signed.text, type=answers.Ack).station
            return original(signed, public, station=whose, level=level)

        return read

    plant.wrap(answers, "read_ack_of", make)


SYNC = "tests/sync/"
DELIVERY = SYNC + "test_delivery.py::test_K4_"
DISTRUST = SYNC + "test_restored_distrust.py::test_K4_"
HERE = "tests/twincheck/mutants/test_directed_mutants.py::test_O11_"
DIRECTED = {
    "believed-unsigned": (
        believed_unsigned,
        "An answer is believed whoever signed it.",
        DELIVERY + "an_ack_not_signed_by_the_pinned_key_settles_nothing[unsigned]",
    ),
    "ack-of-any-request": (
        ack_of_any_request,
        "An ack settles what it judges, whatever was asked.",
        DELIVERY + "an_ack_for_another_request_is_refused",
    ),
    "half-an-ack": (
        half_an_ack,
        "An ack need not judge all that was sent.",
        DELIVERY + "an_answer_that_judges_less_than_was_sent_is_refused",
    ),
    "older-ack-lowers": (
        older_ack_lowers,
        "An older ack lowers the mark.",
        DELIVERY + "an_older_ack_never_lowers_a_mark",
    ),
    "poison-blocks": (
        poison_blocks,
        "An event that the photoservice cannot take holds up those behind it.",
        DELIVERY + "an_event_that_breaks_the_service_is_passed_over_and_tried_again",
    ),
    "parked-is-forgotten": (
        parked_is_forgotten,
        "A parked event counts as applied, and nobody is told.",
        DELIVERY + "a_parked_event_is_visible_with_its_reason_and_blocks_nobody",
    ),
    "roster-goes-back": (
        roster_goes_back,
        "An older roster is taken into force.",
        SYNC + "test_station_roster.py::test_K4_a_version_never_goes_back",
    ),
    "news-go-back": (
        news_go_back,
        "An older version of a claim's news covers a newer one.",
        SYNC + "test_news.py::test_K4_an_older_version_never_covers_a_newer_and_an_ack_never_covers_news",
    ),
    "returned-unsigned": (
        returned_unsigned,
        "What is given back to a restored station is taken unverified.",
        DISTRUST + "what_is_not_our_own_event_is_not_taken_and_stops_nothing_else[resigned]",
    ),
    "returned-unchained": (
        returned_unchained,
        "What is given back need not follow from what is held.",
        DISTRUST + "a_page_that_follows_another_event_than_ours_is_a_fork_and_not_a_gap",
    ),
    "twin-not-told": (
        twin_not_told,
        "An epoch that grows and is not ours is nobody's trouble.",
        DISTRUST + "what_grows_while_we_run_is_a_twins_and_is_told",
    ),
    "old-queue-prints": (
        old_queue_prints,
        "A restored station prints what waited in the old copy.",
        SYNC + "test_restored_papers.py::test_K4_papers_that_waited_in_the_copy_are_in_doubt_and_new_ones_print",
    ),
    "backs-off-for-ever": (
        backs_off_for_ever,
        "Each failure doubles the wait, without end.",
        SYNC + "test_courier_thread.py::test_K4_back_off_grows_with_full_jitter_to_five_minutes",
    ),
    "secret-goes-at-hub": (
        secret_goes_at_hub,
        "A secret's ciphertext is dropped at the store hub's ack.",
        SYNC + "test_hub.py::test_K4_while_the_line_is_down_a_registration_is_at_the_store_hub_and_no_more_is_said",
    ),
    "marks-alone": (
        marks_alone,
        "A station compares marks, and not all that the photoservice answered.",
        DELIVERY + "what_was_taken_above_a_hole_is_sent_again_when_that_is_lost_too",
    ),
    "hub-never-doubted": (
        hub_never_doubted,
        "What the store hub took is never sent again.",
        SYNC + "test_hub.py::test_K4_a_hub_whose_disk_died_is_sent_everything_again",
    ),
    "hub-counts-as-service": (
        hub_counts_as_service,
        "The store hub's ack counts as the photoservice's.",
        SYNC + "test_hub.py::test_K4_when_the_line_is_back_the_hub_carries_and_the_photoservices_own_word_comes_down",
    ),
    "hub-speaks-for-all": (
        hub_speaks_for_all,
        "An ack that the store hub signs in the photoservice's name is the photoservice's.",
        SYNC + "test_hub.py::test_K4_a_hub_that_lies_settles_nothing[it speaks for the photoservice]",
    ),
    "ack-of-any-station": (
        ack_of_any_station,
        "An ack may be another station's.",
        SYNC + "test_hub.py::test_K4_a_hub_that_lies_settles_nothing[another station's]",
    ),
    "code-counts-for-two": (
        code_counts_for_two,
        "One claim code, shown by two customers, makes one of them the owner.",
        HERE + "a_claim_code_shown_by_two_customers_makes_neither_the_owner",
    ),
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    name = next(name for name, (_, _, node) in DIRECTED.items() if item.nodeid == node)
    with Plant(DIRECTED[name][0]) as plant:
        rewire(item.module, plant)
        result = yield
    report(name, reached=plant.reached)
    return result


def rewire(module, plant):
    """Let names that the test module imported be the planted ones."""
    for owner in (backoff, restoring, outbox, roster_of, news_of):
        for name in ("wait_after", "read_page", "put_roster"):
            if hasattr(owner, name) and hasattr(module, name):
                plant.replace(module, name, getattr(owner, name))


def pytest_runtest_logreport(report):
    if report.failed:
        crash = getattr(report.longrepr, "reprcrash", None)
        name = next(name for name, (_, _, node) in DIRECTED.items() if report.nodeid == node)
        told = {"when": report.when, "why": crash.message if crash else str(report.longrepr)[-300:]}
        _told.setdefault(name, {}).update(told)


def report(name, *, reached):
    _told.setdefault(name, {})["reached"] = reached


def pytest_sessionfinish():
    Path(os.environ["TWINCHECK_MUTANTS"]).write_text(json.dumps(_told), encoding="utf-8")


_told: dict[str, dict[str, object]] = {}
