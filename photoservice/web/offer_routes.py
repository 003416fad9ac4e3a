"""What a lab offers before it sends a byte: which frames are needed, and room for them."""

from typing import Final

from litestar.types import ControllerRouterHandler

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = ()
