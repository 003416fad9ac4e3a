"""The words and codes of one label: what a template's braces and boxes are filled with.

Every text of a label comes through here once, cleaned: signs that steer printers, terminals or writing direction are
never ink (research/reliability.md A04, A28).
"""

import unicodedata
from collections.abc import Mapping

from hardware.render.symbols import Symbol, gs1_linear, gs1_matrix, plain_linear, plain_matrix
from hardware.render.template import LinearContent, MatrixContent
from photocore.codes import grouped, parse_claim_code
from photocore.ids import HouseCode, ItemId, Sgtin, label_elements, parse_item
from photocore.label import RollLabel

LONGEST_TEXT = 120
"""Signs of any one text on paper; a name that is longer is cut, not wrapped round the roll."""

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


def fields_of(label: RollLabel, words: Mapping[str, str]) -> dict[str, str]:
    """Return what a template's text may name: the label's own values, and the words filled with them.

    Raises:
        CodeError: an ID or code of the label is none.
    """
    own = {
        "number": str(label.number),
        "of": str(label.of),
        "copy": label.copy,
        "product": ink(label.product) or words["film"],
        "detail": ink(label.detail),
        "store": ink(label.store),
        "roll_id": short_id(label.roll),
        "package_id": short_id(label.package) if label.package else "",
        "claim_code": grouped(parse_claim_code(label.claim_code)) if label.claim_code else "",
    }
    return own | {f"say_{key}": said.format_map(own) for key, said in words.items()}


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


def linear_of(label: RollLabel, content: LinearContent) -> tuple[ItemId, Symbol]:
    """Return the item a linear code names, and the code; without a package the roll stands for itself."""
    item = label.package if content == "package" and label.package else label.roll
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


def matrix_of(label: RollLabel, content: MatrixContent) -> Symbol | None:
    """Return the 2D code; ``None`` where the label has nothing of that kind to say."""
    if content == "roll_copy":
        return gs1_matrix(label_elements(parse_item(label.roll), label.copy).elements)
    if content == "package":
        return twin_of(label.package) if label.package else None
    return plain_matrix(parse_claim_code(label.claim_code)) if label.claim_code else None
