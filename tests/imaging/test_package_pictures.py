"""All rolls of a package in one picture while still inside it (O12): located, pooled, counted, strangers named.

The pictures are drawn (imaging/testing_film.py); what real wrap and foil do to them nobody has seen yet.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.printer.profile import load_profile
from hardware.render.label import LabelRenderer
from hardware.render.template import named
from imaging.codes import package_reader
from imaging.codes.contexts import Context
from imaging.codes.found import Found
from imaging.codes.package import MOST_ITEMS, PackagePool
from imaging.codes.package_reader import see_frame, see_package, watch_package
from imaging.codes.reader import Effort, read_codes
from imaging.testing_film import Shelf, draw_label, draw_package, house_label, sgtin_label
from photocore.codes import mint_house_package, mint_house_roll
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.package import Manifest
from photocore.settings import locate_config
from photocore.testing import KnownShop, SeededEntropy

PACKAGE = ItemId("(01)19501101530000(21)P2026A123")
ROLLS = tuple(ItemId(f"(01)09501101530003(21)7H3K9QX2{n:02}") for n in range(6))
OTHER = ItemId("(01)09501101530003(21)STRANGER99")
MANIFEST = Manifest(package=PACKAGE, rolls=ROLLS, source="maker")
SHOP = KnownShop({"09501101530003": "roll", "19501101530000": "package"})


def labels(rolls: Sequence[str] = ROLLS):
    """Return a label for each roll."""
    return [sgtin_label(roll, f"AB12C{n}") for n, roll in enumerate(rolls)]


def code(content: str, *, aim: str = "]d2", at: int = 0, x: float = 0.0) -> Found:
    """Return a code as a reader would have found it."""
    corners = ((x, 0.0), (x + 50, 0.0), (x + 50, 50.0), (x, 50.0))
    return Found(content, aim, content.encode(), corners, "zxing", at)


def square(item: str, *, at: int = 0, x: float = 0.0) -> Found:
    """Return the square code of an item's label."""
    return code(item.replace("(01)", "01").replace("(21)", "21"), at=at, x=x)


@pytest.fixture(scope="module")
def six() -> np.ndarray:
    """Six labelled rolls in one box, in 1080p, under one lamp."""
    return draw_package(labels(), Shelf(glare=1), seed=1)


