"""The bytes of images: renditions and originals, by range, and by signed short addresses."""

from typing import Final

from litestar.types import ControllerRouterHandler

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = ()
