"""What a child of the darkroom cannot do, tried by one."""

import json
import subprocess
import sys
from functools import cache

import pytest

TRIES = """
import ctypes, json, os, socket, subprocess, sys, threading
from imaging.pixels.fences import put_up

above = os.getppid()
held = os.open("/dev/null", os.O_RDONLY)
stand = put_up(2**31)

def tried(what):
    try:
        return f"done: {what()}"
    except (OSError, subprocess.SubprocessError, MemoryError) as refused:
        return type(refused).__name__

threads = []
tries = {
    "open a file": lambda: open("/etc/passwd").read(1),
    "list a folder": lambda: os.listdir("/"),
    "write a file": lambda: open("/tmp/" + str(os.getpid()), "w").write("x"),
    "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "open a Unix socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "fork": lambda: os.fork() or os._exit(0),
    "start a program": lambda: subprocess.run(["/bin/true"], check=True),
    "become a program": lambda: os.execv("/bin/true", ["true"]),
    "signal its parent": lambda: os.kill(above, 0),
    "hold three gigabytes": lambda: len(bytearray(3 * 2**30)),
}
came_of = {name: tried(what) for name, what in tries.items()}
thread = threading.Thread(target=lambda: threads.append(1))
thread.start()
thread.join()
came_of["make a thread"] = f"done: {len(threads)}"
came_of["read what it was given"] = tried(lambda: os.read(held, 1))
print(json.dumps([stand, came_of]))
"""


@cache
def answers() -> tuple[dict[str, str], dict[str, str]]:
    done = subprocess.run([sys.executable, "-P", "-c", TRIES], stdout=subprocess.PIPE, check=True, timeout=60)
    stand, came_of = json.loads(done.stdout)
    return stand, came_of


@pytest.mark.parametrize(
    ("fence", "what"),
    [
        ("files", "open a file"),
        ("files", "list a folder"),
        ("files", "write a file"),
        ("calls", "open a socket"),
        ("calls", "open a Unix socket"),
        ("calls", "fork"),
        ("calls", "start a program"),
        ("calls", "become a program"),
        ("calls", "signal its parent"),
        ("memory", "hold three gigabytes"),
    ],
)
def test_attack_A10_a_child_cannot(fence, what):
    stand, came_of = answers()
    if stand[fence].startswith("none"):
        pytest.skip(f"this machine puts up no such fence: {stand[fence]}")

    assert came_of[what] in {"PermissionError", "MemoryError"}


def test_attack_A10_a_child_can_do_its_work():
    stand, came_of = answers()

    assert came_of["make a thread"] == "done: 1"
    assert came_of["read what it was given"] == "done: b''"
    assert stand["threads"] == "one"


def test_attack_A10_a_child_says_which_fences_stand(darkroom, filed):
    darkroom_says = set(answers()[0])

    assert darkroom_says == {"memory", "network", "user", "files", "calls", "threads"}