def test_O12_six_rolls_are_all_found_in_one_picture(six: np.ndarray):
    """Each is located within its own window, and the package is complete."""
    seen = see_package(six, PackagePool(knows=SHOP, manifest=MANIFEST))
    assert (seen.is_complete, seen.words) == (True, "6 of 6 rolls found")
    assert [roll.item for roll in seen.rolls] == list(ROLLS)
    windows = [
        (int(place.centre[0] // 640), int((place.centre[1] - 80) // 495))
        for roll in seen.rolls
        for place in roll.places[:1]
    ]
    assert windows == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]


def test_O12_without_a_manifest_the_rolls_are_counted(six: np.ndarray):
    """A store that knows only how many there should be."""
    seen = see_package(six, PackagePool(knows=KnownShop(), count=6))
    assert (seen.is_complete, {roll.item for roll in seen.rolls}) == (True, set(ROLLS))


def test_O12_a_roll_that_is_not_seen_is_named_and_comes_with_the_next_picture():
    """One label is turned away, and no search finds it; the box is tipped, and the pool has them all."""
    small = Shelf(size=(320, 220), module_px=3, has_linear=False, blur_px=0.5)
    manifest = Manifest(package=PACKAGE, rolls=ROLLS[:2], source="maker")
    pool = PackagePool(knows=SHOP, manifest=manifest)
    first = see_package(draw_package(labels(ROLLS[:2]), small, seed=2, hidden=[1]), pool, at=0)
    assert (first.is_complete, first.missing) == (False, (ROLLS[1],))
    assert first.words == f"1 of 2 rolls found; missing: {ROLLS[1]}"
    second = see_package(draw_package(labels(ROLLS[:2]), small, seed=3, hidden=[0]), pool, at=1)
    assert (second.is_complete, second.words) == (True, "2 of 2 rolls found")


def test_O12_a_stranger_is_named():
    """A roll that the manifest does not have: the package is not complete, though its count is."""
    rolls = (*ROLLS[:5], OTHER)
    found = read_codes(draw_package(labels(rolls), Shelf(), seed=4), Context.PACKAGE)
    seen = PackagePool(knows=SHOP, manifest=MANIFEST).take(found)
    assert [one.item for one in seen.strangers] == [OTHER]
    assert not seen.is_complete
    assert seen.words == f"5 of 6 rolls found; missing: {ROLLS[5]}; does not belong here: {OTHER}"


def test_O12_rolls_a_store_numbered_are_found_too():
    """House codes say by themselves that they are rolls."""
    mint = SeededEntropy(3)
    package, rolls = mint_house_package(mint), [mint_house_roll(mint) for _ in range(3)]
    manifest = Manifest(package=ItemId(package), rolls=tuple(map(ItemId, rolls)), source="retailer")
    picture = draw_package([house_label(roll, "AB12C3") for roll in rolls], Shelf(size=(1500, 600)), seed=5)
    seen = see_package(picture, PackagePool(knows=KnownShop(), manifest=manifest))
    assert (seen.is_complete, [roll.item for roll in seen.rolls]) == (True, rolls)


@pytest.mark.parametrize("name", ["roll-48mm", "wrap-48mm"])
def test_O12_labels_as_our_printers_print_them_are_found(name: str):
    """Real labels behind a window, the wrap round a cartridge with the same code several times: three rolls."""
    config = locate_config()
    painter = LabelRenderer(config, load_profile(config, "generic-58mm"))
    template = named(painter.templates, name)
    pictures = [
        painter.draw(
            RollLabel(roll=roll, number=n + 1, of=3, copy=f"AB12C{n}", package=PACKAGE, product="Portra 400"), template
        ).picture.convert("L")
        for n, roll in enumerate(ROLLS[:3])
    ]
    manifest = Manifest(package=PACKAGE, rolls=ROLLS[:3], source="maker")
    picture = draw_package(pictures, Shelf(size=(1600, 620), turn_deg=10.0), seed=7)
    seen = PackagePool(knows=SHOP, manifest=manifest).take(read_codes(picture, Context.PACKAGE))
    assert [roll.number for roll in seen.rolls] == [1, 2, 3]
    assert all(len(roll.places) > 1 for roll in seen.rolls)


def test_O12_a_live_picture_ends_when_the_last_roll_is_there():
    """Frame by frame, and not one frame more."""
    small = Shelf(size=(1300, 760), module_px=3)
    frames = [draw_package(labels(), small, seed=6, hidden=hidden) for hidden in ([0, 1], [2], [])]
    told = [len(seen.rolls) for seen in watch_package(frames, PackagePool(knows=SHOP, manifest=MANIFEST))]
    assert told[-1] == 6
    assert told == sorted(told)
    assert len(told) <= 2


def test_O12_a_wrapped_cartridge_and_its_two_codes_are_one_roll():
    """The same label twice round a cartridge, square and linear: one roll in four places."""
    pool = PackagePool(knows=SHOP, manifest=MANIFEST)
    text = ROLLS[0].replace("(01)", "01").replace("(21)", "21")
    seen = pool.take([code(text, aim=aim, x=x) for aim in ("]d2", "]C1") for x in (0.0, 400.0)])
    assert (len(seen.rolls), len(seen.rolls[0].places)) == (1, 4)


def test_O12_a_linear_stranger_needs_a_second_picture():
    """A linear code has one check character; the same still looked at twice is one picture."""
    pool = PackagePool(knows=SHOP, manifest=MANIFEST)
    stranger = OTHER.replace("(01)", "01").replace("(21)", "21")
    assert pool.take([code(stranger, aim="]C1")]).strangers == ()
    again = pool.take([code(stranger, aim="]C1")])
    assert ([one.item for one in again.doubtful], again.strangers) == ([OTHER], ())
    assert [one.item for one in pool.take([code(stranger, aim="]C1", at=1)]).strangers] == [OTHER]


def test_O12_what_names_no_piece_counts_for_nothing():
    """Price codes, cards, links elsewhere, six digits of a cartridge, and noise."""
    things = [
        code("4006381333931", aim="]E0"),
        code("115334", aim="]I0"),
        code("https://www.example.com", aim="]Q1"),
        code("HELLO", aim="]C0"),
        code("]\x1d\x1d", aim="]d2"),
        code("8018952114100000000018", aim="]d2"),
    ]
    seen = PackagePool(knows=SHOP, manifest=MANIFEST).take(things)
    assert (seen.rolls, seen.strangers, seen.doubtful, seen.package) == ((), (), (), None)


def test_O12_the_package_s_own_code_is_no_roll_and_a_second_package_is_a_stranger():
    """Two boxes in one picture are noticed, with and without a manifest."""
    second = ItemId("(01)19501101530000(21)P2026B456")
    told = PackagePool(knows=SHOP, manifest=MANIFEST).take([square(PACKAGE), square(second, x=500.0)])
    assert (told.package.item, told.rolls, [one.item for one in told.strangers]) == (PACKAGE, (), [second])
    counted = PackagePool(knows=SHOP, count=1).take([square(PACKAGE), square(second, x=500.0)])
    assert (counted.package.item, [one.item for one in counted.strangers]) == (PACKAGE, [second])


def test_O12_a_package_whose_product_nobody_knows_does_not_make_up_for_a_missing_roll():
    """Five rolls and the package's own code were "6 of 6"; two of each, and nobody can tell which are the rolls."""
    pieces = [square(item, x=100.0 * n) for n, item in enumerate([PACKAGE, *ROLLS[:5]])]
    told = PackagePool(knows=KnownShop(), count=6).take(pieces)
    assert ([one.item for one in told.rolls], told.is_complete) == (list(ROLLS[:5]), False)
    assert [one.item for one in told.doubtful] == [PACKAGE]
    even = PackagePool(knows=KnownShop(), count=1).take(pieces[:2])
    assert (even.rolls, len(even.doubtful), even.is_complete) == ((), 2, False)


def test_O12_a_picture_of_a_film_is_never_searched():
    """A film of a box with its label turned away took seconds a frame."""
    slanting = draw_package(labels(ROLLS[:1]), Shelf(size=(320, 220), module_px=3, turn_deg=0.0), seed=2, hidden=[0])
    efforts: list[Effort] = []

    def noted(picture: np.ndarray, context: Context, *, effort: Effort, at: int) -> tuple[Found, ...]:
        efforts.append(effort)
        return ()

    pool = PackagePool(knows=KnownShop(), count=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package_reader, "read_codes", noted)
        for at in range(6):
            see_frame(slanting, pool, at=at)
    assert efforts == [Effort.LOOK, *[Effort.GLANCE] * 4, Effort.LOOK]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from([*ROLLS, PACKAGE, OTHER]), st.integers(0, 3)), max_size=30), st.randoms())
