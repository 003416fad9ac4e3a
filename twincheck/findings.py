"""What one check of the doctor saw; every room's doctor says it alike (photocore/findings.py)."""

from photocore.findings import Finding, Verdict, as_json, as_text, exit_code

__all__ = ["Finding", "Verdict", "as_json", "as_text", "exit_code"]
