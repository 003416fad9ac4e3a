"""./demo and ./check on machines that lack something: what they install, what they name, when they do nothing.

The script runs in a copy of its own, with the few commands that would change a machine standing in by name.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with nothing installed in it."""
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/bootstrap.sh", "scripts/uv-requirements.txt", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def shell(checkout: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Source the bootstrap as ./demo does, then run ``script``."""
    program = f'set -euo pipefail\n. "{checkout}/scripts/bootstrap.sh"\n{script}'
    return subprocess.run(
        ["bash", "-c", program], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


BARE = """
has_library() { false; }
fits_uv() { false; }
python=false
privileges() { return 1; }
"""


def test_without_root_what_is_missing_is_one_command_to_paste(checkout: Path):
    """Nothing is tried halfway: the person pastes one line and starts again."""
    no_sudo = 'command() { [ "$2" != sudo ] && builtin command "$@"; }\n'
    run = shell(checkout, BARE + no_sudo + "install_system_packages demo\necho went on")
    assert run.returncode == 1
    assert "went on" not in run.stdout
    (command,) = [line.strip() for line in run.stderr.splitlines() if "apt-get" in line]
    assert command == (
        "su -c 'apt-get update && apt-get install -y --no-install-recommends libgl1 libegl1 python3-venv libzbar0'"
    )


def test_libzbar_alone_is_a_warning(checkout: Path):
    """The product works without a second opinion on pictures."""
    run = shell(
        checkout,
        'has_library() { [ "$1" != libzbar.so.0 ]; }\nfits_uv() { true; }\nprivileges() { return 1; }\n'
        "python=python3\ninstall_system_packages demo\necho went on",
    )
    assert run.returncode == 0
    assert run.stdout == "went on\n"
    assert "libzbar0" in run.stderr


def test_chromium_is_wanted_for_the_checks_only_and_missed_in_a_sentence(checkout: Path):
    """The pages are tested in a real browser; the product itself needs none, and the checks go on without."""
    without = (
        "has_library() { true; }\nhas_program() { false; }\nfits_uv() { true; }\nprivileges() { return 1; }\n"
        "python=python3\ninstall_system_packages {}\necho went on"
    )
    check, demo = (shell(checkout, without.replace("{}", purpose)) for purpose in ("check", "demo"))
    assert (check.returncode, check.stdout) == (0, "went on\n")
    assert "without chromium the tests of the web pages" in check.stderr
    assert "without strace no process is killed" in check.stderr
    assert (demo.returncode, demo.stdout, demo.stderr) == (0, "went on\n", "")


def test_with_root_what_is_missing_is_installed(checkout: Path):
    """One apt run for all of it."""
    run = shell(
        checkout, BARE + 'privileges() { echo env; }\napt_install() { echo "$@"; }\ninstall_system_packages demo'
    )
    assert run.stdout == "env libgl1 libegl1 python3-venv libzbar0\n"
    assert run.returncode == 0


def test_a_failing_apt_stops_only_for_what_is_needed(checkout: Path):
    """Without a network apt fails; a missing libzbar0 must not keep the demo from starting."""
    failing = "privileges() { echo env; }\napt_install() { return 100; }\nfits_uv() { true; }\npython=python3\n"
    needed = shell(checkout, failing + "has_library() { false; }\ninstall_system_packages demo")
    optional = shell(checkout, failing + 'has_library() { [ "$1" != libzbar.so.0 ]; }\ninstall_system_packages demo')
    assert needed.returncode == 1
    assert "apt could not install libgl1 libegl1" in needed.stderr
    assert optional.returncode == 0


def test_a_python_that_does_not_fit_is_passed_over(checkout: Path):
    """Kivy has wheels for 3.11 to 3.13; another Python on the path is tried before giving up."""
    only_312 = """
    python3() { false; }; python3.13() { false; }; python3.11() { false; }
    python3.12() { case $2 in *base_executable*) echo /opt/python3.12 ;; esac; }
    """
    run = shell(checkout, only_312 + 'choose_python\necho "$python"')
    assert run.stdout == "/opt/python3.12\n"
    none = shell(
        checkout, 'for n in python3 python3.13 python3.12 python3.11; do eval "$n() { false; }"; done\nchoose_python'
    )
    assert none.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in none.stderr


@pytest.mark.parametrize(
    ("version", "fits"), [("0.13.8", True), ("0.13.10", True), ("1.0.0", True), ("0.13.7", False), ("0.9.30", False)]
)
def test_a_uv_on_the_path_is_used_when_it_is_new_enough(checkout: Path, version: str, fits: bool):
    """Versions are compared as versions, not as texts."""
    run = shell(
        checkout,
        f'uv_wanted=0.13.8\nsome_uv() {{ echo "uv {version} (linux)"; }}\nfits_uv some_uv && echo fits || echo no',
    )
    assert run.stdout == ("fits\n" if fits else "no\n")


def test_the_pinned_uv_has_a_hash_for_every_wheel(checkout: Path):
    """pip refuses what is not listed, so the version stands once and the hashes beside it."""
    lines = (ROOT / "scripts/uv-requirements.txt").read_text().splitlines()
    assert lines[0].startswith("uv==")
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])
    assert shell(checkout, 'echo "$uv_wanted"').stdout.strip() == lines[0].removeprefix("uv==").split()[0]


def made_for(checkout: Path, purpose: str) -> None:
    python = checkout / ".venv/bin/python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()
    python.chmod(0o755)
    fingerprint = shell(checkout, "fingerprint").stdout.strip()
    (checkout / ".venv/.made-from").write_text(f"{purpose} {fingerprint}\n")


def is_ready(checkout: Path, purpose: str) -> bool:
    return shell(checkout, f"is_ready {purpose}").returncode == 0


def test_nothing_is_done_when_all_is_there(checkout: Path):
    """What serves the checks serves the demo too, not the other way round."""
    assert not is_ready(checkout, "demo")
    made_for(checkout, "demo")
    assert is_ready(checkout, "demo")
    assert not is_ready(checkout, "check")
    made_for(checkout, "check")
    assert is_ready(checkout, "demo")
    assert is_ready(checkout, "check")


@pytest.mark.parametrize("changed", ["uv.lock", "pyproject.toml", "scripts/bootstrap.sh"])
def test_a_changed_lock_is_noticed(checkout: Path, changed: str):
    """After a pull the next start brings the environment up to date."""
    made_for(checkout, "check")
    with (checkout / changed).open("a") as file:
        file.write("\n# changed\n")
    assert not is_ready(checkout, "check")


def test_a_moved_checkout_is_noticed(checkout: Path, tmp_path_factory: pytest.TempPathFactory):
    """Environments hold absolute paths."""
    made_for(checkout, "check")
    moved = tmp_path_factory.mktemp("elsewhere") / "twincheck"
    checkout.rename(moved)
    assert not is_ready(moved, "check")


def test_a_start_without_a_home_folder_keeps_its_downloads_in_the_checkout(checkout: Path):
    """A service account has none, or one it may not write to."""
    run = shell(checkout, 'HOME=/nonexistent\nchoose_home\necho "$HOME"')
    assert run.stdout == f"{checkout}/.tools/home\n"
    assert (checkout / ".tools/home").is_dir()
