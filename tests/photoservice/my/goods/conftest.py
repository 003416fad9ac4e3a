"""Plans and orders on the pages of their people: a test carries out the rounds it wants, and none runs beside it."""

from dataclasses import replace

import pytest

from photoservice.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, orders_every=None, plan_every=None)
