"""Opening and ending a viewing: an access code gives a token that shows its registration's images."""

from typing import Final

from litestar.types import ControllerRouterHandler

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = ()
