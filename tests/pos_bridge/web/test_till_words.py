"""What staff read: both languages say the same things, and every reason that can come has words."""

import re
import tomllib
from string import Formatter
from typing import get_args

import pytest

from photocore.refusals import RefusalReason
from photocore.till_kinds import Negatives, ScanSize
from pos_bridge.matching.facts import Decision
from pos_bridge.matching.outcome import Reason
from pos_bridge.web.pages import TEMPLATES, open_templates
from pos_bridge.web.words import WORDS, choose_language, read_words
from sync.label_states import LabelState


def blanks(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_K5_every_language_says_everything_with_the_same_blanks():
    """No name and no blank is one language's alone."""
    english = read_words()["en"].texts
    for path in WORDS.glob("*.toml"):
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
        own = {f"{family}.{name}" for family, names in tree.items() if isinstance(names, dict) for name in names}
        own |= {name for name, text in tree.items() if isinstance(text, str)}
        assert own == set(english), path.name
    for words in read_words().values():
        assert {name: blanks(text) for name, text in words.texts.items()} == {
            name: blanks(text) for name, text in english.items()
        }


def test_K5_every_name_that_a_page_says_has_words():
    """A page never fails for want of a word."""
    said = {
        name
        for path in TEMPLATES.glob("*.html")
        for name in re.findall(r"\bt\(\"([a-z_.]*[a-z_])\"", path.read_text(encoding="utf-8"))
    }
    assert said
    assert said <= set(read_words()["en"].texts)
    for path in TEMPLATES.glob("*.html"):
        open_templates().get_template(path.name)


@pytest.mark.parametrize(
    ("family", "names"),
    [
        ("kind", get_args(Reason)),
        ("decision", get_args(Decision)),
        ("why", [str(reason) for reason in RefusalReason]),
        ("paper", [str(state) for state in LabelState]),
        ("scan_size", get_args(ScanSize)),
        ("negatives", get_args(Negatives)),
    ],
)
def test_K5_every_reason_that_can_come_has_words(family, names):
    """A new reason is a test that fails, not a bare word before a cashier."""
    lacking = [name for name in names if not read_words()["de"].has(f"{family}.{name}")]
    assert lacking == []


@pytest.mark.parametrize(
    ("wanted", "accepted", "default", "language"),
    [
        ("de", "en", "en", "de"),
        ("", "fr-FR,de;q=0.5", "en", "de"),
        ("xx", "fr", "de", "de"),
        ("", "", "fr", "en"),
    ],
)
def test_K5_who_asks_for_no_language_gets_the_stations(wanted, accepted, default, language):
    """Chosen before accepted before the settings; English where nothing fits."""
    assert choose_language(wanted, accepted, default) == language
