"""How far the pictures of a roll are, and having them made once more; for labs, of what they filed themselves."""

from typing import Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from photoservice.errors import Unknown
from photoservice.renditions.progress import Progress, tell_progress
from photoservice.renditions.wanting import want_roll_remade
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.lab_keys import lab_of
from photoservice.web.problems import told
from photoservice.web.rolls import RollName, asked_roll


@get("/rolls/{roll:str}/progress", tags=["images"], responses=told(401, 403, 404))
async def roll_progress(request: AnyRequest, service: Service, roll: RollName) -> Progress:
    """Tell how many of the roll's images of yours can be looked at, wait, or cannot be made, and why."""
    _ = roll
    lab = await lab_of(request, service)
    async with service.database.begin() as session:
        return await tell_progress(session, asked_roll(request), tenant=lab.id)


@post("/rolls/{roll:str}/derive", status_code=202, tags=["images"], responses=told(401, 403, 404))
async def derive_roll(request: AnyRequest, service: Service, roll: RollName) -> Response[None]:
    """Have the renditions of your images of a roll made anew, also of those that nothing could be made of.

    What is there is shown meanwhile. The Location tells how far it is. Asked again before it is done, it is one job.
    """
    _ = roll
    lab = await lab_of(request, service)
    name = asked_roll(request)
    async with service.database.begin() as session:
        if not await want_roll_remade(session, name, tenant=lab.id):
            raise Unknown("There is no such roll.")
    return Response(None, status_code=202, headers={"Location": f"/rolls/{quote(name, safe='')}/progress"})


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (roll_progress, derive_roll)
