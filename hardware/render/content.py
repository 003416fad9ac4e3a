"""The words and codes of one label: what a template's braces and boxes are filled with.

Every text of a label comes through here once, cleaned: signs that steer printers, terminals or writing direction are
never ink (research/reliability.md A04, A28).
"""

import unicodedata
from collections.abc import Mapping

from hardware.render.symbols import Symbol, gs1_linear, gs1_matrix, plain_linear, plain_matrix
from hardware.render.template import LinearContent, MatrixContent
from photocore.ids import ItemId
from photocore.label import RollLabel, copy_elements, item_elements, short_id

LONGEST_TEXT = 120
"""Signs of any one text on paper; a name that is longer is cut, not wrapped round the roll."""

_NEVER_INK = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def ink(text: str) -> str:
    """Return ``text`` as it may be printed: composed, one line, without steering signs, of bounded length."""
    spaced = "".join(" " if sign.isspace() else sign for sign in unicodedata.normalize("NFC", text))
    visible = "".join(sign for sign in spaced if unicodedata.category(sign) not in _NEVER_INK)
    return " ".join(visible.split())[:LONGEST_TEXT]


def words_for(words: Mapping[str, Mapping[str, str]], language: str) -> Mapping[str, str]:
    """Return the words of ``language``, of its main language, or the English ones."""
    return words.get(language) or words.get(language.split("-")[0]) or words["en"]


def fields_of(label: RollLabel, words: Mapping[str, str]) -> dict[str, str]:
    """Return what a template's text may name: the label's own values, and the words filled with them."""
    own = {
        "number": str(label.number),
        "of": str(label.of),
        "copy": label.copy,
        "product": ink(label.product) or words["film"],
        "detail": ink(label.detail),
        "store": ink(label.store),
        "roll_id": ink(short_id(label.roll)),
        "package_id": ink(short_id(label.package)) if label.package else "",
        "claim_code": ink(label.claim_code or ""),
    }
    return own | {f"say_{key}": said.format_map(own) for key, said in words.items()}


def readable(item: ItemId) -> str:
    """Return the text printed below a bar code: AI in parentheses, set apart by spaces (GS1 4.14)."""
    elements = item_elements(item)
    return " ".join(f"({ai}) {value}" for ai, value in elements) if elements else item


def linear_of(label: RollLabel, content: LinearContent) -> tuple[ItemId, Symbol]:
    """Return the item a linear code names, and the code; without a package the roll stands for itself."""
    item = label.package if content == "package" and label.package else label.roll
    elements = item_elements(item)
    return item, gs1_linear(elements) if elements else plain_linear(item)


def twin_of(item: ItemId) -> Symbol:
    """Return a matrix that says what the linear code would have said, for paper too narrow for bars."""
    elements = item_elements(item)
    return gs1_matrix(elements) if elements else plain_matrix(item)


def matrix_of(label: RollLabel, content: MatrixContent) -> Symbol | None:
    """Return the 2D code; ``None`` where the label has nothing of that kind to say."""
    if content == "roll_copy":
        return gs1_matrix(copy_elements(label.roll, label.copy))
    if content == "package":
        return twin_of(label.package) if label.package else None
    return plain_matrix(label.claim_code) if label.claim_code else None
