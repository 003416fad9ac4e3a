"""The translations as texts: they count as Unicode says, keep to one word a thing, and are set as their readers set."""

import ast
import gettext
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from babel.numbers import format_decimal

from kiosk.language import LOCALES, OFFERED, speak
from kiosk.view.figures import day_words, tenths_words
from photocore.capitals import capitals

ROOT = Path(__file__).parents[2]
TRANSLATED = tuple(code for code in OFFERED if code != "en")
COUNTS = (0, 1, 2, 3, 5, 11, 21, 22, 100)
LATIN = ("de", "fr", "es", "it", "pl", "tr")
ENGLISH = frozenset({"the", "and", "your", "please", "this", "that", "with", "from", "has", "been", "card"})
"""Words that none of our other languages has."""
TERMS: dict[str, dict[str, Any]] = tomllib.loads((LOCALES / "terms.toml").read_text(encoding="utf-8"))
NO_BREAK = "\u00a0\u202f"


def catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """Return what the kiosk reads: each English sentence, and its forms in ``language``."""
    with (LOCALES / language / "LC_MESSAGES" / "kiosk.mo").open("rb") as file:
        raw: dict[Any, str] = gettext.GNUTranslations(file)._catalog
    found: dict[str, tuple[str, ...]] = {}
    for key, text in raw.items():
        english = key[0] if isinstance(key, tuple) else key
        found[english] = (*found.get(english, ()), text)
    return {english: forms for english, forms in found.items() if english}


@pytest.fixture(scope="module")
def catalogues() -> dict[str, dict[str, tuple[str, ...]]]:
    """Every translation."""
    return {language: catalogue(language) for language in TRANSLATED}


Catalogues = dict[str, dict[str, tuple[str, ...]]]


@pytest.mark.parametrize("language", TRANSLATED)
def test_K1_O19_a_language_counts_as_unicode_says(language: str) -> None:
    """Two numbers have one form with us where they have one in the CLDR (Babel's data), and two where they have two."""
    form = getattr(speak(language).strings, "_words", speak(language).strings).plural
    classes = {n: Locale.parse(language).plural_form(n) for n in range(1000)}
    pairs = {(classes[n], form(n)) for n in range(1000)}
    assert len(pairs) == len(set(classes.values())) == len({index for _, index in pairs}), pairs


def test_K1_O19_numbers_are_said_right_in_every_language() -> None:
    """By example: no roll, one, two, three, five, eleven, twenty-one, twenty-two, a hundred."""
    said = {
        language: [speak(language).strings.ngettext("{n} roll", "{n} rolls", n).format(n=n) for n in COUNTS]
        for language in LATIN
    }
    assert said["de"][:3] == ["0 Filme", "1 Film", "2 Filme"]
    assert said["fr"][:3] == ["0 pellicule", "1 pellicule", "2 pellicules"]
    assert said["es"][:3] == ["0 carretes", "1 carrete", "2 carretes"]
    assert said["it"][:3] == ["0 rullini", "1 rullino", "2 rullini"]
    assert said["pl"] == [
        "0 rolek", "1 rolka", "2 rolki", "3 rolki", "5 rolek", "11 rolek", "21 rolek", "22 rolki", "100 rolek",
    ]  # fmt: skip
    assert {words.split()[1] for words in said["tr"]} == {"rulo"}


@pytest.mark.parametrize("language", OFFERED)
def test_K1_O19_a_date_and_a_fraction_are_written_as_unicode_says(language: str) -> None:
    """Day, month and year in the order of the CLDR's short date (Babel's data), and its sign before the tenths."""
    strings = speak(language).strings
    told = re.findall(r"\d+", day_words("2026-06-30", strings))
    order = re.findall("[dMy]", re.sub("'[^']*'", "", Locale.parse(language).date_formats["short"].pattern))
    parts = {"d": "30", "M": "06", "y": "2026"}
    assert language == "en" or told == [parts[field] for field in dict.fromkeys(order)]
    digits = format_decimal(0.5, locale=language, numbering_system="latn")
    assert tenths_words(5, strings) == digits
    assert tenths_words(123, strings) == digits.replace("0", "12").replace("5", "3")


def test_K1_O19_a_date_in_hebrew_or_arabic_is_one_number() -> None:
    """Its parts are no isolates of their own, which would turn their order round."""
    assert day_words("2026-06-30", speak("ar").strings) == "30/06/2026"
    assert day_words("2026-06-30", speak("he").strings) == "30.06.2026"
    assert day_words("2026-06-30", speak("en").strings) == "2026-06-30"


