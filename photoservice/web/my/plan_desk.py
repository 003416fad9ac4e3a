"""Where a plan is written, new or one that there is: what is offered, what it may be for, how it may be paid."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response

from photocore.catalogue import Catalogue, Item
from photocore.pricing import Choice
from photoservice.db.database import Session
from photoservice.persons.persons import Shown
from photoservice.persons.sessions import Visitor
from photoservice.planning.looks import offered
from photoservice.planning.shown import PlanShown
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest
from photoservice.web.my.ordering_views import saying
from photoservice.web.my.plan_forms import Filled, about, read_when
from photoservice.web.my.plans_told import PackageNamed, PlanTold, Telling
from photoservice.web.my.showing import Stage, stage
from photoservice.web.my.visiting import visit
from photoservice.web.pages import Pages


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a plan is written: who writes, what is offered, what it may be for, and how it may be paid."""

    on: Stage
    visitor: Visitor
    shown: Sequence[Shown]
    catalogue: Catalogue | None
    packages: tuple[PackageNamed, ...]
    groups: tuple[tuple[str, str], ...]
    ways: tuple[str, ...]
    has_address: bool
    plan: PlanShown | None = None

    def item(self, name: str) -> Item | None:
        """Return what is offered by that name; of a plan that there is, only goods of its kind."""
        item = self.catalogue.item(name) if self.catalogue else None
        return item if item is not None and item in self.items else None

    @property
    def items(self) -> tuple[Item, ...]:
        """All that a plan can make."""
        every = [one for one in self.catalogue.items if not one.is_withdrawn] if self.catalogue else []
        if self.plan is None:
            return tuple(every)
        return tuple(one for one in every if one.takes_images == (self.plan.kind == "goods"))

    @property
    def action(self) -> str:
        """Where its form goes."""
        return f"/my/plans/{self.plan.id}" if self.plan else "/my/plans"

    @property
    def here(self) -> str:
        """Where its form is."""
        return f"/my/plans/{self.plan.id}/change" if self.plan else "/my/plans/new"

    def covered(self, wanted: str) -> str:
        """Return what a plan is for as its form names it: what was asked for, if it is theirs, or the account."""
        if wanted.startswith("roll:"):
            roll = wanted.removeprefix("roll:")
            wanted = next((f"package:{one.package}" for one in self.shown if one.roll == roll and one.package), "")
        known = {f"package:{one.root}" for one in self.packages} | {f"sub_group:{group}" for group, _ in self.groups}
        return wanted if wanted in known else "account"

    def goods(self, covers: str, *, status: int = 200, trouble: str = "") -> Response[bytes]:
        """Return the page on which the goods are chosen."""
        words = self.on.reader.words
        offers = [(one, about(self.catalogue, one, Choice(item=one.id), None)) for one in self.items if self.catalogue]
        said = saying(words.language)
        return self.on.show(
            "plan_goods", status=status, desk=self, offers=offers, covers=covers, trouble=trouble, said=said
        )

    def form(
        self, filled: Filled, item: Item, *, key: str = "", status: int = 200, newest: PlanTold | None = None
    ) -> Response[bytes]:
        """Return the form as it is filled in; its price alone for htmx. ``newest``: the plan as it stands meanwhile."""
        read, when = read_when(filled, item)
        is_said = not {"images", "rolls", "time", "when"} & read.troubles.keys()
        priced = about(self.catalogue, item, filled.choice, when) if self.catalogue and is_said else None
        if self.on.is_fragment:
            return self.on.show("plan_price", desk=self, form=filled, item=item, priced=priced)
        said = saying(self.on.reader.words.language)
        return self.on.show(
            "plan_form",
            status=status,
            desk=self,
            form=filled,
            item=item,
            priced=priced,
            key=key,
            newest=newest,
            said=said,
        )


async def open_desk(session: Session, asking: tuple[AnyRequest, Photoservice, Pages], plan: str = "") -> Desk:
    """Return where a plan is written, new or (``plan``) one that there is. Raises Unknown: it is not theirs."""
    request, service, pages = asking
    visitor = await visit(request, service, session)
    person, goods = visitor.person, service.goods
    shown = await service.people.persons.shown(session, person)
    kept = await goods.plans.find(session, person, shown, plan.replace("\0", "")) if plan else None
    catalogue = await offered(session, goods.catalogues)
    telling = Telling(session=session, service=service, person=person, shown=shown)
    currency = kept.currency if kept else catalogue.currencies[0] if catalogue else ""
    tabs = [one for one in await goods.tabs.of(session, person) if one.most.currency == currency and one.most.minor]
    ways = ["till", *(["checkout"] if goods.checkouts.is_on else []), *(["account"] if tabs else [])]
    if kept and kept.pays not in ways:
        ways.append(kept.pays)
    return Desk(
        on=stage(request, service, pages, visitor),
        visitor=visitor,
        shown=shown,
        catalogue=catalogue,
        packages=tuple((await telling.packages()).values()),
        groups=tuple(await service.people.groups.names(session, person)),
        ways=tuple(ways),
        has_address=bool((await service.people.profiles.of(session, person)).addresses),
        plan=kept,
    )
