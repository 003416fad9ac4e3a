"""What the service's benchmarks share: known packages, and stations that write their batches before the clock.

Stations are real on the wire: enrolled with a code, every event sealed, chained and signed, every request signed after
RFC 9421. All of that happens before anything is timed, in as many processes as there are cores, so that what is timed
is the service and not its load. Packages are made known by COPY into the tables a manifest fills.
"""

import asyncio
import multiprocessing
import os
import socket
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import msgspec
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from photocore.codes import mint_access_code, mint_copy_id, mint_registration_number
from photocore.events import Event, Prev, event_hash, mint_epoch, mint_event_id, sign_event
from photocore.gs1_rules import check_digit
from photocore.host import SystemClock, SystemEntropy
from photocore.ids import Sgtin
from photocore.keys import SigningKey, b64, unb64
from photocore.kinds import LabelCopy, PackageClaimed, PackageClaimedSealed, PackageClaimedSecrets, public_of
from photocore.sealing import seal_part
from photocore.wire import Ack, decode_answer, decode_enrol_answer, encode_batch, events_path
from photoservice.db.database import Session
from photoservice.db.embedded import EmbeddedPostgres
from photoservice.db.named import load_queries
from photoservice.enrolment import Enrolment
from photoservice.keyring import Keyring, open_keyring
from photoservice.testing import ServiceProcess, open_folder
from photoservice.wiring import QUERIES

STORE = "9521141000007"
BATCH = 200
ROLLS = 5
CLOCK, ENTROPY = SystemClock(), SystemEntropy()


def gtin(payload):
    return payload + check_digit(payload)


PACKAGE_GTIN, ROLL_GTIN = gtin("0952114101234"), gtin("0952114101235")


def package_id(n):
    return f"(01){PACKAGE_GTIN}(21)BENCH{n:08}"


def roll_id(n, place):
    return f"(01){ROLL_GTIN}(21)BENCH{n:08}-{place}"


@dataclass
class Bench:
    """A served photoservice on its own embedded PostgreSQL, durable, with one maker and one store."""

    server: EmbeddedPostgres
    services: list
    folder: Path
    keyring: Keyring
    tenant: str = ""

    @property
    def service(self):
        """The first process: where everything is set up."""
        return self.services[0]

    @property
    def url(self):
        return self.service.url

    def sql(self, work):
        """Run ``work(connection)`` on the service's database."""
        return asyncio.run(_with_connection(self.server.url(), work))

    def know_packages(self, first, count):
        """Make packages known as their manifests would, by COPY."""
        self.sql(lambda connection: _copy_manifests(connection, self.tenant, first, count))

    def enrol(self, count):
        """Return ``count`` enrolled stations, spread over the service's processes."""
        macs = self.sql(lambda connection: _enrol_codes(connection, self.keyring, count))
        return [enrol(self.services[n % len(self.services)].url, code) for n, code in enumerate(macs)]


async def _with_connection(url, work):
    connection = await asyncpg.connect(url)
    try:
        return await work(connection)
    finally:
        await connection.close()


async def _copy_manifests(connection, tenant, first, count):
    """Skips the foreign keys' checks, which hold here by making: a million packages in a minute or two."""
    now = datetime.now(UTC)
    await connection.execute("set session_replication_role = replica")
    for begin in range(first, first + count, 50_000):
        numbers = range(begin, min(begin + 50_000, first + count))
        rows = [(package_id(n), tenant, "maker", PACKAGE_GTIN, now) for n in numbers]
        columns = ["package", "tenant", "source", "product", "made_at"]
        await connection.copy_records_to_table("manifest", records=rows, columns=columns)
        rolls = [(roll_id(n, place), package_id(n), place) for n in numbers for place in range(1, ROLLS + 1)]
        await connection.copy_records_to_table("manifest_roll", records=rolls, columns=["roll", "package", "place"])
    await connection.execute("vacuum analyze manifest")
    await connection.execute("vacuum analyze manifest_roll")


async def _enrol_codes(connection, keyring, count):
    """Issue codes as ``twincheck photoservice enrol-code`` does, which takes half a second each."""
    queries = load_queries(QUERIES)
    enrolment = Enrolment(clock=CLOCK, entropy=ENTROPY, keyring=keyring, throttle=None)
    session = Session(connection=connection, queries=queries)
    return [await enrolment.issue_code(session, store=STORE, role="kiosk") for _ in range(count)]


@contextmanager
def bench(*, processes=1):
    """Serve an empty photoservice by so many processes on one database, log level warning, and clean up."""
    with ExitStack() as stack:
        folder = stack.enter_context(open_folder())
        server = stack.enter_context(EmbeddedPostgres(folder / "data"))
        options = ("--log-level", "warning")
        services = [stack.enter_context(ServiceProcess(folder / "data", options=options)) for _ in range(processes)]
        services[0].run("tenant", "add", "--name", "Bench", "--kind", "maker", "--prefix", "9521141")
        services[0].run("store", "add", "--gln", STORE, "--name", "Bench")
        made = Bench(server, services, folder, open_keyring(folder / "data" / "keys", ENTROPY))
        made.tenant = made.sql(lambda connection: connection.fetchval("select id from tenant"))
        yield made