def test_O12_the_order_of_pictures_and_codes_does_not_matter(seen: list[tuple[str, int]], chance):
    """Any order, any repetition: the same rolls, the same strangers."""
    codes = [square(item, at=at) for item, at in seen]
    one, other = PackagePool(knows=SHOP, manifest=MANIFEST), PackagePool(knows=SHOP, manifest=MANIFEST)
    first = one.take(codes)
    shuffled = [*codes, *codes]
    chance.shuffle(shuffled)
    second = other.take(shuffled)
    assert [each.item for each in first.rolls] == [each.item for each in second.rolls]
    assert {each.item for each in first.strangers} == {each.item for each in second.strangers}
    assert first.missing == second.missing


def test_O12_a_picture_of_a_whole_shelf_fills_no_memory():
    """A thousand pieces in one picture: as many are kept as four of the largest packages hold."""
    pool = PackagePool(knows=SHOP)
    seen = pool.take(square(f"(01)09501101530003(21)SHELF{n:06}") for n in range(1_000))
    assert len(seen.rolls) == MOST_ITEMS


def test_O12_a_drawn_label_says_what_a_real_one_says():
    """The pictures' own labels are read as rolls with a copy, so that the tests above mean something."""
    label = np.asarray(draw_label(sgtin_label(ROLLS[0], "AB12C3"), 4))
    seen = see_package(np.pad(label, 20, constant_values=250), PackagePool(knows=SHOP, count=1))
    assert {place.aim for roll in seen.rolls for place in roll.places} == {"]d2", "]C1"}
