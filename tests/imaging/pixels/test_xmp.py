"""The sidecar, read by parsers that had no part in writing it."""

import shutil
import subprocess
import xml.dom.minidom
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.pixels.xmp import FilmFacts, write_sidecar

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
EXIF = "{http://ns.adobe.com/exif/1.0/}"
FILM = "{http://analogexif.sourceforge.net/ns/}"
OURS = "{urn:twincheck:xmp:1/}"

ALL = FilmFacts(
    roll="TCR-7H3K9QX2MV",
    frame="12",
    stock="Kodak Portra 400",
    process="C-41",
    iso=400,
    lab="Labor Grün & Söhne",
    developed_on=date(2026, 11, 20),
    scanned_on=date(2026, 11, 21),
    note='pushed "one stop" <twice>',
    file_name="000123_12.tif",
    sha256="ab" * 32,
)


def read(sidecar: bytes) -> dict[str, str | list[str]]:
    """Return the fields of a sidecar by their names in full."""
    (about,) = ElementTree.fromstring(sidecar).iter(f"{RDF}Description")
    found: dict[str, str | list[str]] = {}
    for field in about:
        items = [item.text or "" for item in field.iter(f"{RDF}li")]
        assert field.tag not in found
        found[field.tag] = items or (field.text or "")
    return found


def test_O5_what_is_known_of_a_frame_stands_in_fields_that_other_programs_read():
    assert read(write_sidecar(ALL)) == {
        f"{DC}title": ["TCR-7H3K9QX2MV 12"],
        f"{DC}description": ['pushed "one stop" <twice>'],
        f"{DC}subject": ["Kodak Portra 400", "Labor Grün & Söhne"],
        f"{EXIF}FileSource": "1",
        f"{EXIF}ISOSpeedRatings": ["400"],
        f"{XMP}CreateDate": "2026-11-21",
        f"{EXIF}DateTimeDigitized": "2026-11-21",
        f"{FILM}RollId": "TCR-7H3K9QX2MV",
        f"{FILM}ExposureNumber": "12",
        f"{FILM}Film": "Kodak Portra 400",
        f"{FILM}DevelopProcess": "C-41",
        f"{FILM}Lab": "Labor Grün & Söhne",
        f"{OURS}Frame": "12",
        f"{OURS}DevelopedOn": "2026-11-20",
        f"{OURS}FileName": "000123_12.tif",
        f"{OURS}SHA256": "ab" * 32,
    }


def test_what_is_not_known_is_left_out():
    assert set(read(write_sidecar(FilmFacts(roll="R", frame="1")))) == {
        f"{DC}title",
        f"{EXIF}FileSource",
        f"{FILM}RollId",
        f"{FILM}ExposureNumber",
        f"{OURS}Frame",
    }


@pytest.mark.parametrize(("frame", "number"), [("00", None), ("0", "0"), ("12A", None), ("36", "36")])
def test_a_frame_that_is_no_number_is_given_no_number(frame, number):
    """00 and 0 are two frames; AnalogExif's number is an integer."""
    told = read(write_sidecar(FilmFacts(roll="R", frame=frame)))

    assert told.get(f"{FILM}ExposureNumber") == number
    assert told[f"{OURS}Frame"] == frame


@given(text=st.text(min_size=1))
def test_attack_whatever_a_lab_wrote_comes_back_as_it_was(text):
    """All but the characters that XML cannot hold, which become U+FFFD."""
    sidecar = write_sidecar(FilmFacts(roll="R", frame="1", stock=text, note=text, file_name=text))
    kept = "".join(
        c if c in "\t\n\r" or ("\x20" <= c <= "\ufffd" and not "\ud800" <= c <= "\udfff") or c > "\uffff" else "\ufffd"
        for c in text
    )

    told = read(sidecar)

    assert (told[f"{FILM}Film"], told[f"{DC}description"]) == (kept, [kept])
    assert xml.dom.minidom.parseString(sidecar).documentElement.tagName == "x:xmpmeta"


def test_attack_markup_in_a_note_stays_text():
    note = "</rdf:li></rdf:Alt></dc:description><evil/><!DOCTYPE x [<!ENTITY a 'b'>]>&a;<?xpacket end='w'?>]]>"

    assert read(write_sidecar(FilmFacts(roll="R", frame="1", note=note)))[f"{DC}description"] == [note]


def test_the_same_facts_make_the_same_bytes():
    assert write_sidecar(ALL) == write_sidecar(ALL)


def test_exiftool_reads_it(tmp_path):
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed")
    path = tmp_path / "a.xmp"
    path.write_bytes(write_sidecar(ALL))

    done = subprocess.run([exiftool, "-XMP:ISO", "-XMP:Subject", "-s3", str(path)], stdout=subprocess.PIPE, check=True)

    assert done.stdout.decode().split("\n")[:2] == ["400", "Kodak Portra 400, Labor Grün & Söhne"]
