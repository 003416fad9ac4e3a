"""``twincheck read``: what it prints, draws and returns; and the live reader below it."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging import cli
from imaging.codes.contexts import Context
from imaging.codes.found import Found
from imaging.codes.reader_live import AGREE_WITHIN, GONE_AFTER, LiveReader
from imaging.errors import CameraGone
from imaging.testing import SPECIMENS, Scene, photograph

LABEL = SPECIMENS["GS1 DataMatrix"]
PRICE = SPECIMENS["EAN-13"]
PLACE = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def shown(kind: str, **scene: float) -> np.ndarray:
    specimen = SPECIMENS[kind]
    return photograph(specimen.symbol(), Scene(module_px=specimen.usual_px, **scene), 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a label, a slanting price code and an empty picture."""
    Image.fromarray(shown("GS1 DataMatrix")).save(tmp_path / "1.png")
    Image.fromarray(shown("EAN-13", turn_deg=45)).save(tmp_path / "2.jpg")
    Image.new("L", (8, 8), 180).save(tmp_path / "3.png")
    return tmp_path


def test_K7_read_tells_every_code_with_its_kind_place_and_reader(folder: Path, capsys: pytest.CaptureFixture[str]):
    """And exit code 1 when a picture shows none; FNC1 is spelled out."""
    assert cli.command([str(folder / "1.png"), str(folder / "2.jpg")]) == 0
    out = capsys.readouterr().out
    assert "1.png: 1 code\n" in out
    assert "  datamatrix  010950110153000391AB12<1D>21R12345  at 3" in out
    assert "(]d2, zxing)" in out
    assert PRICE.text in out
    assert cli.command([str(folder)]) == 1
    assert "3.png: no codes" in capsys.readouterr().out


def test_K7_read_tells_programs_one_json_object_a_line(folder: Path, capsys: pytest.CaptureFixture[str]):
    """With the symbol's own bytes and its four corners."""
    cli.command([str(folder), "--json"])
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(each["picture"], len(each["codes"])) for each in told] == [("1.png", 1), ("2.jpg", 1), ("3.png", 0)]
    (code,) = told[0]["codes"]
    assert (code["symbology"], code["aim"], bytes.fromhex(code["content_hex"])) == (
        "datamatrix",
        "]d2",
        LABEL.text.encode(),
    )
    assert np.mean(code["corners"], axis=0) == pytest.approx([320, 240], abs=15)


def test_K7_read_draws_one_picture_or_a_folder_of_them(folder: Path, capsys: pytest.CaptureFixture[str]):
    """A single PNG for more than one picture would lose all but the last: refused before anything is read."""
    assert cli.command([str(folder / "1.png"), "--draw", str(folder / "drawn.png")]) == 0
    with Image.open(folder / "drawn.png") as drawn:
        assert drawn.height > 480
    assert cli.command([str(folder / "1.png"), str(folder / "2.jpg"), "--draw", str(folder / "drawn")]) == 0
    assert {path.name for path in (folder / "drawn").iterdir()} == {"1.png.png", "2.jpg.png"}
    with pytest.raises(SystemExit) as misused:
        cli.command([str(folder), "--draw", "one.png"])
    assert misused.value.code == 2
    assert "more than one picture needs a folder" in capsys.readouterr().err


