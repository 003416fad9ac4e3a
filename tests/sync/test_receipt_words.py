"""A receipt speaks the shopper's language, and English where nobody wrote that."""

from pathlib import Path

import pytest

from photocore.errors import SettingsError
from photocore.settings import locate_config
from sync.words import SENTENCES, ReceiptWord, english_words, receipt_words


@pytest.mark.parametrize(
    "language", ["de", "de-CH", "fr", "es", "it", "pl", "tr", "ar", "ar-EG", "he", "hi", "zh", "ja"]
)
@pytest.mark.parametrize("word", list(ReceiptWord))
def test_K3_every_sentence_is_there_in_every_language(language: str, word: ReceiptWord) -> None:
    """Each is said in its own language, and fits a receipt."""
    said = receipt_words(locate_config())(language, word)
    assert said != english_words("en", word)
    assert 0 < len(said) <= 120


@pytest.mark.parametrize("language", ["en", "xx", "", "sv-FI"])
def test_K3_an_unknown_language_is_english(language: str) -> None:
    """Nobody gets an empty line, or a key in place of a sentence."""
    say = receipt_words(locate_config())
    assert [say(language, word) for word in ReceiptWord] == [english_words("en", word) for word in ReceiptWord]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[de]\nregisterd_here = "Hier"', "registerd_here"),
        (f'[de]\ntyped = "{"x" * 121}"', "120"),
        ('[de]\ntyped = ""', "length"),
        ("[de]\ntyped = 1", "str"),
        ("[de", "TOML"),
    ],
)
def test_K3_a_broken_file_is_told_by_name_and_never_printed(tmp_path: Path, text: str, says: str) -> None:
    """A translator's slip is found at the start, not on a shopper's receipt."""
    path = tmp_path / SENTENCES
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(SettingsError, match=says):
        receipt_words(tmp_path)


def test_K3_a_language_that_lacks_a_sentence_says_it_in_english(tmp_path: Path) -> None:
    """Half a translation is better than none."""
    path = tmp_path / SENTENCES
    path.parent.mkdir()
    path.write_text('[fr]\ntyped = "Saisi à la main."\n', encoding="utf-8")
    say = receipt_words(tmp_path)
    assert say("fr", ReceiptWord.TYPED) == "Saisi à la main."
    assert say("fr", ReceiptWord.WAITING) == english_words("fr", ReceiptWord.WAITING)
