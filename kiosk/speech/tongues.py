"""Which voice speaks which language, how fast, and what must be done to a text before that voice gets it right.

All voices are espeak-ng's, as Debian packs it (1.51). How good each one is stands in docs/speech.md; a language that
it cannot say so that a person understands it has no entry here, and is spoken to in English instead.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 400
"""Signs of one sentence that are spoken; a product's name comes from a scanner or a list and may be anything."""

PUNCTUATION: Final = frozenset(".,:;?!'’()%&+-/…، ؛؟。、！？：；「」・ー–—°।")
"""What a voice makes pauses of, or says. Brackets, < and > would be orders to espeak-ng: [[...]] is phonemes."""


@dataclass(frozen=True, kw_only=True)
class Tongue:
    """A voice: its name to espeak-ng, its words a minute, and the program that first writes the text as it sounds."""

    voice: str
    words_a_minute: int = 160
    reader: tuple[str, ...] = ()


MECAB: Final = ("mecab", "--node-format=%f[8] ", "--unk-format=%m ", r"--eos-format=\n")
"""Japanese is written in signs that espeak-ng cannot read; MeCab's dictionary tells how each word sounds, in kana."""

TONGUES: Final = {
    "en": Tongue(voice="en-gb"),
    "de": Tongue(voice="de", words_a_minute=150),
    "fr": Tongue(voice="fr-fr"),
    "es": Tongue(voice="es"),
    "it": Tongue(voice="it"),
    "pl": Tongue(voice="pl", words_a_minute=150),
    "tr": Tongue(voice="tr", words_a_minute=150),
    "ar": Tongue(voice="ar", words_a_minute=130),
    "hi": Tongue(voice="hi", words_a_minute=140),
    "zh": Tongue(voice="cmn-latn-pinyin", words_a_minute=140),
    "ja": Tongue(voice="ja", words_a_minute=140, reader=MECAB),
}

FALLBACK: Final = "en"

_KANA: Final = (
    "エー ビー シー ディー イー エフ ジー エイチ アイ ジェー ケー エル エム "
    "エヌ オー ピー キュー アール エス ティー ユー ブイ ダブリュー エックス ワイ ゼット "
    "ゼロ イチ ニー サン ヨン ゴー ロク ナナ ハチ キュウ"
)
_SIGN_NAMES: Final[dict[str, dict[str, str]]] = {
    "es": {"Y": "i griega"},
    "ja": dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", _KANA.split(), strict=True)),
}
"""How a language names a single sign, where its voice says it in English, or like another one."""

_LONE_SIGN: Final = re.compile(r"(?<![\w-])[A-Z0-9](?![\w-])")


def clean(text: str) -> str:
    """Return ``text`` without anything but words, numbers and pauses, cut at :data:`LONGEST` signs."""
    kept = "".join(sign if _is_spoken(sign) else " " for sign in unicodedata.normalize("NFC", text))
    return " ".join(kept.split())[:LONGEST]


def _is_spoken(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN" or sign in PUNCTUATION


def named_signs(text: str, language: str) -> str:
    """Return ``text`` with signs that stand alone written out as the language names them."""
    names = _SIGN_NAMES.get(language, {})
    return _LONE_SIGN.sub(lambda found: names.get(found[0], found[0]), text) if names else text
