"""Process ids: the four characters by which a printer proves one job and no other.

They are the job's own number in base 94, so the id of a job that was on its way when the power failed can be
worked out again, and a late answer for an earlier job never answers for this one (research/reliability.md F36).
"""

from hardware.printer.escpos import PROCESS_ID_LENGTH

BASE = 94
FIRST = 0x21
LAST = BASE**PROCESS_ID_LENGTH - 1

PROBE = "    "
"""Asks whether a printer answers at all. No job has it: a space is not among the digits."""


def process_id_of(job_id: int) -> str:
    """Return the process id of a job; ids repeat after 78 million jobs.

    Raises:
        ValueError: job numbers start at 1.
    """
    if job_id < 1:
        raise ValueError("job numbers start at 1")
    left, digits = job_id % (LAST + 1), ""
    for _ in range(PROCESS_ID_LENGTH):
        left, digit = divmod(left, BASE)
        digits = chr(FIRST + digit) + digits
    return digits
