"""An operator bounds what a tenant's images may take: ``twincheck photoservice tenant quota``."""

import subprocess
import sys


def test_O1_an_operator_sees_bounds_and_frees_what_a_lab_may_take(world, database, lab, roll):
    """Asking shows, and changes nothing: it used to take the bound away."""

    def say(*words: str) -> tuple[int, str]:
        folder = str(world.running.service.settings.folder)
        command = [sys.executable, "-m", "photoservice.cli", "tenant", "quota", *words]
        command += ["--dir", folder, "--database", database]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        return done.returncode, done.stderr

    assert say("Silver Lab")[1].endswith("there is the usual bound, once the first picture comes.\n")
    assert lab.begin(roll, "1", 30_000_000).status_code == 201
    taken = "The images of Silver Lab take 0.000 GB, and 0.030 GB are promised; there is "
    assert say("Silver Lab") == (0, f"{taken}a bound of 2000.000 GB.\n")
    assert say("Silver Lab", "2.5") == (0, f"{taken}a bound of 2.500 GB.\n")
    assert say("Silver Lab") == (0, f"{taken}a bound of 2.500 GB.\n")
    assert say("Silver Lab", "0.01") == (0, f"{taken}a bound of 0.030 GB.\n")
    assert say("Silver Lab", "--none") == (0, f"{taken}no bound.\n")
    assert say("Nobody", "1") == (1, "twincheck photoservice: There is no tenant Nobody.\n")
