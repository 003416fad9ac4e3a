"""The set-up script and what it places: each file where another expects it, nothing done twice, nothing unsent lost."""

import configparser
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SETUP = DEPLOY / "kiosk-setup.sh"
UNITS = sorted((DEPLOY / "systemd").iterdir())
OWED = """#!/bin/sh
printf '{"unsent": %s}\\n' "$UNSENT"
exit 1  # as where something waits for a person
"""


def setup(*options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the script as a person would, in no terminal."""
    call = ["bash", str(SETUP), *options]
    env = {**os.environ, **environ}
    return subprocess.run(call, text=True, capture_output=True, check=False, stdin=subprocess.DEVNULL, env=env)


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Return every file with its mode and when it was written."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mode, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unit(name: str) -> configparser.RawConfigParser:
    """Return a unit file as sections of values; of a value that stands twice, the last."""
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str
    read.read(DEPLOY / "systemd" / name)
    return read


def test_K1_a_dry_run_names_every_step_and_does_none(tmp_path: Path) -> None:
    """What would be installed, placed and enabled is told; the tree below stays empty."""
    ran = setup("--dry-run", "--root", str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    assert list(tmp_path.iterdir()) == []
    for step in ("apt-get install", "espeak-ng", "adduser", "pip", "would place", "systemctl enable"):
        assert step in ran.stdout, step
    for group in ("dialout", "lp", "video", "input", "audio"):
        assert f"kiosk {group}\n" in ran.stdout


def test_K1_every_file_lands_where_the_units_expect_it(tmp_path: Path) -> None:
    """Whatever a unit starts, reads or writes is placed by the script or brought by a package it installs."""
    assert setup("--root", str(tmp_path)).returncode == 0
    kiosk = unit("twincheck-kiosk.service")["Service"]
    xinit, session, *_ = kiosk["ExecStart"].split()
    assert os.access(tmp_path / session.lstrip("/"), os.X_OK)
    assert xinit == "/usr/bin/xinit"
    assert " xinit " in SETUP.read_text().replace("\n", " ")
    assert (tmp_path / kiosk["EnvironmentFile"].lstrip("/")).is_file()
    assert (tmp_path / kiosk["WorkingDirectory"].lstrip("/")).is_dir()
    assert kiosk["ReadWritePaths"] == kiosk["WorkingDirectory"]
    for path in UNITS:
        for program in re.findall(r"^Exec\w+=(\S+)", path.read_text(), re.MULTILINE):
            placed = (tmp_path / program.lstrip("/")).exists()
            assert placed or program in ("/usr/bin/xinit", "/opt/twincheck/venv/bin/twincheck"), program
    assert "/opt/twincheck/venv" in SETUP.read_text()
    for name in ("twincheck-kiosk.service", "twincheck-sync.service", "twincheck-sync.timer"):
        assert (tmp_path / "etc/systemd/system" / name).read_bytes() == (DEPLOY / "systemd" / name).read_bytes()
    for name in ("etc/X11/xorg.conf.d/10-twincheck.conf", "etc/udev/rules.d/60-twincheck.rules"):
        assert (tmp_path / name).is_file()
    assert "install usb-storage /bin/false" in (tmp_path / "etc/modprobe.d/twincheck-kiosk.conf").read_text()


def test_K1_a_second_run_changes_nothing_and_keeps_what_the_store_wrote(tmp_path: Path) -> None:
    """Idempotent: files that are right are not written again, and the store's own settings never."""
    setup("--root", str(tmp_path))
    own = tmp_path / "etc/twincheck/kiosk.env"
    own.write_text("KIOSK_OPTIONS=--language tr\n")
    before = snapshot(tmp_path)
    spoiled = tmp_path / "etc/udev/rules.d/60-twincheck.rules"
    ran = setup("--root", str(tmp_path))
    assert "placed" not in ran.stdout
    assert snapshot(tmp_path) == before
    spoiled.write_text("# gone\n")
    assert f"placed {spoiled}" in setup("--root", str(tmp_path)).stdout
    assert "SYMLINK" in spoiled.read_text()


def test_K1_nothing_is_taken_away_while_anything_is_unsent(tmp_path: Path) -> None:
    """A registration that is only here would be lost; whoever cannot tell takes nothing away either."""
    setup("--root", str(tmp_path))
    journal = tmp_path / "var/lib/twincheck/station/journal.db"
    journal.parent.mkdir()
    journal.touch()
    program = tmp_path / "twincheck"
    program.write_text(OWED)
    program.chmod(0o755)
    before = snapshot(tmp_path)
    owed = setup("--root", str(tmp_path), "--uninstall", KIOSK_PROGRAM=str(program), UNSENT="3")
    assert owed.returncode == 1
    assert "3 events are not sent yet" in owed.stderr
    broken = setup("--root", str(tmp_path), "--uninstall", "--purge", KIOSK_PROGRAM="false")
    assert broken.returncode == 1
    assert "nothing was taken away" in broken.stderr
    assert snapshot(tmp_path) == before
    done = setup("--root", str(tmp_path), "--uninstall", KIOSK_PROGRAM=str(program), UNSENT="0")
    assert done.returncode == 0, done.stderr
    left = set(snapshot(tmp_path))
    assert "var/lib/twincheck/station/journal.db" in left
    assert not [name for name in left if name.startswith(("etc/systemd", "etc/udev", "etc/X11", "etc/modprobe.d"))]


@pytest.mark.parametrize("options", [("--frobnicate",), ("--purge",), ("--root",)])
def test_K1_a_wrong_call_changes_nothing(options: tuple[str, ...]) -> None:
    """It is said in a sentence, with exit code 1."""
    ran = setup(*options)
    assert ran.returncode == 1
    assert ran.stderr.strip()


def test_K1_the_kiosks_unit_restarts_always_listens_to_the_heart_and_grants_little() -> None:
    """What the research asks for (kivy 5.2), in the file that is placed."""
    told = unit("twincheck-kiosk.service")
    service = told["Service"]
    assert told["Unit"]["StartLimitIntervalSec"] == "0"
    wanted = {
        "Type": "notify",
        "NotifyAccess": "all",
        "Restart": "always",
        "SuccessExitStatus": "75",
        "User": "kiosk",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
    }
    assert {name: service[name] for name in wanted} == wanted
    assert 10 <= int(service["WatchdogSec"]) <= 30
    assert set(service["SupplementaryGroups"].split()) >= {"dialout", "lp", "video", "input", "audio"}
    for option in ("-nocursor", "-nolisten tcp", "-s 0", "-dpms", "vt7"):
        assert option in service["ExecStart"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze: the units are not verified here")
@pytest.mark.parametrize("path", UNITS, ids=[path.name for path in UNITS])
def test_K1_systemd_understands_the_units(path: Path) -> None:
    """No unknown key, no value it cannot read; that programs are missing on this machine is no fault of the unit."""
    ran = subprocess.run(["systemd-analyze", "verify", str(path)], text=True, capture_output=True, check=False)
    named = re.escape(path.name).replace("@", "@[^.]*")
    said = [line for line in ran.stderr.splitlines() if re.search(named, line) and "is not executable" not in line]
    assert said == []


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="no shellcheck: the scripts are only parsed")
def test_K1_shellcheck_finds_nothing() -> None:
    """Both scripts, every rule."""
    ran = subprocess.run(
        ["shellcheck", str(SETUP), str(DEPLOY / "x11/kiosk-session")], text=True, capture_output=True, check=False
    )
    assert ran.stdout == ""


def test_K1_the_scripts_parse() -> None:
    """Whatever shell checkers there are."""
    assert subprocess.run(["bash", "-n", str(SETUP)], check=False).returncode == 0
    assert subprocess.run(["sh", "-n", str(DEPLOY / "x11/kiosk-session")], check=False).returncode == 0
    assert SETUP.stat().st_mode & stat.S_IXUSR
