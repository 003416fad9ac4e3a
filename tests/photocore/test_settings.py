"""Where config/ is found, what overrides what, and what is said when it is wrong."""

import sys
from pathlib import Path

import pytest

from photocore.errors import SettingsError
from photocore.settings import ConfigHome, config_homes, load_settings, load_toml, locate_config

CHECKOUT = Path(__file__).parents[2] / "config"


def whole_config(folder: Path) -> Path:
    (folder / "fonts").mkdir(parents=True)
    return folder


def home(path: Path) -> ConfigHome:
    return ConfigHome(path=path, origin="test")


def test_a_checkout_finds_its_own_config():
    """Without a word from anyone, a developer's edits are what runs."""
    assert locate_config(environ={}) == CHECKOUT


def test_the_variable_beats_the_checkout_and_the_option_beats_both(tmp_path: Path):
    """The more deliberate word wins."""
    by_variable, by_option = whole_config(tmp_path / "v"), whole_config(tmp_path / "o")
    environ = {"TWINCHECK_CONFIG": str(by_variable)}
    assert locate_config(environ=environ) == by_variable
    assert locate_config(str(by_option), environ) == by_option


def test_a_named_folder_that_is_not_whole_is_refused_by_its_name(tmp_path: Path):
    """Falling back in silence would run with settings nobody asked for."""
    with pytest.raises(SettingsError, match=r"--config names .*nowhere, which holds no fonts/"):
        locate_config(str(tmp_path / "nowhere"), {})
    with pytest.raises(SettingsError, match=r"\$TWINCHECK_CONFIG names"):
        locate_config(environ={"TWINCHECK_CONFIG": str(tmp_path)})


def test_the_homes_come_strongest_first_and_the_installed_one_last(tmp_path: Path):
    """Doctor shows this list, and load_settings overrides along it."""
    homes = config_homes("/given", {"TWINCHECK_CONFIG": "/named"})
    origins = [one.origin for one in homes]
    assert origins[:2] == ["--config", "$TWINCHECK_CONFIG"]
    assert origins.index("checkout") == len([one for one in homes if one.origin not in ("checkout", "installed")])
    assert all(one.path == Path(sys.prefix, "share/twincheck/config") for one in homes if one.origin == "installed")


def test_a_stronger_home_overrides_one_value_and_leaves_its_neighbours(tmp_path: Path):
    """A site writes down only what differs, and every value still tells which file it came from."""
    site, shipped = tmp_path / "site", tmp_path / "shipped"
    site.mkdir()
    shipped.mkdir()
    (shipped / "station.toml").write_text('[printer]\nurl = "a"\nspeed = 1\n[scanner]\nurl = "s"\n')
    (site / "station.toml").write_text('[printer]\nurl = "b"\n')

    settings = load_settings("station.toml", (home(site), home(shipped)))

    assert settings.values == {"printer": {"url": "b", "speed": 1}, "scanner": {"url": "s"}}
    assert settings.origins == {
        "printer.url": site / "station.toml",
        "printer.speed": shipped / "station.toml",
        "scanner.url": shipped / "station.toml",
    }


@pytest.mark.parametrize(("weak", "strong"), [("x = 1", "[x]\ny = 1"), ("[x]\ny = 1", "x = 1")])
def test_a_table_and_a_value_of_one_name_are_refused(tmp_path: Path, weak: str, strong: str):
    """Neither can override the other, so one of the files is wrong."""
    for name, text in (("weak", weak), ("strong", strong)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"strong/a\.toml: x is a table"):
        load_settings("a.toml", (home(tmp_path / "strong"), home(tmp_path / "weak")))


def test_a_broken_file_is_told_with_its_path_and_line(tmp_path: Path):
    """Whoever edited it finds the place."""
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b"a = 1\nb = = 2\n")
    with pytest.raises(SettingsError, match=r"broken\.toml is not valid TOML: .*line 2"):
        load_toml(broken)
    for beyond_measure in (b"\xff\xfe", b"a = " + b"[" * 5000 + b"]" * 5000, b"a = " + b"9" * 5000):
        broken.write_bytes(beyond_measure)
        with pytest.raises(SettingsError, match="is not valid TOML"):
            load_toml(broken)


def test_a_missing_file_is_told(tmp_path: Path):
    """By its path when it was named, by its name when it was sought."""
    with pytest.raises(SettingsError, match=r"gone\.toml cannot be read: No such file"):
        load_toml(tmp_path / "gone.toml")
    with pytest.raises(SettingsError, match=r"No gone\.toml in any config folder"):
        load_settings("gone.toml", (home(tmp_path),))
