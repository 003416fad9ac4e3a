"""What one check of the doctor saw: a verdict, a sentence, and what to do next where something is wrong."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check saw."""

    check: str
    verdict: Verdict
    seen: str
    next_step: str = ""
