"""Scanner profiles: data that is checked, and golden bytes from the makers' manuals."""

from pathlib import Path

import msgspec
import pytest

from hardware.errors import ProfileWrong
from hardware.scanner import load_profile, profile_names
from hardware.scanner.profile import FOLDER, ScannerProfile
from photocore.settings import locate_config


@pytest.mark.parametrize("name", profile_names(locate_config()))
def test_K2_every_profile_in_the_box_is_sound(name):
    """It loads, opens a line, frames, and names its manual."""
    profile = load_profile(locate_config(), name)
    assert profile.port_settings().baud >= 300
    assert profile.dialogue().due() is None
    assert profile.source
    assert profile.quality.tried_on_real_hardware != "done", "nobody had one: change this test when someone has"


@pytest.mark.parametrize(
    ("name", "good", "refused"),
    [
        ("generic", b"", b""),
        ("ascii_ack_nak", b"\x06", b"\x15"),
        ("zebra_rs232", b"\x07", b""),
        ("zebra_olivetti", b"\x06", b"\x15"),
        ("honeywell_xenon", b"\x1b7,", b"\x1b8,"),
        ("datalogic_powerscan", b"B", b""),
        ("zebra_wincor_b", b"", b""),
        ("no_suffix", b"", b""),
        ("virtual", b"\x06", b"\x15"),
        ("zebra_enq", b"", b""),
        ("zebra_ack_nak_enq", b"\x06", b"\x15"),
        ("zebra_xon_xoff", b"", b""),
        ("datalogic_ack_nak", b"\x06", b"\x15"),
        ("datalogic_powerscan_96", b"\x1b[6q\x1b[3q\x1b[7q", b"\x1b[8q\x1b[4q\x1b[9q"),
        ("metrologic_ms9540", b"\x06", b"\x07"),
    ],
)
def test_K2_answers_are_the_manuals_bytes(name, good, refused):
    """Golden bytes: ACK 06, NAK 15, BEL 07, ESC 7 comma, ESC 8 comma, B."""
    profile = load_profile(locate_config(), name)
    assert (profile.answer_bytes(ok=True), profile.answer_bytes(ok=False)) == (good, refused)


QUALITY = """
[quality]
reconnects = "done"
status_confirmed = "exempt: a test"
double_read_safe = "done"
golden_bytes = "done"
faults_tested = "done"
tried_on_real_hardware = "exempt: a test"
"""
SOUND = 'name = "x"\nmodels = []\nsource = "y"\n' + QUALITY


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("name = 3", "name"),
        (SOUND + "[line]\nbaud = 5", "line.baud"),
        (SOUND + "[line]\nspeed = 5", "speed"),
        (SOUND + '[framing]\nend = "eol"', "framing.end"),
        (SOUND + "[framing]\ngap_ms = 5", "framing.gap_ms"),
        (SOUND + '[answers]\ngood = "6"', "hex pairs"),
        (SOUND + "[answers]\nresends = true", "resends"),
        ('protocol = "ssi"\n' + SOUND, "ssi.parameters belongs to protocol 'ssi'"),
        ('protocol = "honeywell"\n' + SOUND, "question belongs"),
        ('protocol = "hid"\n' + SOUND, "keymap belongs"),
        ('keymap = "us"\n' + SOUND, "keymap belongs"),
        ('protocol = "telepathy"\n' + SOUND, "protocol"),
        (SOUND.replace("double_read_safe", "double_reads"), "double_read"),
        (SOUND.replace('hardware = "exempt: a test"', 'hardware = "never"'), "tried_on_real_hardware"),
        ('gs_substitute = "\\u00e9"\n' + SOUND, "gs_substitute"),
        ('gs_substitute = "AB"\n' + SOUND, "gs_substitute"),
        (SOUND + "[framing]\nlongest_bytes = 4096", "longest_bytes"),
        ("name = ", "not valid TOML"),
    ],
)
def test_a_wrong_profile_is_refused_by_file_and_field(tmp_path, toml, message):
    """The technician who wrote it can find the mistake."""
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text(toml)
    with pytest.raises(Exception, match=message) as caught:
        load_profile(tmp_path, "mine")
    assert "mine.toml" in str(caught.value)


@pytest.mark.parametrize("name", ["none_such", "../generic", "/etc/passwd", ""])
def test_a_profile_that_is_not_there_is_told(name):
    """An unknown name lists the known ones; a path is no name."""
    with pytest.raises(ProfileWrong):
        load_profile(locate_config(), name)


def test_a_sound_profile_keeps_what_it_says(tmp_path):
    """gs_substitute and the quality scale reach their readers."""
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "mine.toml").write_text('gs_substitute = "~"\n' + SOUND)
    profile = load_profile(Path(tmp_path), "mine")
    assert profile.gs_substitute == "~"
    assert msgspec.convert(msgspec.to_builtins(profile), ScannerProfile) == profile
