"""What the pages of getting in share: who comes, what they sent, and the page they see when it did not work.

Nobody has a session yet, so their forms bring no token of one. That another website has its visitors sign in here, as
somebody else, is prevented by what the browser says of where the form stood (Sec-Fetch-Site, Origin).
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from litestar import Response

from photocore.jsontext import read_json
from photoservice.errors import FormForeign, Malformed, NameUnfit, NotReady, PasswordUnfit, Refusal, Throttled
from photoservice.persons.arriving import Admitted, Arrival
from photoservice.persons.sessions import LONGEST_AGENT
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest
from photoservice.web.bodies import read_body, read_form
from photoservice.web.my.showing import Stage, stage
from photoservice.web.my.visiting import give_session, see_other, visitor_of
from photoservice.web.pages import Pages
from photoservice.web.sources import source_of

MAX_PASSKEY_BYTES: Final = 30_000
"""What a device says of a new passkey may hold certificates, which nobody reads."""

LONGEST: Final = 1000
"""Of any field: longer than whatever is taken, so that what is too long is told kindly."""


class PasskeyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser's passkey answered, as ``PublicKeyCredential.toJSON()`` has it, and what was chosen beside it."""

    answer: msgspec.Raw
    next: str = ""
    name: str = ""
    person: str = ""
    takes_along: bool = False

    @property
    def text(self) -> str:
        """The answer as JSON."""
        return bytes(self.answer).decode()


async def enter(request: AnyRequest, service: Photoservice, pages: Pages) -> tuple[Stage, Arrival]:
    """Return the stage for who is getting in, and who that is as far as it can be known."""
    async with service.database.begin() as session:
        visitor = await visitor_of(request, service, session)
    on = stage(request, service, pages, visitor)
    arrival = Arrival(
        source=source_of(request, service.settings.trusted_proxies),
        agent=request.headers.get("user-agent", "")[:LONGEST_AGENT].replace("\0", ""),
        language=on.reader.words.language,
        before=visitor.session if visitor else None,
        guest=visitor.person if visitor and visitor.is_guest else None,
    )
    return on, arrival


async def read_entrance_form(request: AnyRequest, service: Photoservice) -> Mapping[str, str]:
    """Return the fields of a form that needs no session.

    Raises:
        FormForeign: it stood on another website.
        Malformed: a field is longer than any that is taken, or holds a NUL.
    """
    refuse_other_sites(request, service)
    fields = await read_form(request)
    for name, value in fields.items():
        if len(value) > LONGEST or "\0" in value:
            raise Malformed(f"The field {name[:40]} is too long.")
    return fields


async def read_passkey(request: AnyRequest, service: Photoservice) -> PasskeyAnswer:
    """Return what a script of ours sent of a passkey.

    Raises:
        FormForeign: a script of another website sent it.
        EventError: it is not in form.
    """
    refuse_other_sites(request, service)
    return read_json(await read_body(request), PasskeyAnswer)


def refuse_other_sites(request: AnyRequest, service: Photoservice) -> None:
    """Let only pass what comes from a page of ours, or from no page.

    Our pages send no referrer, so a browser says ``Origin: null`` of our own forms, too; then Sec-Fetch-Site decides.

    Raises:
        FormForeign: a browser says that it stood elsewhere.
    """
    site, origin = request.headers.get("sec-fetch-site", "none"), request.headers.get("origin", "null")
    hosts = {request.headers.get("host", ""), urlsplit(service.settings.address).netloc}
    if site not in ("same-origin", "none") or (origin != "null" and urlsplit(origin).netloc not in hosts):
        raise FormForeign


def let_in(service: Photoservice, admitted: Admitted, path: str) -> Response[bytes]:
    """Send somebody on who was let in, with their session."""
    answer = see_other(path)
    give_session(answer, service, admitted.token, lives=service.settings.session_lives)
    return answer


def let_in_by_script(service: Photoservice, admitted: Admitted, path: str) -> Response[bytes]:
    """Tell a script where somebody goes on who was let in, with their session."""
    answer = Response(
        msgspec.json.encode({"next": path}), media_type="application/json", headers={"Cache-Control": "no-store"}
    )
    give_session(answer, service, admitted.token, lives=service.settings.session_lives)
    return answer


def sorry(on: Stage, page: str, refusal: Refusal, *, trouble: str = "", **values: Any) -> Response[bytes]:  # noqa: ANN401  # whatever the page names
    """Show a page of getting in once more, with what went wrong and what to do now."""
    said, headers, wait = trouble or refusal.slug, {}, ""
    if isinstance(refusal, Throttled):
        wait, said = on.reader.words.wait(refusal.wait_s), "throttled"
        headers = {"Retry-After": str(refusal.wait_s)}
    elif isinstance(refusal, NotReady):
        headers, said = {"Retry-After": str(refusal.wait_s)}, "busy"
    elif isinstance(refusal, PasswordUnfit):
        said = f"password_{refusal.fault}"
    elif isinstance(refusal, NameUnfit):
        said = f"name_{refusal.fault}"
    shown = {**offers(on), **values, "trouble": said, "wait": wait}
    return on.show(page, status=int(refusal.status), headers=headers, **shown)


def offers(on: Stage) -> dict[str, Any]:
    """Return what these pages are told of this house: whether it sends mail, and for which host passkeys are."""
    entrance = on.service.people.entrance
    return {"has_mail": entrance.mail_links.are_sent, "host": entrance.passkeys.host, "trouble": "", "wait": ""}
