"""``catalogue`` and ``terms`` on the command line, beside a service that runs."""

import json

import pytest

from photoservice.cli import command


@pytest.fixture
def run(world, capsys):
    """Return what runs a verb on the running service's data: its exit code, standard output and standard error."""
    settings = world.running.service.settings

    def do(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = command([*words, "--dir", str(settings.folder), "--database", settings.database])
        out, err = capsys.readouterr()
        return code, out, err

    return do


def test_O10_a_catalogue_is_checked_published_listed_and_shown(run, tmp_path, shop):
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(shop), encoding="utf-8")
    assert command(["catalogue", "check", str(file)]) == 0
    code, _, err = run("catalogue", "publish", str(file), "--note", "for the winter")
    assert (code, err) == (0, "The catalogue v1 is in force: 3 items, prices in EUR, JPY, 2 languages.\n")
    _, out, _ = run("catalogue", "show", "--list")
    assert out.splitlines()[0].endswith("for the winter")
    _, out, _ = run("catalogue", "show")
    assert json.loads(out)["version"] == "v1"
    _, out, _ = run("catalogue", "show", "--version", "2026-11")
    assert json.loads(out)["version"] == "2026-11"
    assert run("catalogue", "show", "--version", "never")[0] == 1


def test_O10_every_fault_of_a_file_is_told(run, tmp_path, shop):
    del shop["items"][0]["titles"]["de"]
    shop["items"][1]["tax"] = "luxury"
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(shop), encoding="utf-8")
    code, _, err = run("catalogue", "publish", str(file))
    assert code == 1
    assert err.splitlines()[1:] == [
        "- cd: there is no title in de",
        "- prints: there is no rate of tax called luxury",
    ]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b" " * 2_000_001, b"version = 1e400\n"])
def test_O10_a_file_that_is_no_catalogue_is_refused_with_a_sentence(tmp_path, capsys, content):
    for name in ("bad.json", "bad.toml"):
        (tmp_path / name).write_bytes(content)
        assert command(["catalogue", "check", str(tmp_path / name)]) == 1
        assert "Traceback" not in capsys.readouterr().err
    assert command(["catalogue", "check", str(tmp_path / "none.json")]) == 1


def test_O15_a_product_s_terms_are_set_from_toml_and_shown(run, tmp_path):
    file = tmp_path / "terms.toml"
    file.write_text('[[credits]]\nitem = "cd"\npieces = 2\n', encoding="utf-8")
    code, _, err = run("terms", "set", "4006381333931", str(file))
    assert (code, err) == (0, "Packages of 04006381333931 begin with 1 credits and 0 plans from now on.\n")
    _, out, _ = run("terms", "show", "04006381333931")
    assert json.loads(out)["credits"][0]["pieces"] == 2
    _, out, _ = run("terms", "show")
    assert out.split()[0] == "04006381333931"
    file.write_text('[[credits]]\nitem = "yacht"\n', encoding="utf-8")
    assert run("terms", "set", "4006381333931", str(file))[0] == 1
    assert run("terms", "set", "12345", str(file))[0] == 1
    assert run("terms", "show", "09521141012340")[0] == 1
