"""What somebody probably meant who named a thing that is not there."""

import difflib
from collections.abc import Sequence


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Return up to three ``known`` names as a question, a space before it; empty where none begins so or is near."""
    near = [each for each in known if name and each.startswith(name)][:3]
    near = near or difflib.get_close_matches(name[:100], known)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
