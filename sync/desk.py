"""The registration desk: what a kiosk, a till or a bench asks of its station (DESIGN 3, 5B).

Every verb blocks until the journal has it and says no more than that. Screens, printers and the network are no
business of the desk: it never waits for paper, and asks upstream for two seconds at most.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import apsw

from photocore.cards import GUEST_TABLE, CardNumber
from photocore.codes import mint_guest_card
from photocore.ids import ItemId
from sync import outbox
from sync.bringing_back import count_restored
from sync.cards import JoinWish, is_lost, join_cards, prepare_join
from sync.desk_labels import LabelDesk
from sync.desk_made_up import MakeUpDesk
from sync.desk_parked import ParkedDesk
from sync.desk_till import TillDesk
from sync.desk_tools import ToolDesk
from sync.errors import JournalDown
from sync.journal import Transaction
from sync.looking import claim_level, package_view, recent_views, registration_view
from sync.news import count_contested
from sync.registering import prepare, register
from sync.registrations import count_waiting, mark_card
from sync.statements import one
from sync.undoing import undo_claim
from sync.views import (
    ClaimLevel,
    PackageView,
    Registered,
    RegisterWish,
    RegistrationView,
    StationStatus,
    Undone,
)


@dataclass(frozen=True, kw_only=True)
class Desk(LabelDesk, MakeUpDesk, ParkedDesk, TillDesk, ToolDesk):
    """The desk of one station, its one door. Thread-safe.

    Everything may raise JournalDown; refusals are DeskRefusal.
    """

    def mint_event_id(self) -> str:
        """Return a fresh event ID: made before the confirm screen, kept through every retry."""
        return self.counter.drafter.mint_id()

    def look_up(self, item: ItemId) -> PackageView:
        """Return what is known of ``item``: by the roster, else (when online, two seconds at most) by upstream."""
        return self._view(item, None)

    def check_claim(self, item: ItemId, card: CardNumber) -> PackageView:
        """Return what is known of ``item``, and whether this very card has registered it here."""
        mark = mark_card(card, self.counter.card_key)
        view = self._view(item, mark)
        return replace(view, is_card_lost=self.journal.read(lambda connection: is_lost(connection, card, mark)))

    def register(self, wish: RegisterWish) -> Registered:
        """Register a package: one commit, and only when it is durable this returns. The same event ID is safe to retry.

        Raises:
            DeskRefusal: recalled, taken, or an event ID that stands for something else.
            NotStored: it is surely not stored, by no earlier try of this event ID either.
            JournalDown: nobody can tell; ask again with the same event ID.
        """
        with self.journal.preparing():
            attempt = prepare(self.counter, wish)

        def work(transaction: Transaction) -> Registered:
            done = register(transaction, self.counter, attempt)
            if not done.already:
                self.hold_receipt(done, attempt)
            return done

        with self.secrets.held_through(wish.event_id):
            done = self.journal.write(work)
        if wish.corrects:
            self.secrets.forget(wish.corrects)
        self.on_change()
        return replace(done, link=self.link_of(done, attempt))

    def undo(
        self, claim: str, by: Literal["shopper", "staff"] = "shopper", reason: str = "", staff: str | None = None
    ) -> Undone:
        """Withdraw a claim; every copy of its labels is void, printed or not. Twice is harmless.

        A package that was made up in the same commit is none any more. Returns how many of the void papers are out, as
        it stood at this very commit.

        Raises:
            DeskRefusal: no such claim.
        """
        undone = self.journal.write(
            lambda transaction: undo_claim(transaction, self.counter, claim, by=by, reason=reason, staff=staff)
        )
        self.secrets.forget(claim)
        self.on_change()
        return undone

    def mint_guest_card(self) -> CardNumber:
        """Return a card for a shopper who has none; nothing is stored before it registers something."""
        return CardNumber(table=GUEST_TABLE, number=mint_guest_card(self.counter.drafter.printed))

    def join_cards(self, wish: JoinWish) -> None:
        """Write that two cards are one customer's; said twice is harmless.

        Raises:
            DeskRefusal: they are one and the same, or the receipt is of no registration of this station.
        """
        with self.journal.preparing():
            join = prepare_join(self.counter, wish)
        self.journal.write(lambda transaction: join_cards(transaction, self.counter, join))
        self.on_change()

    def find_registration(self, number: str) -> RegistrationView | None:
        """Return this station's registration with the receipt's ``number``, withdrawn ones too."""
        return self.journal.read(lambda connection: registration_view(connection, number))

    def recent(self, limit: int = 20) -> tuple[RegistrationView, ...]:
        """Return this station's newest registrations, withdrawn ones too, the newest first."""
        return self.journal.read(lambda connection: recent_views(connection, limit))

    def level(self, claim: str) -> ClaimLevel:
        """Say how far a claim has come, and never more than is durable there.

        Raises:
            DeskRefusal: no such claim.
        """
        return self.journal.read(lambda connection: claim_level(connection, claim))

    def status(self) -> StationStatus:
        """Return what the one light shows; with the journal down too."""
        try:
            return self.journal.read(self._status)
        except JournalDown:
            return StationStatus(
                online=self.line.is_online,
                unsent=0,
                oldest_age_s=None,
                parked=0,
                last_ack_at=None,
                journal_ok=False,
                disk_low=self.journal.is_low,
                clock_off_s=self.line.clock_off_s,
            )

    def _view(self, item: ItemId, card_mark: bytes | None) -> PackageView:
        view = self.journal.read(lambda connection: package_view(connection, self.counter.roster, item, card_mark))
        if view.knowledge != "unknown" or view.registered is not None:
            return view
        facts = self.upstream.ask(item)
        if facts is None:
            return view
        self.counter.roster.learn(facts)
        return self.journal.read(lambda connection: package_view(connection, self.counter.roster, item, card_mark))

    def _status(self, connection: apsw.Connection) -> StationStatus:
        owed = outbox.count_owed(connection)
        acked = one(connection, "journal.read_note", {"name": outbox.SERVER_TIME})
        return StationStatus(
            online=self.line.is_online,
            unsent=owed.unsent,
            oldest_age_s=self.journal.age_s(owed.oldest_ordinal, owed.oldest_at) if owed.oldest_at else None,
            parked=owed.parked,
            last_ack_at=datetime.fromisoformat(acked[0]) if acked else None,
            journal_ok=self.journal.is_up,
            waiting=count_waiting(connection),
            disk_low=self.journal.is_low,
            clock_off_s=self.line.clock_off_s,
            contested=count_contested(connection),
            restored=count_restored(connection),
        )
