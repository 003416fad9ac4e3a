"""The same seed gives the same history: in another process, with another order of sets, on any machine."""

import json
import os
import subprocess
import sys

import pytest

SEED, STORE_HOURS = 11, 240
HASH = "d3a2b44030faa56b1cfbe16a99ff2723f0384493fec3bfd4b487a8a1091df1e0"
"""Of this seed's story. It changes whenever stations write other events or people do other things: then it is renewed
with ``twincheck simulate --seed 11 --store-hours 240 --json``."""


@pytest.mark.parametrize("hash_seed", ["1", "4711"])
def test_K4_one_seed_tells_the_same_story_in_every_process(hash_seed):
    words = [sys.executable, "-P", "-m", "twincheck", "simulate", "--json"]
    options = ["--seed", str(SEED), "--store-hours", str(STORE_HOURS)]

    done = subprocess.run(
        [*words, *options],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )

    assert done.returncode == 0, done.stderr
    assert [told["hash"] for told in json.loads(done.stdout)["runs"]] == [HASH]
