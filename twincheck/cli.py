"""The ``twincheck`` command: a dispatcher that knows no program by name.

Each program brings its verbs as entry points of the group ``twincheck.commands``, functions
``command(arguments: list[str]) -> int``. One is imported only when it is called: a till without Kivy can still sync,
and a missing extra is told in a sentence.
"""

import ast
import difflib
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path
from typing import Final, cast

from photocore.errors import TwincheckError
from photocore.settings import CONFIG_VARIABLE

GROUP: Final = "twincheck.commands"
MISUSED: Final = 2
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells have it

Command = Callable[[list[str]], int]

EXTRA_OF_ROOM: Final = {
    "exchange": "exchange",
    "hardware": "devices",
    "imaging": "pictures",
    "kiosk": "kiosk",
    "photoservice": "photoservice",
    "pos_bridge": "till",
    "sync": "station",
    "twincheck": "kiosk,photoservice",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command named by ``arguments`` (the process's own by default) and return its exit code."""
    try:
        return dispatch(sys.argv[1:] if arguments is None else arguments, installed_commands())
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough: `twincheck sync parked | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def installed_commands() -> dict[str, EntryPoint]:
    """Return the verbs of every installed room, by name."""
    return {entry.name: entry for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}


def dispatch(arguments: Sequence[str], commands: Mapping[str, EntryPoint]) -> int:
    """Take the options that come before the verb, then hand over the rest."""
    arguments = list(arguments)
    while arguments and arguments[0].startswith("-"):
        option = arguments.pop(0)
        if option in ("-h", "--help"):
            print(usage(commands))
            return 0
        if option == "--version":
            print(f"twincheck {version('twincheck')}")
            return 0
        if option != "--config" or not arguments:
            return refuse(f"{option} is no option here, or its value is missing. See twincheck --help.")
        os.environ[CONFIG_VARIABLE] = str(Path(arguments.pop(0)).absolute())
    if not arguments:
        print(usage(commands))
        return MISUSED
    name, *rest = arguments
    if rest and f"{name} {rest[0]}" in commands:
        name, rest = f"{name} {rest[0]}", rest[1:]  # a verb that another room brings to this program
    if name not in commands:
        return refuse(f"there is no command {name!r}. {suggestion(name, commands)}")
    return run(commands[name], rest)


def run(entry: EntryPoint, arguments: list[str]) -> int:
    """Load one command and run it; what a person can mend is told in a sentence, not in a traceback."""
    try:
        command = cast("Command", entry.load())
        return command(arguments)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        room = entry.module.partition(".")[0]
        if missing in EXTRA_OF_ROOM or room not in EXTRA_OF_ROOM:
            raise
        return refuse(
            f"{entry.name} needs {missing}, which is not installed here. "
            f"Install it with: pip install 'twincheck[{EXTRA_OF_ROOM[room]}]'"
        )
    except TwincheckError as error:
        return refuse(str(error), code=1, verb=entry.name)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.strerror is None or error.filename is None:
            raise  # no file that a person could look at: it is ours, and its traceback is wanted
        return refuse(f"{error.filename}: {error.strerror}", code=1, verb=entry.name)


def refuse(sentence: str, *, code: int = MISUSED, verb: str = "") -> int:
    """Say why nothing was done, on standard error, in the name of the ``verb`` that failed; return the exit code."""
    print(f"twincheck {verb}".rstrip() + f": {sentence}", file=sys.stderr)
    return code


def suggestion(name: str, commands: Mapping[str, EntryPoint]) -> str:
    """Return what was probably meant, else the list of all."""
    near = difflib.get_close_matches(name, commands, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(commands)}."


def usage(commands: Mapping[str, EntryPoint]) -> str:
    """Return the help text: every verb with the first line of its module's docstring."""
    width = max(map(len, commands), default=0)
    return "\n".join(
        [
            "usage: twincheck [--config DIR] COMMAND ...",
            "",
            *(f"  {name:<{width}}  {summary(entry.module)}".rstrip() for name, entry in commands.items()),
            "",
            "  --config DIR   read settings from DIR, before /etc/twincheck and those that came with the product",
            "  --version      say which version this is",
            "",
            "twincheck COMMAND --help tells more about one command.",
        ]
    )


def summary(module: str) -> str:
    """Return the first line of a module's docstring without running the module, which may need an extra."""
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return "(not installed)"
    if found is None or found.origin is None:
        return "(not installed)"
    docstring = ast.get_docstring(ast.parse(Path(found.origin).read_text(encoding="utf-8")))
    return (docstring or "").partition("\n")[0].replace("``", "")
