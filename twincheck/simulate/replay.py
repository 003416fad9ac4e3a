"""The same facts in another order, told to a photoservice that knows nothing yet: the same owners must come out.

Left out are packages about which the hour decides, as it should: confirmed unopposed, or claimed with a code; and
stations whose history forked, of which the first to come counts.
"""

from collections.abc import Callable, Sequence
from typing import Any

from photocore.events import Event
from photocore.wire import encode_batch
from photoservice.intake.examine import Sender
from photoservice.modelled.schema import ModelStore
from photoservice.modelled.service import ModelPhotoservice
from twincheck.simulate.errors import ClaimBroken
from twincheck.simulate.stock import Box
from twincheck.simulate.world import World

ANY_ORDER = "the order in which facts arrive does not matter"
MOST = 40
"""Packages that are told again, those with several claims first: it takes as long as the first time."""

_SET_UP = ("tenant", "tenant_prefix", "store", "card_table", "station")


def check_any_order(world: World) -> None:
    """Tell some packages' facts once more in a shuffled order, and compare.

    Raises:
        ClaimBroken: another owner came out.
    """
    service, dice = world.service, world.ground.draws.stream("replay")
    roots = _chosen(service.model.store)
    fresh = service.another(world.ground, "replayed")
    _set_up(service.model.store, fresh.store)
    acts = _acts(world, fresh, roots)
    for act in dice.shuffled(acts):
        act()
    world.ground.tally.note("facts told again in another order", len(acts))
    before, after = _owned(service.model.store, roots), _owned(fresh.store, roots)
    for root in roots:
        if before.get(root) != after.get(root):
            seen = f"{root} stands as {before.get(root)}, and in another order as {after.get(root)}"
            raise ClaimBroken(ANY_ORDER, seen)


def _chosen(store: ModelStore) -> list[str]:
    forked = {row["station"] for row in store.event_fork}
    forked |= {row["station"] for row in store.event if row["verdict"] == "fork"}
    claims: dict[str, list[Any]] = {}
    for row in store.claim:
        claims.setdefault(row["root"], []).append(row)
    tied = {row["account"] for row in store.account_card}
    fit = [root for root, rows in claims.items() if all(_is_fit(store, row, forked, tied) for row in rows)]
    return sorted(fit, key=lambda root: (-len(claims[root]), root))[:MOST]


def _is_fit(store: ModelStore, row: Any, forked: set[str], tied: set[str]) -> bool:  # noqa: ANN401  # a row's columns
    name = (row["station"], row["id"])
    has_code = row["code_mac"] is not None or row["code_held"] is not None
    is_plain = not has_code and store.confirmation.get(name) is None
    return is_plain and row["station"] not in forked and row["account"] in tied and name in store.event.rows


def _set_up(old: ModelStore, fresh: ModelStore) -> None:
    """Let the fresh photoservice know the same stores and stations, and nothing that they ever said."""
    for name in _SET_UP:
        for row in old.tables[name]:
            fresh.tables[name].add(**(row if name != "station" else row | {"held_at": None, "held_why": ""}))
    fresh.ledger.past.clear()


def _acts(world: World, fresh: ModelPhotoservice, roots: Sequence[str]) -> list[Callable[[], object]]:
    """Return everything that was told of ``roots``: lists, make-ups, claims, withdrawals."""
    store = world.service.model.store
    wanted = set(roots)
    claims = {(row["station"], row["id"]) for row in store.claim if row["root"] in wanted}
    applied = {(row["station"], row["id"]) for row in store.event if row["verdict"] == "applied"}
    acts: list[Callable[[], object]] = []
    for event in world.service.arrived.values():
        about = (event.station, str(event.public.get("claim", event.id)))
        is_wanted = about in claims or event.public.get("package") in wanted
        if is_wanted and event.kind != "CopiesIssued" and (event.station, event.id) in applied:
            acts.append(_told(fresh, event))
    for row in store.manifest:
        truth = world.truth.get(row["package"])
        if row["package"] in wanted and truth is not None:
            box = Box(package=row["package"], rolls=truth, known_ms=0)
            acts.append(_listed(world, fresh, box))
    return acts


def _told(fresh: ModelPhotoservice, event: Event) -> Callable[[], object]:
    row = fresh.store.station.get(event.station)
    assert row is not None  # noqa: S101  # all stations were set up
    sender = Sender(id=event.station, store=row["store"], role=row["role"], public_key=bytes(row["public_key"]))
    return lambda: fresh.run(fresh.service.receiver.take(sender, encode_batch([event])))


def _listed(world: World, fresh: ModelPhotoservice, box: Box) -> Callable[[], object]:
    return lambda: world.service.tell_to(fresh, [box], world.shops[0].gln)


def _owned(store: ModelStore, roots: Sequence[str]) -> dict[str, object]:
    """Return what stands of each package: the word, whose card, and by which claims."""
    cards = {row["account"]: row["lookup"] for row in store.account_card}
    wanted = set(roots)
    return {
        row["root"]: (row["word"], cards.get(row["owner"]), tuple(sorted(row["claims"])))
        for row in store.registration
        if row["root"] in wanted
    }
