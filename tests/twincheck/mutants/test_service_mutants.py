"""Faults planted into the photoservice's intake, owner rule and books, each found by the simulation."""

from contextlib import suppress
from dataclasses import replace

import pytest

from photocore.wire import Verdict
from photoservice import registrations
from photoservice.intake import judge, marks, receive
from photoservice.manifests import Manifests
from twincheck.simulate import books, checks, promises, replay
from twincheck.simulate.mutants.planting import Mutant

pytestmark = pytest.mark.xdist_group("service_mutants")

STORMS = (("storm", 8), ("one-way", 8), ("service crash", 6))
TWINS = (("twin with the same dice", 25), ("kill", 30))
ERASURES = (("erasure", 4), *STORMS)


def no_dedupe(plant):
    """What is held already is applied again."""

    def again(line, known):
        plant.hit()
        return judge.Judgement(line=line, verdict=Verdict.APPLIED, is_new=False)

    plant.replace(judge, "_again", again)


def mark_is_newest(plant):
    def walk(high, places):
        named = [place for place in places if place.hash is not None]
        plant.reached += bool(named)
        return marks.Mark(seq=named[-1].seq, hash=named[-1].hash) if named else high

    plant.replace(marks, "walk", walk)


class _Undone(Exception):
    """The transaction is rolled back."""


def answered_without_commit(plant):
    """Every fifth batch is answered though its transaction was rolled back."""
    turn = [0]

    def make(original):
        async def take_once(self, sender, batch, *, careful):
            turn[0] += 1
            if turn[0] % 5 or not any(isinstance(line, receive.Believed) for line in batch.lines):
                return await original(self, sender, batch, careful=careful)
            outer = self.database.begin

            class Rolled:
                """A transaction that is undone at its end."""

                def __init__(self):
                    self._inner = outer()

                async def __aenter__(self):
                    return await self._inner.__aenter__()

                async def __aexit__(self, kind, why, at):
                    undone = why or _Undone()
                    with suppress(_Undone):
                        await self._inner.__aexit__(type(undone), undone, None)
                    return False

            plant.hit()
            mine = replace(self, database=Begins(Rolled))
            return await original(mine, sender, batch, careful=careful)

        return take_once

    plant.wrap(receive.Receiver, "_take_once", make)


class Begins:
    """A database whose transactions are of another kind."""

    def __init__(self, begin):
        self.begin = begin


def by_arrival(pick):
    """Of two customers who claim one package, the one whose claim came first (or last) is its owner."""

    def put(plant):
        def make(original):
            def owner_of(self, subject):
                owned = original(self, subject)
                live = [row for row in self.claims.values() if not row["withdrawn"]]
                if owned.word == "contested" and live:
                    plant.hit()
                    row = pick(live, key=lambda row: row["arrival"])
                    name = registrations.claim_name(row["station"], row["id"])
                    owned = replace(
                        owned, word="registered", owner=row["account"], claims=frozenset({name}), proof="unopposed"
                    )
                return owned

            return owner_of

        plant.wrap(registrations.Root, "owner_of", make)

    return put


def key_made_again(plant):
    """An event that is sent again makes its erased account's key once more."""

    def make(original):
        async def known_before(self, session, sender, judgements, settled):
            store = session.connection._store
            for one in judgements:
                row = store.claim.get((sender.id, one.line.id)) if one.verdict is Verdict.DUPLICATE else None
                if row is not None and store.account_key.get(row["account"]) is None:
                    plant.hit()
                    store.account_key.add(account=row["account"], wrapped=b"made again")
            return await original(self, session, sender, judgements, settled)

        return known_before

    plant.wrap(receive.Receiver, "_known_before", make)


def withdrawal_needs_its_claim(plant):
    """A withdrawal that comes before its claim is passed over."""

    def make(original):
        def insert(db, station, claim, event):
            if db.claim.get((station, claim)) is None:
                plant.hit()
                return 0
            return original(db, station, claim, event)

        return insert

    plant.model("claims.insert_withdrawal", make)


def list_without_its_last(plant):
    def make(original):
        async def pack(self, session, tenant, package, rolls, *more, **others):
            plant.reached += len(rolls) > 1
            return await original(self, session, tenant, package, rolls[:-1] or rolls, *more, **others)

        return pack

    plant.wrap(Manifests, "pack", make)


