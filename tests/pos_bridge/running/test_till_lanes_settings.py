"""What till.toml may say of lanes: nothing that could register somebody's film to somebody else's card (O19)."""

import pytest

from photocore.errors import SettingsError
from pos_bridge.settings import load_till

LANE = '[lane.1]\ntills = ["1"]\nregisters = "at_scan"\n'


def test_O19_a_lane_registers_at_the_scan_only_where_a_tap_parts_the_baskets(tmp_path):
    path = tmp_path / "till.toml"
    path.write_text(LANE)
    path.chmod(0o600)
    with pytest.raises(SettingsError, match="needs the printer's tap"):
        load_till(tmp_path)
    path.write_text(LANE + 'printer_port = "/dev/ttyS1"\n')
    assert load_till(tmp_path).settings.lane["1"].registers == "at_scan"
