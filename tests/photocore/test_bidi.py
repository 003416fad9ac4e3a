"""The order of mixed directions: cases a reader can check, and small texts against another implementation."""

import pytest
from bidi import get_display
from hypothesis import example, given
from hypothesis import strategies as st

from photocore.bidi import FSI, LRI, PDI, RLI, Run, begins_rtl, needs_order, visual_runs

ALEF, BEH, DIGIT = "\u0627", "\u0628", "\u0663"


def _drawn(text: str, *, is_rtl: bool) -> str:
    """Return the letters as they stand from left to right; brackets are not mirrored here."""
    runs = visual_runs(text, is_rtl=is_rtl)
    return "".join(run.text[::-1] if run.is_rtl else run.text for run in runs)


@pytest.mark.parametrize("is_rtl", [True, False])
@given(text=st.text(alphabet=f"abA12 .,-:/()%+{ALEF}{BEH}{DIGIT}\u061f[]\u05d0", max_size=16))
@example(text=f"{ALEF} (a {BEH}) 1-2")
def test_O19_the_order_is_that_of_an_independent_implementation(text: str, is_rtl: bool) -> None:
    """Letters, digits of both kinds, separators, signs and brackets, in paragraphs of both directions."""
    assert _drawn(text, is_rtl=is_rtl) == get_display(text, base_dir="R" if is_rtl else "L")


def test_O19_a_code_in_an_arabic_sentence_stays_in_one_piece() -> None:
    """Alone, its brackets and digits would be taken apart and set in the sentence's direction."""
    code = "(01) 0950 (21) 7KQ"
    loose = visual_runs(f"{ALEF} {code} {BEH}", is_rtl=True)
    kept = visual_runs(f"{ALEF} {FSI}{code}{PDI} {BEH}", is_rtl=True)
    assert Run(text=code, is_rtl=False) not in loose
    assert kept == (
        Run(text=f" {BEH}", is_rtl=True),
        Run(text=code, is_rtl=False),
        Run(text=f"{ALEF} ", is_rtl=True),
    )


def test_O19_the_items_of_a_list_keep_their_own_direction() -> None:
    """A number after a Latin item belongs to the Arabic word beside it, not to the item before the dot."""
    runs = visual_runs(f"Gold 400 · C-41 · 4 {BEH}{ALEF}", is_rtl=True)
    assert [run.text for run in runs if not run.is_rtl] == ["4", "C-41", "Gold 400"]
    assert runs[0] == Run(text=f" {BEH}{ALEF}", is_rtl=True)


@pytest.mark.parametrize(("mark", "first"), [(LRI, "a"), (RLI, "b"), (FSI, "a")])
def test_O19_an_isolate_has_the_direction_its_mark_says(mark: str, first: str) -> None:
    """LRI from left to right, RLI from right to left, FSI as its first letter is."""
    assert _drawn(f"{mark}a!b{PDI}", is_rtl=False).replace("!", "") in ("ab", "ba")
    shown = visual_runs(f"{mark}a {ALEF} b{PDI}", is_rtl=False)
    assert shown[0].text.strip() == first


def test_O19_the_marks_themselves_are_not_drawn() -> None:
    """Nor one that lacks its other half."""
    assert _drawn(f"{FSI}12{PDI}{PDI} a {LRI}b", is_rtl=False) == "12 a b"


def test_O19_plain_text_needs_no_order_and_arabic_does() -> None:
    """So Latin labels go their quick way."""
    assert not needs_order("Bring your film — Ä · 4")
    assert needs_order(f"a {BEH}")
    assert needs_order(f"{FSI}7{PDI}")
    assert begins_rtl(f"12 {ALEF} a")
    assert not begins_rtl(f"{RLI}{ALEF}{PDI} a")
