"""People who are written to: a real mail server beside the photoservice, and somebody with a proved address."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from photoservice.settings import Settings
from photoservice.testing_mail import MailServer


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def settings(settings: Settings, post_office: MailServer) -> Settings:
    return replace(settings, mail=f"smtp://127.0.0.1:{post_office.port}", mail_from="Silver Lab <pictures@lab.example>")


@pytest.fixture
def written_to(world: Any) -> Callable[..., str]:
    """Return the person behind an owner's session, who proved ``address`` by the same row a proof leaves."""

    def prove(owner: Any, address: str = "ada@example.org", language: str = "en") -> str:
        (row,) = world.sql(
            "select person from people.holding join claim on claim.id = holding.claim where number = $1",
            owner.home.number,
        )
        service = world.running.service
        person = row["person"]

        async def work(session: Any) -> None:
            box = await service.people.persons.box(session, person, "login", address)
            lookup = service.keyring.mac("test login", address)
            await session.run("logins.insert", lookup, person, "mail", box, service.clock.now())
            await session.run("persons.set_language", person, language)

        world.running.do(work)
        return person

    return prove
