"""News after the ack: what became of a claim reaches its own station, once, whatever fails on the way."""

import msgspec
import pytest

from photocore.wire import MAX_BATCH_EVENTS, Outcome, decode_news_request
from sync.delivery import MAX_NEWS_ASKS
from sync.errors import AnswerRefused
from sync.news import count_contested, untold
from sync.rounds import Round, run_round

CONTESTED = Outcome(word="contested")
CONFIRMED = Outcome(word="registered")


class Counter:
    """One station and its delivery, driven by hand."""

    def __init__(self, world, station) -> None:
        self.world, self.service, self.station = world, world.service, station
        self.delivery = station.courier.rounds.delivery

    def round(self, **kwargs):
        self.delivery.begin_round(**kwargs)
        return run_round(Round(self.delivery, self.station.courier.rounds.sign), self.service)

    def register(self, serial: int) -> str:
        return self.station.desk.register(self.world.wish(self.world.package_id(serial))).claim

    def word(self, claim: str) -> str:
        return self.station.desk.level(claim).word

    def contested(self) -> int:
        return self.station.journal.read(count_contested)

    def asked(self) -> list[int]:
        """Return how many news each question named as noted."""
        asks = [request for request in self.service.requests if request.url.endswith("/news")]
        return [len(decode_news_request(ask.body).told) for ask in asks]


@pytest.fixture
def counter(world, station) -> Counter:
    return Counter(world, station)


def test_K4_a_claim_contested_after_its_ack_is_told_to_its_own_station(counter):
    """Two stores, one package: the first store hears of it too, and its word changes from confirmed."""
    claim = counter.register(1)
    counter.round()
    assert counter.word(claim) == "confirmed"
    counter.service.tell(claim, CONTESTED)

    report = counter.round()

    assert (report.ok, report.progress.news) == (True, 1)
    assert counter.word(claim) == "contested"
    assert counter.contested() == 1
    assert counter.service.untold() == []


def test_K4_a_claim_that_waited_hears_that_the_list_came(counter):
    """The outcome of the news carries package and rolls, as the ack's would have."""
    claim = counter.register(99)
    counter.round()
    rolls = counter.world.manifest(99).rolls
    counter.service.tell(claim, Outcome(word="registered", package=counter.world.package_id(99), rolls=rolls))
    counter.round()

    assert counter.station.desk.level(claim).outcome["rolls"] == list(rolls)
    assert counter.word(claim) == "confirmed"


def test_K4_news_are_noted_before_the_photoservice_is_told_that_they_are(counter):
    """The first question names nothing; only the one after the durable note does. An answer with nothing ends it."""
    claim = counter.register(1)
    counter.round()
    counter.service.requests.clear()
    counter.service.tell(claim, CONTESTED)

    counter.round()

    assert counter.asked() == [0, 1]
    counter.round()
    assert counter.asked() == [0, 1, 0]


def test_K4_a_lost_answer_is_told_again_and_noted_once(counter):
    """Whichever of the answers is lost, the next round makes it good."""
    claim = counter.register(1)
    counter.round()
    counter.service.tell(claim, CONTESTED)
    for lost in range(4):
        counter.delivery.begin_round()
        for _ in range(lost):
            ask = counter.delivery.next_ask()
            counter.delivery.take(ask, counter.service.exchange(counter.station.courier.rounds.sign(ask.request)))
        if counter.delivery.next_ask() is None:
            break
        counter.service.faults.lost_replies = 1
        assert not counter.round().ok

    assert counter.round().ok
    assert counter.word(claim) == "contested"
    assert counter.service.untold() == []
    assert counter.station.journal.read(untold) == ()


def test_K4_an_older_version_never_covers_a_newer_and_an_ack_never_covers_news(counter):
    """Whatever order they arrive in: the highest version counts, and the ack's own outcome is version 0."""
    claim = counter.register(1)
    counter.round()
    counter.service.tell(claim, CONFIRMED)
    old = counter.service.news[claim]
    counter.service.tell(claim, CONTESTED)
    counter.round()

    counter.service.news[claim] = old
    counter.service._told.clear()
    counter.round()
    assert counter.word(claim) == "contested"

    counter.service.forget_since(0)
    counter.delivery.lost()
    counter.round()
    assert counter.word(claim) == "contested"


def test_K4_a_claim_undone_here_is_withdrawn_whatever_the_news_say(counter):
    """And it is contested no more, as far as this store can tell."""
    claim = counter.register(1)
    counter.round()
    counter.station.desk.undo(claim)
    counter.service.tell(claim, CONTESTED)
    counter.round()

    assert counter.word(claim) == "withdrawn"
    assert counter.contested() == 0