def parked_is_dropped(plant):
    """What is parked is answered, and not kept."""

    def make(original):
        async def keep(self, session, sender, batch, judgements, now):
            kept = [one for one in judgements if not (one.is_new and one.verdict is Verdict.PARKED)]
            plant.reached += len(judgements) - len(kept)
            await original(self, session, sender, batch, kept, now)

        return keep

    plant.wrap(receive.Receiver, "_keep", make)


def fork_takes_the_place(plant):
    """Another event at a place that is taken is written over the first."""

    def make(original):
        async def keep(self, session, sender, batch, judgements, now):
            left = []
            for one in judgements:
                store = session.connection._store
                held = store.event.only(("station", "epoch", "seq"), (sender.id, batch.epoch, one.line.seq))
                if one.verdict is Verdict.FORK and one.beside and held is not None:
                    plant.hit()
                    store.event.change(held, hash=one.line.hash, line=one.line.line)
                else:
                    left.append(one)
            await original(self, session, sender, batch, left, now)

        return keep

    plant.wrap(receive.Receiver, "_keep", make)


def gaps_not_told(plant):
    def gaps(high, places):
        plant.reached += any(place.seq > (high.seq if high else 0) + 1 for place in places)
        return ()

    plant.replace(marks, "gaps_between", gaps)


RECEIVE = "photoservice/intake/receive.py"
MUTANTS = [
    Mutant(
        name="no-dedupe",
        fault="What is held already is applied again.",
        where="photoservice/intake/judge.py",
        put=no_dedupe,
        claims=(books.ONCE,),
        weather=STORMS,
    ),
    Mutant(
        name="mark-is-newest",
        fault="The mark is the highest seq seen, not the highest without a hole.",
        where="photoservice/intake/marks.py",
        put=mark_is_newest,
        claims=(books.CONTIGUOUS,),
        weather=(("service restore", 8), *STORMS),
    ),
    Mutant(
        name="answered-without-commit",
        fault="Every fifth batch is answered though its transaction was rolled back.",
        where=RECEIVE,
        put=answered_without_commit,
        claims=(books.ONCE, books.CONTIGUOUS, checks.SIGNED),
        weather=STORMS,
    ),
    Mutant(
        name="owner-is-last",
        fault="Of two customers the one whose claim came last owns the package.",
        where="photoservice/registrations.py",
        put=by_arrival(max),
        claims=(replay.ANY_ORDER,),
        seed=1,
        weather=(),
    ),
    Mutant(
        name="owner-is-first",
        fault="Of two customers the one whose claim came first owns the package.",
        where="photoservice/registrations.py",
        put=by_arrival(min),
        claims=(replay.ANY_ORDER,),
        seed=1,
        weather=(),
    ),
    Mutant(
        name="key-made-again",
        fault="An event that is sent again makes its erased account's key anew.",
        where=RECEIVE,
        put=key_made_again,
        claims=(checks.ERASED,),
        seed=1,
        weather=ERASURES,
    ),
    Mutant(
        name="withdrawal-needs-its-claim",
        fault="A withdrawal that comes before its claim is passed over.",
        where="photoservice/db/queries/claims.sql (its model)",
        put=withdrawal_needs_its_claim,
        claims=(replay.ANY_ORDER,),
        weather=(),
    ),
    Mutant(
        name="list-without-its-last",
        fault="The photoservice takes all rolls of a maker's list but the last.",
        where="photoservice/manifests.py",
        put=list_without_its_last,
        claims=(checks.WHOLE,),
        weather=(),
    ),
    Mutant(
        name="parked-is-dropped",
        fault="A parked event is answered and not kept.",
        where=RECEIVE,
        put=parked_is_dropped,
        claims=(checks.SIGNED, books.CONTIGUOUS),
        hours=60,
        weather=TWINS,
    ),
    Mutant(
        name="fork-takes-the-place",
        fault="A fork is written over the event that was there first.",
        where=RECEIVE,
        put=fork_takes_the_place,
        claims=(checks.SIGNED, books.CONTIGUOUS),
        weather=TWINS,
    ),
    Mutant(
        name="gaps-not-told",
        fault="The photoservice does not say what it lacks.",
        where="photoservice/intake/marks.py",
        put=gaps_not_told,
        claims=(promises.NOTHING_LOST,),
        seed=11,
        weather=(("service restore", 8), *STORMS),
    ),
]


def test_K4_mutant_is_caught(mutant, caught):
    caught(mutant)


def test_K4_its_world_holds_without_it(mutant, held):
    held(mutant)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_K4_mutant_takes_few_seeds(mutant, sought):
    sought(mutant)
