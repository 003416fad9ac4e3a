"""The words and codes of one label: what a template's braces and boxes are filled with.

Every text of a label comes through here once, cleaned: signs that steer printers, terminals or writing direction are
never ink (research/reliability.md A04, A28).
"""

import unicodedata
from collections.abc import Mapping

from hardware.errors import LabelUndrawable
from hardware.render.lines import code, named
from hardware.render.symbols import Symbol, gs1_linear, gs1_matrix, plain_linear, plain_matrix, plain_qr
from hardware.render.template import LinearContent, MatrixContent
from photocore.codes import grouped, parse_claim_code
from photocore.ids import HouseCode, ItemId, Sgtin, label_elements, parse_item
from photocore.label import PackageLabel, RollLabel

LONGEST_TEXT = 120
"""Signs of any one text on paper; a name that is longer is cut, not wrapped round the roll."""

CODES = ("roll_id", "package_id", "claim_code", "copy")
"""The fields that name one label, or one package: what a text with one of them says is said once."""

_NEVER_INK = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def visible(text: str) -> str:
    """Return ``text`` composed and on one line, without any sign that steers instead of showing."""
    spaced = "".join(" " if sign.isspace() else sign for sign in unicodedata.normalize("NFC", text))
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in _NEVER_INK)


def ink(text: str) -> str:
    """Return ``text`` as a label may show it: visible, single spaces, of bounded length."""
    return " ".join(visible(text).split())[:LONGEST_TEXT]


def words_for(words: Mapping[str, Mapping[str, str]], language: str) -> Mapping[str, str]:
    """Return the words of ``language``, of its main language, or the English ones."""
    return words.get(language) or words.get(language.partition("-")[0]) or words["en"]


def is_rtl(words: Mapping[str, str]) -> bool:
    """Say whether these words are read from right to left."""
    return words["direction"] == "rtl"


def fields_of(label: RollLabel | PackageLabel, words: Mapping[str, str]) -> dict[str, str]:
    """Return what a template's text may name: the label's own values, and the words filled with them.

    Among words that are read from right to left each value is isolated, so that no code falls apart.

    Raises:
        CodeError: an ID or code of the label is none.
    """
    codes, names = _values(label)
    if is_rtl(words):
        codes, names = {key: code(text) for key, text in codes.items()}, {k: named(text) for k, text in names.items()}
    own = codes | names | {"product": names["product"] or words["film"]}
    said = {f"say_{key}": text.format_map(own) for key, text in words.items()}
    return (
        own
        | said
        | {
            "say_count": said[f"say_rolls_{plural(label.of, words['language'])}"],
            "say_register_hint": said["say_register_at_hint" if label.link else "say_register_hint"],
        }
    )


def _values(label: RollLabel | PackageLabel) -> tuple[dict[str, str], dict[str, str]]:
    """Return the codes and numbers of a label, which run from left to right, and its names, which run as they do."""
    is_roll = isinstance(label, RollLabel)
    codes = {
        "number": str(label.number) if is_roll else "",
        "of": str(label.of),
        "copy": label.copy,
        "link": ink(label.link.partition("://")[2] or label.link),
        "roll_id": short_id(label.roll) if is_roll else "",
        "package_id": short_id(label.package) if label.package else "",
        "claim_code": grouped(parse_claim_code(label.claim_code)) if is_roll and label.claim_code else "",
    }
    return codes, {"product": ink(label.product), "detail": ink(label.detail), "store": ink(label.store)}


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


def linear_of(label: RollLabel | PackageLabel, content: LinearContent) -> tuple[ItemId, Symbol]:
    """Return the item a linear code names, and the code.

    Raises:
        LabelUndrawable: the label names no such item.
    """
    item = label.package if content == "package" else getattr(label, "roll", None)
    if item is None:
        # Never the roll in the package's place: it may be what the security strip is there to cover.
        raise LabelUndrawable(f"a label that shows the {content} must name it")
    parsed = parse_item(item)
    if isinstance(parsed, HouseCode):
        return item, plain_linear(parsed.code)
    return item, gs1_linear(parsed.elements.elements)


def twin_of(item: ItemId) -> Symbol:
    """Return a matrix that says what the linear code would have said, for paper too narrow for bars."""
    parsed = parse_item(item)
    if isinstance(parsed, HouseCode):
        return plain_matrix(parsed.code)
    return gs1_matrix(parsed.elements.elements)


def matrix_of(label: RollLabel | PackageLabel, content: MatrixContent) -> Symbol | None:
    """Return the 2D code; ``None`` where the label has nothing of that kind to say."""
    if content == "link":
        return plain_qr(label.link) if label.link else None
    if content == "package":
        return twin_of(label.package) if label.package else None
    if isinstance(label, PackageLabel):
        return _with_copy(label.package, label.copy) if content == "package_copy" else None
    if content == "roll_copy":
        return _with_copy(label.roll, label.copy)
    return plain_matrix(parse_claim_code(label.claim_code)) if content == "claim_code" and label.claim_code else None


def _with_copy(item: ItemId, copy: str) -> Symbol:
    return gs1_matrix(label_elements(parse_item(item), copy).elements)
