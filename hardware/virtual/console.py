"""The virtual scanner's command lines: a code is a scan, ``!`` begins a fault or a verb.

A fault of :mod:`hardware.virtual.faults` lasts until ``!end`` of it; the older verbs beside them are of one scan only.
"""

from collections.abc import Callable, Iterable
from typing import Final

from hardware.errors import HardwareError
from hardware.virtual import faults, keystrokes
from hardware.virtual.scanner import VirtualScanner
from hardware.virtual.scanner_faults import FaultyScanner

GS_WORD: Final = "<GS>"

HELP: Final = """\
CODE              scan it; <GS> stands for the group separator, ]d2 and the like in front for the AIM ID
!split CODE       deliver it in pieces              !double CODE   scan it twice in a moment
!garble CODE      turn one bit of it                !merge A B     lose the end of A
!control CODE     put control characters into it    !cut CODE      unplug in the middle of it
!flood [BYTES]    noise without an end              !raw HEX       any bytes
!wait CODE        scan it and wait for the answer   !answers       show what the host has sent
!lose CODE        lose its first sending            !flip CODE     flip a bit of its first sending
!twice CODE       send it twice in one breath       !reset         read a settings bar code: factory settings
!replug           plug it in again (as another pty behind the same name)
And, until they are ended:
""" + faults.help_lines("scanner", "!")


class ScannerConsole:
    """Carries out one line at a time; ``say`` prints to the person."""

    def __init__(self, scanner: VirtualScanner, say: Callable[[str], None]) -> None:
        self._scanner = scanner
        self._faulty = FaultyScanner(scanner)
        self._say = say
        self._faults: dict[str, Callable[[bytes], tuple[keystrokes.Stroke, ...]]] = {
            "split": keystrokes.split,
            "double": keystrokes.doubled,
            "garble": keystrokes.garbled,
            "control": keystrokes.with_control_characters,
        }
        self._verbs: dict[str, Callable[[str], object]] = {
            "merge": self._merge,
            "cut": scanner.pull_in_mid_scan,
            "flood": lambda size: scanner.strike(*keystrokes.flood(int(size or keystrokes.FLOOD_BYTES))),
            "raw": lambda pairs: scanner.strike(*keystrokes.whole(bytes.fromhex(pairs))),
            "wait": lambda code: say(scanner.scan_and_wait(code)),
            "answers": self._show_answers,
            "lose": lambda code: self._mishap(keystrokes.lost, code),
            "flip": lambda code: self._mishap(keystrokes.flipped, code),
            "twice": lambda code: self._mishap(keystrokes.told_twice, code),
            "reset": lambda _: scanner.reset(),
            "replug": lambda _: self._replug(),
            "help": lambda _: say(HELP),
        }

        scanner.on_answer = lambda answer: say(
            f"heard {answer.data.hex(' ')} ({', '.join(answer.words) or 'no word it knows'})"
        )

    def run(self, lines: Iterable[str]) -> None:
        """Carry out every line; a mistake or a full line is told, and ends nothing."""
        for line in lines:
            try:
                self.obey(line.rstrip("\r\n").replace(GS_WORD, "\x1d"))
            except (HardwareError, ValueError) as trouble:
                self._say(f"! {trouble}")

    def obey(self, line: str) -> None:
        """Carry out one line.

        Raises:
            HardwareError: it is unplugged, or nobody reads.
            ValueError: the line cannot be understood.
        """
        if not line.startswith("!"):
            if line:
                self._faulty.scan(line)
            return
        verb, _, rest = line[1:].partition(" ")
        if (verb not in self._faults or not rest) and faults.obey(self._faulty, line[1:]):
            return
        if verb in self._faults:
            self._scanner.strike(*self._faults[verb](self._scanner.encode(demand(rest))))
        elif verb in self._verbs:
            self._verbs[verb](rest)
        else:
            raise ValueError(f"There is no !{verb}; !help lists what there is.")

    def _mishap(self, mishap: Callable[[bytes], bytes], code: str) -> None:
        self._scanner.befall(mishap)
        self._scanner.scan(demand(code))

    def _merge(self, codes: str) -> None:
        first, _, second = codes.partition(" ")
        strokes = keystrokes.merged(self._scanner.encode(demand(first)), self._scanner.encode(demand(second)))
        self._scanner.strike(*strokes)

    def _replug(self) -> None:
        self._faulty.begin(faults.Fault.REPLUG_AS_OTHER_PORT)
        self._say(f"{self._scanner.path} is {self._scanner.tty_name} now.")

    def _show_answers(self, _: str) -> None:
        answers = self._scanner.answers
        self._say("\n".join(f"{answer.at:.3f}  {answer.data.hex(' ')}" for answer in answers) or "no answer yet")


def demand(code: str) -> str:
    """Return ``code``.

    Raises:
        ValueError: there is none.
    """
    if not code:
        raise ValueError("A code is missing.")
    return code