@dataclass
class Station:
    """An enrolled station: its key, its epoch, where its chain ends, and the batches it will send."""

    url: str
    id: str
    seed: bytes
    seal: bytes
    epoch: str = field(default_factory=lambda: mint_epoch(ENTROPY))
    prev: Prev | None = None
    bodies: list = field(default_factory=list)

    def write(self, first, count, size):
        """Write claims of ``count`` packages in batches of ``size``."""
        key = SigningKey(seed=self.seed)
        for begin in range(first, first + count, size):
            batch = [self._claim(n, key) for n in range(begin, min(begin + size, first + count))]
            self.bodies.append((encode_batch(batch), len(batch)))
        return self

    def batch(self, numbers):
        """Return the bytes of a signed request that claims these packages."""
        key = SigningKey(seed=self.seed)
        return self.signed("POST", events_path(self.id), encode_batch([self._claim(n, key) for n in numbers]))

    def _claim(self, n, key):
        id_ = mint_event_id(CLOCK, ENTROPY)
        rolls = [str(Sgtin(ROLL_GTIN, f"BENCH{n:08}-{place}")) for place in range(1, ROLLS + 1)]
        body = PackageClaimed(
            item=package_id(n),
            level="package",
            package=package_id(n),
            rolls=tuple(rolls),
            store=STORE,
            number=mint_registration_number(ENTROPY),
            item_typed=False,
            card_typed=False,
            claim_code=False,
            activation="registration",
            roster=1,
            copies=tuple(LabelCopy(roll=roll, copy=mint_copy_id(ENTROPY)) for roll in rolls),
        )
        card = PackageClaimedSealed(card_table="bench", card_number=f"{n:012}")
        common = {"to": self.seal, "entropy": ENTROPY, "event": id_, "station": self.id, "kind": "PackageClaimed"}
        secrets = PackageClaimedSecrets(access_code=mint_access_code(ENTROPY))
        event = Event(
            id=id_,
            kind="PackageClaimed",
            station=self.id,
            epoch=self.epoch,
            seq=(self.prev.seq if self.prev else 0) + 1,
            at="2026-11-21T09:30:00.000Z",
            public=public_of(body),
            sealed=seal_part(**common, part="sealed", body=public_of(card)),
            secrets=seal_part(**common, part="secrets", body=public_of(secrets)),
            prev=self.prev,
        )
        self.prev = Prev(epoch=self.epoch, seq=event.seq, hash=event_hash(event))
        return sign_event(event, key)

    def signed(self, method, path, body=b""):
        """Return the bytes of a signed request."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={self.id: private}),
        )
        request = requests.Request(method, self.url + path, data=body or None).prepare()
        signer.sign(request, key_id=self.id, covered_component_ids=("@method", "@target-uri"), body=body or None)
        where = urlsplit(request.url)
        target = where.path + (f"?{where.query}" if where.query else "")
        headers = {"Host": where.netloc, **request.headers}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def requests(self):
        """Return all batches as the bytes of signed requests, with how many registrations each holds."""
        path = events_path(self.id)
        return [(self.signed("POST", path, body), count) for body, count in self.bodies]


def enrol(url, code):
    key = SigningKey(seed=ENTROPY.token(32))
    wish = {"code": code, "public_key": b64(key.public), "name": "Benchmark"}
    reply = requests.post(f"{url}/enrol", json=wish, timeout=30)
    reply.raise_for_status()
    answer = decode_enrol_answer(reply.content)
    return Station(url=url, id=answer.station, seed=key.seed, seal=unb64(answer.service.seal))


def write_all(stations, first, each, size):
    """Let every station write ``each`` claims, in as many processes as there are cores; packages follow ``first``."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("fork")) as pool:
        jobs = [pool.submit(s.write, first + place * each, each, size) for place, s in enumerate(stations)]
        return [job.result() for job in jobs]


def check_ack(content, count):
    """Read an ack and see that all was registered."""
    (signed,) = decode_answer(content).acks
    ack = msgspec.json.decode(signed.text, type=Ack)
    words = {v.outcome.word for v in ack.verdicts if v.outcome}
    assert (len(ack.verdicts), words) == (count, {"registered"}), ack.verdicts[0]


def send_all(url, prepared, took):
    """Send one station's requests one after the other, as fast as they are answered; check the acks afterwards."""
    where, answers = urlsplit(url), []
    with socket.create_connection((where.hostname, where.port), timeout=120) as wire, wire.makefile("rb") as heard:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request, count in prepared:
            began = time.perf_counter()
            wire.sendall(request)
            status, content = read_answer(heard)
            took.append(time.perf_counter() - began)
            assert status == 200, content
            answers.append((content, count))
    for content, count in answers:
        check_ack(content, count)


def read_answer(heard):
    """Return status and body of one HTTP answer: a reader that costs as little as can be."""
    status, length = int(heard.readline().split()[1]), 0
    while (line := heard.readline()) != b"\r\n":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, heard.read(length)
