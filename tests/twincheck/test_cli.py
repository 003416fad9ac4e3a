"""The dispatcher: finds verbs, loads one at a time, and says in a sentence what a person can mend."""

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from photocore.errors import SettingsError
from twincheck import cli


def verb(name: str, target: str) -> dict[str, EntryPoint]:
    return {name: EntryPoint(name=name, value=target, group=cli.GROUP)}


def greet(arguments: list[str]) -> int:
    """Write what was asked for; stands in as a program's verb."""
    sys.stdout.write(f"hello {' '.join(arguments)}\n")
    return 7


def fail(arguments: list[str]) -> int:
    """Fail as a program does when a setting is wrong."""
    raise SettingsError("There is no fonts/ folder.")


@dataclass(frozen=True, kw_only=True)
class Verb:
    """An entry point whose room imports ``lacks``, which is not installed."""

    module: str
    lacks: str
    name: str = "kiosk"

    def load(self) -> object:
        raise ModuleNotFoundError(f"No module named {self.lacks!r}", name=self.lacks)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name under which this module can be imported, as an installed program could."""
    monkeypatch.setitem(sys.modules, "kiosk_for_tests", sys.modules[__name__])
    return "kiosk_for_tests"


def test_the_rest_of_the_line_goes_to_the_verb_and_its_exit_code_comes_back(here: str, capsys):
    """The dispatcher adds nothing and hides nothing."""
    assert cli.dispatch(["greet", "--loud", "x"], verb("greet", f"{here}:greet")) == 7
    assert capsys.readouterr().out == "hello --loud x\n"


def test_an_unknown_verb_gets_a_suggestion(capsys):
    """A slip of the finger is answered with what was meant."""
    assert cli.dispatch(["docter"], verb("doctor", "x:y")) == 2
    assert capsys.readouterr().err == "twincheck: there is no command 'docter'. Did you mean 'doctor'?\n"


def test_an_unknown_verb_like_no_other_gets_the_list(capsys):
    """Where there is nothing to guess, all verbs are named."""
    assert cli.dispatch(["zzz"], verb("doctor", "x:y") | verb("sync", "x:y")) == 2
    assert capsys.readouterr().err == "twincheck: there is no command 'zzz'. There are: doctor, sync.\n"


def test_help_lists_the_verbs_with_a_sentence_each(capsys):
    """The sentence is the first line of the verb's module, read without importing it."""
    assert cli.dispatch(["--help"], verb("doctor", "twincheck.doctor:command")) == 0
    assert "  doctor  Says what this machine has" in capsys.readouterr().out


def test_help_survives_a_verb_whose_module_is_not_there(capsys):
    """A program that is not installed does not take the help away."""
    assert cli.dispatch(["-h"], verb("gone", "no_such_room.cli:command")) == 0
    assert "gone  (not installed)" in capsys.readouterr().out


def test_no_verb_at_all_shows_the_help_and_fails(capsys):
    """A script that forgot the verb must notice."""
    assert cli.dispatch([], verb("doctor", "twincheck.doctor:command")) == 2
    assert "usage: twincheck" in capsys.readouterr().out


def test_a_missing_extra_is_told_with_what_to_install(capsys):
    """A till without Kivy hears what it lacks instead of a traceback."""
    assert cli.run(Verb(module="kiosk.cli", lacks="kivy.app"), []) == 2
    told = capsys.readouterr().err
    assert told.startswith("twincheck: kiosk needs kivy, which is not installed here.")
    assert told.endswith("pip install 'twincheck[kiosk]'\n")


def test_every_room_with_verbs_can_tell_its_extra():
    """Whatever program a verb is of, what it lacks is told with what brings it."""
    rooms = {entry.value.partition(".")[0] for entry in cli.installed_commands().values()}
    assert rooms - set(cli.EXTRA_OF_ROOM) == set()


def test_a_bug_in_our_own_imports_stays_a_traceback():
    """Only what is missing from outside is told as missing."""
    with pytest.raises(ModuleNotFoundError):
        cli.run(Verb(module="kiosk.cli", lacks="sync.dessk"), [])


def test_an_error_of_ours_is_a_sentence(here: str, capsys):
    """What happened is said by the error itself; the exit code says that it did."""
    assert cli.dispatch(["fail"], verb("fail", f"{here}:fail")) == 1
    assert capsys.readouterr().err == "twincheck fail: There is no fonts/ folder.\n"


def test_config_before_the_verb_reaches_every_program(here: str, tmp_path: Path, monkeypatch):
    """It is handed on as the environment variable, absolute, so that child processes see it too."""
    monkeypatch.setenv(cli.CONFIG_VARIABLE, "")
    monkeypatch.chdir(tmp_path)
    assert cli.dispatch(["--config", "mine", "greet"], verb("greet", f"{here}:greet")) == 7
    assert os.environ[cli.CONFIG_VARIABLE] == str(tmp_path / "mine")


@pytest.mark.parametrize("arguments", [["--config"], ["--verbose", "doctor"]])
def test_an_option_that_is_none_is_refused(arguments: list[str], capsys):
    """Options of a verb stand after the verb."""
    assert cli.dispatch(arguments, verb("doctor", "twincheck.doctor:command")) == 2
    assert f"{arguments[0]} is no option here" in capsys.readouterr().err


def test_the_module_runs_as_a_program():
    """``python -m twincheck`` and the installed script are the same door."""
    run = subprocess.run(
        [sys.executable, "-P", "-m", "twincheck", "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("twincheck 0.")


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, capsys):
    """What a person can mend is told with its path; a file stands where the folder should."""
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    station = str(in_the_way / "kiosk")
    code = cli.main(["station", "enrol", "--url", "http://localhost:9", "--code", "AAAA-AAAA", "--dir", station])
    assert code == 1
    assert capsys.readouterr().err == f"twincheck station: {station}: Not a directory\n"
