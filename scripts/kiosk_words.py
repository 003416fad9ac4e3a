"""Write the translators' template ``kiosk/locale/kiosk.pot``: ``python scripts/kiosk_words.py`` (needs Babel).

All words of the screen come from :mod:`kiosk.view`; the widgets hold none, so there is no .kv and nothing else to
search. The code reader's advice (:mod:`photocore.refusals`) is shown too; its English sentences are keys as well.
"""

from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from kiosk.language import DOMAIN, LOCALES
from photocore.refusals import RefusalReason, describe

VIEW: Final = Path(__file__).parents[1] / "kiosk" / "view"
KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {"gettext": None, "ngettext": (1, 2)}


def make_template() -> bytes:
    """Return the template; the same source always gives the same bytes."""
    catalog = Catalog(project="Twincheck", charset="utf-8")
    for path in sorted(VIEW.glob("*.py")):
        for line, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            catalog.add(message, locations=[(f"kiosk/view/{path.name}", line)])
    for reason in RefusalReason:
        advice = describe(reason)
        for sentence in (advice.happened, advice.do):
            catalog.add(sentence, locations=[("photocore/refusals.py", 1)])
    template = BytesIO()
    write_po(template, catalog, omit_header=True, sort_output=True, no_location=True)
    return template.getvalue()


def template_path() -> Path:
    """Return where the template is kept."""
    return LOCALES / f"{DOMAIN}.pot"


if __name__ == "__main__":
    template_path().write_bytes(make_template())
