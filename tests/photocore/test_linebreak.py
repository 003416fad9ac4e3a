"""Where a line may end, in languages with spaces and without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.linebreak import NEVER_FIRST, NEVER_LAST, lines, phrases, pieces
from photocore.scripts import regions, script_of

SIGNS = st.text(alphabet="aZ 09-·.,()登録番号のをカード「」。、ー・ッ（）…—%請", max_size=60)


@given(text=SIGNS)
def test_K1_nothing_is_lost_between_pieces(text: str) -> None:
    """Put together again they are the text: for words, for signs and for phrases."""
    assert "".join(pieces(text)) == text
    assert "".join(phrases(text)) == text


@given(text=SIGNS, width=st.integers(min_value=1, max_value=30))
def test_K1_a_line_is_no_wider_than_its_room_or_its_widest_piece(text: str, width: int) -> None:
    """And nothing but spaces at the line ends is lost."""
    broken = lines(text, width, len, even=True)
    widest = max((len(piece.rstrip()) for piece in pieces(text)), default=0)
    assert all(len(line) <= max(width, widest) for line in broken)
    assert "".join(broken).replace(" ", "") == text.replace(" ", "")


@given(text=SIGNS.map(lambda text: text.replace(" ", "")), width=st.integers(min_value=1, max_value=30))
def test_K1_no_line_begins_or_ends_with_a_sign_that_may_not(text: str, width: int) -> None:
    """Where there is no space to part it, only the text itself may begin with a full stop or end with a bracket."""
    broken = lines(text, width, len, even=True)
    assert not [line for line in broken[1:] if line[0] in NEVER_FIRST]
    assert not [line for line in broken[:-1] if line[-1] in NEVER_LAST]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Scan your card", ["Scan ", "your ", "card"]),
        ("请扫描。", ["请", "扫", "描。"]),
        ("（登记号）", ["（登", "记", "号）"]),
        ("3个胶卷", ["3个", "胶", "卷"]),
        ("TCN-7Q2M 登记", ["TCN-7Q2M ", "登", "记"]),
    ],
)
def test_K1_a_text_parts_where_its_language_parts_it(text: str, parts: list[str]) -> None:
    """At spaces; between ideographs; never before a full stop, after an opening bracket, or inside a code."""
    assert pieces(text) == parts


def test_K1_japanese_keeps_its_words_together() -> None:
    """No foreign word is cut, and no ending begins a line, while there is room for a whole phrase."""
    assert phrases("パッケージの四角いコードをスキャン") == ["パッケージの", "四角い", "コードを", "スキャン"]
    assert phrases("ラベルをお取りください") == ["ラベルを", "お取りください"]
    assert lines("カードをスキャンしてください", 10, len) == ["カードを", "スキャンしてください"]
    assert lines("パッケージ", 3, len) == ["パッ", "ケージ"]


def test_K1_a_short_text_has_lines_of_like_length() -> None:
    """No single sign is left alone on the last line of a title."""
    text = "请扫描胶卷包装盒和您的登记卡"
    assert [len(line) for line in lines(text, 13, len)] == [13, 1]
    assert [len(line) for line in lines(text, 13, len, even=True)] == [7, 7]


@pytest.mark.parametrize(
    ("sign", "script"),
    [("a", None), ("ё", None), ("א", "hebrew"), ("ع", "arabic"), ("،", "arabic"), ("क", "devanagari"), ("の", "wide")],
)
def test_K1_a_sign_is_known_by_its_block(sign: str, script: str | None) -> None:
    """Marks and punctuation of a script are its own as well."""
    assert script_of(sign) == script


def test_K1_wide_letters_have_the_shapes_of_the_language() -> None:
    """Japanese by itself; whatever else writes them is taken for Chinese."""
    assert [regions(code)[0] for code in ("ja", "ja-JP", "zh", "zh-Hans", "en")] == ["JP", "JP", "SC", "SC", "SC"]
