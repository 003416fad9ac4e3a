"""The sentences a receipt says about its registration, in the shopper's language (DESIGN 5H).

English stands here, so that there is always something true to print. The other languages are data
(``config/receipts/sentences.toml``): a translator needs no release, and this room no screen.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import msgspec

from photocore.errors import SettingsError
from photocore.settings import load_toml

SENTENCES: Final = Path("receipts", "sentences.toml")


class ReceiptWord(StrEnum):
    """What can be true of a registration when its receipt is made."""

    REGISTERED_HERE = "registered_here"
    WAITING = "waiting"
    TYPED = "typed"
    CODE_GIVEN = "code_given"
    LABELLED = "labelled"


ReceiptWords = Callable[[str, ReceiptWord], str]
"""``(language, word) -> sentence``."""

Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]

_ENGLISH = {
    ReceiptWord.REGISTERED_HERE: "Registered here, and sent to the photoservice whenever it can be reached.",
    ReceiptWord.WAITING: "Accepted. We wait for the maker's list: scan this number again later for your labels.",
    ReceiptWord.TYPED: "Some of it was typed by hand and will be checked.",
    ReceiptWord.CODE_GIVEN: "Your claim code will be checked.",
    ReceiptWord.LABELLED: "The labels on your rolls stay as they are. Is one missing? The counter prints a new one.",
}


def english_words(_language: str, word: ReceiptWord) -> str:
    """Return the English sentence for ``word``, whatever the language."""
    return _ENGLISH[word]


def receipt_words(config: Path) -> ReceiptWords:
    """Return the sentences of every language in ``config``; what a language lacks, and an unknown one, is English.

    Raises:
        SettingsError: the file cannot be read, names a sentence nobody says, or has one too long for a receipt.
    """
    path = config / SENTENCES
    try:
        spoken = msgspec.convert(load_toml(path), dict[str, dict[ReceiptWord, Sentence]])
    except msgspec.ValidationError as cause:
        raise SettingsError(f"{path}: {cause}.") from cause

    def say(language: str, word: ReceiptWord) -> str:
        return _own(spoken, language).get(word, _ENGLISH[word])

    return say


def _own(spoken: Mapping[str, Mapping[ReceiptWord, str]], language: str) -> Mapping[ReceiptWord, str]:
    """Return the sentences of ``language``, or of its main language: de for de-CH."""
    return spoken.get(language) or spoken.get(language.partition("-")[0]) or {}
