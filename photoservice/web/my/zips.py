"""Sending a zip of pictures: whoever may have them, a person or the guest of a share, gets it by this one function."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any, Final

from litestar import Response
from litestar.response import Stream

from photoservice.taking.planning import LeftOut, Plan
from photoservice.taking.streaming import Explain, GoOn, Note
from photoservice.web.dispositions import disposition
from photoservice.web.languages import Words
from photoservice.web.my.showing import Stage

ZIP: Final = "application/zip"
ASKED_FOR: Final = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
}
"""Headers of what is saved as a file: kept by no cache, and nothing in it may run."""


async def send_zip(on: Stage, plan: Plan, *, name: str, go_on: GoOn | None = None) -> Response[Any]:
    """Answer with the zip of ``plan``, called ``name``; its length is told where it is known. Not in a transaction.

    Raises:
        StoreDown: the store does not answer.
    """
    service = on.service
    now = service.clock.now()
    sent = await service.people.taking.stream_zip(plan, explain=explain_in(on.reader.words), now=now, go_on=go_on)
    headers = {**ASKED_FOR, "Content-Disposition": disposition("attachment", f"{name}.zip", ZIP)}
    if sent.length is not None:
        headers["Content-Length"] = str(sent.length)
    if on.request.method == "HEAD":
        async with aclosing(sent.body):
            return Response(b"", headers=headers, media_type=ZIP)
    return Stream(sent.body, headers=headers, media_type=ZIP)


def explain_in(words: Words) -> Explain:
    """Return what writes the note of what is not in a zip, in one language."""

    def explain(left_out: Sequence[LeftOut]) -> Note:
        lines = [f"{one.name}: " + words.text(f"download.why.{one.why}") for one in left_out]
        text = "\r\n".join((words.text("download.note.text"), "", *lines, ""))
        return Note(name=words.text("download.note.name"), text=text)

    return explain
