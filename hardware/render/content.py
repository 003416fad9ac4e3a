"""The words and codes of one label: what a template's braces and boxes are filled with.

Every text of a label comes through here once, cleaned: signs that steer printers, terminals or writing direction are
never ink (research/reliability.md A04, A28).
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hardware.errors import LabelUndrawable, ProfileWrong
from hardware.render.elements import LinearContent, MatrixContent, names_in
from hardware.render.lines import code, named
from hardware.render.symbols import Symbol, gs1_linear, gs1_matrix, plain_linear, plain_matrix, plain_qr
from hardware.render.wanted import GAP, detail_words, roll_words
from photocore.codes import grouped, parse_claim_code
from photocore.ids import HouseCode, ItemId, Sgtin, label_elements, parse_item
from photocore.label import (
    QUALITY_TEXT,
    BagLabel,
    Label,
    PackageLabel,
    QualityLabel,
    RollLabel,
    TrialLabel,
    TwinCheckLabel,
    Wanted,
    WantedRoll,
)

LONGEST_TEXT = 120
"""Signs of any one text on paper; a name that is longer is cut, not wrapped round the roll."""

MOST_MARKS: Final = 4
"""Marks over and under one letter: Hindi needs three, pointed Hebrew four. A tower of them would reach another line."""

CODES = ("roll_id", "package_id", "claim_code", "copy", "twin_check", "bag")
"""The fields that name one label, or one package: what a text with one of them says is said once."""

ROLL_TAIL: Final = 6
"""Signs of a roll's ID that tell it from the other rolls of a bag."""

NEVER_IN_WORDS: Final = frozenset({"claim_code", "roll_id"})
"""What a strip may hide: only a template's own text names it, whose place is known. A word stands in any place."""

_NEVER_INK = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def visible(text: str) -> str:
    """Return ``text`` composed and on one line, without any sign that steers instead of showing."""
    spaced = "".join(" " if sign.isspace() else sign for sign in unicodedata.normalize("NFC", text))
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in _NEVER_INK)


def ink(text: str) -> str:
    """Return ``text`` as a label may show it: visible, single spaces, of bounded length, and no towers of marks."""
    return _levelled(" ".join(visible(text[: 10 * LONGEST_TEXT]).split()))[:LONGEST_TEXT]


def _levelled(text: str) -> str:
    """Return ``text`` with no letter under more marks than a script needs."""
    kept, marks = "", 0
    for sign in text:
        marks = marks + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        kept += sign if marks <= MOST_MARKS else ""
    return kept


def words_for(words: Mapping[str, Mapping[str, str]], language: str) -> Mapping[str, str]:
    """Return the words of ``language``, of its main language, or the English ones."""
    return words.get(language) or words.get(language.partition("-")[0]) or words["en"]


def is_rtl(words: Mapping[str, str]) -> bool:
    """Say whether these words are read from right to left."""
    return words["direction"] == "rtl"


def fields_of(label: Label, words: Mapping[str, str]) -> dict[str, str]:
    """Return what a template's text may name: the label's own values, and the words filled with them.

    Among words that are read from right to left each value is isolated, so that no code falls apart.

    Raises:
        CodeError: an ID or code of the label is none.
    """
    codes, names = {**_NO_CODES, **_codes_of(label)}, {**_NO_NAMES, **_names_of(label)}
    wanted = [ink(part) for part in _wanted_of(label, words)]
    if is_rtl(words):
        codes, names = {key: code(text) for key, text in codes.items()}, {k: named(text) for k, text in names.items()}
        wanted = [named(part) for part in wanted]
    if wanted:
        names["detail"] = GAP.join(wanted)
    own = codes | names | {"product": names["product"] or words["film"]}
    said = {f"say_{key}": text.format_map(own) for key, text in words.items()}
    return (
        own
        | said
        | {
            "say_count": said[f"say_rolls_{plural(getattr(label, 'of', 1), words['language'])}"],
            "say_register_hint": said["say_register_at_hint" if codes["link"] else "say_register_hint"],
            "say_bag": said["say_bag"] if codes["bag"] else "",
        }
    )


_NO_CODES: Final = dict.fromkeys(("number", "of", "copy", "link", "roll_id", "package_id", "claim_code"), "") | {
    "twin_check": "",
    "bag": "",
}
_NO_NAMES: Final = dict.fromkeys(("product", "detail", "store", "title", "band"), "") | {
    f"line_{nr}": "" for nr in range(1, 7)
}


def check_names(texts: Iterable[str], words: Mapping[str, str]) -> None:
    """Refuse a text that names what no label has: it would fail at the counter, in the middle of a package.

    A word that names what a strip may hide is refused with it: it would show that in the open.

    Raises:
        ProfileWrong: one does; so does a word of config/labels/words.toml.
    """
    values = _NO_CODES.keys() | _NO_NAMES.keys()
    known = values | {f"say_{key}" for key in words} | {"say_count"}
    for text, may_name in [*((text, known) for text in texts), *((said, values) for said in words.values())]:
        try:
            unknown = names_in(text) - may_name
        except ValueError as cause:
            raise ProfileWrong(f"{cause}.") from cause
        if unknown:
            raise ProfileWrong(f"{text!r} names {', '.join(sorted(unknown))}, which no label has.")
    for said in words.values():
        if hidden := names_in(said) & NEVER_IN_WORDS:
            raise ProfileWrong(f"{said!r} names {', '.join(sorted(hidden))}, which a strip may have to hide.")


