"""The sentences a receipt says about its registration, in the shopper's language (DESIGN 5H).

A program that speaks more languages hands in its own; these English ones are the standing fall-back.
"""

from collections.abc import Callable
from enum import StrEnum


class ReceiptWord(StrEnum):
    """What can be true of a registration when its receipt is made."""

    REGISTERED_HERE = "registered_here"
    WAITING = "waiting"
    TYPED = "typed"
    CODE_GIVEN = "code_given"


ReceiptWords = Callable[[str, ReceiptWord], str]
"""``(language, word) -> sentence``."""

_ENGLISH = {
    ReceiptWord.REGISTERED_HERE: "Registered here, and sent to the photoservice whenever it can be reached.",
    ReceiptWord.WAITING: "Accepted. We wait for the maker's list: scan this number again later for your labels.",
    ReceiptWord.TYPED: "Some of it was typed by hand and will be checked.",
    ReceiptWord.CODE_GIVEN: "Your claim code will be checked.",
}


def english_words(_language: str, word: ReceiptWord) -> str:
    """Return the English sentence for ``word``, whatever the language."""
    return _ENGLISH[word]
