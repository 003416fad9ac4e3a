"""What the demo's boxes bring along can be had from the shipped catalogue, and covers what their plans make."""

import pytest

from photocore.catalogue import read_catalogue
from photocore.pricing import units_of
from photocore.settings import locate_config
from photocore.terms import strange_in
from twincheck.demo.stock import ALBUM_PAGES, ALBUM_ROLLS, LINES, FilmLine, brings


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.package.name)
def test_S4_what_a_demo_box_has_prepaid_fits_the_catalogue_and_its_album(line: FilmLine):
    catalogue = read_catalogue((locate_config() / "catalogue" / "standard.json").read_bytes())
    assert list(strange_in(brings(line), catalogue)) == []
    album = catalogue.item("album-pages")
    assert album is not None
    assert units_of(album, ALBUM_ROLLS * (line.roll.exposures + 2)) <= ALBUM_PAGES
