"""Guest cards, lost cards and two cards of one customer at a station (S5), on a real journal and without a network."""

import pytest
from msgspec.structs import replace as replace_struct

from photocore.cards import GUEST_TABLE, CardNumber
from photocore.codes import parse_guest_card
from photocore.events import decode_event
from photocore.kinds import CardsMergedSealed, PackageClaimed, PackageClaimedSealed, read_body
from photocore.sealing import open_part
from sync.cards import JoinWish
from sync.errors import DeskReason, DeskRefusal
from sync.statements import run


def refused(call) -> DeskReason:
    with pytest.raises(DeskRefusal) as caught:
        call()
    return caught.value.reason


def events_of(station, kind):
    """The events of one kind, in order."""
    ids = station.journal.read(lambda db: [row[0] for row in db.execute("select id from event order by ordinal, seq")])
    lines = [station.journal.read(lambda db, id_=id_: run(db, "journal.event_by_id", {"id": id_}))[0][0] for id_ in ids]
    return [event for event in (decode_event(bytes(line)) for line in lines) if event.kind == kind]


def joined(world, station, why, old, into, number=""):
    station.desk.join_cards(JoinWish(why=why, old=old, into=into, number=number, staff=world.staff))


def test_S5_a_guest_card_is_a_card_of_its_own_table_and_stands_on_its_receipt(world, station):
    """Two shoppers get two; each prints with its registration and with no other's."""
    one, other = station.desk.mint_guest_card(), station.desk.mint_guest_card()
    assert one != other
    assert (one.table, parse_guest_card(one.number)) == (GUEST_TABLE, one.number)
    station.desk.register(world.wish(world.package_id(1), one))
    station.desk.register(world.wish(world.package_id(2), world.anna))
    rows = station.journal.read(lambda db: list(db.execute("select content from label_job where kind = 'receipt'")))
    said = [bytes(row[0]).decode() if isinstance(row[0], bytes) else row[0] for row in rows]
    assert [one.number in text for text in said] == [True, False]
    assert world.anna.number not in "".join(said)


def test_S5_a_guest_card_that_registered_nothing_left_nothing(world, station):
    """Minting stores nothing: an abandoned session is nobody's."""
    before = station.journal.read(lambda db: list(db.execute("select count(*) from event")))
    station.desk.mint_guest_card()
    assert station.journal.read(lambda db: list(db.execute("select count(*) from event"))) == before


def test_S5_the_notice_that_was_agreed_to_is_in_the_events_public_part(world, station):
    """A version, and nothing of the person."""
    station.desk.register(world.wish(world.package_id(1), notice="2026-11-21"))
    station.desk.register(world.wish(world.package_id(2)))
    assert [event.public["notice"] for event in events_of(station, "PackageClaimed")] == ["2026-11-21", None]


def test_S5_a_make_up_with_a_card_carries_the_notice_to_its_registration(world, station):
    """The same commit makes both."""
    station.desk.make_up(world.make_up_wish(2, world.anna, notice="2026-11-21"))
    assert [event.public["notice"] for event in events_of(station, "PackageClaimed")] == ["2026-11-21"]


def test_S5_an_event_of_an_older_station_is_read_without_the_notice(world, station):
    """It has no such field; what is not said was not asked."""
    station.desk.register(world.wish(world.package_id(1), notice="2026-11-21"))
    (event,) = events_of(station, "PackageClaimed")
    public = {name: value for name, value in event.public.items() if name != "notice"}
    assert read_body(replace_struct(event, public=public).public, PackageClaimed).notice is None


def test_S5_an_older_issue_of_a_card_is_refused_once_a_newer_one_registered_here(world, station):
    """The same number, so the same customer; a reading without an issue cannot be told from the newest."""
    old, new, bare = (CardNumber(table="club", number=world.anna.number, issue=issue) for issue in (1, 2, None))
    station.desk.register(world.wish(world.package_id(1), old))
    station.desk.register(world.wish(world.package_id(2), new))
    assert not station.desk.check_claim(world.package_id(3), new).is_card_lost
    assert station.desk.check_claim(world.package_id(3), old).is_card_lost
    assert refused(lambda: station.desk.register(world.wish(world.package_id(3), old))) is DeskReason.CARD_REPLACED
    station.desk.register(world.wish(world.package_id(3), bare))
    assert station.desk.check_claim(world.package_id(1), new).registered == "same_card"


def test_S5_the_issue_travels_sealed(world, station):
    """Only the photoservice reads it."""
    card = CardNumber(table="club", number=world.anna.number, issue=7)
    station.desk.register(world.wish(world.package_id(1), card))
    (event,) = events_of(station, "PackageClaimed")
    assert "issue" not in str(event.public)
    said = read_body(open_part(world.service.seal_key, event, "sealed"), PackageClaimedSealed)
    assert said.card_issue == 7


def test_S5_two_cards_that_staff_joined_are_one_customer_offline_as_well(world, station):
    """By any number of steps; a third card stays a stranger."""
    guest, third = station.desk.mint_guest_card(), CardNumber(table="club", number="9900000001")
    station.desk.register(world.wish(world.package_id(1), guest))
    assert station.desk.check_claim(world.package_id(1), world.ben).registered == "other_card"
    joined(world, station, "guest", guest, world.anna)
    joined(world, station, "household", world.anna, world.ben)
    assert station.desk.check_claim(world.package_id(1), world.ben).registered == "same_card"
    assert station.desk.check_claim(world.package_id(1), third).registered == "other_card"
    refusal = refused(lambda: station.desk.register(world.wish(world.package_id(1), world.ben)))
    assert refusal is DeskReason.REGISTERED_TO_THIS_CARD


