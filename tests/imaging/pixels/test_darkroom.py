"""The darkroom keeps what hostile pictures do to its children away from everybody else."""

import asyncio
import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.errors import DarkroomDown, ScanRefused
from imaging.pixels.children import Child, TookTooLong
from imaging.pixels.darkroom import Darkroom
from imaging.pixels.limits import Limits
from imaging.pixels.testing import draw_scan, scan_bytes, write_scan
from imaging.pixels.testing_tiff import Tag, tiff_file

SCAN = scan_bytes(draw_scan(1, 300, 200), "jpeg")


def is_gone(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def stopped(process_id: int) -> bool:
    return Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "T"


def word_of(darkroom: Darkroom, path: Path) -> str:
    with pytest.raises(ScanRefused) as refused:
        darkroom.derive_now(path)
    return refused.value.word


def tiff_of_one_strip(width: int, height: int) -> bytes:
    """Return a TIFF of 16 bits and infrared whose every strip is the same few bytes: all of it must be unpacked."""
    packed = zlib.compress(bytes(width * 8 * 100), 9)
    strips = height // 100
    tags: list[Tag] = [
        (256, 4, (width,)),
        (257, 4, (height,)),
        (258, 3, (16, 16, 16, 16)),
        (259, 3, (8,)),
        (262, 3, (2,)),
        (273, 4, (8,) * strips),
        (277, 3, (4,)),
        (278, 4, (100,)),
        (279, 4, (len(packed),) * strips),
        (338, 3, (0,)),
    ]
    return tiff_file([tags], content=packed)


async def test_probe_and_derive_answer_for_a_good_scan(darkroom, filed):
    path = filed(SCAN)

    probe = await darkroom.probe(path)
    derived = await darkroom.derive(path, probe.media)

    assert (probe.media, probe.width, probe.height, probe.bits, probe.channels) == ("image/jpeg", 300, 200, 8, 3)
    assert derived.probe == probe
    assert [(made.tier, made.width, made.height) for made in derived.renditions] == [
        ("256", 256, 171),
        ("2048", 300, 200),
    ]


def test_nothing_is_started_before_the_first_picture():
    with Darkroom() as darkroom:
        assert darkroom.process_ids == ()
        assert darkroom.fences == {}


async def test_more_pictures_than_children_wait_their_turn(tmp_path):
    paths = [write_scan(tmp_path / f"{number}", "jpeg", seed=number, size=(200, 150)) for number in range(8)]
    async with Darkroom(children=2) as darkroom:
        together = await asyncio.gather(*[darkroom.derive(path) for path in paths])
        alone = [await darkroom.derive(path) for path in paths]

        assert together == alone
        assert len(darkroom.process_ids) <= 2


def test_attack_A10_a_killed_child_is_replaced_and_the_picture_is_opened_after_all(filed, eventually):
    path = filed(SCAN)
    with Darkroom(children=1) as darkroom, ThreadPoolExecutor(1) as pool:
        expected = darkroom.derive_now(path)
        (child,) = darkroom.process_ids
        os.kill(child, signal.SIGSTOP)
        eventually(lambda: stopped(child))
        asked = pool.submit(darkroom.derive_now, path)
        os.kill(child, signal.SIGKILL)

        assert asked.result() == expected
        assert darkroom.process_ids != (child,)


def test_attack_A10_what_kills_two_children_is_refused_and_the_next_picture_is_opened(tmp_path, filed, eventually):
    slow = tmp_path / "slow"
    slow.write_bytes(tiff_of_one_strip(12_000, 10_000))
    with Darkroom(children=1) as darkroom, ThreadPoolExecutor(1) as pool:
        darkroom.probe_now(slow)
        (first,) = darkroom.process_ids
        os.kill(first, signal.SIGSTOP)
        eventually(lambda: stopped(first))
        asked = pool.submit(word_of, darkroom, slow)

        def kill_all() -> bool:  # whether the first dies before it was asked or after it
            for child in darkroom.process_ids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            return asked.done()

        eventually(kill_all)
        assert asked.result() == "undecodable"
        assert darkroom.derive_now(filed(SCAN)).probe.width == 300


def test_attack_A07_a_child_that_gives_no_answer_is_killed(filed, eventually):
    path = filed(SCAN)
    with Darkroom(children=1, limits=Limits(wall_s=1)) as darkroom:
        darkroom.probe_now(path)
        (child,) = darkroom.process_ids
        os.kill(child, signal.SIGSTOP)
        eventually(lambda: stopped(child))

        assert word_of(darkroom, path) == "took-too-long"
        assert is_gone(child)
        assert darkroom.probe_now(path).width == 300


def test_attack_A10_a_child_that_answers_half_and_waits_is_killed(filed):
    """One that was taken over may begin an answer and never end it; a look whether it says anything is not enough."""
    half = "import os, struct, sys, time; os.write(int(sys.argv[1]), struct.pack('!i', 1000) + b'x'); time.sleep(600)"
    child = Child.__new__(Child)
    child._pipe, theirs = Pipe()
    child._process = subprocess.Popen(
        [sys.executable, "-c", half, str(theirs.fileno())], stdin=subprocess.PIPE, pass_fds=(theirs.fileno(),)
    )
    theirs.close()
    with pytest.raises(TookTooLong):
        child._answer(1)
    child.kill()
    child._pipe.close()


def test_attack_A07_a_picture_may_use_so_much_processor_and_no_more(filed):
    """A file of 13 KB with a gigabyte in it, of as many pixels as are taken."""
    bomb = tiff_of_one_strip(12_000, 10_000)
    assert len(bomb) < 15_000

    with Darkroom(children=1, limits=Limits(cpu_s=0)) as darkroom:
        assert word_of(darkroom, filed(bomb)) == "took-too-long"
        assert darkroom.probe_now(filed(SCAN)).width == 300


def test_attack_A07_a_picture_may_use_so_much_memory_and_no_more(filed):
    """A WebP is decoded as a whole, so that a small file needs room for all its pixels."""
    out = io.BytesIO()
    Image.new("RGB", (7000, 7000), (9, 9, 9)).save(out, "WEBP", method=0)
    assert len(out.getvalue()) < 200_000

    with Darkroom(children=1, limits=Limits(memory_bytes=300_000_000)) as darkroom:
        assert word_of(darkroom, filed(out.getvalue())) == "too-much-memory"
        assert darkroom.derive_now(filed(SCAN)).probe.width == 300


@pytest.mark.nightly
@pytest.mark.parametrize("kind", ["tiff16", "png", "progressive"])
def test_attack_A07_a_scan_of_a_hundred_million_pixels_fits_into_the_memory_of_a_child(tmp_path, kind):
    width, height = 12_000, 8_333
    path = tmp_path / "large"
    small = Image.fromarray(draw_scan(2, 600, 417)).resize((width, height), Image.Resampling.NEAREST)
    path.write_bytes(scan_bytes(np.asarray(small), kind))

    with Darkroom(children=1, limits=Limits(file_bytes=1_000_000_000)) as darkroom:
        assert darkroom.derive_now(path).renditions[1].width == 2048


def test_a_child_makes_room_for_another_after_so_many_pictures(filed):
    path = filed(SCAN)
    with Darkroom(children=1, limits=Limits(pictures=2)) as darkroom:
        seen = []
        for _ in range(4):
            darkroom.probe_now(path)
            seen.append(darkroom.process_ids)

        assert [len(ids) for ids in seen] == [1, 0, 1, 0]
        assert seen[0] != seen[2]


def test_a_child_that_grew_makes_room_for_another(filed):
    with Darkroom(children=1, limits=Limits(resting_bytes=1)) as darkroom:
        assert darkroom.derive_now(filed(SCAN)).probe.width == 300
        assert darkroom.process_ids == ()


def test_a_closed_darkroom_is_not_the_pictures_fault(filed, eventually):
    path = filed(SCAN)
    darkroom = Darkroom(children=1)
    darkroom.probe_now(path)
    (child,) = darkroom.process_ids
    os.kill(child, signal.SIGSTOP)
    eventually(lambda: stopped(child))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(darkroom.derive_now, path)
        darkroom.close_now()
        with pytest.raises(DarkroomDown):
            asked.result()

    assert is_gone(child)
    with pytest.raises(DarkroomDown):
        darkroom.probe_now(path)


async def test_those_who_wait_when_a_darkroom_closes_are_told_so(filed, eventually):
    path = filed(SCAN)
    darkroom = Darkroom(children=1)
    await darkroom.probe(path)
    (child,) = darkroom.process_ids
    os.kill(child, signal.SIGSTOP)
    eventually(lambda: stopped(child))
    asked = [asyncio.ensure_future(darkroom.derive(path)) for _ in range(3)]
    await asyncio.sleep(0)
    await darkroom.close()

    told = await asyncio.gather(*asked, darkroom.probe(path), return_exceptions=True)

    assert [type(one) for one in told] == [DarkroomDown] * 4


def test_an_interrupted_picture_leaves_no_answer_for_the_next(tmp_path, filed, eventually):
    """Who is interrupted while they wait (Ctrl-C) ends the child: its answer would be taken for the next picture's."""
    wide = write_scan(tmp_path / "wide", "jpeg", size=(90, 60))
    with Darkroom(children=1) as darkroom:
        darkroom.probe_now(wide)
        (child,) = darkroom.process_ids
        os.kill(child, signal.SIGSTOP)
        eventually(lambda: stopped(child))
        (seen,) = darkroom._running

        def interrupt() -> None:
            eventually(lambda: seen.pictures == 2)  # it is being asked
            os.kill(os.getpid(), signal.SIGINT)

        with ThreadPoolExecutor(1) as pool:
            pool.submit(interrupt)
            with pytest.raises(KeyboardInterrupt):
                darkroom.probe_now(wide)

        assert is_gone(child)
        assert darkroom.probe_now(filed(SCAN)).width == 300


def test_a_file_that_is_not_there_is_not_a_bad_picture(darkroom, tmp_path):
    with pytest.raises(FileNotFoundError):
        darkroom.probe_now(tmp_path / "none")


def test_a_picture_of_another_kind_than_it_was_is_refused(darkroom, filed):
    path = filed(SCAN)

    with pytest.raises(ScanRefused) as refused:
        darkroom.derive_now(path, "image/png")

    assert refused.value.word == "undecodable"


PARENT = """
import sys, threading
from pathlib import Path
from imaging.pixels.children import Child, TookTooLong
from imaging.pixels.darkroom import Darkroom
darkroom = Darkroom(children=2)
darkroom.probe_now(Path(sys.argv[1]))
print(*darkroom.process_ids, flush=True)
threading.Event().wait()
"""


def test_attack_A10_children_of_a_killed_parent_end(filed, eventually):
    path = filed(SCAN)
    with subprocess.Popen([sys.executable, "-P", "-c", PARENT, str(path)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        children = [int(word) for word in parent.stdout.readline().split()]
        parent.kill()

    assert children
    eventually(lambda: all(is_gone(child) for child in children))


def test_attack_A10_a_child_holds_nothing_open_but_its_pipe(filed):
    """A file that its parent has open is not in its reach, nor is another child's pipe."""
    with Darkroom(children=2) as darkroom, filed(SCAN).open("rb") as held:
        os.set_inheritable(held.fileno(), 1)
        gate = threading.Barrier(2)

        def both() -> None:
            gate.wait()
            for _ in range(20):
                darkroom.probe_now(Path(held.name))

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(both), pool.submit(both)]:
                done.result()

        for child in darkroom.process_ids:
            try:
                links = [str(link.readlink()) for link in Path(f"/proc/{child}/fd").iterdir()]
            except PermissionError:
                pytest.skip("this machine does not let us look into a child that became nobody")
            kinds = sorted(link.split(":")[0] if ":" in link else link for link in links)
            assert kinds == sorted(["/dev/null"] * 2 + [f"/proc/{child}/statm", "pipe", "socket"])
