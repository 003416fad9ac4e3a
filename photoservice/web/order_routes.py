"""Orders, as labs see them: which are released, their manifests, and the steps labs tell."""

from typing import Final

from litestar.types import ControllerRouterHandler

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = ()