def test_K4_news_of_a_parked_claim_settle_it(counter):
    """Somebody at the photoservice put the cause right: it waits for nobody here any more."""
    claim = counter.register(1)
    counter.service.faults.parks.add(claim)
    counter.round()
    assert counter.station.desk.status().parked == 1

    counter.service.tell(claim, CONFIRMED)
    counter.round()

    assert counter.station.desk.status().parked == 0
    assert counter.word(claim) == "confirmed"


def test_K4_a_photoservice_that_knows_no_news_is_fine_and_asked_once(counter):
    """An older one answers 404: everything else goes on, and this process asks no more."""
    counter.service.faults.is_older = True
    counter.register(1)

    assert counter.round().ok
    counter.register(2)
    assert counter.round().ok

    assert len(counter.asked()) == 1


def test_K4_a_photoservice_that_was_brought_up_to_date_is_asked_for_news_again(counter):
    """The handshake that comes every quarter of an hour is enough; nobody has to start the station anew."""
    claim = counter.register(1)
    counter.service.faults.is_older = True
    assert counter.round().ok
    counter.service.faults.is_older = False
    counter.service.tell(claim, CONTESTED)

    counter.delivery.greet_again()
    assert counter.round().ok

    assert counter.word(claim) == "contested"


@pytest.mark.parametrize("fault", ["wrong_key", "portal"])
def test_K4_news_that_the_pinned_key_did_not_sign_change_nothing(counter, fault):
    """A rogue cannot make a store believe that a package is contested."""
    claim = counter.register(1)
    counter.round()
    counter.service.tell(claim, CONTESTED)
    counter.delivery.begin_round()
    counter.delivery._roster_asked = True
    setattr(counter.service.faults, fault, True)

    report = run_round(Round(counter.delivery, counter.station.courier.rounds.sign), counter.service)

    assert not report.ok
    assert counter.word(claim) == "confirmed"


def test_K4_news_of_another_question_are_refused(counter):
    """A replayed answer, rightly signed, is none."""
    claim = counter.register(1)
    counter.round()
    replay = counter.service.answers[-1]
    counter.service.tell(claim, CONTESTED)
    counter.delivery.begin_round()
    counter.delivery._roster_asked = True
    ask = counter.delivery.next_ask()
    first = counter.service.exchange(counter.station.courier.rounds.sign(ask.request))
    counter.delivery.take(ask, first)
    ask = counter.delivery.next_ask()

    with pytest.raises(AnswerRefused, match="another request"):
        counter.delivery.take(ask, replay)


def test_K4_a_service_with_much_to_tell_holds_up_nobody(counter):
    """The questions of one round are counted; the rest comes with the next."""
    claims = [counter.register(serial) for serial in range(100, 125)]
    counter.round()
    counter.service.news_at_once = 1
    for claim in claims:
        counter.service.tell(claim, CONTESTED)
    counter.service.requests.clear()

    assert counter.round().ok

    assert len(counter.asked()) == MAX_NEWS_ASKS
    assert 0 < len(counter.service.untold()) < len(claims)
    assert counter.round().ok
    assert counter.contested() == len(claims)


def test_K4_more_news_than_an_answer_may_hold_are_refused(counter):
    """Nothing of them is taken."""
    claim = counter.register(1)
    counter.round()
    for n in range(MAX_BATCH_EVENTS + 1):
        counter.service.tell(f"{n:032x}", CONTESTED)
    counter.service.news_at_once = 10_000

    report = counter.round()

    assert (report.ok, "news in one answer" in report.reason) == (False, True)
    assert counter.word(claim) == "confirmed"


def test_K4_a_round_with_nothing_to_send_asks_for_news_with_the_roster_only(counter):
    """Between two registrations the photoservice is asked once a minute, not at every step."""
    counter.round()
    counter.service.requests.clear()

    counter.round(with_roster=False)
    assert counter.asked() == []
    counter.register(1)
    counter.round(with_roster=False)
    assert counter.asked() == [0]


def test_K4_outcomes_of_acks_from_before_are_counted_too(counter):
    """A claim that was contested at its very ack is contested without any news."""
    claim = counter.register(1)
    counter.round()
    outcome = msgspec.json.encode(CONTESTED)
    counter.station.journal.write(
        lambda t: t.connection.execute("update claim_outcome set word = 'contested', outcome = ?", (outcome,))
    )

    assert (counter.word(claim), counter.contested()) == ("contested", 1)
