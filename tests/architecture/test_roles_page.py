"""The page for staff says what the table of roles says."""

import re
from pathlib import Path

from photocore.roles import MAY, ROLES

PAGE = Path(__file__).parents[2] / "docs" / "staff.md"


def test_S6_the_page_for_staff_tells_each_duty_as_the_table_has_it() -> None:
    """Every duty once, with a yes for each role that may."""
    told = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| `(\w+)` \|", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")][2:]
            told[match[1]] = {role for role, cell in zip(ROLES, cells, strict=True) if cell == "yes"}
    assert told == {duty: set(roles) for duty, roles in MAY.items()}
