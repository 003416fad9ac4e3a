"""Shares: making, listing, revoking them; and what a guest of one sees and does."""

from typing import Final

from litestar.types import ControllerRouterHandler

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = ()