def test_K7_read_goes_on_after_a_file_that_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]):
    """It says which one, and the exit code tells programs."""
    (folder / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "3.png").unlink()
    assert cli.command([str(folder)]) == 1
    told = capsys.readouterr()
    assert "twincheck read: 0.png: " in told.err
    assert LABEL.text[:10] in told.out
    assert PRICE.text in told.out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.png", "--camera", "0"],
        ["--camera", "0", "--draw", "a.png"],
        ["a.png", "--count", "0"],
        ["--camera", "0", "--grade"],
        ["a.png", "--rolls", "6"],
        ["a.png", "--manifest", "m.json", "--strip"],
        ["a.png", "--films", "films.json"],
        ["a.png", "--frames", "3"],
        ["a.png", "--package", "--look", "label"],
        ["a.png", "--strip", "--all"],
        ["a.png", "--grade", "--count", "2"],
        ["a.png", "--count", "9" * 5000],
    ],
)
def test_K7_read_called_in_a_wrong_way_says_how(arguments: list[str]):
    """Exit code 2; an option that would change nothing is a mistake, and not passed over."""
    with pytest.raises(SystemExit) as misused:
        cli.command(arguments)
    assert misused.value.code == 2


def test_K7_a_drawing_never_takes_the_place_of_the_photograph(folder: Path, capsys: pytest.CaptureFixture[str]):
    """Nor by another name of it."""
    before = (folder / "1.png").read_bytes()
    (folder / "same.png").symlink_to(folder / "1.png")
    for kind in ([], ["--package"]):
        with pytest.raises(SystemExit):
            cli.command([str(folder / "1.png"), *kind, "--draw", str(folder / "same.png")])
    assert (folder / "1.png").read_bytes() == before
    assert "one of the pictures to be read" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [[], ["--strip"], ["--package"], ["--json"], ["--strip", "--json"]])
def test_K7_the_name_of_a_file_does_not_steer_the_terminal(
    tmp_path: Path, kind: list[str], capsys: pytest.CaptureFixture[str]
):
    """It could clear the screen, make another line of itself, or be no text at all."""
    good, bad = tmp_path / "\x1b[2J\n\udcffgood.png", tmp_path / "\x1b]0;\x07\udcffworse.png"
    Image.new("L", (64, 64), 180).save(good)
    bad.write_bytes(b"no picture")
    assert cli.command([str(good), *kind]) == 1
    assert cli.command([str(bad), *kind]) == 1
    told = capsys.readouterr()
    assert "worse.png: no picture of a kind we read" in told.err
    for line in (told.out + told.err).splitlines():
        assert line.isprintable()
        line.encode("utf-8", "strict")


def test_K7_two_pictures_of_one_name_are_not_drawn_over_each_other(folder: Path, capsys: pytest.CaptureFixture[str]):
    """The first drawing was lost without a word."""
    (folder / "other").mkdir()
    (folder / "other" / "1.png").write_bytes((folder / "1.png").read_bytes())
    both = [str(folder / "1.png"), str(folder / "other" / "1.png")]
    with pytest.raises(SystemExit):
        cli.command([*both, "--draw", str(folder / "drawn")])
    assert "two of these pictures have one name" in capsys.readouterr().err
    assert cli.command(both) == 0


def test_K7_a_film_without_a_code_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """It said nothing at all."""
    (folder / "a.mp4").write_bytes(b"")
    monkeypatch.setattr(cli, "pictures_of", lambda _: iter(()))
    assert cli.command([str(folder / "a.mp4")]) == 1
    assert capsys.readouterr().out == "a.mp4: no codes\n"


