"""A table of films comes into the station's folder whole or not at all, and the command line says what it holds."""

import json
from pathlib import Path

import pytest

from photocore.errors import SettingsError
from sync.film_cli import command
from sync.films import FILMS, import_films, load_films

TABLE = "DX extract;DX full;Name;Original Film or informations\n;;No number;\n1533;115334;Kodak Portra 400 new ;\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a small table in the form of the open database."""
    path = tmp_path / "film_database.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a station's folder."""
    (tmp_path / "station").mkdir()
    return tmp_path / "station"


def test_K7_an_import_is_what_the_station_says_from_then_on(table: Path, folder: Path):
    """Without one it knows no film; with the open database its credit is kept."""
    assert load_films(folder).names_of("1533") == ()
    assert import_films(table, folder).taken == 1
    book = load_films(folder)
    assert [name.name for name in book.names_of("1533")] == ["Kodak Portra 400 new"]
    assert "CC BY-SA 4.0" in book.credit
    import_films(table, folder, "My own list")
    assert load_films(folder).credit == "My own list"


@pytest.mark.parametrize("text", [b"", b"a;b\n1;2\n", b"\xff\xfe\0", b"DX extract;Name\n;nothing\n", b"1" * 200_000])
def test_K7_a_file_that_is_no_table_leaves_the_book_as_it_was(table: Path, folder: Path, text: bytes):
    """All or nothing."""
    import_films(table, folder)
    before = (folder / FILMS).read_bytes()
    table.write_bytes(text)
    with pytest.raises(SettingsError):
        import_films(table, folder)
    assert (folder / FILMS).read_bytes() == before


def test_K7_whatever_is_given_as_credit_the_book_can_be_read_again(table: Path, folder: Path):
    """A long credit was written and then refused; a file's name that is no UTF-8 was a traceback."""
    import_films(table, folder, "ours \x1b[31m" + "x" * 500)
    credit = load_films(folder).credit
    assert (len(credit), "\x1b" in credit) == (400, False)
    strange = table.with_name("\udcff\x1b[2Jmine.csv")
    strange.write_text(TABLE.replace(";Original Film or informations", ""), encoding="utf-8")
    import_films(strange, folder)
    assert load_films(folder).credit == "[2Jmine.csv"


def test_K7_a_broken_book_is_said_and_not_taken_for_an_empty_one(folder: Path):
    """It can be imported again."""
    (folder / FILMS).write_text("half a bo", encoding="utf-8")
    with pytest.raises(SettingsError, match="import it again"):
        load_films(folder)


def test_K7_the_command_line_imports_and_tells(table: Path, folder: Path, capsys: pytest.CaptureFixture[str]):
    """As JSON, in words, and with an exit code that a program understands."""
    assert command(["import", str(table), "--dir", str(folder)]) == 0
    assert "1 films with a DX number; 1 rows without one" in capsys.readouterr().out
    for code in ("115334", "1533", "95-13", "95-13/11A"):
        assert command(["show", code, "--dir", str(folder), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["extract"], told["names"]) == ("1533", ["Kodak Portra 400 new"])
    assert command(["show", "115334", "--dir", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "DX extract 1533, 36 exp."


@pytest.mark.parametrize("code", ["912503", "", "hello", "128-0"])
def test_K7_what_nobody_knows_is_exit_code_1(table: Path, folder: Path, code: str, capsys: pytest.CaptureFixture[str]):
    """A film without a name, and what is no code of film at all."""
    import_films(table, folder)
    assert command(["show", code, "--dir", str(folder)]) == 1
    told = capsys.readouterr()
    assert "import FILE" in told.out or "twincheck film:" in told.err


def test_K7_what_is_no_code_of_film_is_told_how_one_is_spelled(folder: Path, capsys: pytest.CaptureFixture[str]):
    """A cartridge's, its middle, the film's edge with a frame and without."""
    assert command(["show", "hello", "--dir", str(folder)]) == 1
    assert "'hello': no code of a film's edge; a code of film is spelled 115334, 1533, 95-13" in capsys.readouterr().err


@pytest.mark.parametrize("asked", [["show", "115334"], ["import", "films.csv"]])
def test_K7_a_folder_that_is_no_stations_is_told(folder: Path, asked: list[str], capsys: pytest.CaptureFixture[str]):
    """A slip in --dir was taken for a station that knows no film."""
    assert command([*asked, "--dir", str(folder / "none")]) == 1
    told = capsys.readouterr()
    assert (told.out, "none is no station's folder; name it with --dir" in told.err) == ("", True)


def test_K7_a_missing_file_is_said_in_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]):
    """No traceback."""
    assert command(["import", "/nowhere/films.csv", "--dir", str(folder)]) == 1
    assert "cannot be read" in capsys.readouterr().err
