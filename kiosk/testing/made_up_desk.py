"""The fake desk's part for packages that the store makes up: as strict as the real one, and deterministic."""

from kiosk.testing.papers import FakePapers, Held, Made, count_papers
from photocore.codes import mint_house_package, mint_house_roll
from photocore.ids import ItemId
from photocore.package import MAX_ROLLS, Manifest, Product
from photocore.testing import SeededEntropy
from sync.errors import DeskReason, DeskRefusal
from sync.views import JobView, MadeUp, MadeUpView, MakeUpWish, Registered, RegisterWish, Undone


class FakeMakeUps(FakePapers):
    """Packages made up in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.products: dict[str, Product] = {}
        self.make_up_calls: list[str] = []
        self.shoppers_may = False
        """Whether the store lets shoppers make up packages for themselves."""
        self._entropy = SeededEntropy("fake make-ups")

    def make_up(self, wish: MakeUpWish) -> MadeUp:
        """Make up a package, once per event ID."""
        self._demand_journal()
        self.make_up_calls.append(wish.event_id)
        made = next((made for made in self.made.values() if made.event_id == wish.event_id), None)
        already = made is not None
        if made is None:
            self._refuse(wish)
            made = self._make(wish)
        self._lose_answer()
        held = self.held.get(made.claim or "")
        return MadeUp(
            event_id=made.event_id,
            package=made.manifest.package,
            rolls=made.manifest.rolls,
            product=made.product,
            gtin=made.gtin,
            coded=made.coded,
            jobs=tuple(held.jobs if held else made.jobs),
            registration=_registered(made, held) if held else None,
            already=already,
        )

    def unmake(self, package: ItemId, *, staff: str, reason: str) -> Undone:
        """Take a package back, unless somebody has registered it. Twice is harmless."""
        self._demand_journal()
        made = self._existing(package)
        if self._is_claimed(made):
            raise DeskRefusal(DeskReason.REGISTERED_MEANWHILE)
        self.note_override(staff, "unmake", reason)
        self._withdraw(made)
        self._lose_answer()
        return count_papers(made.jobs)

    def reprint_presale(
        self, package: ItemId, rolls: tuple[ItemId, ...] | None, *, staff: str, reason: str, package_label: bool = False
    ) -> tuple[JobView, ...]:
        """Void labels and codes, and queue new ones."""
        self._demand_journal()
        made = self._existing(package)
        if made.withdrawn:
            raise DeskRefusal(DeskReason.MAKE_UP_WITHDRAWN)
        if self._is_claimed(made):
            raise DeskRefusal(DeskReason.REGISTERED_MEANWHILE)
        if not made.coded:
            raise DeskRefusal(DeskReason.NO_CLAIM_CODES)
        self.note_override(staff, "presale labels", reason)
        fresh: list[JobView] = []
        for job in made.jobs:
            is_due = package_label if job.kind == "package" else rolls is None or job.roll in rolls
            if is_due:
                self.void_copies[str(job.roll), job.copy] = "replaced"
            again = self._job_for(job.roll, job.number, job.of, is_package=job.kind == "package")
            fresh.append(again if is_due else job)
        made.jobs = fresh
        self._lose_answer()
        return tuple(fresh)

    def find_made_up(self, item: ItemId) -> MadeUpView | None:
        """Return the package made up here that ``item`` belongs to."""
        manifest = self._package_of(item)
        made = self.made.get(manifest.package) if manifest else self.made.get(item)
        if made is None:
            made = next((made for made in self.made.values() if item in made.manifest.rolls), None)
        if made is None:
            return None
        return MadeUpView(
            event_id=made.event_id,
            package=made.manifest.package,
            rolls=made.manifest.rolls,
            product=made.product,
            gtin=made.gtin,
            coded=made.coded,
            withdrawn=made.withdrawn,
            claimed=self._is_claimed(made),
            made_at="2026-11-21T09:29:00.000Z",
            jobs=() if made.withdrawn else tuple(made.jobs),
        )

    def withdraw_made_with(self, claim: str) -> None:
        """Take back what was made up in the same commit as a registration that is undone."""
        for made in self.made.values():
            if made.claim == claim:
                self._withdraw(made)

    def _refuse(self, wish: MakeUpWish) -> None:
        if wish.staff is None and not (self.shoppers_may and wish.card):
            raise DeskRefusal(DeskReason.STAFF_NEEDED)
        if not 1 <= wish.count <= MAX_ROLLS:
            raise DeskRefusal(DeskReason.COUNT)

    def _make(self, wish: MakeUpWish) -> Made:
        package = ItemId(mint_house_package(self._entropy))
        rolls = tuple(ItemId(mint_house_roll(self._entropy)) for _ in range(wish.count))
        manifest = Manifest(package=package, rolls=rolls, source="retailer")
        labels = [self._job_for(roll, n, wish.count) for n, roll in enumerate(rolls, start=1)]
        last = self._job_for(None, 1, 1, is_package=wish.card is None)
        is_coded = wish.card is None
        made = Made(
            event_id=wish.event_id,
            manifest=manifest,
            product=self.products.get(wish.product or ""),
            gtin=wish.product,
            coded=is_coded,
            staff=wish.staff,
            jobs=[*labels, last] if is_coded else [],
            codes=wish.count if is_coded else 0,
            claim=wish.claim_id,
        )
        self.manifests[package] = manifest
        self.made[package] = made
        if wish.card and wish.claim_id:
            registering = RegisterWish(
                event_id=wish.claim_id,
                item=package,
                level="package",
                item_typed=False,
                card=wish.card,
                card_typed=wish.card_typed,
                language=wish.language,
                notice=wish.notice,
            )
            number = f"TCN-7Q2M9X{len(self.held):02d}K"
            self.held[wish.claim_id] = Held(wish=registering, number=number, jobs=[*labels, last])
        return made

    def _withdraw(self, made: Made) -> None:
        made.withdrawn, made.codes = True, 0
        self.manifests.pop(made.manifest.package, None)
        for job in made.jobs:
            self.void_copies[str(job.roll), job.copy] = "void"

    def _existing(self, package: ItemId) -> Made:
        if package not in self.made:
            raise DeskRefusal(DeskReason.UNKNOWN_PACKAGE)
        return self.made[package]

    def _is_claimed(self, made: Made) -> bool:
        ids = {made.manifest.package, *made.manifest.rolls}
        return any(held.wish.item in ids and not held.withdrawn for held in self.held.values())


def _registered(made: Made, held: Held) -> Registered:
    return Registered(
        claim=held.wish.event_id,
        number=held.number,
        package=made.manifest.package,
        rolls=made.manifest.rolls,
        jobs=tuple(held.jobs),
        waiting_for_manifest=False,
    )
