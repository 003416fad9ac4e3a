"""Rolls and frames for whoever may look at them: lists, search, one frame, its sidecar."""

from typing import Final

from litestar.types import ControllerRouterHandler

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = ()
