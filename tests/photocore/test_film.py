"""What film says of itself: cartridge codes and edge codes, one at a time. Sources stand beside each table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.errors import CodeError
from photocore.film import DxCartridge, FilmType, frame_text, parse_edge, parse_extract
from photocore.scans import CardScan, CartridgeScan, Refused
from photocore.symbology import read_frame
from photocore.testing import KnownShop

NUMBERS = [  # the worked numbers of the research notes (standards 6 and 11); names: the Open source film database
    ("018444", "115-4", 36),  # Perutz SC 200
    ("017563", "109-12", 24),  # FP4 plus
    ("315223", "95-2", 24),
    ("115334", "95-13", 36),  # Portra 400
    ("912503", "78-2", 24),  # Gold 200
]
EDGES = [  # texts as zxing-cpp's reader composes them (core/src/oned/ODDXFilmEdgeReader.cpp), from the notes
    ("115-10/11A", FilmType(dx1=115, dx2=10), 23, "11A"),
    ("115-10/11", FilmType(dx1=115, dx2=10), 22, "11"),
    ("96-0/0", FilmType(dx1=96, dx2=0), 0, "0"),
    ("79-15/12A", FilmType(dx1=79, dx2=15), 25, "12A"),
    ("115-10", FilmType(dx1=115, dx2=10), None, ""),
]


@pytest.mark.parametrize(("digits", "film", "exposures"), NUMBERS)
def test_K7_a_cartridge_tells_its_film_and_its_exposures(digits: str, film: str, exposures: int):
    """PHHHHE: the maker's digit, sixteen times part one plus part two, and the exposures."""
    cartridge = DxCartridge(digits=digits)
    assert (str(cartridge.film), cartridge.exposures, cartridge.name) == (film, exposures, film)


@pytest.mark.parametrize("last", "0789")
def test_K7_exposures_that_nobody_can_rely_on_are_not_told(last: str):
    """0 is 72 or unknown, 7 any other number; 8 and 9 stand on real cartridges and mean nothing."""
    assert DxCartridge(digits=f"11533{last}").exposures is None


def test_K7_a_number_beyond_the_register_is_a_cartridge_of_no_known_film():
    """The open database lists a brand whose cartridges say 5391; part one would be 336."""
    cartridge = DxCartridge(digits="553914")
    assert (cartridge.film, cartridge.extract, cartridge.name) == (None, "5391", "5391")


@pytest.mark.parametrize("text", ["", "01844", "0184444", "01844A", " 18444", "018444\n", "٠١٨٤٤٤"])
def test_K7_anything_else_is_no_cartridge(text: str):
    """Six digits, and ASCII ones."""
    with pytest.raises(CodeError):
        DxCartridge(digits=text)


@given(dx1=st.integers(1, 127), dx2=st.integers(0, 15))
def test_K7_every_film_of_the_register_comes_back_from_its_extract(dx1: int, dx2: int):
    """Four digits hold them all."""
    film = FilmType(dx1=dx1, dx2=dx2)
    assert parse_extract(film.extract) == film


@pytest.mark.parametrize(("text", "film", "half_frame", "frame"), EDGES)
def test_O13_an_edge_code_tells_film_and_half_frame(text: str, film: FilmType, half_frame: int | None, frame: str):
    """Frames are numbered as text; between 11 and 12 lies 11A."""
    code = parse_edge(text)
    assert (code.film, code.half_frame, code.frame) == (film, half_frame, frame)


@given(film=st.builds(FilmType, dx1=st.integers(1, 127), dx2=st.integers(0, 15)), half=st.integers(0, 127))
def test_O13_every_edge_code_is_read_back(film: FilmType, half: int):
    """Six bits of frame and one of half."""
    code = parse_edge(f"{film}/{frame_text(half)}")
    assert (code.film, code.half_frame) == (film, half)


@pytest.mark.parametrize("text", ["", "0-1/2", "128-0/1", "96-16/1", "96-0/64", "96-0/1B", "96/1", "96-0/", "96-0/1A "])
def test_O13_anything_else_is_no_edge_code(text: str):
    """Part one from 1 to 127, part two to 15, frame to 63."""
    with pytest.raises(CodeError):
        parse_edge(text)


@pytest.mark.parametrize("frame", [b"]I1018444", b"018444"])
def test_K7_a_cartridge_is_a_meaning_only_where_it_is_asked_for(frame: bytes):
    """Its six digits have no check and look like a card's, so context decides (standards 8.15)."""
    asked = read_frame(frame, KnownShop(), expecting=(CardScan, CartridgeScan))
    assert asked == CartridgeScan(dx=DxCartridge(digits="018444"))
    assert isinstance(read_frame(frame, KnownShop(), expecting=(CardScan,)), Refused)


@pytest.mark.parametrize("frame", [b"]C0018444", b"]E4018444", b"]I101844", b"]I10184440"])
def test_K7_other_symbols_and_lengths_are_no_cartridge(frame: bytes):
    """Interleaved 2 of 5 with six digits it is, or nothing."""
    assert isinstance(read_frame(frame, KnownShop(), expecting=(CartridgeScan,)), Refused)
