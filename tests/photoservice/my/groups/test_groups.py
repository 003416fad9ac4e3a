"""Sub-groups (O14): each picture in exactly one or in none, in whatever order, from two tabs at once."""

import asyncio
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoservice.arranging.groups import LONGEST_NAME, MOST_GROUPS, Behind, clean_name
from photoservice.errors import Malformed, Unknown, Unprocessable
from photoservice.gallery.sight import Sight


@pytest.fixture
def mine(owner, world):
    """An owner with six pictures, and what tells their person, sight and groups."""
    return Desk(owner("GROUPS01"), world)


class Desk:
    """A person's groups as a request would use them: one transaction each."""

    def __init__(self, owner, world):
        self.images, self.running = owner.images, world.running
        self.groups = world.running.service.people.groups
        [row] = world.sql(
            "select person from people.holding where claim in (select id from claim where number = $1)",
            owner.home.number,
        )
        self.person = row["person"]
        self.sight = Sight(rolls=owner.rolls)

    def do(self, verb, *values, **more):
        return self.running.do(lambda session: getattr(self.groups, verb)(session, self.person, *values, **more))

    def put(self, images, group):
        return self.do("put", self.sight, images, group)

    def within(self, group):
        return list(self.do("pictures", self.sight, group, limit=100).images)

    def rest(self):
        return list(self.do("rest", self.sight, limit=100).images)

    def names(self):
        return [name for _, name in self.do("names")]


def test_O14_a_picture_is_in_the_group_it_was_put_into_last(mine):
    one, other = mine.do("make", "Summer"), mine.do("make", "Winter")
    assert mine.put(mine.images[:3], one) == 3
    assert mine.put([mine.images[2], mine.images[0]], other) == 2
    assert (mine.within(one), mine.within(other)) == ([mine.images[1]], [mine.images[2], mine.images[0]])
    assert mine.rest() == mine.images[3:]
    assert mine.put([mine.images[1]], None) == 1
    assert (mine.within(one), mine.do("count_rest", mine.sight)) == ([], 4)


def test_O14_what_is_put_where_it_is_keeps_its_place_and_what_is_put_anew_comes_last(mine):
    one = mine.do("make", "Summer")
    mine.put(mine.images[:3], one)
    assert mine.put([mine.images[0], mine.images[3]], one) == 2
    assert mine.within(one) == mine.images[:4]


def test_O14_groups_have_an_order_of_ones_own(mine):
    made = {name: mine.do("make", name) for name in ("A", "B", "C")}
    mine.do("shift", made["C"], before=made["A"])
    assert mine.names() == ["C", "A", "B"]
    mine.do("shift", made["C"], before=None)
    mine.do("shift", made["B"], before=made["B"])
    assert mine.names() == ["A", "B", "C"]


def test_O14_a_group_made_twice_is_one_and_two_do_not_get_one_name(mine):
    one = mine.do("make", "  Summer\n in  Rome ")
    assert mine.do("make", "summer in rome") == one
    other = mine.do("make", "Winter")
    with pytest.raises(Unprocessable):
        mine.do("rename", other, "SUMMER IN ROME")
    mine.do("rename", one, "Summer in ROME")
    assert mine.names() == ["Summer in ROME", "Winter"]


def test_O14_removing_is_undone_and_takes_nothing_from_where_it_went_meanwhile(mine):
    one, other = mine.do("make", "Summer"), mine.do("make", "Winter")
    mine.put([mine.images[2], mine.images[0], mine.images[1]], one)
    mine.do("remove", one)
    assert (mine.names(), mine.do("count_rest", mine.sight)) == (["Winter"], 6)
    mine.put([mine.images[0]], other)
    mine.do("bring_back", one)
    assert mine.names() == ["Summer", "Winter"]
    assert (mine.within(one), mine.within(other)) == ([mine.images[2], mine.images[1]], [mine.images[0]])
    with pytest.raises(Unknown):
        mine.do("bring_back", one)


def test_O14_pages_of_a_group_and_of_the_rest_come_one_behind_another(mine):
    one = mine.do("make", "Summer")
    mine.put(mine.images[:4], one)
    for verb, values, images in (("pictures", (one,), mine.images[:4]), ("rest", (), mine.images[4:])):
        found, behind = [], Behind()
        while behind is not None:
            page = mine.do(verb, mine.sight, *values, behind=behind, limit=1)
            found, behind = [*found, *page.images], page.next
        assert found == images


def test_O14_a_list_of_groups_counts_and_shows_what_may_be_seen(mine):
    one = mine.do("make", "Summer")
    mine.do("make", "Empty")
    mine.put(mine.images, one)
    [summer, empty] = mine.do("all", mine.sight)
    assert (summer.pictures, summer.first, empty.pictures) == (6, tuple(mine.images[:4]), 0)
    half = Sight(rolls=mine.sight.rolls[:1])
    assert [group.pictures for group in mine.do("all", half)] == [3, 0]
    assert mine.do("find", one, half).pictures == 3
    assert mine.do("find", one, mine.sight).pictures == 6


