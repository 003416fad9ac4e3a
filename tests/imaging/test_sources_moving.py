"""Films and cameras: frames in grey with their numbers; a playlist is no film; a camera that goes away is told."""

import sys
from collections import deque
from pathlib import Path

import numpy as np
import pytest

from imaging import sources_moving
from imaging.codes.reader import read_codes
from imaging.errors import CameraGone, PictureRefused
from imaging.sources import pictures_of
from imaging.sources_moving import camera_frames, film_frames
from imaging.testing import SPECIMENS, Scene, photograph

cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed (extra camera): no films to make")

LABEL = photograph(SPECIMENS["GS1 DataMatrix"].symbol(), Scene(module_px=5), 1, (320, 240))
TEXT = SPECIMENS["GS1 DataMatrix"].text


def film(folder: Path, name: str, code: str, frames: int = 6) -> Path:
    """Write a film whose every second frame shows the label."""
    writer = cv2.VideoWriter(str(folder / name), cv2.VideoWriter_fourcc(*code), 10, (320, 240))
    assert writer.isOpened()
    for number in range(frames):
        grey = LABEL if number % 2 else np.full_like(LABEL, 200)
        writer.write(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    writer.release()
    return folder / name


class Scripted:
    """A camera that shows what it was given, and then nothing any more."""

    def __init__(self, *frames: np.ndarray, opens: bool = True) -> None:
        self.frames = deque(frames)
        self.opens = opens
        self.released = False

    def isOpened(self) -> bool:
        return self.opens

    def read(self) -> tuple[bool, object]:
        return (True, self.frames.popleft()) if self.frames else (False, None)

    def release(self) -> None:
        self.released = True


@pytest.mark.parametrize(("name", "code"), [("counter.avi", "MJPG"), ("counter.mp4", "mp4v")])
def test_K7_codes_are_read_from_the_frames_of_a_film(tmp_path: Path, name: str, code: str):
    """With the number of the frame that shows them."""
    found = [
        (code.at, code.text)
        for picture in pictures_of(film(tmp_path, name, code))
        for code in read_codes(picture.grey, at=picture.at)
    ]
    assert found == [(1, TEXT), (3, TEXT), (5, TEXT)]


@pytest.mark.parametrize(
    "content", [b"", b"#EXTM3U\nhttps://elsewhere.example/film.ts\n", b"ffconcat version 1.0\nfile a\n"]
)
def test_K7_a_playlist_that_calls_itself_a_film_is_not_followed(tmp_path: Path, content: bytes):
    """The library behind OpenCV goes by content and would open what it names."""
    (tmp_path / "film.mp4").write_bytes(content)
    with pytest.raises(PictureRefused, match=r"film\.mp4: not a film of a kind we read"):
        list(film_frames(tmp_path / "film.mp4"))


def test_K7_a_film_without_a_frame_is_broken(tmp_path: Path):
    """Its head alone promises nothing."""
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 2000)
    with pytest.raises(PictureRefused, match="broken, it shows no frame"):
        list(film_frames(tmp_path / "film.mp4"))


def test_K7_a_film_that_was_cut_off_shows_what_is_left(tmp_path: Path):
    """A stick pulled out too early loses the end, not the beginning."""
    whole = film(tmp_path, "whole.avi", "MJPG", frames=20).read_bytes()
    (tmp_path / "cut.avi").write_bytes(whole[: len(whole) // 2])
    assert 0 < len(list(film_frames(tmp_path / "cut.avi"))) < 20


def test_K7_a_film_without_end_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A limit on frames stands for an hour of film."""
    monkeypatch.setattr(sources_moving, "MOST_FRAMES", 4)
    with pytest.raises(PictureRefused, match="more than 4 frames"):
        list(film_frames(film(tmp_path, "long.avi", "MJPG")))


@pytest.mark.parametrize(
    ("which", "asked"), [("0", 0), ("/dev/video2", "/dev/video2"), ("camera:///dev/video2", "/dev/video2")]
)
def test_K7_a_camera_is_opened_by_number_node_or_address(which: str, asked: object):
    """The address is the device book's."""
    opened = []

    def opener(name: object) -> Scripted:
        opened.append(name)
        return Scripted(LABEL)

    assert np.array_equal(next(camera_frames(which, opener)), LABEL)
    assert opened == [asked]


def test_K7_a_camera_that_goes_away_in_the_middle_is_told_and_given_back():
    """What it showed until then was shown; colours come as brightness."""
    camera = Scripted(LABEL, cv2.cvtColor(LABEL, cv2.COLOR_GRAY2BGR))
    frames = camera_frames("0", lambda _: camera)
    shown = [next(frames), next(frames)]
    with pytest.raises(CameraGone, match="camera 0: gone"):
        next(frames)
    assert [np.array_equal(frame, LABEL) for frame in shown] == [True, True]
    assert camera.released


def test_K7_a_camera_that_is_not_there_is_told_and_given_back():
    """This machine has none, and says so in a sentence."""
    camera = Scripted(opens=False)
    with pytest.raises(CameraGone, match="camera /dev/video7: not there"):
        next(camera_frames("/dev/video7", lambda _: camera))
    assert camera.released


def test_K7_a_camera_left_in_the_middle_is_given_back():
    """Whoever has seen enough closes the frames."""
    camera = Scripted(LABEL, LABEL)
    frames = camera_frames("0", lambda _: camera)
    next(frames)
    frames.close()
    assert camera.released


def test_K7_a_frame_that_is_none_is_refused():
    """A driver may hand over anything."""
    with pytest.raises(PictureRefused, match="a frame of shape"):
        next(camera_frames("0", lambda _: Scripted(np.zeros((4, 4), np.float32))))


def test_K7_without_opencv_films_and_cameras_are_refused_with_the_extras_name(monkeypatch: pytest.MonkeyPatch):
    """Stills go on working."""
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(CameraGone, match=r"twincheck\[camera\]"):
        next(camera_frames("0"))
