"""How many claims a second the photoservice applies end to end, beside the floor of the same rows by COPY.

Real processes: signed batches of 200 over HTTP to a served photoservice on an embedded PostgreSQL (durable: fsync on),
packages known by their manifests. The floor copies as many rows into a table of the same shape, one durable commit a
batch, in the same database: what PostgreSQL itself needs. The ratio is what the rule, the seals and the HTTP cost.

    python benchmarks/intake_rate.py [--batches 20] [--stations 1]
"""

import argparse
import asyncio
import json
import statistics
import threading
import time

import asyncpg
import msgspec
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from photocore.codes import mint_access_code, mint_copy_id, mint_registration_number
from photocore.digital_link import link_for
from photocore.events import Event, Prev, event_hash, mint_epoch, mint_event_id, sign_event
from photocore.gs1_rules import check_digit
from photocore.host import SystemClock, SystemEntropy
from photocore.ids import Sgtin
from photocore.keys import SigningKey, b64, unb64
from photocore.kinds import LabelCopy, PackageClaimed, PackageClaimedSealed, PackageClaimedSecrets, public_of
from photocore.sealing import seal_part
from photocore.wire import Ack, decode_answer, decode_enrol_answer, encode_batch, events_path
from photoservice.db.embedded import EmbeddedPostgres
from photoservice.testing import ServiceProcess, open_folder

STORE = "9521141000007"
BATCH = 200
ROLLS = 5
CLOCK, ENTROPY = SystemClock(), SystemEntropy()


def gtin(payload):
    return payload + check_digit(payload)


PACKAGE_GTIN, ROLL_GTIN = gtin("0952114101234"), gtin("0952114101235")


def manifests(first, count):
    """Return an EPCIS event list of ``count`` packages."""
    return [
        {
            "type": "AggregationEvent",
            "eventTime": "2026-11-20T08:00:00Z",
            "eventTimeZoneOffset": "+01:00",
            "action": "ADD",
            "bizStep": "packing",
            "parentID": link_for(Sgtin(PACKAGE_GTIN, f"BENCH{n:07}").elements),
            "childEPCs": [link_for(Sgtin(ROLL_GTIN, f"BENCH{n:07}-{r}").elements) for r in range(ROLLS)],
        }
        for n in range(first, first + count)
    ]


def forward(url, key, packages):
    """Forward the manifests of all packages and return how many events a second were captured."""
    began = time.perf_counter()
    for first in range(0, packages, 1000):
        body = msgspec.json.encode(manifests(first, min(1000, packages - first)))
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        reply = requests.post(f"{url}/capture", data=body, headers=headers, timeout=60)
        reply.raise_for_status()
        while requests.get(url + reply.headers["Location"], headers=headers, timeout=60).json()["running"]:
            time.sleep(0.02)
    return packages / (time.perf_counter() - began)


class Station:
    """Enrols, writes all its batches beforehand, then sends them as fast as they are answered."""

    def __init__(self, url, code, first):
        self.url, self.key = url, SigningKey(seed=ENTROPY.token(32))
        wish = {"code": code, "public_key": b64(self.key.public), "name": "Benchmark"}
        reply = requests.post(f"{url}/enrol", json=wish, timeout=30)
        answer = decode_enrol_answer(reply.content)
        self.id, self.seal = answer.station, unb64(answer.service.seal)
        self.epoch, self.next, self.prev = mint_epoch(ENTROPY), first, None
        self.bodies, self.took = [], []

    def write(self, batches):
        self.bodies = [encode_batch([self.claim() for _ in range(BATCH)]) for _ in range(batches)]

    def claim(self):
        package, id_ = Sgtin(PACKAGE_GTIN, f"BENCH{self.next:07}"), mint_event_id(CLOCK, ENTROPY)
        rolls = [str(Sgtin(ROLL_GTIN, f"BENCH{self.next:07}-{r}")) for r in range(ROLLS)]
        self.next += 1
        body = PackageClaimed(
            item=str(package),
            level="package",
            package=str(package),
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
        card = PackageClaimedSealed(card_table="bench", card_number=f"{self.next:012}")
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
        return sign_event(event, self.key)

    def send_all(self):
        private = Ed25519PrivateKey.from_private_bytes(self.key.seed)
        signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={self.id: private}),
        )
        with requests.Session() as session:
            for body in self.bodies:
                began = time.perf_counter()
                request = requests.Request("POST", self.url + events_path(self.id), data=body).prepare()
                signer.sign(request, key_id=self.id, covered_component_ids=("@method", "@target-uri"), body=body)
                reply = session.send(request, timeout=120)
                (signed,) = decode_answer(reply.content).acks
                ack = msgspec.json.decode(signed.text, type=Ack)
                words = {v.outcome.word for v in ack.verdicts if v.outcome}
                assert (len(ack.verdicts), words) == (BATCH, {"registered"}), ack.verdicts[0]
                self.took.append(time.perf_counter() - began)


async def copy_floor(url, batches):
    """Return rows a second of the same claims' rows by COPY, one durable commit a batch of 200."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("create table floor (like event including all)")
        line = b"x" * 1500
        rest = ("PackageClaimed", "applied", "", line, CLOCK.now(), "")
        began = time.perf_counter()
        for batch in range(batches):
            rows = [
                (*("ST-FLOOR", f"{batch:08}{n:08}", "e", batch * BATCH + n, "h" * 64, "p" * 64), *rest)
                for n in range(BATCH)
            ]
            await connection.copy_records_to_table("floor", records=rows)
        return batches * BATCH / (time.perf_counter() - began)
    finally:
        await connection.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--stations", type=int, default=1)
    options = parser.parse_args()
    with (
        open_folder() as folder,
        EmbeddedPostgres(folder / "data") as server,
        ServiceProcess(folder / "data") as service,
    ):
        floor = asyncio.run(copy_floor(server.url(), options.batches))
        key = service.run("tenant", "add", "--name", "Bench", "--kind", "maker", "--prefix", "9521141")
        service.run("store", "add", "--gln", STORE, "--name", "Bench")
        each = options.batches * BATCH
        captured = forward(service.url, key, each * options.stations)
        stations = [
            Station(service.url, service.run("enrol-code", "--store", STORE), n * each) for n in range(options.stations)
        ]
        for station in stations:
            station.write(options.batches)
        threads = [threading.Thread(target=station.send_all) for station in stations]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = each * options.stations / (time.perf_counter() - began)
        took = sorted(seconds for station in stations for seconds in station.took)
    print(
        json.dumps(
            {
                "claims_per_s": round(rate),
                "floor_copy_rows_per_s": round(floor),
                "ratio": round(rate / floor, 4),
                "batch_ms_median": round(1000 * statistics.median(took), 1),
                "batch_ms_max": round(1000 * took[-1], 1),
                "manifests_per_s": round(captured),
                "batches": options.batches,
                "stations": options.stations,
            }
        )
    )


if __name__ == "__main__":
    main()