def test_attack_nobody_touches_anothers_group_or_picture(mine, owner, world):
    theirs = Desk(owner("GROUPS02"), world)
    group, own = theirs.do("make", "Theirs"), mine.do("make", "Mine")
    theirs.put(theirs.images, group)
    for verb, values in (
        ("rename", (group, "x")),
        ("remove", (group,)),
        ("put", (mine.sight, mine.images, group)),
        ("put", (mine.sight, theirs.images, own)),
        ("put", (mine.sight, theirs.images, None)),
        ("put", (mine.sight, ["IM-NONE", ""], own)),
        ("find", (group, mine.sight)),
        ("bring_back", (group,)),
    ):
        with pytest.raises(Unknown):
            mine.do(verb, *values)
    for one, before in ((group, None), (own, group)):
        with pytest.raises(Unknown):
            mine.do("shift", one, before=before)
    assert mine.within(group) == []
    assert mine.put([*theirs.images, mine.images[0]], own) == 1
    assert theirs.within(group) == theirs.images
    assert mine.do("groups_of", [*theirs.images, mine.images[0]]) == {mine.images[0]: (own, "Mine")}


def test_O14_two_people_who_hold_one_registration_each_have_their_own_groups(mine, world):
    other = world.running.do(world.running.service.people.persons.make)
    group = mine.do("make", "Mine")
    mine.put(mine.images, group)
    groups = world.running.service.people.groups
    assert world.running.do(lambda session: groups.count_rest(session, other, mine.sight)) == 6


def test_O14_two_tabs_at_once_leave_each_picture_in_exactly_one(mine):
    made = [mine.do("make", name) for name in "ABCD"]

    async def race():
        async def tab(n):
            for turn in range(4):
                async with mine.running.service.database.begin() as session:
                    images = mine.images if (n + turn) % 2 else mine.images[::-1]
                    group = [*made, None][(n + turn) % 5]
                    await mine.groups.put(session, mine.person, mine.sight, images, group)

        await asyncio.gather(*(tab(n) for n in range(6)))

    mine.running.run(race())
    assert sorted([*mine.rest(), *(image for group in made for image in mine.within(group))]) == sorted(mine.images)


def test_O14_a_group_that_is_removed_while_pictures_come_loses_none(mine):
    """Whoever is first: they are in it and come back with it, or the group is not there any more."""
    for turn in range(6):
        group = mine.do("make", f"Turn {turn}")

        async def put(group):
            async with mine.running.service.database.begin() as session:
                await mine.groups.put(session, mine.person, mine.sight, mine.images, group)

        async def remove(group):
            async with mine.running.service.database.begin() as session:
                await mine.groups.remove(session, mine.person, group)

        async def race(group):
            return await asyncio.gather(*(verb(group) for verb in (put, remove)), return_exceptions=True)

        raised = [type(found) for found in mine.running.run(race(group)) if found is not None]
        assert raised in ([], [Unknown])
        assert mine.rest() == mine.images
        mine.do("bring_back", group)
        assert mine.within(group) == ([] if raised else mine.images)
        mine.put(mine.images, None)


@pytest.mark.nightly
def test_O14_there_is_an_end_of_groups(mine, world):
    world.sql(
        "insert into people.sub_group (id, person, name, place, made_at, changed_at)"
        " select 'G-' || n, $1, n, n, now(), now() from generate_series(1, $2::integer) as n",
        *(mine.person, MOST_GROUPS),
    )
    with pytest.raises(Unprocessable):
        mine.do("make", "One more")


def test_O14_any_sequence_of_changes_keeps_each_picture_in_exactly_one(mine):
    """A model of one dict says where each picture is; PostgreSQL says the same after every sequence."""
    images, counter = mine.images, iter(range(10_000))
    change = st.one_of(
        st.tuples(st.just("make")),
        st.tuples(st.just("put"), st.lists(st.sampled_from(images), max_size=8), st.integers(0, 9)),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.just("bring_back"), st.integers(0, 9)),
    )

    @given(st.lists(change, max_size=12))
    def holds(changes):
        where: dict[str, str | None] = dict.fromkeys(images)
        living: list[str] = []
        gone: dict[str, list[str]] = {}
        mine.put(images, None)
        for verb, *values in changes:
            if verb == "make":
                living.append(mine.do("make", f"Group {next(counter)}"))
            elif verb == "put":
                group = [None, *living][values[1] % (len(living) + 1)]
                if values[0]:
                    mine.put(values[0], group)
                where |= dict.fromkeys(values[0], group)
            elif verb == "remove" and living:
                group = living.pop(values[0] % len(living))
                mine.do("remove", group)
                gone[group] = [image for image in images if where[image] == group]
                where |= dict.fromkeys(gone[group])
            elif verb == "bring_back" and gone:
                group = list(gone)[values[0] % len(gone)]
                mine.do("bring_back", group)
                living.append(group)
                where |= {image: group for image in gone.pop(group) if where[image] is None}
        for group in living:
            assert sorted(mine.within(group)) == sorted(image for image in images if where[image] == group)
        assert mine.rest() == [image for image in images if where[image] is None]

    holds()


@given(st.text(max_size=300))
def test_O14_a_name_is_kept_as_one_line_of_signs_that_are_seen(text):
    try:
        name = clean_name(text)
    except Malformed:
        return
    assert clean_name(name) == name == unicodedata.normalize("NFC", name)
    assert 0 < len(name) <= LONGEST_NAME
    assert not any(unicodedata.category(sign)[0] == "C" and sign not in "\u200c\u200d" for sign in name)


def test_attack_names_that_hide_or_turn_are_plain():
    assert clean_name("\u202egnp.exe\u0000 \u2066x") == "gnp.exe x"
    assert clean_name("👨\u200d👩\u200d👧 می\u200cخواهم") == "👨\u200d👩\u200d👧 می\u200cخواهم"
    for nothing in ("", " \n\t", "\u200b\u200d\ufeff"):
        with pytest.raises(Malformed):
            clean_name(nothing)
    with pytest.raises(Malformed):
        clean_name("a" * 10_000)
