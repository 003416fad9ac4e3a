"""How long legs take is data (S2): what ships is in form, and a site's own file is checked."""

import pytest

from photocore.custody import STEPS
from photocore.errors import SettingsError
from photocore.settings import locate_config
from photoservice.custody.legs import load_legs


def test_S2_the_legs_that_ship_lead_from_every_step_to_the_last():
    legs = load_legs(locate_config())
    ways = {STEPS[-1]}
    for step in reversed(STEPS[:-1]):
        assert legs[step].ends in ways, step
        ways.add(step)


@pytest.mark.parametrize(
    "text",
    [
        "[leg.dropped]\nends = 'nowhere'\n",
        "[leg.lost]\nends = 'received'\n",
        "[leg.dropped]\nends = 'received'\nlate = -1\n",
        "[leg.dropped]\nends = 'received'\nlate = 'soon'\n",
        "[leg.dropped]\nends = 'received'\nminutes = 3\n",
        "[leg.dropped\n",
        "",
    ],
)
def test_S2_a_broken_file_of_legs_is_told(tmp_path, text):
    (tmp_path / "custody.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"custody\.toml"):
        load_legs(tmp_path)
