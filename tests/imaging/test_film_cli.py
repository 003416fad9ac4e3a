"""``twincheck read --package`` and ``--strip``: what people and programs are told, and what is drawn."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from imaging.cli import command
from imaging.testing_film import Shelf, Strip, draw_package, draw_strip, sgtin_label
from photocore.film import FilmType
from photocore.film_book import FilmName, FilmPages, write_book
from photocore.ids import ItemId
from photocore.package import Manifest
from photocore.twin_checks import twin_check

PORTRA, GOLD = FilmType(dx1=95, dx2=13), FilmType(dx1=78, dx2=2)
ROLLS = tuple(ItemId(f"(01)09501101530003(21)7H3K9QX2{n:02}") for n in range(3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a package of three rolls, two strips of which the second is spliced, and a book of films."""
    place = tmp_path_factory.mktemp("film")
    labels = [sgtin_label(roll, "AB12C3") for roll in ROLLS]
    save(
        place / "package.png",
        draw_package(labels, Shelf(size=(900, 400), module_px=3, has_linear=False, blur_px=0.5), seed=1),
    )
    save(place / "strip-1.png", film(first=20, leader=twin_check(4, 7731).text))
    save(place / "strip-2.png", np.hstack([film(first=24), film(of=GOLD, first=4)]))
    manifest = Manifest(package=ItemId("(01)19501101530000(21)P2026A123"), rolls=ROLLS, source="maker")
    (place / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    book = FilmPages(credit="a test", films=(FilmName(extract="1533", name="Kodak Portra 400 new"),))
    (place / "films.json").write_bytes(write_book(book))
    return place


def film(*, of: FilmType = PORTRA, first: int, leader: str | None = None) -> np.ndarray:
    """Return two frames."""
    return draw_strip(Strip(film=of, first=first, half_frames=4, leader=leader), seed=first)


def save(path: Path, picture: np.ndarray) -> None:
    """Write a picture."""
    Image.fromarray(picture).save(path)


def test_O12_a_package_is_told_and_drawn(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """All rolls, where they are; the drawing is the picture with a list below."""
    drawn = tmp_path / "drawn.png"
    asked = ["--package", "--manifest", str(folder / "manifest.json"), "--draw", str(drawn)]
    assert command([str(folder / "package.png"), *asked]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "3 of 3 rolls found"
    assert [line.split()[2] for line in told[1:4]] == list(ROLLS)
    with Image.open(drawn) as image:
        assert image.width == 900
        assert image.height > 400


def test_O12_a_package_with_another_count_of_rolls_is_exit_code_1(folder: Path, capsys: pytest.CaptureFixture[str]):
    """Two were expected; a program reads it as JSON."""
    assert command([str(folder / "package.png"), "--package", "--rolls", "2", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["complete"], told["expected"], len(told["rolls"])) == (False, 2, 3)


def test_O13_a_strip_is_told(folder: Path, capsys: pytest.CaptureFixture[str]):
    """Whose roll, what the film is called, which frames."""
    asked = ["--strip", "--films", str(folder / "films.json")]
    assert command([str(folder / "strip-1.png"), *asked]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "twin check 04-7731, film 95-13 / Kodak Portra 400 new",
        "  strip-1.png: 10 10A 11 11A",
    ]


def test_O13_another_film_in_mid_roll_is_an_alarm_and_exit_code_1(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """For a program, and drawn."""
    strip, drawn = folder / "strip-2.png", tmp_path / "drawn"
    assert command([str(strip), "--strip", "--json", "--draw", str(drawn)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["alarms"] == ["the film changes in mid-roll: 95-13 from picture 1, then 78-2 from picture 1"]
    assert [path.name for path in drawn.iterdir()] == ["0000-strip-2.png"]


@pytest.mark.parametrize(
    "asked", [["--package", "--strip"], ["--package", "--rolls", "0"], ["--package", "--rolls", "51"]]
)
def test_O12_a_wrong_call_is_exit_code_2(folder: Path, asked: list[str]):
    """Both at once, and a package of no rolls or of more than any has."""
    with pytest.raises(SystemExit, match="2"):
        command([str(folder / "package.png"), *asked])


@pytest.mark.parametrize(
    "asked",
    [
        ["nothing-here.png", "--package"],
        ["package.png", "--package", "--manifest", "films.json"],
        ["package.png", "--package", "--manifest", "nothing-here.json"],
        ["package.png", "--package", "--manifest", "/dev/zero"],
        ["strip-1.png", "--strip", "--films", "manifest.json"],
        ["manifest.json", "--strip"],
    ],
)
def test_O12_O13_what_cannot_be_read_is_said_in_a_sentence(
    folder: Path, asked: list[str], capsys: pytest.CaptureFixture[str]
):
    """No traceback, exit code 1; a device without end is none of ours either."""
    paths = [word if word.startswith("--") else str(folder / word) for word in asked]
    assert command(paths) == 1
    assert "twincheck read: " in capsys.readouterr().err
