"""The web's twelve languages are held to Unicode's data (CLDR, by Babel) and to the kiosk's words (O17)."""

import re
import shutil
import tomllib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import structlog
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup

from kiosk.language import LOCALES, NAMES, OFFERED, RIGHT_TO_LEFT
from photoservice.web import languages
from photoservice.web.counting import GROUPED_FROM, figure, plural
from photoservice.web.languages import LANGUAGES, WORDS, is_for_staff, read_words
from photoservice.web.pages import open_templates

TERMS = tomllib.loads((LOCALES / "terms.toml").read_text(encoding="utf-8"))
FOREIGN = [language for language in LANGUAGES if language != "en"]
CLDR = {"en": "en_GB"}
NO_BREAK = "\u00a0\u202f"


def sentences(language, topic):
    """Return what a file of words says, by dotted names."""

    def leaves(tree, path=""):
        for name, value in tree.items():
            if isinstance(value, dict):
                yield from leaves(value, f"{path}{name}.")
            else:
                yield path + name, value

    file = WORDS / language / f"{topic}.toml"
    return dict(leaves(tomllib.loads(file.read_text(encoding="utf-8"))))


def topics(language):
    return [path.stem for path in sorted((WORDS / language).glob("*.toml"))]


FREE = {
    ("roll", "receipt.row.rolls", "*"),  # beside a number of them
    ("counter", "*", "de"),  # from home one goes to the shop, not to its counter
    ("counter", "*", "ar"),
    ("package", "start.makers_text", "pl"),  # a form of the word with another ending
}
"""Sentences (or all of a language) that say a thing by another name, on purpose: term, sentence, language."""

PAIRS = [(language, topic) for language in FOREIGN for topic in topics(language)]


