"""What the worker asks of the desk about film without serials."""

from dataclasses import dataclass, field
from typing import Any

from kiosk import answers, staff_answers
from kiosk.flow import make_up_effects as ask
from kiosk.flow import make_up_events as told
from kiosk.flow.effects import Asked
from kiosk.flow.events import Answer
from kiosk.ports import Desk, StoreFacts
from photocore.film_book import FilmBook
from photocore.ids import ItemId
from photocore.seams import Clock


@dataclass(frozen=True, kw_only=True)
class MakeUpWork:
    """Carries out what making up asks. May raise what the desk raises; the worker answers for that."""

    desk: Desk
    store: StoreFacts
    clock: Clock
    films: FilmBook = field(default_factory=FilmBook)

    def carry_out(self, effect: Asked) -> Answer | None:
        """Do ``effect`` and return its answer; None when it is none of ours."""
        facts: dict[str, Any] = {"at": self.clock.monotonic(), "about": effect}
        match effect:
            case ask.ReadProduct(gtin=gtin):
                return told.ProductRead(**facts, film=staff_answers.film_of(gtin, self.store.product(gtin)))
            case ask.ReadCartridge(dx=dx, gtin=gtin):
                cartridge = staff_answers.cartridge_facts(dx, self.store.product(gtin), self.films)
                return told.CartridgeRead(**facts, cartridge=cartridge, gtin=gtin)
            case ask.MintIds():
                event_id, claim_id = self.desk.mint_event_id(), self.desk.mint_event_id()
                return told.IdsMinted(**facts, event_id=event_id, claim_id=claim_id)
            case ask.MakeUp():
                return self._make_up(effect, facts)
            case ask.ReadMadeUp(item=item):
                return self._read(item, facts)
            case ask.SettleMadeUp(package=package, item=item, copy=copy):
                self.desk.mark_printed_by_scan(ItemId(item), copy)
                return self._read(package, facts)
            case ask.ReprintMadeUp(package=package, staff=staff, reason=reason):
                jobs = self.desk.reprint_presale(ItemId(package), None, staff=staff, reason=reason, package_label=True)
                return told.MadeUpReprinted(**facts, labels=answers.labels_of(jobs))
            case ask.WithdrawMadeUp(package=package, staff=staff, reason=reason):
                undone = self.desk.unmake(ItemId(package), staff=staff, reason=reason)
                return told.MadeUpWithdrawn(**facts, printed=undone.printed, moving=undone.moving)
            case _:
                return None

    def _make_up(self, effect: ask.MakeUp, facts: dict[str, Any]) -> Answer:
        done = self.desk.make_up(staff_answers.make_up_wish(effect.wish))
        return told.PackageMade(
            **facts,
            made_up=staff_answers.new_made_up(done),
            labels=answers.labels_of(done.jobs),
            registration=staff_answers.made_registration(done, effect.wish),
        )

    def _read(self, item: str, facts: dict[str, Any]) -> Answer:
        view = self.desk.find_made_up(ItemId(item))
        if view is None:
            return told.MadeUpRead(**facts, made_up=None)
        made_up = staff_answers.found_made_up(view, self.clock.now())
        return told.MadeUpRead(**facts, made_up=made_up, labels=answers.labels_of(view.jobs))
