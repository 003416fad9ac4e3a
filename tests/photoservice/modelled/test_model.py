"""The photoservice in memory as a simulation needs it: backups, deaths at a commit, one hash for one seed (K4)."""

import asyncio

import msgspec
import pytest

from photocore.keys import SigningKey, b64
from photocore.seams import HttpRequest
from photocore.testing import ManualClock, SeededEntropy
from photocore.wire import (
    MAX_BATCH_BYTES,
    EnrolRequest,
    NewsRequest,
    decode_answer,
    encode,
    encode_batch,
    events_path,
    news_path,
)
from photoservice.db.named import load_queries
from photoservice.modelled import looking
from photoservice.modelled.connection import Unmodelled, WouldWait, run_now
from photoservice.modelled.schema import ModelStore
from photoservice.modelled.service import PUBLIC_URL, ModelPhotoservice
from photoservice.modelled.statements import statements
from photoservice.modelled.tables import REQUIRED, Never
from photoservice.wiring import QUERIES
from sync.signing import sign_request

NOT_MODELLED = {
    *("captures.list", "captures.parked", "epcis.epcs", "epcis.events", "epcis.find", "epcis.find_named"),
}
"""What makers ask for again; a simulation of counters does without."""

pytestmark = pytest.mark.xdist_group("modelled")


class PowerCut(Exception):
    """The photoservice died."""


class Counter:
    """A modelled photoservice with one store and one station."""

    def __init__(self, builders, seed=1):
        self.clock, self.entropy = ManualClock(), SeededEntropy(f"counter {seed}")
        self.model = ModelPhotoservice(clock=self.clock, entropy=SeededEntropy(f"model {seed}"))
        self.maker = self.model.add_tenant("Halide", "maker", "9521141")
        self.model.add_store(builders.STORE, "Corner Photo Mitte")
        self.station = builders.Station(
            url=PUBLIC_URL,
            clock=self.clock,
            key=SigningKey(seed=self.entropy.token(32)),
            sign_public=self.model.keys.sign.public,
            seal_public=self.model.keys.seal.public,
            epoch="00112233445566aa",
            entropy=self.entropy,
        )
        self.station.id = self.model.enrol_by_hand(builders.STORE, self.station.key.public)
        self.station.open_epoch()

    def ask(self, path, body, method="POST"):
        request = HttpRequest(method=method, url=PUBLIC_URL + path, body=body)
        key, now = self.station.key, self.clock.now()
        return self.model.answer(sign_request(request, station=self.station.id, key=key, created=now))

    def send(self, *events):
        answer = self.ask(events_path(self.station.id), encode_batch(events or self.station.events))
        assert answer.status == 200, answer.body
        return [verdict["verdict"] for verdict in _decoded(answer)["verdicts"]]


def _decoded(answer):
    return msgspec.json.decode(decode_answer(answer.body).acks[0].text)


@pytest.fixture
def counter(builders):
    return Counter(builders)


def test_K4_every_query_has_a_model_or_stands_on_the_list_of_those_without():
    """A query that is new or gone shows here at once."""
    assert set(load_queries(QUERIES)) == set(statements()) | NOT_MODELLED


COLUMNS = """
    select table_name, column_name, is_nullable = 'YES' as may_be_null,
           column_default is not null or is_identity = 'YES' as has_default
    from information_schema.columns where table_schema = 'public' and table_name <> 'schema_migration'
"""
KEYS = """
    select conrelid::regclass::text as on_table, contype::text as kind, confrelid::regclass::text as to_table,
           array(select attname::text from unnest(conkey) with ordinality as k (n, place)
                 join pg_attribute on attrelid = conrelid and attnum = k.n order by place) as columns
    from pg_constraint where contype in ('p', 'f') and connamespace = 'public'::regnamespace
      and conrelid <> 'schema_migration'::regclass
"""
UNIQUE = """
    select indrelid::regclass::text as on_table,
           array(select attname::text from unnest(indkey::int2[]) with ordinality as k (n, place)
                 join pg_attribute on attrelid = indrelid and attnum = k.n order by place) as columns
    from pg_index join pg_class on pg_class.oid = indexrelid join pg_namespace on pg_namespace.oid = relnamespace
    where indisunique and not indisprimary and nspname = 'public'
"""


def test_K4_the_models_tables_are_those_of_the_migrations(real):
    """Columns, what may be null, what has a default, keys and references: PostgreSQL's own catalogue says the same."""

    async def read(session):
        return [await session.connection.fetch(statement) for statement in (COLUMNS, KEYS, UNIQUE)]

    columns, keys, unique = real.do(read)
    shapes = {name: table.shape for name, table in ModelStore().tables.items()}
    assert {(row["table_name"], row["column_name"], row["may_be_null"], row["has_default"]) for row in columns} == {
        (name, column, default is not REQUIRED and not isinstance(default, Never), isinstance(default, Never))
        for name, shape in shapes.items()
        for column, default in shape.columns.items()
    }
    assert {(row["on_table"], *row["columns"]) for row in keys if row["kind"] == "p"} == {
        (name, *shape.key) for name, shape in shapes.items()
    }
    assert {(row["on_table"], *row["columns"]) for row in unique} == {
        (name, *columns) for name, shape in shapes.items() for columns in shape.unique
    }
    assert {(row["on_table"], *row["columns"], row["to_table"]) for row in keys if row["kind"] == "f"} == {
        (name, column, table) for name, shape in shapes.items() for column, table in shape.references.items()
    }


