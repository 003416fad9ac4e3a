"""Keep the kiosk's words in step: ``python scripts/kiosk_words.py`` after any change of wording (needs Babel).

It writes the translators' template ``kiosk/locale/kiosk.pot``, brings each language's ``kiosk.po`` up to it (new words
empty, gone ones dropped, nothing guessed) and compiles ``kiosk.mo``, which is what the kiosk reads. All three are
committed, so a kiosk needs no Babel. It says which words are still missing, and returns 1 then.

All words of the screen come from :mod:`kiosk.view`; the widgets hold none, so there is no .kv and nothing else to
search. The code reader's advice (:mod:`photocore.refusals`) is shown too; its English sentences are keys as well.
"""

import struct
import sys
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from kiosk.language import DOMAIN, LOCALES
from photocore.refusals import RefusalReason, describe

VIEW: Final = Path(__file__).parents[1] / "kiosk" / "view"
KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {"gettext": None, "ngettext": (1, 2)}
PLURALS: Final = {
    "de": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "it": "nplurals=2; plural=(n != 1);",
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "tr": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "he": "nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);",
    "hi": "nplurals=2; plural=(n > 1);",
    "zh": "nplurals=1; plural=0;",
    "ja": "nplurals=1; plural=0;",
}
"""The languages there are, and how each counts (Unicode CLDR, cardinal).

Left out are forms that whole numbers below a million never take: of fr, es and it for millions, of pl for fractions.
"""
MO_MAGIC: Final = 0x950412DE


def make_template() -> bytes:
    """Return the template; the same source always gives the same bytes."""
    return _po_bytes(_words())


@lru_cache(maxsize=1)
def _words() -> Catalog:
    """Return the words of the source, collected once: nothing changes them."""
    catalog = Catalog(project="Twincheck", charset="utf-8")
    for path in sorted(VIEW.rglob("*.py")):
        for line, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            catalog.add(message, locations=[(f"kiosk/view/{path.name}", line)])
    for reason in RefusalReason:
        advice = describe(reason)
        for sentence in (advice.happened, advice.do):
            catalog.add(sentence, locations=[("photocore/refusals.py", 1)])
    return catalog


def template_path() -> Path:
    """Return where the template is kept."""
    return LOCALES / f"{DOMAIN}.pot"


def po_path(language: str) -> Path:
    """Return where the translation into ``language`` is kept."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_translation(language: str) -> Catalog:
    """Return the translation into ``language`` as it stands in its file, empty where there is none."""
    path = po_path(language)
    source = path.read_bytes() if path.exists() else _header(language).encode()
    return read_po(BytesIO(source), locale=language)


def brought_up(language: str) -> bytes:
    """Return the translation's file with exactly the template's words; what is new in it is empty."""
    before, after = read_translation(language), _empty(language)
    for message in _messages(_words()):
        known = before.get(_key(message))
        after.add(message.id, known.string if known else None, user_comments=known.user_comments if known else ())
    return _header(language).encode() + _po_bytes(after)


def _empty(language: str) -> Catalog:
    """Return a catalogue that counts as :data:`PLURALS` say: Babel's own table gives Turkish one form."""
    catalog = Catalog(locale=language, charset="utf-8")
    catalog.mime_headers = [("Plural-Forms", PLURALS[language])]
    return catalog


def untranslated(language: str) -> list[str]:
    """Return the English words that have no translation, or not in each plural form."""
    return [_key(message) for message in _messages(read_translation(language)) if not all(_forms(message))]


def compiled(language: str) -> bytes:
    """Return the binary catalogue (GNU gettext manual, "The Format of GNU MO Files"); same words, same bytes."""
    entries = {b"": _header_text(language).encode()}
    for message in _messages(read_translation(language)):
        source = message.id if isinstance(message.id, str) else "\0".join(message.id)
        if all(_forms(message)):
            entries[source.encode()] = "\0".join(_forms(message)).encode()
    pairs = sorted(entries.items())
    at = 7 * 4 + 16 * len(pairs)
    tables: list[bytes] = []
    for texts in ([key for key, _ in pairs], [value for _, value in pairs]):
        table = b""
        for text in texts:
            table += struct.pack("<II", len(text), at)
            at += len(text) + 1
        tables.append(table)
    head = struct.pack("<7I", MO_MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 28 + 16 * len(pairs))
    body = b"".join(text + b"\0" for column in zip(*pairs, strict=True) for text in column)
    return head + b"".join(tables) + body


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(message: Message) -> list[str]:
    string = message.string
    return [string or ""] if isinstance(string, str) or string is None else [form or "" for form in string]


def _po_bytes(catalog: Catalog) -> bytes:
    text = BytesIO()
    write_po(text, catalog, omit_header=True, sort_output=True, no_location=True, width=100)
    return text.getvalue()


def _header_text(language: str) -> str:
    return (
        f"Language: {language}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: 8bit\nPlural-Forms: {PLURALS[language]}\n"
    )


def _header(language: str) -> str:
    lines = "".join(f'"{line}\\n"\n' for line in _header_text(language).splitlines())
    return f'msgid ""\nmsgstr ""\n{lines}\n'


def main() -> int:
    """Write template, translations and compiled catalogues; tell what is missing."""
    template_path().write_bytes(make_template())
    missing = 0
    for language in PLURALS:
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(brought_up(language))
        path.with_suffix(".mo").write_bytes(compiled(language))
        for word in untranslated(language):
            missing += 1
            print(f"{language}: {word!r} is not translated")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
