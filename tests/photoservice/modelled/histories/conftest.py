"""A random history of stations, makers and shoppers, played over both photoservices at once.

It is drawn from one seed: stations of three stores write real signed events and send them late, twice, out of order,
forked, torn; manifests, claim codes and unpackings come when they like; the clock jumps.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
import pytest

from photocore.codes import mint_access_code, mint_claim_code, mint_copy_id
from photocore.events import Event, Prev, encode_event, event_hash, mint_epoch, sign_event
from photocore.keys import SigningKey, b64
from photocore.kinds import (
    AccessCodeReplaced,
    AccessCodeReplacedSecrets,
    EpochOpened,
    LabelCopy,
    StaffOverrode,
)
from photocore.package import Product
from photocore.seams import HttpRequest, HttpResponse
from photocore.testing import SeededEntropy
from photocore.wire import (
    EnrolRequest,
    EpochHead,
    Hello,
    NewsRequest,
    ToldNews,
    encode,
    events_path,
    hello_path,
    news_path,
    packages_path,
    roster_path,
)
from photoservice.db.database import Session
from photoservice.intake.retry import retry_parked
from photoservice.modelled.service import PUBLIC_URL
from photoservice.products import put_product
from photoservice.registrations import load_roots, settle_roots
from photoservice.service import Photoservice
from photoservice.stores import change_store
from photoservice.throttle import Source
from sync.signing import sign_request

T = TypeVar("T")
STEPS = 45
CARDS = ("952114100000000018", "952114100000000025", "952114100000000032")


@dataclass
class Dice:
    """Choices that follow from a seed."""

    entropy: SeededEntropy

    def below(self, n: int) -> int:
        return int.from_bytes(self.entropy.token(6), "big") % n

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def some(self, choices: Sequence[T]) -> list[T]:
        return [one for one in choices if self.chance(60)] or [self.pick(choices)]


@dataclass
class Counter:
    """One station of the history: its builder, all it ever wrote, and what it was told."""

    station: Any
    log: list[Event] = field(default_factory=list)
    claims: list[Event] = field(default_factory=list)
    made: list[Any] = field(default_factory=list)
    news: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    etag: str = ""


def remembering(station_class: Any) -> Any:
    """Return stations that seal the same part alike when a history is played again, though HPKE never does."""
    boxes: dict[Any, Any] = {}

    class Remembering(station_class):
        def _seal(self, id_: str, kind: str, part: Any, body: Any) -> Any:
            sealed = super()._seal(id_, kind, part, body)
            return sealed and boxes.setdefault((id_, part, sealed.hash), sealed)

    return Remembering


@dataclass
class Package:
    id: str
    rolls: list[str]
    codes: dict[str, str] = field(default_factory=dict)


class History:
    """Plays one random history over both photoservices."""

    def __init__(self, twins: Any, builders: Any, station_class: Any, seed: int) -> None:
        twins.begin(f"service {seed}")
        self.twins, self.builders, self.station_class = twins, builders, station_class
        self.entropy = SeededEntropy(f"history {seed}")
        self.dice = Dice(SeededEntropy(f"dice {seed}"))
        self.card_dice = Dice(SeededEntropy(f"cards {seed}"))
        self.rule_dice = Dice(SeededEntropy(f"rulings {seed}"))
        self.till_dice = Dice(SeededEntropy(f"tills {seed}"))
        self.packages = [
            Package(id=builders.package_id(serial), rolls=builders.roll_ids(serial, count))
            for serial, count in (("SERIAL-1", 1), ("SERIAL-2", 2), ("SERIAL-3", 3), ("SERIAL-4", 3))
        ]
        stores = sorted(row["gln"] for row in twins.model.store.store)
        self.counters = [self._counter(store) for store in (*stores[: 1 + self.dice.below(3)], stores[0])]
        self.tills: list[Counter] = []
        self.sold: list[Event] = []
        self.shown: list[tuple[str, str]] = []
        self.enrol_codes: list[str] = []
        self.home_keys: list[tuple[str, str, str]] = []
        self.done: list[str] = []

    def _counter(self, store: str, role: str = "kiosk") -> Counter:
        keys = self.twins.model.keys
        station = self.station_class(
            url=PUBLIC_URL,
            clock=self.twins.clock,
            store=store,
            key=SigningKey(seed=self.entropy.token(32)),
            sign_public=keys.sign.public,
            seal_public=keys.seal.public,
            epoch=mint_epoch(self.entropy),
            entropy=self.entropy,
        )
        station.id = self.twins.enrol(store, station.key.public, role)
        counter = Counter(station=station)
        self._wrote(counter, station.open_epoch())
        return counter

    def play(self, steps: int) -> None:
        """Take random steps; compare all there is, let every station send all it has, and compare again."""
        always = [self.claim, self.send, self.send, self.send]
        acts: list[Callable[[Counter], object]] = [
            *(self.ask_news, self.withdraw, self.reissue, self.replace_access, self.make_up, self.change_make_up),
            *(self.staff, self.misbehave, self.send_torn, self.fork, self.begin_epoch, self.say_hello, self.fetch),
            *(self.look, self.pack, self.ship, self.unpack, self.mint_codes, self.settle, self.at_home, self.operate),
            *(self.release, self.wait, self.show_access, self.enrol),
        ]
        # each history dwells on some of what can happen, and leaves some out: so rare things meet one another
        chosen = [*always, *(act for act in acts for _ in range(self.dice.pick((0, 1, 1, 1, 4))))]
        for _ in range(steps):
            act, counter = self.dice.pick(chosen), self.dice.pick(self.counters)
            self.done.append(f"{act.__name__} at {counter.station.id}")
            act(counter)
            if self.card_dice.chance(6):
                self.done.append(f"merge at {counter.station.id}")
                self.merge(counter)
            if self.till_dice.chance(20):
                self.done.append("till")
                self.till()
            if self.rule_dice.chance(8):
                self.done.append("rule")
                self.rule()
        self.done.append("compared half-way")
        self.twins.compare()
        for counter in (*self.counters, *self.tills):
            self.send_all(counter)
            self.release(counter)
        self.done.append("compared at the end")
        self.twins.compare()

    # What stations write.

    def _wrote(self, counter: Counter, event: Event) -> Event:
        counter.log.append(event)
        return event

    def _item(self) -> tuple[str, str, Package | None]:
        house = [made for counter in self.counters for made in counter.made]
        if house and self.dice.chance(30):
            made = self.dice.pick(house)
            level = self.dice.pick(("package", "roll"))
            return (made.package if level == "package" else self.dice.pick(made.rolls)), level, None
        package = self.dice.pick(self.packages)
        level = self.dice.pick(("package", "package", "roll"))
        return (package.id if level == "package" else self.dice.pick(package.rolls)), level, package

    def claim(self, counter: Counter) -> None:
        item, level, package = self._item()
        codes = list(package.codes.values()) if package else []
        code = self.dice.pick(codes) if codes and self.dice.chance(50) else None
        if code is None and self.dice.chance(20):
            code = mint_claim_code(self.entropy)
        rolls = package.rolls if package else []
        copies = tuple(LabelCopy(roll=roll, copy=mint_copy_id(self.entropy)) for roll in rolls)
        parked = [e.id for e in counter.log if e.kind == "PackageClaimed"]
        corrects = self.dice.pick(parked) if parked and self.dice.chance(10) else None
        card, chosen = self.dice.pick(CARDS), self.card_dice.pick
        self.shown.append((item, card))
        said = {"notice": chosen((None, "2026-11-21", "2031-01-01")), "issue": chosen((None, 1, 2))}
        said["activation"] = self.till_dice.pick(("registration", "registration", "till"))
        event = counter.station.claim(
            item, card, level=level, claim_code=code, copies=copies, corrects=corrects, **said
        )
        counter.claims.append(self._wrote(counter, event))

    def merge(self, counter: Counter) -> None:
        """Say that two cards are one customer's; a registration, now and then another's, may stand for the old one."""
        why = self.card_dice.pick(("guest", "replaced", "household"))
        old: Any = self.card_dice.pick(CARDS)
        if counter.claims and self.card_dice.chance(30):
            claims = counter.claims if self.card_dice.chance(80) else [c for one in self.counters for c in one.claims]
            old = self.card_dice.pick(claims)
        self._wrote(counter, counter.station.merge(why, old, self.card_dice.pick(CARDS)))

    def rule(self) -> None:
        """Rule on something for somebody who claimed it, having seen all of it or some; sometimes on one roll."""
        claims = sorted((row["root"], row["account"]) for row in self.twins.model.store.claim)
        if not claims:
            return
        root, account = self.rule_dice.pick(claims)
        ruling, now, some = f"ruling {self.rule_dice.below(2**40):x}", self.twins.clock.now(), self.rule_dice.some

        async def work(_: Photoservice, session: Session) -> None:
            known = (await load_roots(session, [root]))[root]
            saw = sorted(fact.id for fact in known.facts)
            said = (saw if whole else some_of(saw), "OP-1", "because", now)
            roll = known.subjects[place % len(known.subjects)] if known.is_unpacked else None
            await session.run("registrations.rule", root, ruling, roll, account, *said)
            await settle_roots(session, [root], now)

        whole, place = self.rule_dice.chance(70), self.rule_dice.below(6)
        keep = some(range(8))

        def some_of(saw: list[str]) -> list[str]:
            return [one for n, one in enumerate(saw) if n % 8 in keep]

        self.twins.do(work)

    def withdraw(self, counter: Counter) -> None:
        claims = counter.claims if self.dice.chance(65) else [c for one in self.counters for c in one.claims]
        if claims:
            self._wrote(counter, counter.station.withdraw(self.dice.pick(claims)))

    def reissue(self, counter: Counter) -> None:
        if counter.claims:
            claim = self.dice.pick(counter.claims)
            old = claim.public["copies"]
            voids = self.dice.pick(old) if old else {"roll": self.packages[0].rolls[0], "copy": None}
            copy = LabelCopy(roll=voids["roll"], copy=mint_copy_id(self.entropy), voids=voids["copy"])
            self._wrote(counter, counter.station.reissue(claim, copy))

    def replace_access(self, counter: Counter) -> None:
        """Make a claim's access code anew; sometimes twice, and the later one is here first."""
        if not counter.claims:
            return
        claim = self.dice.pick(counter.claims[-2:])
        for _ in range(self.dice.pick((1, 2))):
            secrets = AccessCodeReplacedSecrets(access_code=mint_access_code(self.entropy))
            event = counter.station.write(AccessCodeReplaced(claim=claim.id, reason="lost"), secrets=secrets)
            self._wrote(counter, event)
        if self.dice.chance(50):
            self._post(counter, [encode_event(event)])

    def make_up(self, counter: Counter) -> None:
        coded = self.dice.chance(70)
        again = [made for one in self.counters for made in one.made]
        rolls = (self.dice.pick(again).rolls[0],) if again and self.dice.chance(15) else ()
        made = counter.station.make_up(1 + self.dice.below(3), coded=coded, rolls=rolls)
        self._wrote(counter, made.event)
        counter.made.append(made)
        if not coded:
            event = counter.station.claim(made.package, self.dice.pick(CARDS))
            counter.claims.append(self._wrote(counter, event))

    def change_make_up(self, counter: Counter) -> None:
        made = counter.made if self.dice.chance(85) else [m for one in self.counters for m in one.made]
        if not made:
            return
        one = self.dice.pick(made[-3:])
        if self.dice.chance(80):
            anew = counter.station.replace_codes(one, *self.dice.some(one.rolls))
            self._wrote(counter, anew.event)
            counter.made.append(anew)
        else:
            self._wrote(counter, counter.station.unmake(one))

    def staff(self, counter: Counter) -> None:
        about = self.dice.pick(counter.log).id
        body = StaffOverrode(staff="00112233445566aa", act="parked_closed", about=about)
        self._wrote(counter, counter.station.write(body))

    def till(self) -> None:
        """Let a till write something, and send some of it now, or all, or nothing yet, in any order.

        Two tills of one store tell the same sale; what is given back or corrected may be told first.
        """
        chance, pick, below = self.till_dice.chance, self.till_dice.pick, self.till_dice.below
        if len(self.tills) < 3 and (not self.tills or chance(15)):
            stores = [counter.station.store for counter in self.counters]
            self.tills.append(self._counter(pick(stores), role="till"))
        till = pick(self.tills)
        station, items = till.station, [i for one in self.packages[:2] for i in (one.id, *one.rolls)]
        match below(13):
            case 0 | 1 | 2 | 3 | 4:
                odd = {"store": "9521141999999"} if chance(4) else {"said": {"amount": 2**52}} if chance(2) else {}
                item, card = pick(self.shown[-4:]) if self.shown and chance(60) else (pick(items), pick((None, *CARDS)))
                event = station.sell(item, card, sequence=str(below(3)), till=pick("12"), **odd)
                self.sold.append(event)
            case 5 | 6 | 7 | 8 if self.sold:
                event = station.refund(pick(self.sold[-4:]))
            case 9 | 10 if self.sold:
                own = [one for one in till.log if one.kind in ("PackageSold", "SaleRefunded")]
                told = pick(own if own and chance(80) else self.sold)
                event = station.correct(told) if chance(80) else station.refund(pick(self.sold), item=pick(items))
            case _:
                event = self._bag(station, items)
        self._wrote(till, event)
        if chance(60):
            some = [pick(till.log) for _ in range(1 + below(3))] if chance(40) else till.log[-1 - below(3) :]
            self._post(till, [encode_event(one) for one in {one.id: one for one in some}.values()])

    def _bag(self, station: Any, items: Sequence[str]) -> Event:
        dropped = [one for till in self.tills for one in till.log if one.kind == "RollsDropped"]
        rolls = list(dict.fromkeys([self.till_dice.pick(items), self.till_dice.pick((None, *items))]))
        if dropped and self.till_dice.chance(30):
            return station.undrop(self.till_dice.pick(dropped))
        if dropped and self.till_dice.chance(30):
            return station.pick_up(1 + self.till_dice.below(3))
        return station.drop_off(*rolls, bag=1 + self.till_dice.below(3))

    def misbehave(self, counter: Counter) -> None:
        """Write what must be parked, or what the database cannot hold."""
        station, item = counter.station, self.packages[0].id
        before = len(station.events)
        match self.dice.below(8):
            case 0:
                station.write(EpochOpened(software="odd\0name"))
            case 1:
                station.claim(item, store="9521141999999")
            case 2:
                station.claim(item, signer=SigningKey(seed=self.entropy.token(32)))
            case 3:
                station.claim("(01)0" if self.dice.chance(50) else item.lower())
            case 4:
                station.claim(item, copies=(LabelCopy(roll="a\0b c", copy=mint_copy_id(self.entropy)),))
            case 5 if counter.claims:
                old = station.secrets.get(self.dice.pick(counter.claims).id)
                code = old.access_code if old else mint_access_code(self.entropy)
                secrets = AccessCodeReplacedSecrets(access_code=code)
                station.write(AccessCodeReplaced(claim=counter.claims[0].id, reason="again"), secrets=secrets)
            case 6:
                event = station.claim(item)
                bare = msgspec.structs.replace(event, secrets=msgspec.structs.replace(event.secrets, box=None))
                station.events[-1] = sign_event(bare, station.key)
            case _:
                ahead = self.dice.pick((1, 1, 1, 3))
                station.write(EpochOpened(software="again"), seq=station.events[-1].seq + ahead)
        counter.log += station.events[before:]

    def fork(self, counter: Counter) -> None:
        """Go back to an older state, as a clone or a restored copy does, and write on from there."""
        if self.dice.chance(40) and len(counter.station.events) > 2:
            del counter.station.events[-1 - self.dice.below(2) :]

    def begin_epoch(self, counter: Counter) -> None:
        station = counter.station
        last = station.events[-1]
        station.epoch = mint_epoch(self.entropy)
        prev = Prev(epoch=last.epoch, seq=last.seq, hash=event_hash(last))
        self._wrote(counter, station.write(EpochOpened(software="test"), seq=1, prev=prev))

    # What stations send and ask.

    def _ask(self, counter: Counter, method: str, path: str, body: bytes = b"", **headers: str) -> HttpResponse:
        station = counter.station
        request = HttpRequest(method=method, url=PUBLIC_URL + path, body=body, headers=headers)
        key = SigningKey(seed=self.entropy.token(32)) if self.dice.chance(2) else station.key
        signed = sign_request(request, station=station.id, key=key, created=self.twins.clock.now())
        return self.twins.ask(signed)

    def _post(self, counter: Counter, lines: Sequence[bytes]) -> None:
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        body = packer.compress(b"".join(line + b"\n" for line in lines)) + packer.flush()
        self._ask(counter, "POST", events_path(counter.station.id), body)

    def send(self, counter: Counter) -> None:
        """Send some events of one epoch: mostly the next ones, sometimes any, in any order."""
        if self.dice.chance(60):
            some = counter.log[counter.sent : counter.sent + 1 + self.dice.below(6)]
            counter.sent = min(len(counter.log), counter.sent + len(some))
        else:
            some = [self.dice.pick(counter.log) for _ in range(1 + self.dice.below(5))]
        if some:
            epoch = some[0].epoch
            self._post(counter, [encode_event(event) for event in some if event.epoch == epoch])

    def send_all(self, counter: Counter) -> None:
        for epoch in dict.fromkeys(event.epoch for event in counter.log):
            self._post(counter, [encode_event(event) for event in counter.log if event.epoch == epoch])

    def send_torn(self, counter: Counter) -> None:
        """Send lines that are no events among one that is, or what is no batch at all."""
        event = self.dice.pick(counter.log)
        line, other = encode_event(event), self.dice.pick(self.dice.pick(self.counters).log)
        torn = b'{"id":"%s","seq":%d,"kind":1}' % (
            self.entropy.token(16).hex().encode(),
            event.seq + self.dice.below(4),
        )
        match self.dice.below(6):
            case 0:
                self._post(counter, [torn, line])
            case 1:
                self._post(counter, [line[: self.dice.below(len(line))] or b"x", line, b"{}"])
            case 2:
                self._post(counter, [encode_event(other)])
            case 3:
                self._post(counter, [line, encode_event(other)])
            case 4:
                self._post(counter, [line.replace(event.id.encode(), b"\\u0000" + event.id[1:].encode()), line])
            case _:
                self._ask(counter, "POST", events_path(counter.station.id), self.dice.pick((b"", b"not gzip")))

    def say_hello(self, counter: Counter) -> None:
        heads: dict[str, EpochHead] = {}
        for event in counter.log[: len(counter.log) - self.dice.below(3)]:
            hash_ = event_hash(event) if not self.dice.chance(2) else "0" * 64
            heads[event.epoch] = EpochHead(epoch=event.epoch, last=event.seq, head=hash_)
        if heads and self.dice.chance(10):
            heads.pop(self.dice.pick(sorted(heads)))
        if self.dice.chance(10):
            unknown = mint_epoch(self.entropy)
            heads[unknown] = EpochHead(epoch=unknown, last=3, head="1" * 64)
        self._ask(counter, "POST", hello_path(counter.station.id), encode(Hello(epochs=tuple(heads.values()))))

    def ask_news(self, counter: Counter) -> None:
        told = (
            tuple(ToldNews(claim=claim, version=version) for claim, version in self.dice.some([*counter.news.items()]))
            if counter.news
            else ()
        )
        answer = self._ask(counter, "POST", news_path(counter.station.id), encode(NewsRequest(told=told)))
        if answer.status == 200:
            for one in msgspec.json.decode(msgspec.json.decode(answer.body)["text"])["news"]:
                counter.news[one["claim"]] = one["version"] + (1 if self.dice.chance(3) else 0)

    def fetch(self, counter: Counter) -> None:
        epoch, first = self.dice.pick(counter.log).epoch, 1 + self.dice.below(4)
        self._ask(counter, "GET", f"{events_path(counter.station.id)}?epoch={epoch}&first={first}")

    def look(self, counter: Counter) -> None:
        if self.dice.chance(15):
            path = self.dice.pick((hello_path(counter.station.id), "/sync/v1/stations/ST-1/nothing", "/sync/v2"))
            self._ask(counter, "GET", path)
        elif self.dice.chance(50):
            held = {"if-none-match": counter.etag} if counter.etag and self.dice.chance(70) else {}
            answer = self._ask(counter, "GET", roster_path(counter.station.id), **held)
            counter.etag = answer.headers.get("etag", counter.etag)
        else:
            item = self._item()[0] if self.dice.chance(90) else "nothing"
            self._ask(counter, "GET", f"{packages_path(counter.station.id)}?item={item}")

    # What makers, shoppers at home, the operator and time do.

    def pack(self, counter: Counter) -> None:
        package, b = self.dice.pick(self.packages), self.builders
        rolls = package.rolls if self.dice.chance(60) else self.dice.some(package.rolls)
        if self.dice.chance(10):
            rolls = [*rolls, self.dice.pick(self.dice.pick(self.packages).rolls)]
        where = {"bizLocation": {"id": f"https://id.gs1.org/414/{self.dice.pick(self._places())}"}}
        more = where if self.dice.chance(60) else {}
        at = f"2026-11-{10 + self.dice.below(9)}T08:00:00Z"
        event = b.packing(package.id, list(dict.fromkeys(rolls)), eventTime=at, **more)
        self._capture(event)

    def _places(self) -> list[str]:
        return [*(counter.station.store for counter in self.counters), "9521141000021", "9521141000038"]

    def _capture(self, *events: dict[str, Any]) -> None:
        tenant = self.dice.pick(("Halide", "Halide", "Discount Film", "Corner Photo"))
        self.twins.capture(tenant, self.builders.document(*events), self.dice.pick(("rollback", "proceed")))

    def ship(self, counter: Counter) -> None:
        """Send a package on, or tell late where it was sent."""
        gln, package = self.dice.pick(self._places()[:3]), self.dice.pick(self.packages[:2])
        to = [{"type": "location", "destination": f"https://id.gs1.org/414/{gln}"}]
        self._capture(self._observed(package.id, "shipping", "in_transit", destinationList=to))

    def _observed(self, item: str, step: str, disposition: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "ObjectEvent",
            "eventTime": f"2026-11-{10 + self.dice.below(9)}T12:00:00Z",
            "eventTimeZoneOffset": "+01:00",
            "action": "OBSERVE",
            "bizStep": step,
            "disposition": disposition,
            "epcList": [self.builders.link(item)],
            **more,
        }

    def unpack(self, counter: Counter) -> None:
        package, b = self.dice.pick(self.packages), self.builders
        if self.dice.chance(60):
            opened = b.packing(package.id, package.rolls, action="DELETE", bizStep="unpacking", disposition="active")
            self._capture(opened)
        else:
            recalled = self._observed(self.dice.pick([package.id, *package.rolls]), "holding", "recalled")
            self._capture(recalled)

    def mint_codes(self, counter: Counter) -> None:
        package = self.dice.pick(self.packages)
        rolls = self.dice.some(package.rolls)
        again = package.codes and self.dice.chance(30)
        codes = {r: package.codes[r] if again and r in package.codes else mint_claim_code(self.entropy) for r in rolls}
        tenant = self.dice.pick(("Halide", "Halide", "Halide", "Discount Film", "Corner Photo"))
        if self.twins.put_codes(tenant, package.id, codes) is None:
            package.codes |= codes

    def at_home(self, counter: Counter) -> None:
        if self.home_keys and self.dice.chance(30):
            roll, code, key = self.dice.pick(self.home_keys)
        else:
            coded = [(roll, code) for package in self.packages for roll, code in package.codes.items()]
            coded += [(roll, code) for one in self.counters for made in one.made for roll, code in made.codes.items()]
            roll, code = self.dice.pick(coded) if coded else (self.packages[0].rolls[0], "WRONG")
            code = code if self.dice.chance(85) else mint_claim_code(self.entropy)
            key = self.entropy.token(12).hex()
        self.home_keys.append((roll, code, key))
        self.twins.claim_at_home(roll, code, key)

    def settle(self, counter: Counter) -> None:
        """Let two days pass, or not, and confirm what nobody opposed."""
        if self.dice.chance(60):
            self.twins.clock.advance(200_000)
        self.twins.settle()

    def show_access(self, counter: Counter) -> None:
        """Show a receipt's access code, or one that never was."""
        secrets = counter.station.secrets
        code = self.dice.pick(list(secrets.values())).access_code if secrets else mint_access_code(self.entropy)
        self.twins.run(lambda service: service.access_codes.look_up(code, Source(near="198.51.100.0/24")))

    def enrol(self, counter: Counter) -> None:
        """Redeem an enrolment code, a used one, or a wrong one."""
        issue, store = self.dice.chance(60), counter.station.store
        if issue or not self.enrol_codes:
            code = self.twins.do(lambda service, s: service.enrolment.issue_code(s, store=store, role="kiosk"))
            self.enrol_codes.append(code)
        code = self.dice.pick(self.enrol_codes) if self.dice.chance(80) else "WRONGCODE"
        wish = EnrolRequest(code=code, public_key=b64(SigningKey(seed=self.entropy.token(32)).public), name="New")
        self.twins.ask(HttpRequest(method="POST", url=f"{PUBLIC_URL}/enrol", body=encode(wish)))

    def operate(self, counter: Counter) -> None:
        """Do what the fleet's operator does."""
        accounts, now = sorted(row["id"] for row in self.twins.model.store.account), self.twins.clock.now()
        name, gln, station = self.dice.pick(("North", "Süd")), counter.station.store, counter.station.id
        match self.dice.below(6):
            case 0 if accounts:
                account = self.dice.pick(accounts)
                self.twins.do(lambda service, s: service.accounts.erase(s, account))
            case 1 if self.dice.chance(20):
                self.twins.do(lambda _, s: s.run("stations.revoke", station, now))
            case 2:
                self.twins.do(lambda _, s: change_store(s, gln, {"name": name, "labels": "receipt_only"}))
            case 3:
                product = Product(gtin=self.builders.PACKAGE_GTIN, level="package", name=name, rolls=3)
                tenant = self.dice.pick(sorted(self.twins.keys))
                key = f"Bearer {self.twins.keys[tenant]}"
                self.twins.do(lambda service, s: _put_product(service, s, key, product))
            case _:
                self.release(counter)

    def release(self, counter: Counter) -> None:
        """Let a held station go on, and try its parked events again."""
        station = counter.station.id
        self.twins.do(lambda _, s: s.run("stations.release", station))
        self.twins.run(lambda service: retry_parked(service.receiver, station))

    def wait(self, counter: Counter) -> None:
        if self.dice.chance(90):
            self.twins.clock.advance(self.dice.pick((1, 40, 3_600, 90_000, 200_000)))
        else:
            self.twins.clock.set_wall(self.twins.clock.now().replace(day=20))


async def _put_product(service: Any, session: Any, authorization: str, product: Product) -> None:
    await put_product(session, await service.tenants.whose(session, authorization), product)


@pytest.fixture(scope="module")
def play(twins: Any, builders: Any) -> Callable[..., None]:
    """Return ``play(seed, steps)``, which plays a history and tells a difference with what led there."""
    station_class = remembering(builders.Station)

    def run(seed: int, steps: int = STEPS) -> None:
        history = History(twins, builders, station_class, seed)
        try:
            history.play(steps)
        except (AssertionError, pytest.fail.Exception) as why:
            pytest.fail(f"history {seed}, after {len(history.done)} steps ({history.done[-3:]}): {why}", pytrace=False)

    return run