def test_K4_a_query_without_a_model_fails_loudly(counter):
    """Nobody takes silence for an empty answer."""
    with pytest.raises(Unmodelled, match=r"epcis\.find"):
        counter.model.do(lambda session: session.rows("epcis.find"))


def test_K4_what_would_wait_is_refused():
    """A coroutine that needs a loop cannot be carried out here."""

    async def wait() -> None:
        await asyncio.sleep(0)

    with pytest.raises(WouldWait):
        run_now(wait())


def test_K4_a_photoservice_that_dies_before_its_commit_kept_nothing(counter, builders):
    """The same batch again is applied as if it came first."""
    counter.station.claim(builders.package_id("SERIAL-1"))
    before = looking.digest(counter.model.store)

    def die(moment):
        if moment == "commit":
            raise PowerCut

    counter.model.on_commit = die
    with pytest.raises(PowerCut):
        counter.send()
    assert looking.digest(counter.model.store) == before
    counter.model.on_commit = None
    assert counter.send() == ["applied", "applied"]


def test_K4_a_photoservice_that_dies_after_its_commit_kept_all_and_answered_nothing(counter, builders):
    """The same batch again is a duplicate, and nothing is applied twice."""
    counter.station.claim(builders.package_id("SERIAL-1"))
    counter.send(counter.station.events[0])
    moments = []

    def die(moment):
        moments.append(moment)
        if moment == "committed":
            raise PowerCut

    counter.model.on_commit = die
    with pytest.raises(PowerCut):
        counter.send()
    counter.model.on_commit = None
    after = looking.digest(counter.model.store)
    assert counter.send() == ["duplicate", "duplicate"]
    assert looking.digest(counter.model.store) == after
    assert [event.seq for event in looking.applied_events(counter.model.store)] == [1, 2]
    assert moments == ["commit", "committed"]


def test_K4_a_photoservice_restored_from_its_backup_forgets_and_is_told_again(counter, builders):
    """What came after the backup is gone, what was before stands, and the station's events are taken again."""
    package = builders.package_id("SERIAL-1")
    counter.model.capture(
        counter.maker, msgspec.json.encode(builders.document(builders.packing(package, builders.roll_ids("SERIAL-1"))))
    )
    counter.send()
    backup, before = counter.model.snapshot(), looking.digest(counter.model.store)
    counter.station.claim(package)
    assert counter.send() == ["duplicate", "applied"]
    after = counter.model.recomputed()

    counter.model.restore(backup)
    assert looking.digest(counter.model.store) == before
    assert looking.registrations(counter.model.store) == {}
    assert counter.send() == ["duplicate", "applied"]
    assert {subject: said.word for subject, said in counter.model.recomputed().items()} == {
        subject: said.word for subject, said in after.items()
    }
    assert looking.registrations(counter.model.store) == counter.model.recomputed()


def test_K4_the_same_seed_gives_the_same_hash(builders):
    """Boxes differ from run to run, as HPKE's keys are the system's; nothing else does."""

    def life(seed):
        counter = Counter(builders, seed)
        made = counter.station.make_up(2)
        counter.station.claim(made.package)
        counter.send()
        counter.clock.advance(200_000)
        counter.model.settle()
        return looking.digest(counter.model.store), counter.station.events[-1].sealed.box

    (one, box), (two, other_box) = life(1), life(1)
    assert one == two
    assert box != other_box
    assert life(2)[0] != one


def test_K4_an_older_photoservice_knows_no_news(counter):
    """It answers as one that was never told of such a route."""
    counter.model.is_older = True
    answer = counter.ask(news_path(counter.station.id), encode(NewsRequest(told=())))
    assert answer.status == 404
    counter.model.is_older = False
    assert counter.ask(news_path(counter.station.id), encode(NewsRequest(told=()))).status == 200


def test_K4_the_model_enrols_a_station_by_its_code(counter, builders):
    """What a station pins comes back, and its requests are believed."""
    key = SigningKey(seed=counter.entropy.token(32))
    wish = EnrolRequest(code=counter.model.enrol_code(builders.STORE), public_key=b64(key.public), name="Counter 2")
    answer = counter.model.answer(HttpRequest(method="POST", url=f"{PUBLIC_URL}/enrol", body=encode(wish)))
    assert answer.status == 201
    assert {row["name"] for row in counter.model.store.station} == {"Counter", "Counter 2"}


@pytest.mark.parametrize(("method", "path", "status"), [("PUT", "/enrol", 405), ("GET", "/", 404)])
def test_K4_what_no_route_takes_is_told(counter, method, path, status):
    """By the problems of the real one."""
    assert counter.ask(path, b"", method).status == status


def test_K4_a_body_beyond_all_bounds_is_refused(counter):
    """As the web server would, before anybody reads it."""
    assert counter.ask(events_path(counter.station.id), b"x" * (MAX_BATCH_BYTES + 200_000)).status == 413