def _codes_of(label: Label) -> dict[str, str]:
    """Return the codes and numbers of a label, which run from left to right."""
    match label:
        case RollLabel():
            return {
                "number": str(label.number),
                "of": str(label.of),
                "copy": label.copy,
                "link": _address(label.link),
                "roll_id": short_id(label.roll),
                "package_id": short_id(label.package) if label.package else "",
                "claim_code": grouped(parse_claim_code(label.claim_code)) if label.claim_code else "",
            }
        case PackageLabel():
            package, link = short_id(label.package), _address(label.link)
            return {"of": str(label.of), "copy": label.copy, "link": link, "package_id": package}
        case TwinCheckLabel():
            return {"twin_check": label.number.short, "bag": label.bag.short if label.bag else ""}
        case BagLabel():
            return {"of": str(label.of), "bag": label.bag.short}
        case QualityLabel() | TrialLabel():
            return {}


def _wanted_of(label: Label, words: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is wanted of a drop-off's rolls, part by part; nothing for any other label."""
    match label:
        case BagLabel(wanted=Wanted() as wanted):
            return detail_words(wanted, words)
        case TwinCheckLabel(wanted=WantedRoll() as roll):
            return (roll_words(roll, words), *((f"…{label.roll[-ROLL_TAIL:]}",) if label.roll else ()))
        case _:
            return ()


def _names_of(label: Label) -> dict[str, str]:
    """Return the texts of a label that run as their own letters do."""
    names = {key: ink(getattr(label, key, "")) for key in ("product", "detail", "store", "title", "band")}
    lines = label.lines if isinstance(label, TrialLabel) else ()
    return names | {f"line_{nr}": ink(line) for nr, line in enumerate(lines[:6], start=1)}


def _address(link: str) -> str:
    return ink(link.partition("://")[2] or link)


def plural(count: int, language: str) -> str:
    """Return the class of a number of rolls in ``language`` (Unicode CLDR); one that is not told counts as English."""
    if language in ("zh", "ja"):
        return "other"
    if language == "ar":
        return _arabic_plural(count)
    if count == 1:
        return "one"
    if language == "he" and count == 2:
        return "two"
    if language == "pl":
        return "few" if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14 else "many"
    return "other"


def _arabic_plural(count: int) -> str:
    if count in (1, 2):
        return {1: "one", 2: "two"}[count]
    hundredth = count % 100
    if 3 <= hundredth <= 10:
        return "few"
    return "many" if hundredth >= 11 else "other"


def short_id(item: ItemId) -> str:
    """Return what tells one piece from another at a glance: the serial, or the house code in groups."""
    parsed = parse_item(item)
    return parsed.serial if isinstance(parsed, Sgtin) else grouped(parsed.code)


def readable(item: ItemId) -> str:
    """Return the text printed below a bar code: AI in parentheses, set apart by spaces (GS1 4.14)."""
    parsed = parse_item(item)
    if isinstance(parsed, HouseCode):
        return parsed.code
    return " ".join(f"({ai}) {value}" for ai, value in parsed.elements.elements)


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a linear code says: in letters, as bars, and as the matrix that stands for bars on narrow paper."""

    letters: str
    bars: Symbol
    twin: Callable[[], Symbol]


def linear_of(label: Label, content: LinearContent) -> Named:
    """Return what a label's linear code names.

    Raises:
        LabelUndrawable: the label names no such thing.
    """
    match content:
        case "quality" if isinstance(label, QualityLabel):
            return _named(QUALITY_TEXT)
        case "bag" if isinstance(label, BagLabel):
            return _named(label.bag.text)
        case _:
            return _named_item(label, content)


def _named(text: str) -> Named:
    return Named(letters=text, bars=plain_linear(text), twin=lambda: plain_matrix(text))


def _named_item(label: Label, content: LinearContent) -> Named:
    item: ItemId | None = getattr(label, content, None) if content in ("roll", "package") else None
    if item is None:
        # Never the roll in the package's place: it may be what the security strip is there to cover.
        raise LabelUndrawable(f"a label that shows the {content} must name it")
    parsed = parse_item(item)
    if isinstance(parsed, HouseCode):
        return _named(parsed.code)
    return Named(
        letters=readable(item),
        bars=gs1_linear(parsed.elements.elements),
        twin=lambda: gs1_matrix(parsed.elements.elements),
    )


def matrix_of(label: Label, content: MatrixContent) -> Symbol | None:
    """Return the 2D code; ``None`` where the label has nothing of that kind to say."""
    match label:
        case QualityLabel():
            return plain_matrix(QUALITY_TEXT) if content == "quality" else None
        case TwinCheckLabel():
            return plain_matrix(label.number.text) if content == "twin_check" else None
        case BagLabel():
            return plain_matrix(label.bag.text) if content == "bag" else None
        case TrialLabel():
            return None
        case RollLabel() | PackageLabel():
            return _matrix_of_film(label, content)


def _matrix_of_film(label: RollLabel | PackageLabel, content: MatrixContent) -> Symbol | None:
    if content == "link":
        return plain_qr(label.link) if label.link else None
    if content == "package":
        return linear_of(label, "package").twin() if label.package else None
    if isinstance(label, PackageLabel):
        return _with_copy(label.package, label.copy) if content == "package_copy" else None
    if content == "roll_copy":
        return _with_copy(label.roll, label.copy)
    return plain_matrix(parse_claim_code(label.claim_code)) if content == "claim_code" and label.claim_code else None


def _with_copy(item: ItemId, copy: str) -> Symbol:
    return gs1_matrix(label_elements(parse_item(item), copy).elements)
