"""Orders, on the pages of who has the pictures: the list, one of them, and what may be done with it."""

from typing import Final

from litestar.types import ControllerRouterHandler

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = ()
