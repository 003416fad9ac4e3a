"""The book of films: a user's CSV becomes names, and names judge whether a cartridge is a product's film.

The rows below have the form and the columns of the Open source film database (CC BY-SA 4.0); names and numbers are
facts of it as of 2026-03-29.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.errors import SettingsError
from photocore.film import DxCartridge
from photocore.film_book import FilmBook, FilmName, FilmPages, bind, compare, name_to_show, open_book, write_book
from photocore.film_table import LONGEST_LINE, NAME_LENGTH, TableCount, clean_name, read_film_table
from photocore.package import Product

HEAD = (
    "DX extract;DX full;Name;Original Film or informations;Manufacturer;reliability;Country;Beginning year;End year;"
    "Distributor;Ava;Pic"
)
ROWS = [
    HEAD,
    ";;3M Color Positive Film;;3M;;;1970;1978;;0;",
    "1533;115334;Kodak Portra 400 new ;;;;;2010;;;2;KodakPortra400new.jpg",
    "1250;;HANALOGITAL Agate ISO 200;Pre-exposed;;;;2021;;HANALOGITAL, germany;1;",
    "1250;912503;Kodak Gold 200 #goldfilm;;Kodak;;;;;;2;",
    "1756;017560;Ilford FP4 PLUS (white box) FP4+;;Ilford ltd;;Made in UK;~2004;2018;;0;FP4PlusWhite.jpg",
    '1751;017519;"Ilford HP5 Autowinder; 72 Exp.";;Ilford ltd;;;;;;0;',
    "1843;018523;Amcolor Colour Print Film ISO 100;;;;;;;;0;",
    "x843;018523;No number;;;;;;;;0;",
]
PORTRA_36 = DxCartridge(digits="115334")


def lines(rows: list[str]) -> list[str]:
    """Return rows as the lines of a file."""
    return [f"{row}\r\n" for row in rows]


def book() -> FilmBook:
    """Return the book of the rows above."""
    return bind(read_film_table(lines(ROWS), TableCount()), "a test")


def product(name: str, exposures: int = 36, iso: int = 0) -> Product:
    """Return a film as the roster has it."""
    return Product(gtin="09501101530003", level="package", name=name, exposures=exposures, iso=iso)


def test_K7_a_user_s_table_becomes_a_book():
    """Rows without a DX number are passed over and counted; the open database is known by its head."""
    count = TableCount()
    films = list(read_film_table(lines(ROWS), count))
    assert [(film.extract, film.digits, film.name) for film in films] == [
        ("1533", "115334", "Kodak Portra 400 new"),
        ("1250", "", "HANALOGITAL Agate ISO 200"),
        ("1250", "912503", "Kodak Gold 200"),
        ("1756", "017560", "Ilford FP4 PLUS (white box) FP4+"),
        ("1751", "017519", "Ilford HP5 Autowinder; 72 Exp."),
        ("1843", "", "Amcolor Colour Print Film ISO 100"),
    ]
    assert count == TableCount(taken=6, without_number=1, refused=1, is_open_database=True)


def test_K7_a_shop_s_own_table_needs_two_columns():
    """Comma or tab, any order, a byte order mark, and the same film twice is one film."""
    rows = ["\ufeffName,DX Extract", "House film,0123", "House film,0123"]
    assert list(read_film_table(lines(rows), TableCount())) == [FilmName(extract="0123", name="House film")]


@pytest.mark.parametrize("rows", [[], [""], ["a;b;c"], ["DX extract;Maker"], ["\0\0\0"], ["PNG\x89"]])
def test_K7_what_is_no_table_of_films_is_refused(rows: list[str]):
    """In words a person understands."""
    with pytest.raises(SettingsError, match="no table of films"):
        list(read_film_table(lines(rows), TableCount()))


def test_K7_a_line_without_end_is_refused():
    """It is no table; nothing reads on."""
    with pytest.raises(SettingsError, match="longer than"):
        list(read_film_table([HEAD, "1" * (LONGEST_LINE + 1)], TableCount()))


@given(st.lists(st.text(max_size=60), max_size=12))
def test_K7_no_text_breaks_the_reader(rows: list[str]):
    """Films come out, or a refusal; never anything else, and never a name that could steer a terminal."""
    try:
        films = list(read_film_table(lines([HEAD, *rows]), TableCount()))
    except SettingsError:
        return
    assert all(name.name.isprintable() and len(name.name) <= NAME_LENGTH for name in films)


@given(st.text())
def test_K7_a_name_is_fit_for_a_screen(text: str):
    """No control characters, no bidirectional overrides, no search tags, and an end."""
    name = clean_name(text)
    assert name.isprintable()
    assert len(name) <= NAME_LENGTH


def test_K7_a_book_comes_back_as_it_was_kept():
    """With its credit; what is no book is refused."""
    pages = FilmPages(credit="somebody", films=tuple(read_film_table(lines(ROWS), TableCount())))
    opened = open_book(write_book(pages))
    assert (opened.credit, opened.names_of("1533")) == ("somebody", book().names_of("1533"))
    for broken in (b"", b"{}", b"[1]", b'{"credit":"x","films":[{"extract":"1","name":"y"}]}'):
        with pytest.raises(SettingsError):
            open_book(broken)


def test_K7_the_closest_name_comes_first():
    """The one with the whole code, before a brand that filled the same film."""
    names = book().names_on(DxCartridge(digits="912503"))
    assert [name.name for name in names] == ["Kodak Gold 200", "HANALOGITAL Agate ISO 200"]
    assert name_to_show(names, product("Agate 200")) == "HANALOGITAL Agate ISO 200"
    assert name_to_show((), product("Agate 200")) == ""


@pytest.mark.parametrize(
    ("digits", "told", "verdict"),
    [
        ("115334", product("Portra 400"), "same"),
        ("115334", product("Kodak Professional PORTRA 400 135-36"), "same"),
        ("115334", product("Portra", iso=400), "same"),
        ("115334", product("Portra 160"), "other"),  # another speed
        ("115334", product("Portra", iso=160), "other"),
        ("115334", product("Ultramax 400"), "other"),  # no word in common
        ("115334", product("Portra 400", exposures=24), "other"),  # another number of exposures
        ("115333", product("Portra 400", exposures=24), "same"),
        ("115330", product("Portra 400", exposures=24), "same"),  # it does not tell its exposures
        ("912503", product("Gold 200", exposures=24), "same"),
        ("912503", product("Agate 200", exposures=24), "same"),  # one number, many brands
        ("017564", product("FP4 Plus 125"), "same"),
        ("115334", product("Film 400"), "unknown"),  # a name that tells nothing
        ("115334", None, "unknown"),  # a product nobody told us about
        ("199994", product("Portra 400"), "unknown"),  # a film the book does not know
        ("199993", product("Portra 400"), "other"),  # ... but 24 exposures are not 36
    ],
)
def test_K7_a_wrong_film_for_a_package_is_noticed(digits: str, told: Product | None, verdict: str):
    """By its exposures, and by its names; where nobody can tell, nobody is accused."""
    cartridge = DxCartridge(digits=digits)
    assert compare(cartridge, book().names_on(cartridge), told) == verdict


def test_K7_an_empty_book_knows_nothing_and_says_so():
    """Without an import the exposures still count."""
    assert compare(PORTRA_36, FilmBook().names_on(PORTRA_36), product("Portra 400")) == "unknown"
    assert compare(PORTRA_36, (), product("Portra 400", exposures=24)) == "other"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Kodak T-Max 400", "Kodak TMAX 400"),
        ("Kodak Ultra Max 400", "UltraMax 400"),
        ("Kodak TriX 400 TX", "Tri-X 400"),
    ],
)
def test_K7_a_name_written_together_or_apart_is_the_same_film(name: str, told: str):
    """The count beeped refused at the very film on the box."""
    names = (FilmName(extract="1533", name=name),)
    assert compare(PORTRA_36, names, product(told)) == "same"
    assert compare(PORTRA_36, names, product(told.replace("400", "100"))) == "other"


def test_K7_a_row_that_goes_on_over_line_after_line_fills_no_memory():
    """Within quotes it may: each line of commas was a hundred times its size in fields of one row."""
    taken = 0

    def hostile() -> Iterator[str]:
        nonlocal taken
        yield "DX extract;Name\n"
        yield '"\n'
        for _ in range(1_000):
            taken += 1
            yield '"' + ";" * 9_000 + '"\n'

    with pytest.raises(SettingsError, match="a row of more than"):
        list(read_film_table(hostile(), TableCount()))
    assert taken <= 3