def test_O17_the_web_speaks_what_the_kiosk_speaks_by_the_same_names():
    assert {code: NAMES[code] for code in OFFERED} == LANGUAGES
    for code, words in read_words().items():
        assert words.direction == ("rtl" if code in RIGHT_TO_LEFT else "ltr") == (
            Locale.parse(code).character_order.replace("right-to-left", "rtl").replace("left-to-right", "ltr")
        )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_O17_a_language_counts_as_unicode_says(language):
    locale = Locale.parse(language)
    assert {n: plural(language, n) for n in range(10_000)} == {n: locale.plural_form(n) for n in range(10_000)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_O17_large_numbers_are_grouped_as_unicode_says_and_small_ones_are_not(language):
    locale = {"ar": "ar_EG", "hi": "hi_IN"}.get(language, language)
    for n in (GROUPED_FROM, 12_345, 100_000, 1_234_567, 12_345_678, 1_000_000_000):
        assert figure(language, n) == format_decimal(n, locale=locale, numbering_system="latn"), n
    assert [figure(language, n) for n in (0, 7, 36, 2026, 9999)] == ["0", "7", "36", "2026", "9999"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_O17_days_are_written_as_unicode_says(language):
    words, locale = read_words()[language], CLDR.get(language, language)
    for month in range(1, 13):
        day = datetime(2026, month, 5, 14, 7, tzinfo=UTC)
        assert words.day(day.date(), is_past_year=True) == format_date(day, "long", locale=locale)
        assert words.day(day.date()) in format_date(day, "long", locale=locale)
        assert "14:07" in words.moment(day)


def test_O17_a_topic_without_a_translation_counts_in_english():
    """Polish has no "other"; a thing that is counted in English only is counted as English does."""
    for words in read_words().values():
        for thing in words.lent:
            assert all(str(words.count(thing, n)) for n in (0, 1, 2, 3, 5, 11, 22, 100))


def test_O17_operators_are_spoken_to_in_english_and_german_and_nobody_is_warned_of_the_rest():
    """The topics for staff stand in these languages alone; what another lacks of them is by decision and not logged."""
    for language in LANGUAGES:
        staff = [topic for topic in topics(language) if is_for_staff(topic)]
        assert staff == ([topic for topic in topics("en") if is_for_staff(topic)] if language in ("en", "de") else [])
    with structlog.testing.capture_logs() as logged:
        said = languages.read_words.__wrapped__()
    assert not [name for line in logged for name in line["names"] if name.startswith("ops")]
    assert said["ja"].text("ops.title") == said["en"].text("ops.title") != said["de"].text("ops.title")


@pytest.mark.parametrize(("language", "topic"), PAIRS)
def test_O17_one_word_a_thing_as_at_the_kiosk(language, topic):
    """Where the English has a term, the translation has the kiosk's word for it (kiosk/locale/terms.toml)."""
    said, english = sentences(language, topic), sentences("en", topic)
    other = [
        f"{language} {name}: {term}: {said[name]!r}"
        for term, words in TERMS.items()
        if language in words
        for name, text in english.items()
        if isinstance(text, str) and not FREE & {(term, name, "*"), (term, "*", language), (term, name, language)}
        if name in said and re.search(rf"\b(?:{words['en']})\b", re.sub(r"{\w+}", "", text), re.IGNORECASE)
        if not re.search(words[language], said[name].replace("\u00ad", ""), re.IGNORECASE)
    ]
    assert other == []


@pytest.mark.parametrize(("language", "topic"), PAIRS)
def test_O17_quotes_dots_and_the_ends_of_sentences_are_set_not_typed(language, topic):
    english = sentences("en", topic)
    for name, text in sentences(language, topic).items():
        if not isinstance(text, str) or name.startswith("date."):
            continue
        assert not re.search(r"['\"]|\.\.\.|  | $|^ ", text), (name, text)
        if name in english and language not in ("ja", "zh"):
            assert english[name].endswith(".") == text.endswith((".", "।")), (name, text)
            assert english[name].endswith("?") == text.endswith(("?", "؟")), (name, text)
        if language == "fr":
            assert not re.search(rf"[^{NO_BREAK}\d/][:;?!](?=\s|$)", text), (name, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_O17_sizes_are_written_as_unicode_says(language):
    """A decimal comma where one is written, and the unit's own words; nothing is rounded to a thousand below it."""
    words = read_words()[language]
    locale = {"ar": "ar_EG", "hi": "hi_IN"}.get(language, language)
    for size, of, unit in ((3_400_000, "3.4", "mb"), (2_000_000, "2", "mb"), (1_234_567_890, "1.23", "gb")):
        number = format_decimal(Decimal(of), locale=locale, numbering_system="latn")
        assert words.size(size) == words.text(f"download.unit.{unit}").format(n=number)
    assert [words.size(n) for n in (0, 1, 999_000)] == [
        words.text("download.unit.kb").format(n=n) for n in ("0", "1", "999")
    ]


def test_O17_a_word_that_a_language_lacks_is_said_in_english_and_logged_once(tmp_path, monkeypatch):
    """One word, one count, one blank too many: each is English for itself, and the page is there."""
    folder = tmp_path / "words"
    shutil.copytree(WORDS, folder)
    pages, roll = folder / "de" / "pages.toml", folder / "de" / "roll.toml"
    lines = pages.read_text(encoding="utf-8").replace('other = "{n} Filme"\n', "").splitlines(keepends=True)
    pages.write_text("".join(line for line in lines if not line.startswith("skip = ")), encoding="utf-8")
    roll.write_text(
        roll.read_text(encoding="utf-8").replace('film = "Film"', 'film = "Film {nobody}"'), encoding="utf-8"
    )
    monkeypatch.setattr(languages, "WORDS", folder)

    with structlog.testing.capture_logs() as logged:
        words = languages.read_words.__wrapped__()["de"]

    assert [(line["language"], line["names"]) for line in logged] == [("de", ["page.skip", "roll.film", "count.rolls"])]
    assert (words.say("page.skip"), words.text("page.footer")) == (
        read_words()["en"].say("page.skip"),
        read_words()["de"].text("page.footer"),
    )
    assert (words.say("roll.film"), words.count("rolls", 12_000)) == ("Film", "12.000 rolls")


def test_attack_A40_what_others_wrote_turns_no_sentence_round():
    """Overrides and isolates of a guest's are gone; what reads the other way stands apart; our markup stays."""
    evil = "\u202e\u2069gpj.exe\u2066<b>"
    for language, words in read_words().items():
        said = words.say("shared.landing.from", sender=evil)
        assert not set(said) & set("\u202a\u202b\u202c\u202d\u202e")
        assert "gpj.exe&lt;b&gt;" in said
        assert said.count("\u2068") == said.count("\u2069") == (language in RIGHT_TO_LEFT)
        assert "\u2068" not in words.say("shared.landing.from", sender="7")
        assert ("\u2068" in words.say("shared.landing.from", sender="נועה")) == (language not in RIGHT_TO_LEFT)
    shown = open_templates().from_string("{{ one }}{{ two }}{{ three }}")
    told = shown.render(one="\u202eabc<", two="\u2069x\u2066", three=Markup("<b>"))
    assert told == "abc&lt;x\u2066\u2069<b>"