def test_S5_a_replaced_card_registers_nothing_here_any_more(world, station):
    """Its successor does, and is told of what the old one registered."""
    done = station.desk.register(world.wish(world.package_id(1), world.ben))
    joined(world, station, "replaced", None, world.anna, number=done.number)
    assert (
        refused(lambda: station.desk.register(world.wish(world.package_id(2), world.ben))) is DeskReason.CARD_REPLACED
    )
    assert station.desk.check_claim(world.package_id(1), world.anna).number == done.number
    station.desk.reprint(done.claim, None, "asked for", card=world.anna)


def test_S5_a_lost_card_that_turns_up_can_stand_again(world, station):
    """Staff put it in the place of the other, which is lost now; the customer never stands there with no card."""
    joined(world, station, "replaced", world.ben, world.anna)
    joined(world, station, "replaced", world.anna, world.ben)
    station.desk.register(world.wish(world.package_id(1), world.ben))
    assert (
        refused(lambda: station.desk.register(world.wish(world.package_id(2), world.anna))) is DeskReason.CARD_REPLACED
    )
    assert station.desk.check_claim(world.package_id(1), world.anna).registered == "same_card"


def test_S5_who_finds_a_lost_card_or_a_guests_receipt_becomes_nobodys_customer(world, station):
    """What went to somebody's own card is joined to no third, by no choice and in no order."""
    third = CardNumber(table="club", number="9900000001")
    guest = station.desk.mint_guest_card()
    number = station.desk.register(world.wish(world.package_id(1), guest)).number
    joined(world, station, "guest", guest, world.anna)
    joined(world, station, "replaced", world.ben, world.anna)
    for why, old, into, receipt in (
        ("guest", guest, third, ""),
        ("household", guest, third, ""),
        ("household", third, guest, ""),
        ("replaced", None, third, number),
        ("household", world.ben, third, ""),
        ("replaced", world.ben, third, ""),
        ("replaced", third, world.ben, ""),
    ):
        assert refused(lambda: joined(world, station, why, old, into, receipt)) is DeskReason.CARD_REPLACED  # noqa: B023
    assert len(events_of(station, "CardsMerged")) == 2
    assert station.desk.check_claim(world.package_id(1), third).registered == "other_card"


def test_S5_a_receipt_of_what_was_undone_stands_for_no_card(world, station):
    """The registration may have been undone because the card was another's."""
    done = station.desk.register(world.wish(world.package_id(1), world.ben))
    station.desk.undo(done.claim)
    refusal = refused(lambda: joined(world, station, "replaced", None, world.anna, number=done.number))
    assert refusal is DeskReason.WITHDRAWN


def test_S5_a_merge_seals_both_cards_and_names_who_did_it(world, station):
    """The public part holds why, where and who of the staff; the cards are the photoservice's to read."""
    joined(world, station, "household", world.ben, world.anna)
    (event,) = events_of(station, "CardsMerged")
    assert (event.public["why"], event.public["staff"]) == ("household", world.staff)
    assert not {world.anna.number, world.ben.number} & set(map(str, event.public.values()))
    said = read_body(open_part(world.service.seal_key, event, "sealed"), CardsMergedSealed)
    assert (said.old_number, said.into_number) == (world.ben.number, world.anna.number)


def test_S5_what_cannot_be_joined_is_refused_and_writes_nothing(world, station):
    """A card with itself, a receipt of no registration here, a registration's card with itself."""
    done = station.desk.register(world.wish(world.package_id(1), world.anna))
    same = refused(lambda: joined(world, station, "household", world.anna, world.anna))
    unknown = refused(lambda: joined(world, station, "replaced", None, world.anna, number="TCN-GTH3WRWH4"))
    itself = refused(lambda: joined(world, station, "replaced", None, world.anna, number=done.number))
    assert (same, unknown, itself) == (DeskReason.SAME_CARD, DeskReason.UNKNOWN_CLAIM, DeskReason.SAME_CARD)
    assert events_of(station, "CardsMerged") == []


def test_S5_a_journal_holds_no_card_number_but_a_guest_cards(world, station):
    """A retailer's card is an HMAC there; a guest card is open, and stands on the receipt it prints."""
    joined(world, station, "replaced", world.ben, world.anna)
    station.desk.register(world.wish(world.package_id(1), world.anna))
    queries = [f"select * from {table}" for table in ("card_tie", "registration", "label_job")]
    dump = station.journal.read(lambda db: [str(list(db.execute(query))) for query in queries])
    assert world.anna.number not in "".join(dump)
    assert world.ben.number not in "".join(dump)


def test_S5_a_merge_is_sent_and_settled_as_any_event(world, station):
    """The station owes it until it is acknowledged, and nothing of it stays parked."""
    joined(world, station, "household", world.ben, world.anna)
    world.sync(station)
    status = station.desk.status()
    assert (status.unsent, status.parked) == (0, 0)
