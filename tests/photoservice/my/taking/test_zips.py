"""A zip of ours is read by others: Python's own reader, Info-ZIP's unzip, and readers that never look at its end."""

import io
import re
import shutil
import struct
import subprocess
import unicodedata
import zipfile
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoservice.taking.names import UniqueNames, safe_part
from photoservice.taking.zips import Member, ZipWriter, length_of

AT = datetime(2026, 11, 22, 15, 4, 6, tzinfo=UTC)
GIB = 1 << 30


def whole(files):
    """Return the zip of some files, by name."""
    writer, pieces = ZipWriter(), []
    for name, content in files.items():
        pieces += [writer.begin(Member(name=name, size=len(content), at=AT), zlib.crc32(content)), content]
    return b"".join([*pieces, writer.end()])


def streamed(content):
    """Read a zip from its beginning alone, as a reader of a stream does; files by name."""
    files = {}
    while content[:4] == b"PK\3\4":
        flags, method, _, crc, packed, size, name, extra = struct.unpack("<6xHHIIIIHH", content[:30])
        assert (flags, method, packed) == (0x800, 0, size)
        body = content[30 + name + extra :][:size]
        assert zlib.crc32(body) == crc
        files[content[30 : 30 + name].decode()] = body
        content = content[30 + name + extra + size :]
    return files


@given(st.dictionaries(st.from_regex(r"[a-zé漢 ]{1,20}/[0-9]{1,3}\.jpg", fullmatch=True), st.binary(max_size=300)))
def test_O14_what_is_in_a_zip_comes_out_of_it_and_its_length_is_known_before(files):
    made = whole(files)
    with zipfile.ZipFile(io.BytesIO(made)) as read:
        assert read.testzip() is None
        assert {entry.filename: read.read(entry) for entry in read.infolist()} == files
    assert streamed(made) == files
    assert length_of(Member(name=name, size=len(content), at=AT) for name, content in files.items()) == len(made)


def test_O14_unzip_takes_names_of_any_script_and_the_time_it_was_filed(tmp_path):
    if not (unzip := shutil.which("unzip")):
        pytest.skip("there is no unzip here")
    files = {"Kodak Gold 200 (01)1(21)A/12A.jpg": b"x" * 9, "فيلم 胶卷/00.jpg": b"y", "Ünï/1.tif": b""}
    (tmp_path / "all.zip").write_bytes(whole(files))
    subprocess.run([unzip, "-q", "-d", "out", "all.zip"], cwd=tmp_path, check=True, env={"LC_ALL": "C.UTF-8"})
    found = {str(path.relative_to(tmp_path / "out")): path for path in (tmp_path / "out").rglob("*.*")}
    assert {name: path.read_bytes() for name, path in found.items()} == files
    with zipfile.ZipFile(tmp_path / "all.zip") as read:
        assert {entry.date_time for entry in read.infolist()} == {(2026, 11, 22, 15, 4, 6)}


def test_O14_files_and_zips_beyond_four_gibibytes_are_told_of_in_sixty_four_bits(tmp_path):
    """The bytes are a hole in a file, so that only what stands round them is written."""
    writer, path = ZipWriter(), tmp_path / "large.zip"
    members = [Member(name=f"{n}.tif", size=size, at=AT) for n, size in enumerate((3 * GIB, 5 * GIB, 7, (4 << 30) - 1))]
    with path.open("wb") as file:
        for member in members:
            file.write(writer.begin(member, zlib.crc32(bytes(7)) if member.size == 7 else 0))
            file.seek(member.size, io.SEEK_CUR)
        file.write(writer.end())
        assert file.tell() == writer.length == length_of(members)
    with zipfile.ZipFile(path) as read:
        assert [(entry.filename, entry.file_size) for entry in read.infolist()] == [(m.name, m.size) for m in members]
        for entry in read.infolist():
            with read.open(entry) as content:
                assert content.read(7) == bytes(7)
        assert [entry.extract_version for entry in read.infolist()] == [20, 45, 45, 45]


def test_O14_more_files_than_sixteen_bits_count(tmp_path):
    made = whole({f"{n}.jpg": b"" for n in range(70_000)})
    with zipfile.ZipFile(io.BytesIO(made)) as read:
        assert len(read.infolist()) == 70_000
    if unzip := shutil.which("zipinfo"):
        (tmp_path / "many.zip").write_bytes(made)
        told = subprocess.run([unzip, "-h", "many.zip"], cwd=tmp_path, check=True, capture_output=True, text=True)
        assert "number of entries: 70000" in told.stdout


@pytest.mark.nightly
def test_O14_unzip_tests_five_gibibytes(tmp_path):
    unzip = shutil.which("unzip") or pytest.skip("there is no unzip here")
    crc = 0
    for _ in range(5 * 1024):
        crc = zlib.crc32(bytes(1 << 20), crc)
    writer = ZipWriter()
    with (tmp_path / "large.zip").open("wb") as file:
        for name in ("one.tif", "two.tif"):
            file.write(writer.begin(Member(name=name, size=5 * GIB, at=AT), crc))
            file.seek(5 * GIB, io.SEEK_CUR)
        file.write(writer.end())
    subprocess.run([unzip, "-tq", "large.zip"], cwd=tmp_path, check=True)


def test_O14_times_a_zip_cannot_tell_do_not_end_it():
    for year in (1, 1970, 2108, 9999):
        member = Member(name="a", size=0, at=AT.replace(year=year))
        writer = ZipWriter()
        made = writer.begin(member, 0) + writer.end()
        with zipfile.ZipFile(io.BytesIO(made)) as read:
            assert read.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


@given(st.text(max_size=200))
def test_attack_a_name_is_safe_on_any_disk(text):
    part = safe_part(text, otherwise="roll")
    assert part
    assert not set(part) & set('<>:"/\\|?*')
    assert part == part.strip(" .")
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", part)
    assert len(part.encode()) <= 201
    assert not any(unicodedata.category(sign)[0] == "C" for sign in part)


def test_attack_names_that_lead_out_or_hide_are_plain():
    names = (
        "../../etc/passwd",
        "C:\\x",
        "con",
        "LPT1.tar",
        "a\u202egpj.exe",
        "...",
        " . ",
        "x" * 10_000,
        "\0",
        "é" * 300,
    )
    assert [safe_part(name, otherwise="roll")[:20] for name in names] == [
        *("_.._etc_passwd", "C__x", "_con", "_LPT1.tar", "a gpj.exe", "roll", "roll", "x" * 20, "roll", "é" * 20)
    ]


def test_O14_no_name_comes_twice_whatever_its_capitals():
    names = UniqueNames()
    given = [
        ("Roll", "1"),
        ("roll", "1"),
        ("ROLL", "1"),
        ("Roll", "1 (2)"),
        ("Straße", "1"),
        ("STRASSE", "1"),
        ("R", "1"),
    ]
    made = [names.name(folder, stem, "jpg") for folder, stem in given]
    assert made[:3] == ["Roll/1.jpg", "roll/1 (2).jpg", "ROLL/1 (3).jpg"]
    assert len({name.casefold() for name in made}) == len(given)
