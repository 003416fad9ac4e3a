"""How fast plans go, as ``serve`` is told on its command line."""

from argparse import ArgumentTypeError
from datetime import timedelta

import pytest

from photoservice.cli import build_parser
from photoservice.planning.cli import read_seconds
from photoservice.settings import Settings


def test_O2_serve_is_told_how_long_a_roll_is_quiet_and_how_often_plans_are_looked_at():
    usual = build_parser().parse_args(["serve"])
    assert (usual.told_after_s, usual.plan_every_s) == (Settings.told_after, Settings.plan_every)
    told = build_parser().parse_args(["serve", "--told-after-s", "90", "--plan-every-s", "0.5"])
    assert (told.told_after_s, told.plan_every_s) == (timedelta(seconds=90), timedelta(milliseconds=500))
    assert build_parser().parse_args(["doctor"]).told_after_s == Settings.told_after


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "1e9", "soon", ""])
def test_O2_a_time_that_is_none_is_refused(text):
    """Nothing would never wait, and a number beyond measure would end the command with a traceback."""
    with pytest.raises(ArgumentTypeError, match="is no time"):
        read_seconds(text)
