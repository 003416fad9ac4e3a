"""Cards that staff joined are one customer's on the web, too: a merge may come before a card is proved, or after."""

import pytest

ADA, BEN = "952114100000000018", "952114100000000025"
EITHER = pytest.mark.parametrize("is_merged_first", [True, False])


@pytest.fixture
def cards(world, station, owner, joined):
    """Two cards with a package each, and two people who sign in; ``tie`` proves a card theirs, ``merge`` joins both."""
    return Cards(world, station, [joined(owner(f"MERGED0{n}")) for n in range(2)])


class Cards:
    def __init__(self, world, station, people):
        self.world, self.station, self.people = world, station, people
        self.rolls, self.claims, self.accounts = [], [], []
        for n, card in enumerate((ADA, BEN)):
            package, rolls = world.pack(f"JOINED{n}0")
            claim = station.claim(package, card=card)
            station.send()
            (row,) = world.sql("select account from claim where id = $1", claim.id)
            self.rolls.append(set(rolls))
            self.claims.append(claim)
            self.accounts.append(row["account"])

    def tie(self, person, card):
        proofs = self.world.running.service.people.entrance.card_proofs
        self.world.running.do(lambda session: proofs.tie_by_staff(session, self.people[person], self.accounts[card]))

    def merge(self):
        self.station.merge("household", BEN, ADA)
        self.station.send()

    def tie_and_merge(self, ties, *, is_merged_first):
        if is_merged_first:
            self.merge()
        for person, card in ties:
            self.tie(person, card)
        if not is_merged_first:
            self.merge()

    def ask(self, work):
        return self.world.running.do(work)

    def seen(self, person):
        people = self.world.running.service.people
        return {one.roll for one in self.ask(lambda session: people.persons.shown(session, self.people[person]))}

    def keys(self):
        return {row["account"] for row in self.world.sql("select account from account_key")} & set(self.accounts)

    def delete(self, person):
        deleting = self.world.running.service.people.deleting
        self.ask(lambda session: deleting.delete(session, self.people[person]))


@EITHER
def test_S5_who_proved_a_card_sees_what_it_is_joined_with(cards, is_merged_first):
    cards.tie_and_merge([(0, 0)], is_merged_first=is_merged_first)
    person = cards.people[0]
    assert cards.rolls[0] | cards.rolls[1] <= cards.seen(0)
    assert not cards.seen(1) & (cards.rolls[0] | cards.rolls[1])
    told = cards.ask(lambda session: session.rows("profiles.registrations", person))
    assert {claim.id for claim in cards.claims} <= {row["claim"] for row in told}
    assert len(told) == 3


@EITHER
def test_S5_who_proved_a_card_hears_of_pictures_of_what_it_is_joined_with(cards, archive, is_merged_first):
    cards.tie_and_merge([(0, 0)], is_merged_first=is_merged_first)
    cards.world.clock.advance(60)
    roll = min(cards.rolls[1])
    archive.file(roll, "1", archive.tenant("Silver Lab"))
    told = cards.ask(lambda session: session.rows("arrivals.people", [roll]))
    assert [(row["person"], row["images"]) for row in told] == [(cards.people[0], 1)]


@EITHER
def test_S5_who_deletes_everything_takes_no_card_from_who_proved_the_other_one(cards, archive, is_merged_first):
    """The account of the one card is not erased, for the other's would go with it; nor the pictures the other sees."""
    cards.tie_and_merge([(0, 0), (1, 1)], is_merged_first=is_merged_first)
    archive.file(min(cards.rolls[0]), "1", archive.tenant("Silver Lab"))
    cards.delete(0)
    assert cards.keys() == set(cards.accounts)
    assert cards.rolls[0] | cards.rolls[1] <= cards.seen(1)
    roll = min(cards.rolls[0])
    assert [row["state"] for row in cards.world.sql("select state from images.image where roll = $1", roll)] == [
        "standing"
    ]
    cards.delete(1)
    assert cards.keys() == set()


@EITHER
def test_S5_nor_from_who_holds_a_receipt_of_the_other_one(cards, is_merged_first):
    cards.tie_and_merge([(0, 0)], is_merged_first=is_merged_first)
    hold = (cards.people[1], cards.station.id, cards.claims[1].id, "staff", cards.world.clock.now())
    cards.ask(lambda session: session.run("joining.hold", *hold))
    cards.delete(0)
    assert cards.keys() == set(cards.accounts)
    assert cards.rolls[1] <= cards.seen(1)


@EITHER
def test_S5_a_receipt_of_a_card_another_proved_is_not_the_holders_alone(cards, is_merged_first):
    """Its code lives on when who holds the receipt deletes everything: the customer is somebody else as well."""
    cards.tie_and_merge([(1, 1)], is_merged_first=is_merged_first)
    person = cards.people[0]
    hold = (person, cards.station.id, cards.claims[0].id, "staff", cards.world.clock.now())
    cards.ask(lambda session: session.run("joining.hold", *hold))
    alone = cards.ask(lambda session: session.rows("deleting.held_alone", person))
    assert cards.claims[0].id not in {row["claim"] for row in alone}
    assert len(alone) == 1
