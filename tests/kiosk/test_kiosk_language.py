"""The translations: whole, fitting their English, compiled as they stand, and drawable with the fonts we bring."""

import gettext
import importlib.util
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from kiosk.errors import LanguageUnknown
from kiosk.language import OFFERED, isolated, lengthened, offered, speak
from kiosk.testing.gallery import gallery
from kiosk.view import view
from photocore.bidi import FSI, PDI

ROOT = Path(__file__).parents[2]
TRANSLATED = tuple(code for code in OFFERED if code != "en")
FORMS = {"ar": 6, "he": 3, "pl": 3, "zh": 1, "ja": 1}
"""How many forms a language has, where they are not two."""
IN_WORDS = {"ar": (1, 2), "he": (0, 1)}
"""Forms that are words by themselves: one day, two days."""
NAMED = {"brick", "von", *["lot", "light", "leak", "the", "cartridge", "lip"], *["hand", "scanner", "counter", "left"]}
"""A person's and a product's name, a maker's reason, a shop's names of devices: they are said as they were told."""
QUOTED = ("[as the photoservice says it]", "lot 2291: light leak in the cartridge lip")
"""What others wrote: shown as it came."""
OTHER_SCRIPTS = ("ar", "he", "hi", "zh", "ja")
PLACEHOLDER = re.compile(r"\{[a-z_]*\}")
SCREENS = dict(gallery())


@pytest.fixture(scope="module")
def words() -> ModuleType:
    """The script that keeps the words in step."""
    spec = importlib.util.spec_from_file_location("kiosk_words", ROOT / "scripts" / "kiosk_words.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", TRANSLATED)
def test_O19_every_word_is_translated_and_none_is_a_guess(words: ModuleType, language: str) -> None:
    """Exactly the template's words, each in every plural form, none marked fuzzy."""
    catalog = words.read_translation(language)
    assert words.untranslated(language) == []
    assert words.po_path(language).read_bytes() == words.brought_up(language)
    assert not [message.id for message in catalog if message.id and message.fuzzy]
    plurals = [message for message in catalog if not isinstance(message.id, str)]
    assert plurals
    assert {len(message.string) for message in plurals} == {FORMS.get(language, 2)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_O19_every_placeholder_stands_in_the_translation_too(words: ModuleType, language: str) -> None:
    """A number or code that the English sentence tells is told, and no other is asked for."""
    for message in words.read_translation(language):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else message.id
        forms = [message.string] if isinstance(message.string, str) else message.string
        wanted = set(PLACEHOLDER.findall(ids[-1]))
        for n, form in enumerate(forms):
            has = set(PLACEHOLDER.findall(form))
            says_it_in_words = len(forms) > 1 and n in IN_WORDS.get(language, ())
            assert has == wanted or (says_it_in_words and has == wanted - {"{n}"}), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_O19_the_compiled_catalogue_is_the_readable_one(words: ModuleType, language: str) -> None:
    """`python scripts/kiosk_words.py` was run; and what it compiles is what gettext reads."""
    path = words.po_path(language).with_suffix(".mo")
    assert path.read_bytes() == words.compiled(language)
    with path.open("rb") as file:
        read = gettext.GNUTranslations(file)
    for message in words.read_translation(language):
        if isinstance(message.id, str) and message.id:
            assert read.gettext(message.id) == message.string


@pytest.mark.parametrize(
    ("count", "arabic"),
    [
        (1, "فيلم واحد"),
        (2, "فيلمان"),
        (3, "أفلام"),
        (10, "أفلام"),
        (11, "فيلمًا"),
        (99, "فيلمًا"),
        (100, "فيلم"),
        (103, "أفلام"),
    ],
)
def test_O19_arabic_counts_with_its_six_forms(count: int, arabic: str) -> None:
    """One, two, a few, many, and again a few after every hundred (CLDR)."""
    words = speak("ar").strings.ngettext("{n} roll", "{n} rolls", count)
    assert arabic in words


def test_O19_what_is_filled_into_an_arabic_sentence_is_isolated() -> None:
    """A code keeps its order; in German and English nothing is added."""
    assert isolated("رمز {number} هنا") == f"رمز {FSI}{{number}}{PDI} هنا"
    filled = speak("ar").strings.gettext("Registration {number}").format(number="TCN-7Q2M9XKD4")
    assert f"{FSI}TCN-7Q2M9XKD4{PDI}" in filled
    assert FSI not in speak("de").strings.gettext("Registration {number}")


@pytest.mark.parametrize("language", TRANSLATED)
def test_O19_no_screen_says_anything_in_english_any_more(language: str) -> None:
    """Every title, sentence and button of every page differs from the English one, names and codes apart."""
    same = {*QUOTED, "Online", "Scanner", "PIN", "01 … 21 …, or TCP-…", "Film", "7Q2M-9XKD-4F8T-P", "ELO Touch 2402L"}
    for name, state in SCREENS.items():
        english, other = (view(replace(state, language=code), speak(code).strings) for code in ("en", language))
        pairs = [(english.title, other.title), (english.guidance, other.guidance), (english.foot, other.foot)]
        pairs += [(a.text, b.text) for a, b in zip(english.buttons, other.buttons, strict=True)]
        pairs += [(a.text, b.text) for a, b in zip(english.chips, other.chips, strict=True)]
        pairs += [(a.text, b.text) for a, b in zip(english.blocks, other.blocks, strict=True)]
        pairs += [(a.detail, b.detail) for a, b in zip(english.entries, other.entries, strict=True)]
        pairs += [(a.title, b.title) for a, b in zip(english.rows, other.rows, strict=True)]
        if english.notice and other.notice:
            pairs.append((english.notice.text, other.notice.text))
        for source, told in pairs:
            is_word = re.search("[a-z]", source) is not None
            assert not is_word or source in same or told != source, f"{source!r} on {name}"
            own = told.replace(QUOTED[0], "").replace(QUOTED[1], "")
            ours = set(re.findall(r"\b[a-z]{3,}\b", own)) - NAMED if language in OTHER_SCRIPTS else set()
            assert not ours, f"{told!r} on {name}"


def test_O19_codes_have_western_digits_in_every_language() -> None:
    """What stands on the film and on the screen is told apart digit by digit, so it is the same digits."""
    for state in SCREENS.values():
        text = str(view(state, speak("ar").strings))
        assert not re.search("[٠-٩۰-۹]", text)


def test_O19_languages_are_offered_by_their_own_names() -> None:
    """In the order the store gave; one that nobody translated is refused by name."""
    assert offered(("en", "ar", "ja")) == (("en", "English"), ("ar", "العربية"), ("ja", "日本語"))
    assert OFFERED == ("en", "de", "fr", "es", "it", "pl", "tr", "ar", "he", "hi", "zh", "ja")
    assert len({name for _, name in offered(OFFERED)}) == len(OFFERED)
    with pytest.raises(LanguageUnknown, match="'xx'"):
        offered(("en", "xx"))


def test_O19_the_pseudo_language_keeps_placeholders() -> None:
    """So that it formats like a real one."""
    assert lengthened("{n} of {count}").count("{") == 2