@pytest.mark.parametrize("language", TRANSLATED)
def test_O19_each_thing_has_one_word_in_a_language(language: str, catalogues: Catalogues) -> None:
    """Where the English sentence has a word of the term list, the translation has its word for it."""
    terms = {name: term for name, term in TERMS.items() if language in term}
    other = [
        f"{name}: {english!r} is {form!r}"
        for name, term in terms.items()
        for english, forms in catalogues[language].items()
        if re.search(rf"\b(?:{term['en']})\b", english, re.I) and english not in term.get("free", ())
        for form in forms
        if not re.search(term[language], form, re.I)
    ]
    assert other == []


def test_O19_the_term_list_names_every_language_and_only_sentences_there_are(catalogues: Catalogues) -> None:
    """A term without a word in a language would not be held to; a sentence that is gone needs no freedom."""
    lacking = {(name, code) for name, term in TERMS.items() for code in LATIN if code not in term}
    assert lacking == set()
    assert {free for term in TERMS.values() for free in term.get("free", ())} <= set(catalogues["de"])


@pytest.mark.parametrize("language", LATIN)
def test_O19_no_english_word_is_left_in_a_translation(language: str, catalogues: Catalogues) -> None:
    """Not a word of English grammar in any sentence, and no whole sentence but names and signs."""
    left = {
        form
        for english, forms in catalogues[language].items()
        for form in forms
        if ENGLISH & set(re.findall(r"\w+", form.lower())) or (form == english and len(english.split()) > 3)
    }
    assert left == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_O19_quotes_apostrophes_and_dots_are_set_not_typed(language: str, catalogues: Catalogues) -> None:
    """L'étiquette with a straight apostrophe, "quoted" or ... is a typewriter's; a space too many is a slip."""
    for english, forms in catalogues[language].items():
        for form in forms:
            assert not re.search(r"['\"]|\.\.\.|  | $|^ ", form), form
            if language != "ja":  # a line of a Japanese list ends without a sign
                assert english.endswith(".") == form.endswith((".", "。", "।")), form
                assert english.endswith("?") == form.endswith(("?", "？", "؟")), form


def test_O19_french_keeps_its_high_punctuation_with_the_word(catalogues: Catalogues) -> None:
    """An unbreakable space stands before : ; ? and !; no line ever begins with one of them."""
    for forms in catalogues["fr"].values():
        for form in forms:
            assert not re.search(rf"[^{NO_BREAK}][:;?!](?=\s|$)", form), form


def test_O19_spanish_opens_what_it_asks(catalogues: Catalogues) -> None:
    """Each question begins with its own sign."""
    for forms in catalogues["es"].values():
        for form in forms:
            assert form.count("?") == form.count("¿"), form


def test_O19_turkish_has_two_letters_i() -> None:
    """A word set in capitals keeps its dots, and its lack of them."""
    assert capitals("Güvenlik şeridi", "tr") == "GÜVENLİK ŞERİDİ"
    assert capitals("kasıtlı", "tr") == "KASITLI"
    assert capitals("Sicherheitsstreifen", "de") == "SICHERHEITSSTREIFEN"


CASED = frozenset({"upper", "lower", "capitalize", "title", "swapcase", "casefold"})
CODES_ONLY = {
    "kiosk/ui/pictures.py": "(film.name or 'Film').upper()",  # the maker's own name of the film, in Latin letters
    "hardware/render/escpos_text.py": "profile.codepage.upper()",
    "hardware/render/fonts.py": "letters",  # part of a file's name
    "kiosk/ui/shaping.py": "script.capitalize()",  # likewise
}
"""Where letters change their case by Python's rules: of names and codes, never of words."""


def _cased() -> Iterator[tuple[str, str]]:
    for folder in ("kiosk/view", "kiosk/ui", "hardware/render"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args
                if is_call and isinstance(node.func, ast.Attribute) and node.func.attr in CASED:
                    yield str(path.relative_to(ROOT)), ast.unparse(node)


def test_O19_no_translated_word_changes_its_case_by_pythons_rules() -> None:
    """Python's capitals are wrong in Turkish, and its capitalize() takes the capitals from German nouns."""
    assert [(path, call) for path, call in _cased() if CODES_ONLY.get(path, "-") not in call] == []


def test_K1_no_word_hides_from_the_translators_inside_a_formatted_string() -> None:
    """What collects the words does not look there, so such a sentence would stay English for ever."""
    hidden = [
        f"{path.name}: {ast.unparse(call)}"
        for path in sorted((ROOT / "kiosk" / "view").rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and "gettext" in ast.unparse(call.func)
    ]
    assert hidden == []