def test_K7_a_film_is_not_graded(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """It was read for codes instead, and nothing said."""
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    assert cli.command([str(tmp_path / "a.mp4"), "--grade"]) == 1
    assert "a.mp4: --grade judges photographs" in capsys.readouterr().err


def test_K7_read_of_a_missing_file_is_told_and_the_others_are_read(folder: Path, capsys: pytest.CaptureFixture[str]):
    """A typing error is not "no codes", and does not cost the other pictures."""
    assert cli.command([str(folder / "missing.png")]) == 1
    told = capsys.readouterr()
    assert (told.out, "missing.png: there is no such file" in told.err) == ("", True)
    drawn = ["--draw", str(folder / "drawn.png")]
    assert cli.command([str(folder / "missing.png"), str(folder / "1.png"), *drawn]) == 1
    told = capsys.readouterr()
    assert LABEL.text[:10] in told.out
    assert "twincheck read: " in told.err
    assert (folder / "drawn.png").exists()


@pytest.mark.parametrize("kind", [[], ["--json"], ["--grade"], ["--strip"]])
def test_K7_a_page_that_is_not_the_only_one_is_told(folder: Path, kind: list[str], capsys: pytest.CaptureFixture[str]):
    """The first was read, and nothing said of the others."""
    with Image.open(folder / "1.png") as page:
        page.save(folder / "pages.tif", save_all=True, append_images=[page])
    cli.command([str(folder / "pages.tif"), *kind])
    assert "twincheck read: pages.tif: only the first of its pages is read\n" in capsys.readouterr().err
    cli.command([str(folder / "1.png"), *kind])
    assert "pages" not in capsys.readouterr().err


def test_K7_read_with_a_count_searches_on_until_it_is_met(folder: Path, capsys: pytest.CaptureFixture[str]):
    """The first look finds the label; the slanting code takes a turned copy."""
    page = np.hstack([shown("GS1 DataMatrix"), shown("EAN-13", turn_deg=45)])
    Image.fromarray(page).save(folder / "page.png")
    cli.command([str(folder / "page.png")])
    assert "page.png: 1 code\n" in capsys.readouterr().out
    cli.command([str(folder / "page.png"), "--count", "2", "--look", "package"])
    assert "page.png: 2 codes" in capsys.readouterr().out


def test_K7_read_before_a_camera_tells_each_code_once_until_it_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The camera that went away is told as an error; what it showed stands."""

    def frames(which: str) -> Iterator[np.ndarray]:
        yield from [shown("GS1 DataMatrix")] * 3
        raise CameraGone(f"camera {which}: gone")

    monkeypatch.setattr(cli, "camera_frames", frames)
    with pytest.raises(CameraGone):
        cli.command(["--camera", "0"])
    assert capsys.readouterr().out.count("010950110153000391AB12") == 1
    assert cli.command(["--camera", "0", "--frames", "2"]) == 0


def found(text: str, aim: str) -> tuple[Found, ...]:
    return (Found(text, aim, text.encode(), PLACE, "zxing"),)


def frames_of(reader: LiveReader, frames: list[tuple[Found, ...]]) -> list[int]:
    """Return the numbers of the frames that brought news."""
    news = []
    for number, codes in enumerate(frames):
        if reader.take(codes):
            news.append(number)
        reader.frames += 1
    return news


def test_K7_a_linear_code_is_believed_when_two_frames_agree_and_a_square_one_at_once():
    """One frame's misread ("0003" of an ITF) is never told."""
    linear, square = found("TCR-7H3K9QX2MV", "]C0"), found("TCR-7H3K9QX2MV", "]d1")
    assert frames_of(LiveReader(), [linear, linear, linear]) == [1]
    assert frames_of(LiveReader(), [square, square]) == [0]
    assert frames_of(LiveReader(), [linear, found("TCR-7H3K9QX2M8", "]C0"), ()]) == []
    assert frames_of(LiveReader(), [linear, *[()] * AGREE_WITHIN, linear]) == []


def test_K7_a_code_in_view_is_told_once_and_again_when_it_comes_back():
    """Whoever holds a label still before the camera scans it once."""
    square = found("TCR-7H3K9QX2MV", "]d1")
    assert frames_of(LiveReader(), [square] * 200) == [0]
    away = [()] * (GONE_AFTER + 1)
    assert frames_of(LiveReader(), [square, *away, square]) == [0, GONE_AFTER + 2]


def test_K7_the_live_reader_looks_at_every_fifth_frame_and_glances_at_the_others():
    """A label on its side is seen within five frames."""
    on_its_side = np.rot90(shown("Code 128")).copy()
    reader = LiveReader(Context.LABEL)
    told = [code.at for _ in range(11) for code in reader.read(on_its_side)]
    assert told == [5]
