"""Asking for rolls' lines as a page does."""

import pytest

from photoservice.custody.lines import custody_of


@pytest.fixture
def lines(world):
    async def ask(rolls):
        service = world.running.service
        async with service.database.begin() as session:
            return await custody_of(session, service, rolls)

    return lambda rolls: world.running.run(ask(rolls))
