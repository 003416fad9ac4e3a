"""What one check of a doctor saw: a verdict, a sentence, and what to do next where something is wrong."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check saw."""

    check: str
    verdict: Verdict
    seen: str
    next_step: str = ""


def ok(check: str, seen: str) -> Finding:
    """Return that a check found all well."""
    return Finding(check=check, verdict="ok", seen=seen)


def warn(check: str, seen: str, next_step: str) -> Finding:
    """Return that a check found what works and should not stay so."""
    return Finding(check=check, verdict="warn", seen=seen, next_step=next_step)


def fail(check: str, seen: str, next_step: str) -> Finding:
    """Return that a check found what does not work, or soon will not."""
    return Finding(check=check, verdict="fail", seen=seen, next_step=next_step)


def as_text(findings: Iterable[Finding]) -> str:
    """Return one line a finding, the next step below what needs one."""
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.verdict:<5} {finding.check:<18} {finding.seen}")
        if finding.next_step:
            lines.append(f"{'':<24} -> {finding.next_step}")
    return "\n".join(lines)


def as_json(findings: Iterable[Finding]) -> str:
    """Return the findings as a JSON array of objects with check, verdict, seen and next_step."""
    return json.dumps([asdict(finding) for finding in findings], indent=2)


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 0 when nothing failed (warnings are allowed), else 1."""
    return 1 if any(finding.verdict == "fail" for finding in findings) else 0
