"""The first page of one's own pictures in a real browser (O8)."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_O8_the_first_page_passes_axe(household, at_home, look_over):
    phone = at_home(household())
    assert look_over(phone.page) == []
